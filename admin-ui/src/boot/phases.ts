// SPDX-License-Identifier: Apache-2.0
// What a start's spans say: five steps under a root, which of them is out of line, and whether the whole has the
// shape that every start should have. After it the node looks for its place among the others: a trace of its own, whose
// length is theirs as much as the node's.
import type { Boot } from "../api/types";
import { millis, plain, plural } from "../model/format";

export const STEPS = [
  "mesh.identity.load",
  "mesh.endpoint.create",
  "mesh.alpn.register",
  "mesh.gossip.subscribe",
  "mesh.accept.start",
] as const;
export const JOIN = "mesh.node.join";
export type Step = (typeof STEPS)[number];

export type Span = Boot["spans"][number];

export interface Branch {
  span: Span;
  from: number; // µs after the root's start
  children: Branch[];
}

export interface Shape {
  root: Branch | null;
  steps: (Branch & { step: number })[]; // step: 0 to 4, -1 if its name is none of the five
  total: number; // µs
  lead: number; // µs before the root, in which the process was loaded
  running: boolean;
  failed: Span | null; // the deepest span that says it failed
  join: Branch | null; // mesh.node.join, a neighbour a child; its place is by the root's start, too
}

export function shapeOf(boot: Boot): Shape {
  const rootSpan =
    boot.spans.find((span) => span.name === "mesh.node.ready") ?? boot.spans.find((span) => !span.parent);
  const lead = Math.max(0, number(boot.lead_us));
  const running = boot.outcome !== "ready" && boot.outcome !== "failed" && boot.outcome !== "stopped";
  if (!rootSpan)
    return {
      root: null,
      steps: [],
      total: Math.max(0, number(boot.length_us)),
      lead,
      running,
      failed: null,
      join: null,
    };
  const start = rootSpan.started_unix_us;
  const root = treeOf(boot.spans, rootSpan, start);
  const steps = root.children.map((child) => ({ ...child, step: STEPS.indexOf(child.span.name as Step) }));
  const joins = (boot.join ?? []) as Span[];
  const joinSpan = joins.find((span) => span.name === JOIN);
  return {
    root,
    steps,
    total: Math.max(0, number(rootSpan.length_us)),
    lead,
    running,
    failed: deepestFailure(root),
    join: joinSpan ? treeOf(joins, joinSpan, start) : null,
  };
}

function treeOf(spans: readonly Span[], rootSpan: Span, start: number): Branch {
  const byParent = new Map<string, Span[]>();
  for (const span of spans)
    if (span !== rootSpan) byParent.set(span.parent ?? "", [...(byParent.get(span.parent ?? "") ?? []), span]);
  const branch = (span: Span, depth: number): Branch => ({
    span,
    from: Math.max(0, span.started_unix_us - start),
    children: (depth < 12 ? (byParent.get(span.span) ?? []) : [])
      .sort((a, b) => a.started_unix_us - b.started_unix_us || a.length_us - b.length_us)
      .map((child) => branch(child, depth + 1)),
  });
  return branch(rootSpan, 0);
}

/** When a node was ready and had its place, in µs after its start began; null: it is not over, or it was none. */
export const joinedAt = ({ join }: Shape): number | null => (join ? join.from + number(join.span.length_us) : null);

const JOIN_ROOM = 4; // times what the starts take: a join may take seconds, and they must stay legible

/** Where a scale ends that shows starts in full, and nine of ten joins as far as that leaves the starts legible. */
export function scaleEnd(starts: readonly number[], joins: readonly number[]): number {
  const longest = Math.max(1000, ...starts);
  return Math.max(longest, Math.min(longest * JOIN_ROOM, quantile(joins, 0.9) ?? 0)) * 1.02;
}

function deepestFailure(branch: Branch): Span | null {
  for (const child of branch.children) {
    const found = deepestFailure(child);
    if (found) return found;
  }
  return branch.span.ok ? null : branch.span;
}

/** A length for each step by its name; steps that did not happen are absent. */
export function lengths(shape: Shape): Map<string, number> {
  return new Map(shape.steps.map(({ span }) => [span.name, number(span.length_us)]));
}

export function median(values: readonly number[]): number | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export function quantile(values: readonly number[], q: number): number | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]!;
}

export interface Medians {
  steps: ReadonlyMap<string, number>;
  total: number | null;
  join: number | null;
}

export function mediansOf(shapes: readonly Shape[]): Medians {
  const whole = shapes.filter((shape) => shape.root !== null && !shape.running && shape.failed === null);
  const steps = new Map<string, number>();
  for (const name of STEPS) {
    const middle = median(whole.flatMap((shape) => lengths(shape).get(name) ?? []));
    if (middle !== null) steps.set(name, middle);
  }
  const joins = whole.flatMap(({ join }) => (join?.span.ok ? [number(join.span.length_us)] : []));
  return { steps, total: median(whole.map((shape) => shape.total)), join: median(joins) };
}

export interface Outlier {
  span: Span;
  median: number;
  sentence: string;
}

const TIMES = 3;
const LEAST_PART = 0.2; // of what a whole start may take: milliseconds of a quiet mesh are no warning

/** Below this no step is out of line, in µs: 50 ms where a start may take 250. */
export const leastSlow = (sloMs: number): number => sloMs * 1000 * LEAST_PART;

/** The steps that took more than three times what the mesh needs for them, and a fifth of what a start may take; and
 * the join, when it did, or failed. */
export function outliers(shape: Shape, medians: Medians, sloMs = 250): Outlier[] {
  const late = joinOutlier(shape, medians, sloMs);
  return late ? [...slowSteps(shape, medians, sloMs), late] : slowSteps(shape, medians, sloMs);
}

function joinOutlier({ join }: Shape, medians: Medians, sloMs: number): Outlier | null {
  if (!join) return null;
  const { span } = join;
  if (!span.ok) return { span, median: medians.join ?? 0, sentence: `${JOIN} failed: ${plain(span.message)}` };
  const took = number(span.length_us);
  if (medians.join === null || took <= leastSlow(sloMs) || took <= TIMES * medians.join) return null;
  const found = join.children.length;
  return {
    span,
    median: medians.join,
    sentence: `${JOIN} took ${millis(took)} (median ${millis(medians.join)}) for ${plural(found, "neighbour")}`,
  };
}

function slowSteps(shape: Shape, medians: Medians, sloMs: number): Outlier[] {
  const least = leastSlow(sloMs);
  return shape.steps.flatMap(({ span }) => {
    const middle = medians.steps.get(span.name);
    const took = number(span.length_us);
    if (middle === undefined || took <= least || took <= TIMES * middle) return [];
    const attempts = span.attributes["mesh.bind.attempts"];
    const more = typeof attempts === "number" && attempts > 1 ? `; ${attempts} bind attempts` : "";
    return [
      { span, median: middle, sentence: `${span.name} took ${millis(took)} (median ${millis(middle)})${more}` },
    ];
  });
}

export interface Check {
  name: string;
  holds: boolean;
  said: string;
}

/** The shape that a healthy start has, condition by condition. */
export function health(boot: Boot, shape: Shape, sloMs: number): Check[] {
  const { root, steps } = shape;
  if (!root) return [{ name: "there is a root span", holds: false, said: "no mesh.node.ready" }];
  const end = shape.total;
  const covered = steps.reduce((sum, { span }) => sum + number(span.length_us), 0);
  const gaps = Math.max(0, end - covered);
  const names = steps.map(({ span }) => span.name);
  const inOrder = names.length === STEPS.length && names.every((name, i) => name === STEPS[i]);
  const inside = steps.every(({ from, span }) => from >= 0 && from + number(span.length_us) <= end + 2);
  return [
    { name: "the root ended well", holds: root.span.ok && boot.outcome === "ready", said: boot.outcome },
    { name: "five steps", holds: steps.length === STEPS.length, said: `${steps.length}` },
    {
      name: "in order",
      holds: inOrder,
      said: inOrder ? "yes" : names.map((name) => name.replace("mesh.", "")).join(", "),
    },
    { name: "each inside the root", holds: inside, said: inside ? "yes" : "no" },
    {
      name: "gaps below 5 %",
      holds: end > 0 && gaps < end * 0.05,
      said: end > 0 ? `${((gaps / end) * 100).toFixed(1)} %` : "–",
    },
    { name: `below ${sloMs} ms`, holds: end < sloMs * 1000, said: millis(end) },
  ];
}

/** Up to seven round ticks for a scale from 0 to `max`. */
export function ticks(max: number): number[] {
  if (!(max > 0)) return [0];
  const raw = max / 6;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((n) => n * power >= raw) ?? 10) * power;
  const out: number[] = [];
  for (let at = 0; at <= max; at += step) out.push(at);
  return out;
}

const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);
