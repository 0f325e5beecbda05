// SPDX-License-Identifier: Apache-2.0
// The layout as the page holds it: grows with the mesh, outlives a reload, remembers what was dragged, is made anew
// on demand.
import { create } from "zustand";
import type { MeshState } from "../model/reduce";
import { useStore } from "../model/store";
import { arrange, extend, type Layout, type Point, packed, unpacked } from "./layout";

interface Places {
  layout: Layout | null;
  mesh: string | null;
  pins: Readonly<Record<string, Point>>;
  drag: { id: string; at: Point } | null;
}

const usePlaces = create<Places>(() => ({ layout: null, mesh: null, pins: {}, drag: null }));

const storageKey = (mesh: string) => `meshhost.pins.${mesh}`;

function loadPins(mesh: string): Record<string, Point> {
  try {
    const found = JSON.parse(localStorage.getItem(storageKey(mesh)) ?? "{}") as Record<string, Point>;
    const good = Object.entries(found).filter(([, p]) => Number.isFinite(p?.x) && Number.isFinite(p?.y));
    return Object.fromEntries(good);
  } catch {
    return {};
  }
}

function savePins(mesh: string, pins: Readonly<Record<string, Point>>): void {
  try {
    if (Object.keys(pins).length > 0) localStorage.setItem(storageKey(mesh), JSON.stringify(pins));
    else localStorage.removeItem(storageKey(mesh));
  } catch {
    // A browser that stores nothing forgets the pins, and that is all.
  }
}

const layoutKey = (mesh: string) => `meshhost.layout.${mesh}`;

function loadLayout(mesh: string, nodes: Parameters<typeof unpacked>[1]): Layout | null {
  try {
    return unpacked(localStorage.getItem(layoutKey(mesh)), nodes);
  } catch {
    return null;
  }
}

let unsaved: { mesh: string; layout: Layout } | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

// Where many come and go it is written now and then, and at the last when the page goes.
function saveLayout(mesh: string, layout: Layout): void {
  unsaved = { mesh, layout };
  timer ??= setTimeout(writeLayout, 1000);
}

function writeLayout(): void {
  clearTimeout(timer);
  timer = undefined;
  if (!unsaved) return;
  try {
    localStorage.setItem(layoutKey(unsaved.mesh), packed(unsaved.layout));
  } catch {
    // The next page arranges anew, then.
  }
  unsaved = null;
}

window.addEventListener("pagehide", writeLayout);

/** Brings the layout up to the state. Ghosts keep their places until they fade. */
export function settle(state: MeshState): Layout | null {
  if (!state.mesh) return null;
  const held = usePlaces.getState();
  // Whoever is in the live picture keeps its place also while the past is looked at.
  const known = new Map(useStore.getState().state.nodes);
  for (const [id, { node }] of state.ghosts) known.set(id, node);
  for (const [id, node] of state.nodes) known.set(id, node);
  const nodes = [...known.values()];
  const edges = [...state.edges.values()];
  const mesh = state.mesh.name;
  if (held.layout === null || held.mesh !== mesh) {
    const kept = loadLayout(mesh, nodes);
    const layout = kept ? extend(kept, mesh, nodes, edges) : arrange(mesh, nodes, edges);
    if (layout !== kept) saveLayout(mesh, layout);
    usePlaces.setState({ layout, mesh, pins: loadPins(mesh) });
    return layout;
  }
  const layout = extend(held.layout, mesh, nodes, edges);
  if (layout !== held.layout) {
    saveLayout(mesh, layout);
    usePlaces.setState({ layout });
  }
  return layout;
}

/** Everything anew, by the rules alone: pins are forgotten. */
export function relayout(state: MeshState): void {
  if (!state.mesh) return;
  savePins(state.mesh.name, {});
  const layout = arrange(state.mesh.name, [...state.nodes.values()], [...state.edges.values()]);
  saveLayout(state.mesh.name, layout);
  usePlaces.setState({ layout, mesh: state.mesh.name, pins: {} });
}

export function dragTo(id: string, at: Point): void {
  usePlaces.setState({ drag: { id, at } });
}

export function drop(): void {
  const { drag, mesh, pins } = usePlaces.getState();
  if (!drag) return;
  const kept = { ...pins, [drag.id]: { x: Math.round(drag.at.x), y: Math.round(drag.at.y) } };
  usePlaces.setState({ pins: kept, drag: null });
  if (mesh) savePins(mesh, kept);
}

export function unpin(id: string): void {
  const { mesh, pins } = usePlaces.getState();
  const { [id]: _, ...rest } = pins;
  usePlaces.setState({ pins: rest });
  if (mesh) savePins(mesh, rest);
}

export function placeOf(held: Places, id: string): Point | undefined {
  if (held.drag?.id === id) return held.drag.at;
  return held.pins[id] ?? held.layout?.places.get(id);
}

export { usePlaces };
