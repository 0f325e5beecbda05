// SPDX-License-Identifier: Apache-2.0
// "Orbit": hubs on an inner ring, everybody else outside in the sector of its primary hub. No physics and no
// chance: the same mesh is the same picture in every browser. Nodes that have a place keep it; newcomers take
// the free slot that is nearest to their hub.
//
// - An *edge* node stands outside like a leaf, but first in its sector; where there are no hubs the edge nodes
//   are the inner ring.
// - Observers stand on a ring of their own beyond all others.
// - The rings are ellipses, since screens and cards are wide. Slots are parted by what a card needs: along a
//   ring, a step is 1 when two cards just do not touch.
import type { Edge, Node } from "../api/types";
import { byName, isObserver, other } from "../model/derive";

export interface Point {
  x: number;
  y: number;
}

export interface Place extends Point {
  ring: number; // 0: the hubs
  slot: number;
}

export interface Ring {
  a: number; // half width
  b: number; // half height
}

export interface Box {
  key: string;
  label: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Layout {
  places: ReadonlyMap<string, Place>; // where there are boxes, a place's ring is its box; -1: in none
  rings: readonly Ring[]; // none: no orbit
  free: readonly Place[];
  primary: ReadonlyMap<string, string>; // the hub in whose sector a node stands
  boxes?: readonly Box[];
}

export const CARD = { leaf: { w: 140, h: 70 }, hub: { w: 158, h: 76 } } as const;

const LEAF_STEP = { w: 152, h: 82 };
const HUB_STEP = { w: 214, h: 126 };
const INNER = { a: 172, b: 150 };
const CLEAR = { a: 206, b: 204 }; // from the hubs' ring to the first ring of leaves
const OUTER = { a: 172, b: 98 }; // from one ring of leaves to the next
const SAMPLES = 720;

export function arrange(meshName: string, nodes: readonly Node[], edges: readonly Edge[]): Layout {
  const members = nodes.filter((node) => !isObserver(node)).sort(byId);
  const observers = nodes.filter(isObserver).sort(byId);
  const hubs = innerRing(members);
  const isHub = new Set(hubs.map((hub) => hub.id));
  const outer = members.filter((node) => !isHub.has(node.id));
  const near = neighbours(edges);
  const primary = primaryHubs(meshName, outer, [...isHub], near, isHub);

  const rings: Ring[] = [];
  const places = new Map<string, Place>();
  const free: Place[] = [];

  const inner = hubs.length > 1 ? wideEnough(INNER, hubs.length * 1.04, HUB_STEP) : { a: 0, b: 0 };
  rings.push(inner);
  const hubSlots = ringSlots(inner, hubs.length, HUB_STEP, 0);
  const order = orderHubs(hubs, primary, near);
  order.forEach((hub, i) => places.set(hub.id, hubSlots[i]!));

  const outerRings = ringsFor(outer.length, hubs.length > 0 ? inner : null);
  const slots = shareOut(outer.length, outerRings).flatMap((n, i) => ringSlots(outerRings[i]!, n, LEAF_STEP, i + 1));
  rings.push(...outerRings);
  const queue = bySector(order, outer, primary, places, near);
  assign(queue, slots, order, places, primary);
  const taken = new Set(queue.map((node) => slotKey(places.get(node.id)!)));
  free.push(...slots.filter((slot) => !taken.has(slotKey(slot))));

  const beyond = grown(rings.at(-1)!, OUTER);
  const ring = wideEnough(beyond, Math.max(observers.length, 1), LEAF_STEP);
  const beyondSlots = ringSlots(ring, Math.max(observers.length, 8), LEAF_STEP, rings.length);
  observers.forEach((node, i) =>
    places.set(node.id, beyondSlots[(hash(meshName + node.id) + i) % beyondSlots.length]!),
  );
  return { places: withoutClashes(observers, places, beyondSlots), rings, free, primary };
}

/** Gives places to those that have none, and moves nobody. */
export function extend(old: Layout, meshName: string, nodes: readonly Node[], edges: readonly Edge[]): Layout {
  const fresh = nodes.filter((node) => !old.places.has(node.id)).sort(byId);
  const known = new Set(nodes.map((node) => node.id));
  const gone = [...old.places].filter(([id]) => !known.has(id));
  if (fresh.length === 0 && gone.length === 0) return old;
  const places = new Map([...old.places].filter(([id]) => known.has(id)));
  let free = [...old.free, ...gone.map(([, place]) => place)];
  const rings = [...old.rings];
  const near = neighbours(edges);
  const hubs = [...places].filter(([, place]) => place.ring === 0).map(([id]) => id);
  const primary = new Map([...old.primary].filter(([id]) => known.has(id)));
  const outer = fresh.filter((node) => !isObserver(node));
  for (const [id, hub] of primaryHubs(meshName, outer, hubs, near, new Set(hubs))) primary.set(id, hub);
  for (const node of fresh) {
    const wanted = centre(
      [...(near.get(node.id) ?? [])].map(({ id }) => places.get(id)).filter((p) => p !== undefined),
    );
    const direction = wanted.x === 0 && wanted.y === 0 ? turn(hash(meshName + node.id) / 2 ** 32) : wanted;
    if (!free.some((slot) => slot.ring > 0)) {
      const ring = grown(rings.at(-1) ?? INNER, OUTER);
      rings.push(ring);
      const n = Math.floor(perimeter(ring, LEAF_STEP));
      free = free.concat(ringSlots(ring, n, LEAF_STEP, rings.length - 1));
    }
    const fits = free.filter((slot) => slot.ring > 0 || node.tier === "hub");
    const best = fits.reduce((a, b) => (cost(b, direction) < cost(a, direction) ? b : a));
    places.set(node.id, best);
    free = free.filter((slot) => slot !== best);
  }
  return { places, rings, free, primary };
}

/** A layout as text, for the next time that the page is opened. */
export const packed = (layout: Layout): string =>
  JSON.stringify({
    v: 1,
    places: [...layout.places].map(([id, { x, y, ring, slot }]) => [id, x, y, ring, slot]),
    rings: layout.rings,
    free: layout.free,
    primary: [...layout.primary],
    boxes: layout.boxes,
  });

/** The layout that the text holds, if it is about these nodes, by and large. Nobody then is moved by a reload. */
export function unpacked(text: string | null, nodes: readonly Node[]): Layout | null {
  if (text === null) return null;
  try {
    const held = JSON.parse(text) as {
      v: number;
      places: [string, number, number, number, number][];
      rings: Ring[];
      free: Place[];
      primary: [string, string][];
      boxes?: Box[];
    };
    const places = new Map(held.places.map(([id, x, y, ring, slot]): [string, Place] => [id, { x, y, ring, slot }]));
    const finite = [...places.values(), ...held.free].every((one) =>
      [one.x, one.y, one.ring, one.slot].every(Number.isFinite),
    );
    const known = nodes.reduce((n, node) => n + (places.has(node.id) ? 1 : 0), 0);
    if (held.v !== 1 || !finite || known * 2 < nodes.length || known * 2 < places.size) return null;
    const { rings, free, boxes } = held;
    if (!rings.every(({ a, b }) => Number.isFinite(a) && Number.isFinite(b))) return null;
    if (boxes?.some((box) => ![box.left, box.top, box.right, box.bottom].every(Number.isFinite))) return null;
    return { places, rings, free, primary: new Map(held.primary), ...(boxes ? { boxes } : {}) };
  } catch {
    return null;
  }
}

/** A number that stands for a whole layout: tests pin it, and two browsers can compare it. */
export function layoutHash(layout: Layout): string {
  const lines = [...layout.places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, place]) => `${id} ${place.x.toFixed(2)} ${place.y.toFixed(2)}`);
  return hash(lines.join("\n")).toString(16).padStart(8, "0");
}

export function bounds(points: Iterable<Point>): { left: number; top: number; right: number; bottom: number } {
  let [left, top, right, bottom] = [0, 0, 0, 0];
  for (const { x, y } of points) {
    left = Math.min(left, x - CARD.hub.w / 2);
    right = Math.max(right, x + CARD.hub.w / 2);
    top = Math.min(top, y - CARD.hub.h / 2);
    bottom = Math.max(bottom, y + CARD.hub.h / 2);
  }
  return { left, top, right, bottom };
}

// --- who stands where -----------------------------------------------------------------------------------

type Near = ReadonlyMap<string, readonly { id: string; edge: Edge }[]>;

function innerRing(members: readonly Node[]): Node[] {
  const hubs = members.filter((node) => node.tier === "hub");
  if (hubs.length > 0) return hubs;
  const edge = members.filter((node) => node.tier === "edge");
  return edge.length > 0 || members.length > 1 ? edge : [...members];
}

function neighbours(edges: readonly Edge[]): Near {
  const near = new Map<string, { id: string; edge: Edge }[]>();
  for (const edge of edges)
    for (const id of [edge.a, edge.b]) {
      const list = near.get(id);
      const entry = { id: other(edge, id), edge };
      if (list) list.push(entry);
      else near.set(id, [entry]);
    }
  return near;
}

/** The hub of each: that of the quickest eager path, else of any path, else its neighbour's, else by lot of its id. */
function primaryHubs(
  meshName: string,
  outer: readonly Node[],
  hubs: readonly string[],
  near: Near,
  isHub: ReadonlySet<string>,
): Map<string, string> {
  const primary = new Map<string, string>();
  if (hubs.length === 0) return primary;
  // Round trips jitter; a sector should not. So they count in classes: up to 5 ms, 20 ms, 80 ms, ...
  const far = (us: number | null) =>
    us === null ? 99 : us <= 5000 ? 0 : Math.ceil(Math.log(us / 5000) / Math.log(4));
  const rank = (edge: Edge) => (edge.tree === "eager" ? 0 : 1000) + far(edge.rtt_us);
  for (const node of outer) {
    const own = (near.get(node.id) ?? []).filter(({ id }) => isHub.has(id));
    own.sort((x, y) => rank(x.edge) - rank(y.edge) || (x.id < y.id ? -1 : 1));
    if (own[0]) primary.set(node.id, own[0].id);
  }
  for (const node of outer) {
    if (primary.has(node.id)) continue;
    const through = (near.get(node.id) ?? []).filter(({ id }) => primary.has(id));
    through.sort((x, y) => rank(x.edge) - rank(y.edge) || (x.id < y.id ? -1 : 1));
    const hub = through[0] ? primary.get(through[0].id)! : hubs[hash(meshName + node.id) % hubs.length]!;
    primary.set(node.id, hub);
  }
  return primary;
}

/** Neighbouring hubs beside each other, as far as four sweeps of the barycentre find it. */
function orderHubs(hubs: readonly Node[], primary: ReadonlyMap<string, string>, near: Near): Node[] {
  let order = [...hubs];
  const hubOf = (id: string) => primary.get(id) ?? id;
  for (let sweep = 0; sweep < 4; sweep++) {
    const at = new Map(order.map((hub, i) => [hub.id, turn((i + 0.5) / order.length)]));
    const pull = new Map<string, Point>();
    for (const hub of order) {
      const own = at.get(hub.id)!;
      const sum = { x: own.x * 2, y: own.y * 2 };
      for (const { id } of near.get(hub.id) ?? []) {
        const there = at.get(hubOf(id));
        if (!there) continue;
        sum.x += there.x;
        sum.y += there.y;
      }
      pull.set(hub.id, sum);
    }
    order = order.sort((a, b) => angle(pull.get(a.id)!) - angle(pull.get(b.id)!) || byId(a, b));
  }
  return order;
}

/** The outer nodes in the order of their sectors; within one, those that also know the next hub stand on its side. */
function bySector(
  order: readonly Node[],
  outer: readonly Node[],
  primary: ReadonlyMap<string, string>,
  places: ReadonlyMap<string, Place>,
  near: Near,
): Node[] {
  const side = (node: Node, hub: string) => {
    const here = places.get(hub)!;
    const others = (near.get(node.id) ?? [])
      .map(({ id }) => places.get(primary.get(id) ?? id))
      .filter((place) => place !== undefined && place !== here) as Place[];
    if (others.length === 0) return 0;
    return others.reduce((sum, place) => sum + between(angle(here), angle(place)), 0) / others.length;
  };
  const first = (node: Node) => (node.tier === "edge" ? 0 : 1);
  if (order.length === 0) return [...outer].sort((a, b) => first(a) - first(b) || byName(a, b));
  return order.flatMap((hub) => {
    const sector = outer.filter((node) => primary.get(node.id) === hub.id);
    const weight = new Map(sector.map((node) => [node.id, Math.round(side(node, hub.id) * 20)]));
    return sector.sort((a, b) => weight.get(a.id)! - weight.get(b.id)! || first(a) - first(b) || byName(a, b));
  });
}

/** Lays the queue along all slots in the order of their angles, turned so that sectors face their hubs. */
function assign(
  queue: readonly Node[],
  slots: readonly Place[],
  order: readonly Node[],
  places: Map<string, Place>,
  primary: ReadonlyMap<string, string>,
): void {
  const along = [...slots].sort((p, q) => angle(p) - angle(q) || p.ring - q.ring);
  const n = along.length;
  if (n === 0 || queue.length === 0) return;
  const goal = queue.map((node) => places.get(primary.get(node.id) ?? "") ?? null);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  const stride = Math.max(1, Math.floor(n / 240)); // every turn of a small mesh, enough of a large one
  for (let shift = 0; order.length > 1 && shift < n; shift += stride) {
    let sum = 0;
    for (let i = 0; i < queue.length && sum < least; i += stride) {
      const hub = goal[i];
      if (hub) sum += Math.abs(between(angle(hub), angle(along[(i + shift) % n]!)));
    }
    if (sum < least) {
      least = sum;
      best = shift;
    }
  }
  queue.forEach((node, i) => places.set(node.id, along[(i + best) % n]!));
}

function withoutClashes(observers: readonly Node[], places: Map<string, Place>, far: readonly Place[]) {
  const taken = new Set<Place>();
  for (const node of observers) {
    let place = places.get(node.id)!;
    if (taken.has(place)) place = far.find((slot) => !taken.has(slot)) ?? place;
    taken.add(place);
    places.set(node.id, place);
  }
  return places;
}

// --- rings ------------------------------------------------------------------------------------------------

interface Step {
  w: number;
  h: number;
}

function ringsFor(n: number, inner: Ring | null): Ring[] {
  const k = n <= 22 ? 1 : n <= 60 ? 2 : n <= 400 ? 4 : 8;
  const start = inner ? grown(inner, CLEAR) : { a: 260, b: 200 };
  const rings = [start];
  while (rings.length < k) rings.push(grown(rings.at(-1)!, OUTER));
  const have = () => rings.reduce((sum, ring) => sum + Math.floor(perimeter(ring, LEAF_STEP) / 1.04), 0);
  for (let i = 0; i < 400 && have() < n; i++) rings.forEach((ring, j) => (rings[j] = grown(ring, { a: 48, b: 40 })));
  return rings;
}

/** How many of n stand on each ring: as many as its length deserves. */
function shareOut(n: number, rings: readonly Ring[]): number[] {
  const lengths = rings.map((ring) => perimeter(ring, LEAF_STEP));
  const whole = lengths.reduce((a, b) => a + b, 0);
  const counts = lengths.map((length) => Math.floor((n * length) / whole));
  for (let i = counts.length - 1, rest = n - counts.reduce((a, b) => a + b, 0); rest > 0; rest--, i--)
    counts[(i + counts.length) % counts.length]!++;
  return counts;
}

const grown = (ring: Ring, by: Ring): Ring => ({ a: ring.a + by.a, b: ring.b + by.b });

function wideEnough(ring: Ring, n: number, step: Step): Ring {
  let grew = ring;
  while (perimeter(grew, step) < n) grew = { a: grew.a * 1.04, b: grew.b * 1.04 };
  return grew;
}

/** Lengths along the ring from its top, clockwise, in cards. */
function walk(ring: Ring, step: Step): number[] {
  const sums = [0];
  for (let i = 1; i <= SAMPLES; i++) {
    const [p, q] = [onRing(ring, (i - 1) / SAMPLES), onRing(ring, i / SAMPLES)];
    sums.push(sums[i - 1]! + Math.max(Math.abs(q.x - p.x) / step.w, Math.abs(q.y - p.y) / step.h));
  }
  return sums;
}

const perimeter = (ring: Ring, step: Step): number => walk(ring, step)[SAMPLES]!;

function ringSlots(ring: Ring, n: number, step: Step, number: number): Place[] {
  if (n === 0) return [];
  const sums = walk(ring, step);
  const whole = sums[SAMPLES]!;
  const slots: Place[] = [];
  let at = 0;
  for (let i = 0; i < n; i++) {
    const goal = (whole * (i + 0.5)) / n;
    while (at < SAMPLES && sums[at + 1]! < goal) at++;
    const gap = sums[at + 1]! - sums[at]!;
    const t = (at + (gap > 0 ? (goal - sums[at]!) / gap : 0)) / SAMPLES;
    const { x, y } = onRing(ring, t);
    slots.push({ x: round(x), y: round(y), ring: number, slot: i });
  }
  return slots;
}

// --- small geometry ---------------------------------------------------------------------------------------

const onRing = (ring: Ring, t: number): Point => ({
  x: ring.a * Math.sin(t * 2 * Math.PI),
  y: -ring.b * Math.cos(t * 2 * Math.PI),
});
const turn = (t: number): Point => onRing({ a: 1, b: 1 }, t);
/** Clockwise from the top, 0 to 2π. */
const angle = ({ x, y }: Point): number => (Math.atan2(x, -y) + 2 * Math.PI) % (2 * Math.PI);
const between = (from: number, to: number): number => ((to - from + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
const cost = (slot: Place, direction: Point): number =>
  Math.abs(between(angle(direction), angle(slot))) + slot.ring * 0.05;
const round = (value: number): number => Math.round(value * 100) / 100;
const slotKey = (place: Place): string => `${place.ring}/${place.slot}`;
const byId = (a: Node, b: Node): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function centre(points: readonly Point[]): Point {
  const sum = points.reduce((s, p) => ({ x: s.x + p.x, y: s.y + p.y }), { x: 0, y: 0 });
  return points.length > 0 ? { x: sum.x / points.length, y: sum.y / points.length } : sum;
}

/** FNV-1a. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
