// SPDX-License-Identifier: Apache-2.0
// The one store: the live state, whether it is live, and a moment of the past when one is looked at.
import { create } from "zustand";
import { get, Problem } from "../api/client";
import { openStream } from "../api/stream";
import type { Snapshot } from "../api/types";
import { EMPTY, fromSnapshot, type MeshState, reduce } from "./reduce";

export interface Link {
  live: boolean;
  lostAt: number | null; // by the observer's clock: since when what is shown is old
  retryAt: number; // performance.now()
  heardAt: number; // performance.now() of the last frame
  over: boolean; // the observer does not know this session (any more)
  lag: number | null; // ms, how late frames arrive against the quickest one
}

interface Store {
  state: MeshState;
  link: Link;
  past: { at: string; state: MeshState | null; error: string | null } | null;
  notice: string | null; // said once, beside "live"
}

export const useStore = create<Store>(() => ({
  state: EMPTY,
  link: { live: false, lostAt: null, retryAt: 0, heardAt: 0, over: false, lag: null },
  past: null,
  notice: null,
}));

/** Now by the observer's clock: what it said last, and what has passed here since. No two clocks are compared. */
export function serverNow(): number {
  const { state, link } = useStore.getState();
  if (state.now === 0) return 0;
  return state.now + Math.max(0, performance.now() - link.heardAt);
}

let quickest = Number.POSITIVE_INFINITY;

export function startStream(): () => void {
  return openStream({
    seq: () => useStore.getState().state.seq,
    frame: (frame) => {
      const before = useStore.getState();
      const state = reduce(before.state, frame);
      const heardAt = performance.now();
      let { lag } = before.link;
      if (state.now !== before.state.now) {
        const offset = heardAt - state.now;
        quickest = frame.t === "snapshot" ? offset : Math.min(quickest, offset);
        lag = Math.max(0, offset - quickest);
      }
      const told = state.seq !== null && frame.t !== "error" && frame.t !== "gap";
      const link = told
        ? { live: true, lostAt: null, retryAt: 0, heardAt, over: false, lag }
        : { ...before.link, heardAt: before.link.heardAt };
      // What happened is told live also to who looks at the past: the views cut it off at their moment.
      const past = before.past?.state
        ? { ...before.past, state: { ...before.past.state, events: state.events } }
        : before.past;
      const eventsMoved = state.events !== before.state.events;
      useStore.setState(eventsMoved ? { state, link, past } : { state, link });
    },
    lost: (retryAt) => {
      const { link, state } = useStore.getState();
      const lostAt = link.lostAt ?? (state.now || null);
      useStore.setState({ link: { ...link, live: false, lostAt, retryAt, lag: null } });
      // A WebSocket does not say why it was refused; a question does.
      get("session").catch((problem: unknown) => {
        if (!(problem instanceof Problem) || problem.status !== 401) return;
        const now = useStore.getState().link;
        if (!now.live) useStore.setState({ link: { ...now, over: true } });
      });
    },
  });
}

/** Whether a moment is still to come, by the observer's clock; a little is granted to the way. */
export const isAhead = (at: string, now: number): boolean => now > 0 && Date.parse(at) > now + 2000;

/** Looks at a moment of the past, or with null at the present again. */
export async function travel(at: string | null): Promise<void> {
  if (at === null) {
    if (useStore.getState().past) useStore.setState({ past: null });
    return;
  }
  const before = useStore.getState().past;
  useStore.setState({ past: { at, state: before?.state ?? null, error: null } });
  const current = () => useStore.getState().past?.at === at;
  try {
    const snapshot = await get<Snapshot>(`snapshot?at=${encodeURIComponent(at)}`);
    const state = fromSnapshot(EMPTY, snapshot, useStore.getState().state.events);
    if (current())
      useStore.setState({ past: { at, state: { ...state, now: Date.parse(at) || state.now }, error: null } });
  } catch (problem) {
    const error = problem instanceof Error ? problem.message : String(problem);
    if (current()) useStore.setState({ past: { at, state: before?.state ?? null, error } });
  }
}

/** The state that the views show. */
export function shown(store: Store): MeshState {
  if (store.past) return store.past.state ?? EMPTY;
  return store.state;
}

export const useMesh = (): MeshState => useStore(shown);
