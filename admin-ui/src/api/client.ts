// SPDX-License-Identifier: Apache-2.0
// Questions to the observer. Every answer comes in an envelope; what leaves here is its data, or a Problem.
import type { ErrorEnvelope } from "./types";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

async function unwrap<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    throw new Problem(response.status, "E_NO_JSON", `the observer answered ${response.status} without JSON`, "");
  }
  const envelope = body as { ok?: boolean; data?: T } | ErrorEnvelope;
  if (response.ok && envelope?.ok === true) return (envelope as { data: T }).data;
  const error = (envelope as ErrorEnvelope)?.error;
  const code = error?.code ?? "E_UNKNOWN";
  throw new Problem(response.status, code, error?.message ?? `answered ${response.status}`, error?.hint ?? "");
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch {
    throw new Problem(0, "E_UNREACHABLE", "the observer does not answer", "Is `meshhost --observe` still running?");
  }
  return unwrap<T>(response);
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(`/api/v1/${path}`, signal ? { signal } : {});
}

export function post<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(`/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
