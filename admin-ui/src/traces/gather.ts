// SPDX-License-Identifier: Apache-2.0
// The way of each followed message, from what every node says of it: a tree of hops, and how quickly it grew.
import type { MeshTraces } from "../api/types";
import { compareText } from "../model/derive";

export interface Hop {
  node: string;
  name: string;
  span: string;
  at: number; // µs after the origin sent it, by the node's own clock
  from: number; // µs: when the node that it came from had it
  depth: number;
  children: Hop[];
}

export interface Way {
  id: string;
  sentAt: number; // ms since 1970
  origin: string | null; // a node's id; null: the origin was not heard
  topic: string | null;
  size: number | null;
  roots: Hop[]; // the origin, and hops of which nobody says where they came from
  hops: Hop[]; // all, in the order of the tree
  times: number[]; // µs, of those that it was delivered to, sorted
  depth: number;
}

type Told = MeshTraces["nodes"][number];
type Span = NonNullable<Told["spans"]>[number];

const DEEPEST = 64;

export function gather(traces: MeshTraces): Way[] {
  const byTrace = new Map<string, { node: Told; span: Span }[]>();
  for (const node of traces.nodes)
    for (const span of node.spans ?? []) {
      const list = byTrace.get(span.trace);
      if (list) list.push({ node, span });
      else byTrace.set(span.trace, [{ node, span }]);
    }
  return [...byTrace].map(([id, spans]) => way(id, spans)).sort((a, b) => b.sentAt - a.sentAt);
}

function way(id: string, spans: { node: Told; span: Span }[]): Way {
  const first =
    spans.find(({ span }) => span.parent === null) ?? spans.reduce((a, b) => (start(b) < start(a) ? b : a));
  const zero = first.span.started_unix_us;
  const known = new Set(spans.map(({ span }) => span.span));
  const under = new Map<string, typeof spans>();
  const tops: typeof spans = [];
  for (const one of spans) {
    const { parent } = one.span;
    if (parent === null || !known.has(parent) || parent === one.span.span) tops.push(one);
    else under.set(parent, [...(under.get(parent) ?? []), one]);
  }
  const hops: Hop[] = [];
  const seen = new Set<string>();
  const grow = ({ node, span }: (typeof spans)[number], depth: number, from: number): Hop => {
    seen.add(span.span);
    const at = span.started_unix_us - zero;
    const hop: Hop = { node: node.id, name: node.name, span: span.span, at, from, depth, children: [] };
    hops.push(hop);
    const next = (under.get(span.span) ?? []).filter((child) => !seen.has(child.span.span));
    next.sort((a, b) => start(a) - start(b) || compareText(a.node.name, b.node.name));
    if (depth < DEEPEST) hop.children = next.map((child) => grow(child, depth + 1, at));
    return hop;
  };
  tops.sort((a, b) => Number(b === first) - Number(a === first) || start(a) - start(b));
  const roots = tops.map((one) => grow(one, 0, one.span.started_unix_us - zero));
  const origin = first.span.parent === null ? first.node.id : null;
  const times = hops.filter((hop) => hop.span !== first.span.span).map((hop) => hop.at);
  const topic = first.span.attributes["mesh.topic"];
  const size = first.span.attributes["mesh.message.size"];
  return {
    id,
    sentAt: zero / 1000,
    origin,
    topic: typeof topic === "string" ? topic : null,
    size: typeof size === "number" ? size : null,
    roots,
    hops,
    times: times.sort((a, b) => a - b),
    depth: hops.reduce((deepest, hop) => Math.max(deepest, hop.depth), 0),
  };
}

const start = ({ span }: { span: Span }): number => span.started_unix_us;

/** When a share of those who heard it had heard it. */
export function reached(way: Way, share: number): number | null {
  return way.times[Math.max(0, Math.ceil(share * way.times.length) - 1)] ?? null;
}
