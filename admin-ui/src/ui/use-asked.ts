// SPDX-License-Identifier: Apache-2.0
// A question to the observer as state: asked at mount, again when the path changes, and every so often.
import { useCallback, useEffect, useState } from "react";
import { get } from "../api/client";

export interface Asked<T> {
  data: T | null; // the last good answer, also while the next is awaited or failed
  error: Error | null;
  again: () => void;
}

export function useAsked<T>(path: string | null, everyMs = 0): Asked<T> {
  const [held, setHeld] = useState<{ path: string | null; data: T | null; error: Error | null }>({
    path,
    data: null,
    error: null,
  });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((n) => n + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks once more
  useEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    get<T>(path, stop.signal).then(
      (data) => !stop.signal.aborted && setHeld({ path, data, error: null }),
      (error: Error) =>
        !stop.signal.aborted && setHeld((old) => ({ path, data: old.path === path ? old.data : null, error })),
    );
    return () => stop.abort();
  }, [path, turn]);

  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") again();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, again]);

  const fresh = held.path === path;
  return { data: fresh ? held.data : null, error: fresh ? held.error : null, again };
}
