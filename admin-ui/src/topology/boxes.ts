// SPDX-License-Identifier: Apache-2.0
// Groups as boxes of cards, row by row; whoever is in no group stands below them, in no box. A newcomer takes a free
// place of its group's box; when there is none the group gets another box below all others, and nobody moves.
import type { Node } from "../api/types";
import type { Group } from "./groups";
import type { Box, Layout, Place } from "./layout";

const STEP = { w: 168, h: 92 };
const PAD = 18;
const HEAD = 30; // for the label
const GAP = 34;
const LETTER = 9.5;
const WIDE = 1.7; // as screens are

interface Shape {
  group: Group;
  columns: number;
  rows: number;
  w: number;
  h: number;
}

function shapeOf(group: Group): Shape {
  const n = Math.max(1, group.ids.length);
  // A line of text wants its room, too.
  const least = Math.min(4, Math.max(2, Math.ceil((group.label.length * LETTER) / STEP.w)));
  const columns = Math.max(least, Math.min(n, Math.round(Math.sqrt((n * STEP.h * WIDE) / STEP.w))));
  const rows = Math.ceil(n / columns);
  return { group, columns, rows, w: columns * STEP.w + 2 * PAD, h: rows * STEP.h + 2 * PAD + HEAD };
}

function boxAt(shape: Shape, left: number, top: number, number: number): { box: Box; slots: Place[] } {
  const slots = Array.from({ length: shape.rows * shape.columns }, (_, i) => ({
    x: left + PAD + ((i % shape.columns) + 0.5) * STEP.w,
    y: top + PAD + HEAD + (Math.floor(i / shape.columns) + 0.5) * STEP.h,
    ring: number,
    slot: i,
  }));
  const { key, label } = shape.group;
  return { box: { key, label, left, top, right: left + shape.w, bottom: top + shape.h }, slots };
}

export function arrangeBoxes(
  groups: readonly Group[],
  nodes: readonly Node[],
  primary: Layout["primary"],
  wide = WIDE,
): Layout {
  const shapes = groups.map(shapeOf);
  const area = shapes.reduce((sum, { w, h }) => sum + (w + GAP) * (h + GAP), 0);
  const widest = Math.max(Math.sqrt(area * wide), ...shapes.map(({ w }) => w));
  const boxes: Box[] = [];
  const places = new Map<string, Place>();
  const free: Place[] = [];
  let [x, y, tall, right] = [0, 0, 0, 0];
  for (const shape of shapes) {
    if (x > 0 && x + shape.w > widest * 1.05) {
      x = 0;
      y += tall + GAP;
      tall = 0;
    }
    const { box, slots } = boxAt(shape, x, y, boxes.length);
    boxes.push(box);
    shape.group.ids.forEach((id, i) => places.set(id, slots[i]!));
    free.push(...slots.slice(shape.group.ids.length));
    x += shape.w + GAP;
    right = Math.max(right, x - GAP);
    tall = Math.max(tall, shape.h);
  }
  const layout: Layout = { places, rings: [], free, primary, boxes };
  stand(
    layout,
    nodes.filter((node) => !places.has(node.id)).map((node) => node.id),
    places,
  );
  // Around the middle, as every layout is.
  const [dx, dy] = [-right / 2, -(y + tall) / 2];
  const moved = <P extends { x: number; y: number }>(place: P): P => ({ ...place, x: place.x + dx, y: place.y + dy });
  return {
    ...layout,
    places: new Map([...places].map(([id, place]) => [id, moved(place)])),
    free: free.map(moved),
    boxes: boxes.map((box) => ({
      ...box,
      left: box.left + dx,
      right: box.right + dx,
      top: box.top + dy,
      bottom: box.bottom + dy,
    })),
  };
}

const bottomOf = (layout: Layout): number =>
  Math.max(
    0,
    ...(layout.boxes ?? []).map((box) => box.bottom),
    ...[...layout.places.values()].map((place) => place.y + STEP.h / 2),
  );

/** Those of no box, in rows below all. */
function stand(layout: Layout, ids: readonly string[], places: Map<string, Place>): void {
  if (ids.length === 0) return;
  const left = Math.min(0, ...(layout.boxes ?? []).map((box) => box.left));
  const width = Math.max(6 * STEP.w, ...(layout.boxes ?? []).map((box) => box.right - left));
  const columns = Math.floor(width / STEP.w);
  const top = bottomOf(layout) + GAP;
  [...ids].sort().forEach((id, i) => {
    const x = left + ((i % columns) + 0.5) * STEP.w;
    places.set(id, { x, y: top + (Math.floor(i / columns) + 0.5) * STEP.h, ring: -1, slot: i });
  });
}

/** Gives places to those that have none, and moves nobody. */
export function extendBoxes(old: Layout, groups: () => readonly Group[], nodes: readonly Node[]): Layout {
  const known = new Set(nodes.map((node) => node.id));
  const gone = [...old.places].filter(([id]) => !known.has(id));
  const fresh = nodes.filter((node) => !old.places.has(node.id)).map((node) => node.id);
  if (fresh.length === 0 && gone.length === 0) return old;
  const places = new Map([...old.places].filter(([id]) => known.has(id)));
  const boxes = [...(old.boxes ?? [])];
  let free = [...old.free, ...gone.map(([, place]) => place).filter((place) => place.ring >= 0)];
  const loose = new Set(fresh);
  for (const group of groups()) {
    let left = group.ids.filter((id) => loose.has(id));
    for (const id of left) loose.delete(id);
    const fits = free
      .filter((place) => boxes[place.ring]?.key === group.key)
      .sort((a, b) => a.ring - b.ring || a.slot - b.slot);
    const used = new Set(fits.slice(0, left.length));
    left.slice(0, fits.length).forEach((id, i) => places.set(id, fits[i]!));
    free = free.filter((place) => !used.has(place));
    left = left.slice(fits.length);
    if (left.length === 0) continue;
    const so = { ...old, places, boxes };
    const { box, slots } = boxAt(
      shapeOf({ ...group, ids: left }),
      Math.min(0, ...boxes.map((one) => one.left)),
      bottomOf(so) + GAP,
      boxes.length,
    );
    boxes.push(box);
    left.forEach((id, i) => places.set(id, slots[i]!));
    free.push(...slots.slice(left.length));
  }
  stand({ ...old, places, boxes }, [...loose], places);
  return { ...old, places, boxes, free };
}
