// SPDX-License-Identifier: Apache-2.0
// What several views compute from the state, each once per state.
import type { Edge, MeshEvent, Node } from "../api/types";
import { safeName, shortId, words } from "./format";
import type { MeshState } from "./reduce";
import { present } from "./states";

/** Remembers the last result for the last arguments. */
export function once<A extends readonly unknown[], R>(make: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | null = null;
  return (...args) => {
    if (last && last.args.length === args.length && last.args.every((arg, i) => arg === args[i])) return last.result;
    last = { args, result: make(...args) };
    return last.result;
  };
}

const NONE: readonly Edge[] = [];

/** The edges of each node. */
export const edgesByNode = once((edges: MeshState["edges"]): ReadonlyMap<string, readonly Edge[]> => {
  const map = new Map<string, Edge[]>();
  const put = (id: string, edge: Edge) => {
    const list = map.get(id);
    if (list) list.push(edge);
    else map.set(id, [edge]);
  };
  for (const edge of edges.values()) {
    put(edge.a, edge);
    put(edge.b, edge);
  }
  return map;
});

export const edgesOf = (state: MeshState, id: string): readonly Edge[] => edgesByNode(state.edges).get(id) ?? NONE;

export const other = (edge: Edge, id: string): string => (edge.a === id ? edge.b : edge.a);

export const nameOf = (state: MeshState, id: string | null): string => {
  if (id === null) return "–";
  const node = state.nodes.get(id) ?? state.ghosts.get(id)?.node;
  return node ? safeName(node.name, 40) : shortId(id);
};

/** Names compare as people count: compute-2 before compute-10. The same in every browser and language. */
export function byName(a: Pick<Node, "name" | "id">, b: Pick<Node, "name" | "id">): number {
  return compareText(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export function compareText(a: string, b: string): number {
  const left = pieces(a);
  const right = pieces(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    const numeric = /^\d/.test(x) && /^\d/.test(y);
    const order = numeric ? compareNumbers(x, y) : compareLetters(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Of any size: what a number of JavaScript's cannot hold, too. */
function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}

/** By code points, as bytes of UTF-8 sort; `<` would put what is beyond U+FFFF before U+E000. */
function compareLetters(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (Number.isNaN(x) || Number.isNaN(y)) return a.length - b.length;
  const place = (unit: number) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
  return place(x) - place(y);
}

// Tables sort the same names four times a second: they are taken apart once.
const apart = new Map<string, readonly string[]>();

function pieces(text: string): readonly string[] {
  let found = apart.get(text);
  if (!found) {
    if (apart.size > 20_000) apart.clear();
    found = text.match(/\d+|\D+/g) ?? [];
    apart.set(text, found);
  }
  return found;
}

/** What of a node is not well, in words: which plugin does not run, which role says that it is not well. */
export function complaints(node: Node): string[] {
  const said = (node.plugins ?? []).flatMap(({ instance, state }) => {
    if (state === "running") return [];
    const ended = state === "failed" || state === "stopped";
    return [`plugin ${safeName(instance, 30)} ${ended ? "" : "is "}${words(state)}`];
  });
  for (const { role, key, value } of node.contributions ?? []) {
    if ((key !== "health" && !key.endsWith(".health")) || value === "ok") continue;
    const word = typeof value === "string" ? words(value) : "not well";
    said.push(`role ${safeName(role || key.replace(/\.health$/, ""), 30)} says it is ${word}`);
  }
  return said;
}

/** Why the node came into the state that an event tells of, where what it says now is still about that. */
export function reasonOf(state: MeshState, event: MeshEvent): string | null {
  const node = state.nodes.get(subject(event));
  if (event.to !== "degraded" || node?.state !== "degraded") return null;
  if (Math.abs(Date.parse(node.since) - Date.parse(event.at)) > 2000) return null;
  return complaints(node).join(", ") || null;
}

/** The ids in a message of the observer as the names of the nodes. */
export function withNames(state: MeshState, text: string): string {
  return text.replace(/\b[0-9a-f]{8,64}\b/g, (id) => {
    for (const node of state.nodes.values()) if (node.id.startsWith(id)) return safeName(node.name, 40);
    return id.length > 10 ? shortId(id) : id;
  });
}

/** The others whom an observer without neighbours nevertheless knows of, but cannot talk to: there the two ends
 * disagree, and no mesh is missing. */
export const unheard = (state: MeshState): Node[] =>
  [...state.nodes.values()]
    .filter((node) => !node.self && (node.state === "refused" || node.state === "connecting"))
    .sort((a, b) => Number(b.state === "refused") - Number(a.state === "refused") || byName(a, b));

/** An event's subject: the peer it is about, else who saw it. */
export const subject = (event: MeshEvent): string => event.peer ?? event.node;

export interface Counts {
  nodes: number; // observers are not counted
  observers: number;
  byState: Map<string, number>;
  direct: number;
  relayed: number;
  unknown: number;
  over: number;
}

export const countAll = once((nodes: MeshState["nodes"], edges: MeshState["edges"]): Counts => {
  const counts: Counts = { nodes: 0, observers: 0, byState: new Map(), direct: 0, relayed: 0, unknown: 0, over: 0 };
  for (const node of nodes.values()) {
    if (isObserver(node)) {
      counts.observers++;
      continue;
    }
    counts.nodes++;
    counts.byState.set(node.state, (counts.byState.get(node.state) ?? 0) + 1);
    if (node.over.length > 0) counts.over++;
  }
  for (const edge of edges.values()) {
    const a = nodes.get(edge.a);
    const b = nodes.get(edge.b);
    if ((a && isObserver(a)) || (b && isObserver(b))) continue;
    if (edge.kind === "direct") counts.direct++;
    else if (edge.kind === "relayed") counts.relayed++;
    else counts.unknown++;
  }
  return counts;
});

export const isObserver = (node: Node): boolean => node.tier === "observer" || node.self;

/** The parts into which the mesh falls when only paths between nodes that are present count; the largest first.
 * While of any of them no path is known nothing is said: most likely it only was not asked yet. */
export const partsOf = once((nodes: MeshState["nodes"], edges: MeshState["edges"]): string[][] => {
  const counts = (id: string) => {
    const node = nodes.get(id);
    return node !== undefined && !isObserver(node) && present(node.state) && node.state !== "stale";
  };
  const seen = new Set<string>();
  const parts: string[][] = [];
  const byNode = edgesByNode(edges);
  for (const start of nodes.keys()) {
    if (seen.has(start) || !counts(start)) continue;
    const part = [start];
    seen.add(start);
    for (let i = 0; i < part.length; i++)
      for (const edge of byNode.get(part[i]!) ?? []) {
        const next = other(edge, part[i]!);
        if (seen.has(next) || !counts(next)) continue;
        seen.add(next);
        part.push(next);
      }
    if (part.length === 1) return [];
    parts.push(part);
  }
  return parts.sort((a, b) => b.length - a.length);
});
