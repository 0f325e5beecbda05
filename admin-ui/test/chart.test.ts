// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { ticks } from "../src/ui/chart";

describe("the lines of a scale", () => {
  it("stand at round numbers", () => {
    expect(ticks(560)).toEqual([0, 200, 400]);
    expect(ticks(90)).toEqual([0, 50]);
    expect(ticks(1.12)).toEqual([0, 0.5, 1]);
    expect(ticks(140 * 2 ** 20, true)).toEqual([0, 1, 2].map((n) => n * 64 * 2 ** 20));
  });

  it("are few and finite, whatever is asked", () => {
    for (const most of [0, 1e-9, 1, 7, 1e15, Number.NaN, Number.POSITIVE_INFINITY])
      for (const binary of [true, false]) {
        const found = ticks(most, binary);
        expect(found.length).toBeLessThanOrEqual(8);
        expect(found.every(Number.isFinite)).toBe(true);
      }
  });
});
