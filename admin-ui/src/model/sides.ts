// SPDX-License-Identifier: Apache-2.0
// The sides of a mesh that is parted, from what is known and nothing else: who is heard and by which paths, who was
// lost, when, by whom, and whose neighbour it was.
//
// - Those that are heard are as many sides as their paths leave parts, as long as a path of each is known: one that
//   was not asked yet is on no side.
// - Those that were lost are a side of their own when they knew each other, were lost about the same time, by others,
//   and nobody told that they lost each other. They may be cut off or gone together: nobody here can know.
// - All others stand on no side: one that was lost alone, one that left by its own word.
import type { Node } from "../api/types";
import { edgesByNode, isObserver, once, other, partsOf } from "./derive";
import type { MeshState } from "./reduce";
import { present } from "./states";

export interface Side {
  ids: readonly string[];
  ours: boolean; // the observer's neighbours are there
  heard: boolean;
  since: string | null; // of a side that was lost: when the last of them was
  toldBy: readonly string[]; // ids of others who lost them
}

/** Losses that are further apart than this are not one. */
const TOGETHER_MS = 15_000;

const isLost = (node: Node) => !isObserver(node) && (node.state === "dead" || node.state === "stale");

/** The heard sides first, ours before all; fewer than two: the mesh is whole, as far as is known. */
export const sidesOf = once(
  (nodes: MeshState["nodes"], edges: MeshState["edges"], observer: string): readonly Side[] => {
    const near = new Set(nodes.get(observer)?.neighbors ?? []);
    const heard = heardParts(nodes, edges).map((ids): Side => {
      const ours = ids.some((id) => near.has(id));
      return { ids, ours, heard: true, since: null, toldBy: [] };
    });
    const lost = lostGroups(nodes);
    if (heard.length === 0 || heard.length + lost.length < 2) return [];
    // An observer that hears one side only is on it, whether it has a neighbour there at the moment or not.
    if (heard.length === 1) heard[0]!.ours = true;
    heard.sort((a, b) => Number(b.ours) - Number(a.ours) || b.ids.length - a.ids.length);
    return [...heard, ...lost];
  },
);

function heardParts(nodes: MeshState["nodes"], edges: MeshState["edges"]): string[][] {
  const parts = partsOf(nodes, edges);
  if (parts.length > 0) return parts;
  // Of somebody no path is known: there may be parts, but none is told of. All with a path are one side.
  const byNode = edgesByNode(edges);
  const has = (node: Node) => !isObserver(node) && present(node.state) && node.state !== "stale";
  const joined = (node: Node) =>
    (byNode.get(node.id) ?? []).some((edge) => {
      const peer = nodes.get(other(edge, node.id));
      return peer !== undefined && has(peer);
    });
  const side = [...nodes.values()].filter((node) => has(node) && joined(node)).map((node) => node.id);
  return side.length > 0 ? [side] : [];
}

function lostGroups(nodes: MeshState["nodes"]): Side[] {
  const lost = [...nodes.values()].filter(isLost);
  const by = new Map(lost.map((node) => [node.id, new Set(node.lost_by ?? [])]));
  const knew = new Map<string, Node[]>(lost.map((node) => [node.id, []]));
  for (const node of lost)
    for (const id of node.last_neighbors ?? []) {
      if (!knew.has(id)) continue;
      knew.get(node.id)!.push(nodes.get(id)!);
      knew.get(id)!.push(node);
    }
  const together = (a: Node, b: Node) =>
    !by.get(a.id)!.has(b.id) &&
    !by.get(b.id)!.has(a.id) &&
    Math.abs(Date.parse(a.since) - Date.parse(b.since)) <= TOGETHER_MS;
  const seen = new Set<string>();
  const groups: Side[] = [];
  for (const start of lost) {
    if (seen.has(start.id)) continue;
    seen.add(start.id);
    const group = [start];
    for (let i = 0; i < group.length; i++)
      for (const node of knew.get(group[i]!.id)!)
        if (!seen.has(node.id) && together(group[i]!, node)) {
          seen.add(node.id);
          group.push(node);
        }
    const ids = group.map((node) => node.id);
    const toldBy = [...new Set(ids.flatMap((id) => [...by.get(id)!]))].filter((id) => !ids.includes(id)).sort();
    // One who doubts is no side yet: somebody must be counted as gone, and somebody must have told it.
    if (group.length < 2 || toldBy.length === 0 || !group.some((node) => node.state === "dead")) continue;
    const since = group
      .map((node) => node.since)
      .sort()
      .at(-1)!;
    groups.push({ ids, ours: false, heard: false, since, toldBy });
  }
  return groups.sort((a, b) => b.ids.length - a.ids.length || (a.ids[0]! < b.ids[0]! ? -1 : 1));
}
