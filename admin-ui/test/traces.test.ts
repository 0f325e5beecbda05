// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { gather, reached } from "../src/traces/gather";
import { makeMesh } from "./fixtures";

const told = () => {
  const mesh = makeMesh({ quiet: true });
  const id = mesh.publish(0, [...mesh.nodes.keys()][0]);
  return { mesh, id, traces: structuredClone(mesh.meshTraces()) };
};

describe("a followed message", () => {
  it("is a tree from its origin, whose times rise along every branch", () => {
    const { mesh, id, traces } = told();
    const way = gather(traces).find((one) => one.id === id)!;
    expect(way.roots).toHaveLength(1);
    expect(way.origin).toBe([...mesh.nodes.keys()][0]);
    expect(way.hops).toHaveLength(mesh.nodes.size);
    for (const hop of way.hops) {
      expect(hop.at).toBeGreaterThanOrEqual(hop.from);
      for (const child of hop.children) expect(child.depth).toBe(hop.depth + 1);
    }
    expect(reached(way, 1)).toBe(Math.max(...way.hops.map((hop) => hop.at)));
    expect(reached(way, 0.5)!).toBeLessThanOrEqual(reached(way, 0.95)!);
  });

  it("is whole also if nodes between do not answer, or lie", () => {
    const { id, traces } = told();
    const origin = traces.nodes.find((node) =>
      node.spans?.some((span) => span.trace === id && span.parent === null),
    )!;
    origin.spans = null;
    const way = gather(traces).find((one) => one.id === id)!;
    expect(way.origin).toBeNull();
    expect(way.roots.length).toBeGreaterThan(0);
    expect(way.hops).toHaveLength(traces.nodes.length - 1);
    const spans = traces.nodes.flatMap((node) => node.spans?.filter((span) => span.trace === id) ?? []);
    spans[0]!.parent = spans[1]!.span;
    spans[1]!.parent = spans[0]!.span;
    expect(() => gather(traces)).not.toThrow();
    expect(gather({ nodes: [] })).toEqual([]);
  });
});
