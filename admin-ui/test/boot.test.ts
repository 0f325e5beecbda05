// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Boot } from "../src/api/types";
import { health, JOIN, joinedAt, mediansOf, outliers, STEPS, scaleEnd, shapeOf, ticks } from "../src/boot/phases";
import { makeMesh } from "./fixtures";

const mesh = makeMesh();
const told = mesh.meshBoots().nodes.filter((node) => node.boot !== null);
const bootOf = (name: string): Boot => told.find((node) => node.name === name)!.boot!;
const medians = mediansOf(told.map((node) => shapeOf(node.boot!)));

describe("starts", () => {
  it("have five steps under their root", () => {
    for (const { boot } of told) {
      const shape = shapeOf(boot!);
      expect(shape.steps.map(({ span }) => span.name)).toEqual([...STEPS]);
      expect(health(boot!, shape, 250).every((check) => check.holds)).toBe(true);
    }
  });

  it("are out of line above three medians and a fifth of what a start may take, and say so in a sentence", () => {
    const [slow] = outliers(shapeOf(bootOf("compute-05")), medians);
    expect(slow?.span.name).toBe("mesh.endpoint.create");
    expect(slow?.sentence).toMatch(/^mesh\.endpoint\.create took \d+\.\d ms \(median \d\.\d ms\); 7 bind attempts$/);
    expect(outliers(shapeOf(bootOf("compute-01")), medians)).toEqual([]);
  });

  it("are not out of line for a step that is short, however many medians it took", () => {
    const boot = structuredClone(bootOf("compute-01"));
    boot.spans.find((span) => span.name === "mesh.accept.start")!.length_us = 49_999;
    expect(outliers(shapeOf(boot), medians)).toEqual([]);
    expect(outliers(shapeOf(boot), medians, 200)).toHaveLength(1);
    boot.spans.find((span) => span.name === "mesh.accept.start")!.length_us = 50_001;
    expect(outliers(shapeOf(boot), medians)).toHaveLength(1);
  });

  it("are unhealthy in just what is wrong with them", () => {
    const wrong = (change: (boot: Boot) => void, slo = 250) => {
      const boot = structuredClone(bootOf("compute-01"));
      change(boot);
      return health(boot, shapeOf(boot), slo)
        .filter((check) => !check.holds)
        .map((check) => check.name);
    };
    expect(wrong(() => undefined, 1)).toEqual(["below 1 ms"]);
    expect(wrong((boot) => (boot.spans[0]!.ok = false))).toEqual(["the root ended well"]);
    expect(wrong((boot) => (boot.spans[0]!.length_us += 4000))).toEqual(["gaps below 5 %"]);
    expect(wrong((boot) => boot.spans.splice(1, 1))).toContain("five steps");
    expect(wrong((boot) => (boot.spans[1]!.length_us = 1e6))).toEqual(["each inside the root"]);
  });

  it("can have failed", () => {
    const node = [...mesh.nodes.values()].find((one) => one.name === "compute-09")!;
    const failed = mesh.boots.get(node.id)!.find((boot) => boot.outcome === "failed")!;
    const shape = shapeOf(failed);
    expect(shape.failed?.ok).toBe(false);
    expect(shape.steps).toHaveLength(3);
  });

  it("may hold no span at all, or spans in a circle", () => {
    const boot = { ...bootOf("compute-01"), spans: [] };
    expect(shapeOf(boot).root).toBeNull();
    expect(health(boot, shapeOf(boot), 250).every((check) => check.holds)).toBe(false);
    const [a, b] = structuredClone(bootOf("compute-01").spans);
    a!.parent = b!.span;
    b!.parent = a!.span;
    expect(() => shapeOf({ ...boot, spans: [a!, b!] })).not.toThrow();
  });

  it("are followed by a join, a neighbour a branch, placed by the root's start", () => {
    const shape = shapeOf(bootOf("compute-01"));
    expect(shape.join?.span.name).toBe(JOIN);
    expect(shape.join!.from).toBeGreaterThanOrEqual(Math.floor(shape.total));
    expect(shape.join!.children.map(({ span }) => span.name)).toContain("mesh.path.establish");
    expect(joinedAt(shape)).toBeCloseTo(shape.join!.from + shape.join!.span.length_us);
    // It is no part of what makes a start healthy.
    expect(shape.steps).toHaveLength(STEPS.length);
    for (const join of [undefined, [], [{ name: "other" }], [{}]] as unknown as Boot["join"][]) {
      const without = shapeOf({ ...bootOf("compute-01"), join });
      expect(without.join).toBeNull();
      expect(joinedAt(without)).toBeNull();
    }
  });

  it("are out of line for a slow join, and for one that failed, and say so in a sentence", () => {
    const late = outliers(shapeOf(bootOf("compute-07")), medians);
    expect(late.map((one) => one.sentence)).toEqual([
      expect.stringMatching(/^mesh\.node\.join took .* s \(median \d+\.\d ms\) for \d neighbours$/),
    ]);
    const [lonely] = outliers(shapeOf(bootOf("gateway-02")), medians);
    expect(lonely?.sentence).toBe("mesh.node.join failed: no neighbour was found");
  });

  it("have scales that show them in full, and joins as far as they stay legible", () => {
    expect(scaleEnd([20_000, 10_000], [])).toBe(20_000 * 1.02);
    expect(scaleEnd([20_000], [50_000])).toBe(50_000 * 1.02);
    expect(scaleEnd([20_000], [60e6])).toBe(80_000 * 1.02);
    expect(scaleEnd([], [])).toBe(1000 * 1.02);
    expect(scaleEnd([20_000], [...Array(19).fill(30_000), 60e6])).toBe(30_000 * 1.02);
  });

  it("have scales with round ticks", () => {
    expect(ticks(43_700)).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
    expect(ticks(0)).toEqual([0]);
    for (const max of [1, 17, 999, 123_456, 9e9]) expect(ticks(max).length).toBeLessThanOrEqual(8);
  });
});
