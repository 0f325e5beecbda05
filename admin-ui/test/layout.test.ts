// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { isObserver } from "../src/model/derive";
import { arrange, CARD, extend, layoutHash } from "../src/topology/layout";
import { makeMesh } from "./fixtures";

const of = (options = {}) => {
  const mesh = makeMesh({ quiet: true, ...options });
  return { nodes: [...mesh.nodes.values()], edges: [...mesh.edges.values()] };
};

describe("orbit", () => {
  it("is the same in every browser", () => {
    const { nodes, edges } = of();
    const layout = arrange("lab-901", nodes, edges);
    expect(layoutHash(layout)).toMatchInlineSnapshot(`"d55e5eaf"`);
    expect(layoutHash(arrange("lab-901", [...nodes].reverse(), [...edges].reverse()))).toBe(layoutHash(layout));
  });

  it("puts hubs inside and everybody somewhere", () => {
    const { nodes, edges } = of();
    const { places } = arrange("lab-901", nodes, edges);
    for (const node of nodes) {
      const place = places.get(node.id)!;
      expect(place).toBeDefined();
      expect(place.ring === 0).toBe(node.tier === "hub");
    }
  });

  it("lets no two cards touch, in meshes of many sizes", () => {
    for (const size of [1, 2, 3, 7, 12, 18, 30, 60, 100]) {
      const { nodes, edges } = of({ nodes: size, seed: 7 + size });
      const { places } = arrange("m", nodes, edges);
      const placed = nodes.filter((node) => !isObserver(node)).map((node) => ({ node, at: places.get(node.id)! }));
      for (const a of placed)
        for (const b of placed) {
          if (a.node.id >= b.node.id) continue;
          const [p, q] = [a, b].map((one) => (one.node.tier === "hub" ? CARD.hub : CARD.leaf)) as [
            typeof CARD.leaf,
            typeof CARD.leaf,
          ];
          const apart = Math.abs(a.at.x - b.at.x) >= (p.w + q.w) / 2 || Math.abs(a.at.y - b.at.y) >= (p.h + q.h) / 2;
          expect(apart, `${size}: ${a.node.name} ${b.node.name}`).toBe(true);
        }
    }
  });

  it("moves nobody when somebody comes or goes", () => {
    const { nodes, edges } = of();
    const before = arrange("lab-901", nodes, edges);
    const late = { ...nodes[3]!, id: "f".repeat(64), name: "late", neighbors: [] };
    const after = extend(before, "lab-901", [...nodes.slice(1), late], edges);
    for (const node of nodes.slice(1)) expect(after.places.get(node.id)).toEqual(before.places.get(node.id));
    expect(after.places.get(late.id)).toBeDefined();
    expect(after.places.has(nodes[0]!.id)).toBe(false);
    expect(extend(after, "lab-901", [...nodes.slice(1), late], edges)).toBe(after);
  });

  it("is quick for a thousand", () => {
    const { nodes, edges } = of({ nodes: 1000, edges: 5000 });
    const began = performance.now();
    const { places } = arrange("m", nodes, edges);
    expect(performance.now() - began).toBeLessThan(400);
    expect(places.size).toBe(nodes.length);
  });

  it("knows a mesh without hubs, and an empty one", () => {
    const { nodes, edges } = of();
    const leaves = nodes.filter((node) => node.tier !== "hub");
    const { places } = arrange("m", leaves, edges);
    for (const node of leaves) expect(places.get(node.id)!.ring === 0).toBe(node.tier === "edge");
    expect(arrange("m", [], []).places.size).toBe(0);
  });
});
