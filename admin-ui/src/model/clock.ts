// SPDX-License-Identifier: Apache-2.0
// One second hand for the whole page: ages move together, and stand still while the past is looked at.
import { useSyncExternalStore } from "react";
import { serverNow, shown, useStore } from "./store";

let now = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function beat() {
  now = Math.floor(moment() / 1000) * 1000;
  for (const listener of listeners) listener();
}

function moment(): number {
  const store = useStore.getState();
  return store.past?.state ? shown(store).now : serverNow();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(beat, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** ms by the observer's clock, in whole seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => {
    const fresh = moment();
    if (Math.abs(fresh - now) >= 1000) now = Math.floor(fresh / 1000) * 1000;
    return now;
  });
}
