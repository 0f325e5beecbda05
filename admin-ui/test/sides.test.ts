// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { heal, part } from "../mock/parts.mjs";
import type { Node } from "../src/api/types";
import { sidesOf } from "../src/model/sides";
import { type MockMesh, makeMesh, START, stateOf } from "./fixtures";

const CUT = ["broker-02", "compute-01", "compute-02", "compute-03", "gateway-01"];

function sides(mesh: MockMesh) {
  const state = stateOf(mesh);
  const name = (id: string) => state.nodes.get(id)!.name;
  return sidesOf(state.nodes, state.edges, state.mesh!.observer).map((side) => ({
    ...side,
    names: side.ids.map(name).sort(),
    tellers: side.toldBy.map(name).sort(),
  }));
}

/** A mesh whose observer has a neighbour among the rest, and whose cut side holds together. */
function cutMesh(names = CUT): MockMesh {
  const mesh = makeMesh({ quiet: true });
  const at = (name: string) => [...mesh.nodes.values()].find((node) => node.name === name)!;
  const hub = at("broker-02");
  for (const name of CUT.slice(1)) {
    at(name).neighbors.push(hub.id);
    hub.neighbors.push(at(name).id);
  }
  part(mesh, names, 1000);
  return mesh;
}

const change = (mesh: MockMesh, name: string, fields: Partial<Node>) => {
  const node = [...mesh.nodes.values()].find((one) => one.name === name)!;
  mesh.nodes.set(node.id, { ...node, ...fields });
};

describe("a mesh that is whole", () => {
  it("has no sides, with nobody ill and with somebody dead", () => {
    expect(sides(makeMesh({ quiet: true }))).toEqual([]);
    expect(sides(makeMesh())).toEqual([]);
  });

  it("has none before the first picture, and none with one node", () => {
    expect(sidesOf(new Map(), new Map(), "")).toEqual([]);
    expect(sides(makeMesh({ nodes: 1, quiet: true }))).toEqual([]);
  });
});

describe("a mesh that is parted", () => {
  it("has this side, and another that others lost together", () => {
    const [here, there, ...more] = sides(cutMesh());
    expect(more).toEqual([]);
    expect(here).toMatchObject({ ours: true, heard: true, since: null, toldBy: [] });
    expect(here!.ids).toHaveLength(13);
    expect(there).toMatchObject({ ours: false, heard: false });
    expect(there!.names).toEqual([...CUT].sort());
    expect(there!.tellers.length).toBeGreaterThan(0);
    expect(there!.tellers.filter((name) => CUT.includes(name))).toEqual([]);
    expect(Date.parse(there!.since!)).toBe(START + 1000 + 4 * 40);
  });

  it("is whole again when it is healed", () => {
    const mesh = cutMesh();
    heal(mesh, 20_000);
    expect(sides(mesh)).toEqual([]);
  });

  it("leaves whoever was lost alone, long before, or by its neighbours too, on no side", () => {
    for (const fields of [
      { last_neighbors: [] },
      { since: new Date(START - 60_000).toISOString() },
      { lost_by: [...cutMesh().nodes.keys()] },
      { state: "left" as const },
    ]) {
      const mesh = cutMesh();
      const leaf = [...mesh.nodes.values()].find((node) => node.name === "compute-01")!;
      for (const node of mesh.nodes.values())
        if (fields.last_neighbors && node.last_neighbors)
          change(mesh, node.name, { last_neighbors: node.last_neighbors.filter((id) => id !== leaf.id) });
      change(mesh, "compute-01", fields);
      const [, there] = sides(mesh);
      expect(there!.names, JSON.stringify(fields).slice(0, 60)).toEqual(
        CUT.filter((name) => name !== "compute-01").sort(),
      );
    }
  });

  it("is not said to be while those who are missed are only doubted", () => {
    const mesh = cutMesh();
    for (const name of CUT) change(mesh, name, { state: "stale" });
    expect(sides(mesh)).toEqual([]);
    change(mesh, "broker-02", { state: "dead" });
    expect(sides(mesh)).toHaveLength(2);
  });

  it("has two sides that are heard when the observer is on both", () => {
    const mesh = makeMesh({ quiet: true });
    const away = new Set([...mesh.nodes.values()].filter((node) => CUT.includes(node.name)).map((node) => node.id));
    const hub = [...mesh.nodes.values()].find((node) => node.name === "broker-02")!;
    const proto = [...mesh.edges.values()][0]!;
    for (const edge of [...mesh.edges.values()])
      if (away.has(edge.a) !== away.has(edge.b)) mesh.edges.delete(edge.id);
    for (const id of away)
      if (id !== hub.id) mesh.edges.set(`${id}|${hub.id}`, { ...proto, id: `${id}|${hub.id}`, a: id, b: hub.id });
    const found = sides(mesh);
    expect(found.map((side) => [side.ids.length, side.heard])).toEqual([
      [13, true],
      [5, true],
    ]);
  });

  it("does not take the word of a later version amiss", () => {
    const mesh = cutMesh();
    for (const name of CUT) change(mesh, name, { lost_by: undefined, last_neighbors: undefined });
    expect(sides(mesh)).toEqual([]);
  });
});
