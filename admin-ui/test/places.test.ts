// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import type { MeshState } from "../src/model/reduce";
import { arrange, layoutHash, packed, unpacked } from "../src/topology/layout";
import { forget, relayout, settle } from "../src/topology/places";
import { makeMesh, stateOf } from "./fixtures";

const state = stateOf(makeMesh({ quiet: true }));
const reload = () => {
  window.dispatchEvent(new Event("pagehide"));
  forget();
};
const only = (n: number): MeshState => ({ ...state, nodes: new Map([...state.nodes].slice(0, n)) });
// Paths and their round trips are not the same an hour later.
const later: MeshState = {
  ...state,
  nodes: new Map([...state.nodes].reverse()),
  edges: new Map([...state.edges].slice(7).map(([id, edge], i) => [id, { ...edge, rtt_us: i * 9000, tree: "lazy" }])),
};

describe("places", () => {
  beforeEach(() => {
    reload();
    localStorage.clear();
  });

  it("are the same after a reload, however the nodes came and whatever their paths are now", () => {
    for (const n of [3, 9, 14]) settle(only(n));
    const before = layoutHash(settle(state)!);
    reload();
    expect(layoutHash(settle(state)!)).toBe(before);
    reload();
    expect(layoutHash(settle(later)!)).toBe(before);
  });

  it("are kept for those that were there, when others came or went meanwhile", () => {
    const before = settle(only(16))!;
    reload();
    const after = settle(state)!;
    for (const [id, place] of before.places) expect(after.places.get(id)).toEqual(place);
    expect(after.places.size).toBe(state.nodes.size);
  });

  it("are made anew for another mesh of the same name, and on demand", () => {
    settle(only(3));
    reload();
    const fresh = layoutHash(arrange(state.mesh!.name, [...state.nodes.values()], [...state.edges.values()]));
    expect(layoutHash(settle(state)!)).toBe(fresh); // three of nineteen are no layout
    settle(only(9));
    relayout(state);
    reload();
    expect(layoutHash(settle(later)!)).toBe(fresh);
  });

  it("are not believed if somebody spoilt what was kept", () => {
    const nodes = [...state.nodes.values()];
    const good = packed(arrange("m", nodes, []));
    expect(layoutHash(unpacked(good, nodes)!)).toBe(layoutHash(arrange("m", nodes, [])));
    for (const bad of [null, "", "{}", "[]", good.replace('"v":1', '"v":9'), good.replace(/",-?[\d.]+,/, '",null,')])
      expect(unpacked(bad, nodes)).toBeNull();
  });
});
