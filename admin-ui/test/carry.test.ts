// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Edge, Node } from "../src/api/types";
import { carried } from "../src/model/carry";
import { makeMesh } from "./fixtures";

const some = [...makeMesh().nodes.values()].filter((node) => !node.self);

function of(names: string, pairs: string[], tree: Edge["tree"] = "eager"): Map<string, number> {
  const nodes = new Map([...names].map((id, i) => [id, { ...some[i]!, id } as Node]));
  const edges = new Map(pairs.map((id) => [id, { id, a: id[0]!, b: id[1]!, tree } as Edge]));
  return new Map(carried(nodes, edges));
}

describe("what a node carries", () => {
  it("is all in the middle of a star, and nothing at its ends", () => {
    const star = of("habcd", ["ha", "hb", "hc", "hd"]);
    expect(star.get("h")).toBe(1);
    expect(star.get("a")).toBe(0);
  });

  it("falls off along a line, and is shared where there are two ways", () => {
    const line = of("abcde", ["ab", "bc", "cd", "de"]);
    expect(line.get("c")).toBeCloseTo(8 / 12);
    expect(line.get("b")).toBeCloseTo(6 / 12);
    const square = of("abcd", ["ab", "bc", "cd", "da"]);
    for (const id of "abcd") expect(square.get(id)).toBeCloseTo(1 / 6);
  });

  it("counts eager ways alone, and parts that are apart", () => {
    expect(of("abc", ["ab", "bc"], "lazy").get("b")).toBe(0);
    expect(of("abcdef", ["ab", "bc", "de", "ef"]).get("b")).toBeCloseTo(2 / 20);
  });
});
