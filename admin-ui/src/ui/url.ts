// SPDX-License-Identifier: Apache-2.0
// The address says all that is looked at: q the filter, sel the selection, at the moment, and what a view
// adds of its own (sort, tab, vs, …). So every view can be sent to somebody else.
import { useCallback } from "react";
import { useSearch } from "wouter";
import { navigate } from "wouter/use-browser-location";

/** What stays when the view changes. */
const SHARED = ["q", "sel", "at", "layout"];

export function withShared(target: string, search: string): string {
  const old = new URLSearchParams(search);
  const [path = "/", own] = target.split("?");
  const kept = new URLSearchParams(own);
  for (const key of SHARED) {
    const value = old.get(key);
    if (value && !kept.has(key)) kept.set(key, value);
  }
  return address(path, kept);
}

function address(path: string, params: URLSearchParams): string {
  const text = params.toString().replaceAll("%3A", ":").replaceAll("%7C", "|").replaceAll("%2C", ",");
  return text ? `${path}?${text}` : path;
}

export function setParams(changes: Record<string, string | null>, push = false): void {
  const params = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(key);
    else params.set(key, value);
  }
  const target = address(location.pathname, params);
  if (target !== location.pathname + location.search) navigate(target, { replace: !push });
}

export function useParam(key: string): [string | null, (value: string | null) => void] {
  const value = new URLSearchParams(useSearch()).get(key);
  const set = useCallback((next: string | null) => setParams({ [key]: next }), [key]);
  return [value, set];
}

export function go(path: string): void {
  navigate(withShared(path, location.search));
}

/** Selects a node or an edge, or with null nothing. */
export const select = (id: string | null): void => setParams({ sel: id });
