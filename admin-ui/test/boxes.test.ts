// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { arrangeBoxes, extendBoxes } from "../src/topology/boxes";
import { simulate } from "../src/topology/force";
import { byNetwork, byRole, type Group, networkOf } from "../src/topology/groups";
import { CARD, type Layout } from "../src/topology/layout";
import { extendForce, taskOf } from "../src/topology/loose";
import { makeMesh, stateOf } from "./fixtures";

const state = stateOf(makeMesh({ quiet: true, sites: true }));
const nodes = [...state.nodes.values()].filter((node) => !node.self);
const edges = [...state.edges.values()];
const boxed = (groups: readonly Group[], of = nodes) => arrangeBoxes(groups, of, new Map());

/** No two at one place, and each whole inside the box it is said to be in. */
function check(layout: Layout, ids: readonly string[]): void {
  const seen = new Set<string>();
  for (const id of ids) {
    const at = layout.places.get(id)!;
    expect(seen.has(`${at.x} ${at.y}`)).toBe(false);
    seen.add(`${at.x} ${at.y}`);
    const box = layout.boxes![at.ring];
    if (!box) continue;
    expect(at.x - CARD.hub.w / 2).toBeGreaterThan(box.left);
    expect(at.x + CARD.hub.w / 2).toBeLessThan(box.right);
    expect(at.y - CARD.hub.h / 2).toBeGreaterThan(box.top);
    expect(at.y + CARD.hub.h / 2).toBeLessThan(box.bottom);
  }
}

describe("boxes", () => {
  it("hold their group each, and no two of them meet", () => {
    for (const groups of [byRole(nodes), byNetwork(nodes, edges)]) {
      const layout = boxed(groups);
      check(
        layout,
        nodes.map((node) => node.id),
      );
      expect(layout.boxes!.map((box) => box.key)).toEqual(groups.map((group) => group.key));
      for (const group of groups)
        for (const id of group.ids) expect(layout.boxes![layout.places.get(id)!.ring]!.key).toBe(group.key);
      for (const a of layout.boxes!)
        for (const b of layout.boxes!)
          if (a !== b)
            expect(a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top, "apart").toBe(true);
    }
  });

  it("whoever is in no group stands below all boxes", () => {
    const [first, ...rest] = byRole(nodes);
    const layout = boxed([first!]);
    check(
      layout,
      nodes.map((node) => node.id),
    );
    for (const id of rest.flatMap((group) => group.ids)) {
      expect(layout.places.get(id)!.ring).toBe(-1);
      expect(layout.places.get(id)!.y).toBeGreaterThan(layout.boxes![0]!.bottom);
    }
  });

  it("a newcomer takes a free place or a new box, and nobody moves", () => {
    const few = nodes.slice(0, 9);
    const before = boxed(byRole(few), few);
    const after = extendBoxes(before, () => byRole(nodes), nodes);
    for (const { id } of few) expect(after.places.get(id)).toEqual(before.places.get(id));
    check(
      after,
      nodes.map((node) => node.id),
    );
    expect(extendBoxes(after, () => byRole(nodes), nodes)).toBe(after);
    const gone = extendBoxes(after, () => byRole(few), few);
    expect([...gone.places.keys()].sort()).toEqual(few.map((node) => node.id).sort());
  });
});

describe("networks", () => {
  it.each([
    [["127.0.0.1:1", "10.1.2.3:9"], "10.1.2.0/24"],
    [["203.0.113.7:41207"], "203.0.113.7"],
    [["172.32.0.1:1"], "172.32.0.1"],
    [["100.64.9.1:1"], "100.64.9.0/24"],
    [["[::1]:4", "[2001:DB8:1:2::9]:4"], "2001:db8:1:2::/64"],
    [["[fe80::1%eth0]:4"], "fe80:0:0:0::/64"],
    [["999.1.1.1:1", "relay.example:443", "<b>", ""], null],
  ])("%j is of %s", (addresses, network) => {
    expect(networkOf(addresses)).toBe(network);
  });

  it("a machine that is known from paths counts before its addresses", () => {
    const one = byNetwork(nodes, [{ ...edges[0]!, a: nodes[0]!.id, b: nodes[5]!.id, reason: "same_host" }]);
    const of = (id: string) => one.findIndex((group) => group.ids.includes(id));
    expect(of(nodes[0]!.id)).toBe(of(nodes[5]!.id));
  });
});

describe("force", () => {
  const { ids, task } = taskOf("lab", nodes, edges);
  const places = simulate(task);

  it("comes to rest the same way, and no card is under another", () => {
    expect(simulate(structuredClone(task))).toEqual(places);
    places.forEach((p, i) => {
      for (const q of places.slice(i + 1))
        expect(Math.abs(p.x - q.x) >= CARD.hub.w || Math.abs(p.y - q.y) >= CARD.hub.h).toBe(true);
    });
  });

  it("those with a path stand nearer than those without", () => {
    const far = (a: number, b: number) => Math.hypot(places[a]!.x - places[b]!.x, places[a]!.y - places[b]!.y);
    const near = task.edges.filter(([, , strength]) => strength === 1).map(([a, b]) => far(a, b));
    const all = places.flatMap((_, i) => places.slice(i + 1).map((_, k) => far(i, i + 1 + k)));
    const mean = (list: number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
    expect(mean(near)).toBeLessThan(mean(all) * 0.7);
  });

  it("a newcomer finds room, and nobody moves", () => {
    const held = new Map(ids.slice(0, 12).map((id, i) => [id, { ...places[i]!, ring: 0, slot: 0 }]));
    const before: Layout = { places: held, rings: [], free: [], primary: new Map() };
    const after = extendForce(before, nodes, edges);
    expect(after.places.size).toBe(nodes.length);
    for (const [id, place] of held) expect(after.places.get(id)).toEqual(place);
    const all = [...after.places.values()];
    expect(new Set(all.map(({ x, y }) => `${x} ${y}`)).size).toBe(all.length);
    expect(extendForce(after, nodes, edges)).toBe(after);
  });
});
