// SPDX-License-Identifier: Apache-2.0
// The nodes that the filter lets through. Observers are hidden unless asked for; whoever is hidden is counted.

import type { Node } from "../api/types";
import { useParam } from "../ui/url";
import { byName, edgesByNode, isObserver, once } from "./derive";
import { type Filter, parseFilter } from "./filter";
import type { MeshState } from "./reduce";
import { useMesh } from "./store";

export interface Visible {
  state: MeshState;
  nodes: readonly Node[];
  ids: ReadonlySet<string>;
  hidden: number; // by the filter
  total: number;
  filter: Filter;
}

export const visible = once((state: MeshState, text: string): Visible => {
  const filter = parseFilter(text);
  const edges = edgesByNode(state.edges);
  const observers = /observer/i.test(text);
  const all = [...state.nodes.values()].filter((node) => observers || !isObserver(node));
  const nodes = filter.empty ? all : all.filter((node) => filter.test(node, edges.get(node.id) ?? []));
  nodes.sort(byName);
  return {
    state,
    nodes,
    ids: new Set(nodes.map((node) => node.id)),
    hidden: all.length - nodes.length,
    total: all.length,
    filter,
  };
});

export function useVisible(): Visible {
  const state = useMesh();
  const [text] = useParam("q");
  return visible(state, text ?? "");
}
