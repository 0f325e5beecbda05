// SPDX-License-Identifier: Apache-2.0
// What the frames say, as one value. Pure: the same frames give the same state, and what is not understood
// changes nothing.
import type { Edge, Mesh, MeshEvent, Node, ServerFrame, Snapshot } from "../api/types";

export interface Ghost {
  node: Node;
  goneAt: number; // ms, the observer's clock
}

export interface MeshState {
  seq: number | null;
  now: number; // ms since 1970 by the observer's clock, as of the last frame
  mesh: Mesh | null;
  nodes: ReadonlyMap<string, Node>;
  edges: ReadonlyMap<string, Edge>;
  events: readonly MeshEvent[]; // the oldest first
  ghosts: ReadonlyMap<string, Ghost>;
  ignored: number; // ops that were unknown or about nobody known
}

export const EVENTS_KEPT = 5000;
export const GHOST_MS = 60_000;

export const EMPTY: MeshState = {
  seq: null,
  now: 0,
  mesh: null,
  nodes: new Map(),
  edges: new Map(),
  events: [],
  ghosts: new Map(),
  ignored: 0,
};

export function reduce(state: MeshState, frame: ServerFrame): MeshState {
  switch (frame.t) {
    case "snapshot":
      return fromSnapshot(state, frame, frame.events);
    case "delta":
      return applyDelta(state, frame.seq, frame.now, frame.ops);
    case "tick":
    case "resumed":
      return withoutOldGhosts({ ...state, now: time(frame.now, state.now) });
    case "gap": // the snapshot that follows is whole
    case "error":
      return state;
    default:
      return state;
  }
}

export function fromSnapshot(
  state: MeshState,
  frame: Pick<Snapshot, "seq" | "now" | "mesh" | "nodes" | "edges">,
  events: readonly MeshEvent[],
): MeshState {
  const now = time(frame.now, state.now);
  const nodes = new Map(frame.nodes.filter((node) => isId(node?.id)).map((node) => [node.id, node]));
  const edges = new Map(frame.edges.filter((edge) => isId(edge?.id)).map((edge) => [edge.id, edge]));
  // Nodes that went while we did not listen leave ghosts as if we had.
  const ghosts = new Map([...state.ghosts].filter(([id]) => !nodes.has(id)));
  for (const [id, node] of state.nodes)
    if (!nodes.has(id) && state.seq !== null) ghosts.set(id, { node, goneAt: now });
  return withoutOldGhosts({
    seq: frame.seq,
    now,
    mesh: frame.mesh,
    nodes,
    edges,
    ghosts,
    events: mergeEvents(state.events, events),
    ignored: state.ignored,
  });
}

function applyDelta(state: MeshState, seq: number, at: string, ops: unknown[][]): MeshState {
  if (state.seq === null) return state; // changes to nothing: wait for the snapshot
  const now = time(at, state.now);
  let { mesh, ignored } = state;
  const nodes = copied(state.nodes);
  const edges = copied(state.edges);
  const ghosts = copied(state.ghosts);
  const events: MeshEvent[] = [];
  for (const op of Array.isArray(ops) ? ops : []) {
    if (!Array.isArray(op)) {
      ignored++;
      continue;
    }
    const [verb, first, second] = op as [unknown, unknown, unknown];
    if (verb === "n+" && hasId(first)) {
      nodes.write().set(first.id, first as unknown as Node);
      if (ghosts.read().has(first.id)) ghosts.write().delete(first.id);
    } else if (verb === "n~" && isId(first) && nodes.read().has(first) && isObject(second)) {
      nodes.write().set(first, { ...nodes.read().get(first)!, ...second, id: first } as Node);
    } else if (verb === "n-" && isId(first) && nodes.read().has(first)) {
      ghosts.write().set(first, { node: nodes.read().get(first)!, goneAt: now });
      nodes.write().delete(first);
    } else if (verb === "e+" && hasId(first)) {
      edges.write().set(first.id, first as unknown as Edge);
    } else if (verb === "e~" && isId(first) && edges.read().has(first) && isObject(second)) {
      edges.write().set(first, { ...edges.read().get(first)!, ...second, id: first } as Edge);
    } else if (verb === "e-" && isId(first) && edges.read().has(first)) {
      edges.write().delete(first);
    } else if (verb === "m~" && isObject(first) && mesh) {
      mesh = { ...mesh, ...first } as Mesh;
    } else if (verb === "ev" && isObject(first) && typeof first.seq === "number") {
      events.push(first as unknown as MeshEvent);
    } else {
      ignored++;
    }
  }
  return withoutOldGhosts({
    seq,
    now,
    mesh,
    nodes: nodes.read(),
    edges: edges.read(),
    ghosts: ghosts.read(),
    events: events.length > 0 ? mergeEvents(state.events, events) : state.events,
    ignored,
  });
}

/** Adds events by seq; one that is already there is not added twice. */
export function mergeEvents(old: readonly MeshEvent[], fresh: readonly MeshEvent[]): readonly MeshEvent[] {
  const last = old.at(-1)?.seq ?? -1;
  const inOrder = fresh.every((event, i) => event.seq > (i === 0 ? last : fresh[i - 1]!.seq));
  if (inOrder) return fresh.length === 0 ? old : [...old, ...fresh].slice(-EVENTS_KEPT);
  const bySeq = new Map(old.map((event) => [event.seq, event]));
  // An observer that was started anew counts from 1: what it says replaces what the former one said.
  if (fresh.length > 0 && fresh.at(-1)!.seq < last && fresh.at(-1)!.at > (old.at(-1)?.at ?? "")) bySeq.clear();
  for (const event of fresh) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(-EVENTS_KEPT);
}

function withoutOldGhosts(state: MeshState): MeshState {
  let old = false;
  for (const ghost of state.ghosts.values()) old ||= state.now - ghost.goneAt > GHOST_MS;
  if (!old) return state;
  const ghosts = new Map([...state.ghosts].filter(([, ghost]) => state.now - ghost.goneAt <= GHOST_MS));
  return { ...state, ghosts };
}

/** A map that is copied at the first write only, so that a delta about edges leaves the nodes the same value. */
function copied<T>(original: ReadonlyMap<string, T>) {
  let copy: Map<string, T> | null = null;
  return {
    read: (): ReadonlyMap<string, T> => copy ?? original,
    write: (): Map<string, T> => {
      copy ??= new Map(original);
      return copy;
    },
  };
}

function time(text: unknown, otherwise: number): number {
  const parsed = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : otherwise;
}

const isId = (value: unknown): value is string => typeof value === "string" && value.length > 0;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const hasId = (value: unknown): value is { id: string } => isObject(value) && isId(value.id);
