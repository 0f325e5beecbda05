// SPDX-License-Identifier: Apache-2.0
// "Force" as a layout: made in a worker, so that the page goes on; newcomers then stand beside whom they know.
import type { Edge, Node } from "../api/types";
import { other } from "../model/derive";
import type { Task } from "./force";
import { arrange, type Layout, type Place, type Point } from "./layout";

let worker: Worker | null = null;

const spot = ({ x, y }: Point): Place => ({ x, y, ring: 0, slot: 0 });

export function taskOf(mesh: string, nodes: readonly Node[], edges: readonly Edge[]): { ids: string[]; task: Task } {
  const orbit = arrange(mesh, nodes, edges); // by the rules alone: the same in every browser
  const ids = nodes.map((node) => node.id).sort();
  const index = new Map(ids.map((id, i) => [id, i]));
  const sorted = [...edges].sort((a, b) => (a.id < b.id ? -1 : 1));
  const task: Task = {
    places: ids.map((id) => {
      const { x, y } = orbit.places.get(id)!;
      return { x, y };
    }),
    edges: sorted.flatMap(({ a, b, tree }) => {
      const [from, to] = [index.get(a), index.get(b)];
      return from === undefined || to === undefined || from === to ? [] : [[from, to, tree === "eager" ? 1 : 0.25]];
    }),
  };
  return { ids, task };
}

/** One at a time: what is asked for last is what comes. */
export function arrangeForce(
  mesh: string,
  nodes: readonly Node[],
  edges: readonly Edge[],
  done: (layout: Layout) => void,
): void {
  if (worker) return;
  const { ids, task } = taskOf(mesh, nodes, edges);
  worker = new Worker(new URL("./force.worker.ts", import.meta.url), { type: "module" });
  const end = () => {
    worker?.terminate();
    worker = null;
  };
  worker.onerror = end;
  worker.onmessage = ({ data }: MessageEvent<Point[]>) => {
    end();
    done({ places: new Map(ids.map((id, i) => [id, spot(data[i]!)])), rings: [], free: [], primary: new Map() });
  };
  worker.postMessage(task);
}

/** Places for newcomers, as near to those that they know as there is room; nobody else moves. */
export function extendForce(old: Layout, nodes: readonly Node[], edges: readonly Edge[]): Layout {
  const known = new Set(nodes.map((node) => node.id));
  const fresh = nodes.filter((node) => !old.places.has(node.id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  if (fresh.length === 0 && [...old.places.keys()].every((id) => known.has(id))) return old;
  const places = new Map([...old.places].filter(([id]) => known.has(id)));
  for (const node of fresh) {
    const near = edges.flatMap((edge) =>
      edge.a === node.id || edge.b === node.id ? (places.get(other(edge, node.id)) ?? []) : [],
    );
    const n = Math.max(1, near.length);
    const x = near.reduce((sum, place) => sum + place.x, 0) / n;
    const y = near.reduce((sum, place) => sum + place.y, 0) / n;
    const taken = (p: Point) =>
      [...places.values()].some((place) => Math.abs(place.x - p.x) < 160 && Math.abs(place.y - p.y) < 84);
    let at = { x: Math.round(x), y: Math.round(y) };
    for (let ring = 1; taken(at) && ring < 60; ring++)
      for (let i = 0; i < ring * 8 && taken(at); i++) {
        // Around a square: as far as possible without a circle's arithmetic.
        const [side, along] = [Math.floor(i / (ring * 2)), (i % (ring * 2)) - ring];
        const [dx, dy] =
          side === 0 ? [along, -ring] : side === 1 ? [ring, along] : side === 2 ? [-along, ring] : [-ring, -along];
        at = { x: Math.round(x + (dx ?? 0) * 84), y: Math.round(y + (dy ?? 0) * 44) };
      }
    places.set(node.id, spot(at));
  }
  return { ...old, places };
}
