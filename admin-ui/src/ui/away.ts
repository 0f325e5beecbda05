// SPDX-License-Identifier: Apache-2.0
// A view whose code could not be fetched. Browsers and the bundler remember such a failure, so that only a fresh
// page helps; the address holds all that is looked at, so nothing is lost by it.
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
  const look = () => {
    if (done || !useStore.getState().link.live || wasJustNow()) return;
    done = true;
    reload();
  };
  const stop = useStore.subscribe(look);
  look();
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
