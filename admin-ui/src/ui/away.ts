// SPDX-License-Identifier: Apache-2.0
// A view whose code could not be fetched. Browsers and the bundler remember such a failure, so that only a fresh
// page helps; the address holds all that is looked at, so nothing is lost by it.
import { get, Problem } from "../api/client";
import { useStore } from "../model/store";

const KEY = "meshhost.reloaded";
const NOT_AGAIN_MS = 60_000;

/** Whether a view failed for want of its code, and not by a fault. Each browser has its own words for it. */
export const isAway = (error: Error): boolean =>
  /unable to preload|dynamically imported module|importing a module script|load(ing)? module|failed to fetch/i.test(
    error.message,
  );

export const again = (): void => location.reload();

/** Loads the page anew as soon as the observer is there; not twice in a row, if that is of no help. */
export function reloadWhenBack(reload: () => void = again): () => void {
  let done = false;
  let asking = false;
  const look = async () => {
    if (done || asking || !useStore.getState().link.live) return;
    // A stream that was cut is taken for live for some seconds yet: a page that is loaded then would be lost.
    asking = true;
    const there = await get("session").then(
      () => true,
      (problem) => problem instanceof Problem && problem.status !== 0,
    );
    asking = false;
    if (done || !there || wasJustNow()) return;
    done = true;
    reload();
  };
  const stop = useStore.subscribe(() => void look());
  void look();
  return () => {
    done = true;
    stop();
  };
}

function wasJustNow(): boolean {
  try {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    const now = Date.now();
    if (now - last < NOT_AGAIN_MS) return true;
    sessionStorage.setItem(KEY, String(now));
    return false;
  } catch {
    return true; // whoever cannot remember must not turn in circles
  }
}
