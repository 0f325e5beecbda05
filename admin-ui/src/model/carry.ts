// SPDX-License-Identifier: Apache-2.0
// How much of the tree goes over each node, whatever it declares to be: of the shortest eager ways between two
// others, the share that leads through it. By Brandes' algorithm; not for meshes where that would be felt.
import { isObserver, once } from "./derive";
import type { MeshState } from "./reduce";

const MOST_NODES = 300;
/** A node that is no hub and carries more than this is worth a look. */
export const MUCH = 0.3;

export const carried = once((nodes: MeshState["nodes"], edges: MeshState["edges"]): ReadonlyMap<string, number> => {
  const ids = [...nodes.values()].filter((node) => !isObserver(node)).map((node) => node.id);
  const n = ids.length;
  const score = new Map<string, number>();
  if (n < 3 || n > MOST_NODES) return score;
  const index = new Map(ids.map((id, i) => [id, i]));
  const near: number[][] = ids.map(() => []);
  for (const edge of edges.values()) {
    const a = index.get(edge.a);
    const b = index.get(edge.b);
    if (edge.tree !== "eager" || a === undefined || b === undefined) continue;
    near[a]!.push(b);
    near[b]!.push(a);
  }
  const sums = new Float64Array(n);
  for (let from = 0; from < n; from++) {
    const ways = new Float64Array(n);
    const far = new Int32Array(n).fill(-1);
    const before: number[][] = ids.map(() => []);
    const order = [from];
    ways[from] = 1;
    far[from] = 0;
    for (let i = 0; i < order.length; i++) {
      const at = order[i]!;
      for (const next of near[at]!) {
        if (far[next] === -1) {
          far[next] = far[at]! + 1;
          order.push(next);
        }
        if (far[next] === far[at]! + 1) {
          ways[next]! += ways[at]!;
          before[next]!.push(at);
        }
      }
    }
    const through = new Float64Array(n);
    for (let i = order.length - 1; i > 0; i--) {
      const at = order[i]!;
      for (const prev of before[at]!) through[prev]! += (ways[prev]! / ways[at]!) * (1 + through[at]!);
      sums[at]! += through[at]!;
    }
  }
  ids.forEach((id, i) => {
    score.set(id, sums[i]! / ((n - 1) * (n - 2))); // ordered pairs of others
  });
  return score;
});
