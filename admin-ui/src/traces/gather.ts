// SPDX-License-Identifier: Apache-2.0
// The way of each followed message, from what every node says of it: a tree of hops, and how quickly it grew.
import type { MeshTraces, Node } from "../api/types";
import { compareText, isObserver } from "../model/derive";
import { present } from "../model/states";

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
  untold: (string | null)[]; // whom hops say they had it from, and who says nothing of it; null: of an unnamed one
}

/** Somebody who may have had a message and does not say so now. */
export interface Silent {
  id: string | null;
  why: "gone" | "silent" | "forgot"; // not there any more; does not answer; answers, and knows nothing of it
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
  const untold = tops.flatMap(({ span }) => {
    const peer = span.attributes["mesh.peer.id"];
    return span.parent === null ? [] : [typeof peer === "string" ? peer : null];
  });
  return {
    id,
    untold: [...new Set(untold)],
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

/** Who keeps a message's way from being whole: those from whom somebody had it, and those who were there when it was
 * sent, as far as the clocks of hosts can say, and do not answer now. */
export function silentOf(way: Way, traces: MeshTraces, nodes: ReadonlyMap<string, Node>): Silent[] {
  const answers = new Map(traces.nodes.map((node) => [node.id, node.spans !== null]));
  const gone = (id: string) => {
    const node = nodes.get(id);
    return node === undefined || !present(node.state);
  };
  const found = new Map<string | null, Silent>();
  for (const id of way.untold) {
    const why = id === null || gone(id) ? "gone" : answers.get(id) ? "forgot" : "silent";
    found.set(id, { id, why });
  }
  for (const { id, spans } of traces.nodes) {
    const node = nodes.get(id);
    if (spans !== null || found.has(id) || !node || isObserver(node)) continue;
    if (!gone(id)) found.set(id, { id, why: "silent" });
    else if (Date.parse(node.since) > way.sentAt) found.set(id, { id, why: "gone" });
  }
  return [...found.values()];
}

const WORDS = { gone: "gone", silent: "does not answer", forgot: "forgot it" };

/** "compute-11 (gone), broker-02 (does not answer) and 3 more". */
export function silentWords(silent: readonly Silent[], name: (id: string) => string): string {
  const said = silent.slice(0, 6).map(({ id, why }) => `${id === null ? "somebody" : name(id)} (${WORDS[why]})`);
  return said.join(", ") + (silent.length > 6 ? ` and ${silent.length - 6} more` : "");
}
