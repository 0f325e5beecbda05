// SPDX-License-Identifier: Apache-2.0
// The layouts as the page holds them: each grows with the mesh, outlives a reload, remembers what was dragged in it, is
// made anew on demand. The orbit is always there: the tree and the starting places of *Force* are its.
import { create } from "zustand";
import type { Edge, Node } from "../api/types";
import { nameOf } from "../model/derive";
import type { MeshState } from "../model/reduce";
import { type Side, sidesOf } from "../model/sides";
import { useStore } from "../model/store";
import { arrangeBoxes, extendBoxes } from "./boxes";
import { byNetwork, byRole, bySide, type Group } from "./groups";
import { arrange, extend, type Layout, type Point, packed, unpacked } from "./layout";
import { arrangeForce, extendForce } from "./loose";

export const KINDS = {
  orbit: "Orbit",
  role: "Grid by role",
  network: "By network",
  force: "Force",
  sides: "By side",
} as const;
export type Kind = keyof typeof KINDS;

export const kindOf = (text: string | null): Kind =>
  text !== null && Object.hasOwn(KINDS, text) ? (text as Kind) : "orbit";

interface Places {
  layout: Layout | null; // the one that is shown
  orbit: Layout | null; // always held: who stands by whom
  mesh: string | null;
  kind: Kind;
  pins: Readonly<Record<string, Point>>;
  drag: { id: string; at: Point } | null;
}

const usePlaces = create<Places>(() => ({
  layout: null,
  orbit: null,
  mesh: null,
  kind: "orbit",
  pins: {},
  drag: null,
}));

const keyOf = (what: "pins" | "layout", mesh: string, kind: Kind) =>
  `meshhost.${what}.${mesh}${kind === "orbit" ? "" : `.${kind}`}`;

function loadPins(mesh: string, kind: Kind): Record<string, Point> {
  try {
    const found = JSON.parse(localStorage.getItem(keyOf("pins", mesh, kind)) ?? "{}") as Record<string, Point>;
    const good = Object.entries(found).filter(([, p]) => Number.isFinite(p?.x) && Number.isFinite(p?.y));
    return Object.fromEntries(good);
  } catch {
    return {};
  }
}

function savePins({ mesh, kind }: Places, pins: Readonly<Record<string, Point>>): void {
  if (mesh === null) return;
  try {
    if (Object.keys(pins).length > 0) localStorage.setItem(keyOf("pins", mesh, kind), JSON.stringify(pins));
    else localStorage.removeItem(keyOf("pins", mesh, kind));
  } catch {
    // A browser that stores nothing forgets the pins, and that is all.
  }
}

function loadLayout(mesh: string, kind: Kind, nodes: readonly Node[]): Layout | null {
  try {
    return unpacked(localStorage.getItem(keyOf("layout", mesh, kind)), nodes);
  } catch {
    return null;
  }
}

const unsaved = new Map<string, Layout>();
let timer: ReturnType<typeof setTimeout> | undefined;

// Where many come and go it is written now and then, and at the last when the page goes.
function saveLayout(mesh: string, kind: Kind, layout: Layout): void {
  unsaved.set(keyOf("layout", mesh, kind), layout);
  timer ??= setTimeout(writeLayouts, 1000);
}

function writeLayouts(): void {
  clearTimeout(timer);
  timer = undefined;
  for (const [key, layout] of unsaved)
    try {
      localStorage.setItem(key, packed(layout));
    } catch {
      // The next page arranges anew, then.
    }
  unsaved.clear();
}

window.addEventListener("pagehide", writeLayouts);

/** What layouts are made of. */
interface Matter {
  mesh: string;
  nodes: readonly Node[];
  edges: readonly Edge[];
  sides: readonly Side[];
  name: (id: string) => string;
}

let kept: { mesh: string; layouts: Map<Kind, Layout>; sides: string } = { mesh: "", layouts: new Map(), sides: "" };

/** Forgets what this page holds, as a reload does. */
export function forget(): void {
  writeLayouts();
  kept = { mesh: "", layouts: new Map(), sides: "" };
  usePlaces.setState(usePlaces.getInitialState());
}

function matterOf(state: MeshState, nodes: readonly Node[]): Matter {
  return {
    mesh: state.mesh!.name,
    nodes,
    edges: [...state.edges.values()],
    sides: sidesOf(state.nodes, state.edges, state.mesh!.observer),
    name: (id) => nameOf(state, id),
  };
}

function groupsOf(kind: Kind, { nodes, edges, sides, name }: Matter): Group[] {
  return kind === "role" ? byRole(nodes) : kind === "network" ? byNetwork(nodes, edges) : bySide(sides, name);
}

/** The layout of a kind, brought up to the matter; null: it is still being made. */
function grown(kind: Kind, matter: Matter, orbit: Layout | null): Layout | null {
  const { mesh, nodes, edges } = matter;
  const old = kept.layouts.get(kind) ?? (kind === "sides" ? null : loadLayout(mesh, kind, nodes));
  let layout: Layout | null = old;
  if (kind === "orbit") layout = old ? extend(old, mesh, nodes, edges) : arrange(mesh, nodes, edges);
  else if (kind === "force") {
    if (old) layout = extendForce(old, nodes, edges);
    else
      arrangeForce(mesh, nodes, edges, (made) => {
        if (kept.mesh !== mesh) return;
        kept.layouts.set("force", made);
        saveLayout(mesh, "force", made);
        const held = usePlaces.getState();
        const primary = held.orbit?.primary ?? made.primary;
        if (held.kind === "force") usePlaces.setState({ layout: { ...made, primary } });
      });
  } else {
    // Sides are as they are now: when they change, so does their layout.
    const sides = kind === "sides" ? JSON.stringify(matter.sides) : "";
    const groups = () => groupsOf(kind, matter);
    if (old && (kind !== "sides" || sides === kept.sides)) layout = extendBoxes(old, groups, nodes);
    else layout = arrangeBoxes(groups(), nodes, orbit!.primary);
    if (kind === "sides") kept.sides = sides;
  }
  if (!layout) return null;
  if (layout !== kept.layouts.get(kind) && kind !== "sides") saveLayout(mesh, kind, layout);
  kept.layouts.set(kind, layout);
  return layout;
}

/** Brings the layout up to the state. Ghosts keep their places until they fade. */
export function settle(state: MeshState, wanted?: Kind): Layout | null {
  if (!state.mesh) return null;
  const held = usePlaces.getState();
  // Whoever is in the live picture keeps its place also while the past is looked at.
  const known = new Map(useStore.getState().state.nodes);
  for (const [id, { node }] of state.ghosts) known.set(id, node);
  for (const [id, node] of state.nodes) known.set(id, node);
  const matter = matterOf(state, [...known.values()]);
  const { mesh } = matter;
  if (kept.mesh !== mesh) kept = { mesh, layouts: new Map(), sides: "" };
  let kind = wanted ?? held.kind;
  if (kind === "sides" && matter.sides.length < 2) kind = "orbit"; // whole again
  const orbit = grown("orbit", matter, null)!;
  const shown = (kind === "orbit" ? orbit : grown(kind, matter, orbit)) ?? orbit;
  const layout = shown.primary === orbit.primary ? shown : { ...shown, primary: orbit.primary };
  const same = held.mesh === mesh && held.kind === kind;
  if (!same) usePlaces.setState({ layout, orbit, mesh, kind, pins: loadPins(mesh, kind), drag: null });
  else if (!held.layout || held.layout.places !== layout.places || held.layout.boxes !== layout.boxes)
    usePlaces.setState({ layout, orbit });
  else if (held.orbit !== orbit) usePlaces.setState({ orbit });
  return layout;
}

/** Everything anew, by the rules alone: pins are forgotten. */
export function relayout(state: MeshState): void {
  if (!state.mesh) return;
  const held = usePlaces.getState();
  savePins(held, {});
  const matter = matterOf(state, [...state.nodes.values()]);
  kept.layouts.delete(held.kind);
  kept.sides = "";
  try {
    localStorage.removeItem(keyOf("layout", matter.mesh, held.kind));
  } catch {
    // nothing is kept, then
  }
  unsaved.delete(keyOf("layout", matter.mesh, held.kind));
  const orbit = kept.layouts.get("orbit") ?? arrange(matter.mesh, matter.nodes, matter.edges);
  const layout = grown(held.kind, matter, orbit);
  usePlaces.setState({ orbit, pins: {}, ...(layout ? { layout: { ...layout, primary: orbit.primary } } : {}) });
}

export function dragTo(id: string, at: Point): void {
  usePlaces.setState({ drag: { id, at } });
}

export function drop(): void {
  const held = usePlaces.getState();
  const { drag, pins } = held;
  if (!drag) return;
  const now = { ...pins, [drag.id]: { x: Math.round(drag.at.x), y: Math.round(drag.at.y) } };
  usePlaces.setState({ pins: now, drag: null });
  savePins(held, now);
}

export function unpin(id: string): void {
  const held = usePlaces.getState();
  const { [id]: _, ...rest } = held.pins;
  usePlaces.setState({ pins: rest });
  savePins(held, rest);
}

export function placeOf(held: Places, id: string): Point | undefined {
  if (held.drag?.id === id) return held.drag.at;
  return held.pins[id] ?? held.layout?.places.get(id);
}

export { usePlaces };
