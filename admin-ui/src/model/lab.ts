// SPDX-License-Identifier: Apache-2.0
// Which acts make sense for a node, and what was done: kept while the browser's tab is.
import type { LabAction, LabOutcome, Node } from "../api/types";
import { present } from "./states";

export type Kind = LabAction["kind"];

export interface Done {
  key: string;
  at: number; // by the observer's clock
  outcome: LabOutcome;
}

const KEPT = 50;
const FRESH_MS = 30_000; // so long after a pause a node may still look alive

/** What of the acts is of no use now, each with why. A node that is paused looks dead after a while. */
export function useless(
  node: Pick<Node, "name" | "state" | "plugins" | "usage">,
  done: readonly Done[],
  now: number,
): Partial<Record<Kind, string>> {
  const last = done.find(
    ({ outcome }) => outcome.ok && outcome.node === node.name && outcome.kind !== "plugin-crash",
  );
  const silent = node.state === "stale" || !present(node.state);
  const paused = last?.outcome.kind === "pause" && (silent || now - last.at < FRESH_MS);
  const killed = last?.outcome.kind === "kill" && (silent || now - last.at < FRESH_MS);
  const no: Partial<Record<Kind, string>> = {};
  if (killed || (!present(node.state) && !paused)) no.kill = "It does not run.";
  if (paused) no.pause = "It is paused.";
  else if (killed || silent) no.pause = "It is not heard of.";
  if (!paused && (killed || !silent || node.state === "left"))
    no.resume = killed || node.state === "left" ? "It does not run." : "It is not paused.";
  if (paused || killed || silent) no["plugin-crash"] = "It is not heard of.";
  else if (node.usage && node.plugins.length === 0) no["plugin-crash"] = "It has no plugin.";
  return no;
}

const storageKey = (observer: string) => `meshhost.lab.${observer}`;

export function loadDone(observer: string): Done[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(storageKey(observer)) ?? "[]");
    if (!Array.isArray(found)) return [];
    return found.filter(
      (one: Done | null) => typeof one?.at === "number" && typeof one.key === "string" && one.outcome,
    );
  } catch {
    return [];
  }
}

export function addDone(observer: string, old: readonly Done[], one: Done): Done[] {
  const all = [one, ...old.filter(({ key }) => key !== one.key)].slice(0, KEPT);
  try {
    sessionStorage.setItem(storageKey(observer), JSON.stringify(all));
  } catch {
    // not kept, then
  }
  return all;
}
