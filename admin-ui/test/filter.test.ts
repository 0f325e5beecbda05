// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parseFilter } from "../src/model/filter";
import { visible } from "../src/model/view";
import { makeMesh, stateOf } from "./fixtures";

const state = stateOf(makeMesh());
const named = (text: string) => visible(state, text).nodes.map((node) => node.name);

describe("filter", () => {
  it("asks for a state, a tier, a role", () => {
    expect(named("state:dead")).toEqual(["compute-11"]);
    expect(named("state:dead,stale")).toEqual(["compute-05", "compute-11"]);
    expect(named("state:dea")).toEqual(["compute-11"]);
    expect(named("state:dea,sta")).toEqual(["compute-05", "compute-11"]);
    expect(named("state:*ead")).toEqual(["compute-11"]);
    expect(named("-state:alive,joi,st")).toEqual(["compute-11"]);
    expect(named("tier:hub role:broker")).toEqual(["broker-01", "broker-02"]);
    expect(named("tier:hub -role:broker")).toEqual(["registry-01", "registry-02"]);
  });

  it("asks for paths, and takes relay for relayed", () => {
    expect(named("path:relayed tier:leaf")).toEqual(["compute-06", "compute-08", "compute-10"]);
    expect(named("path:relay tier:leaf")).toEqual(named("path:relayed tier:leaf"));
    expect(named("rtt>30ms tier:leaf")).toEqual(["compute-06", "compute-08", "compute-10"]);
    expect(named("rtt>1s")).toEqual([]);
  });

  it("compares usage with the budget", () => {
    expect(named("cpu>100%")).toEqual(["compute-03"]);
    expect(named("ram>=90%")).toEqual(["compute-06"]);
    expect(named("over:cpu")).toEqual(["compute-03"]);
  });

  it("takes other words for names and ids", () => {
    expect(named("gateway")).toEqual(["gateway-01", "gateway-02"]);
    expect(named("name~comp*-0 -name~9")).toEqual([]);
    expect(named("name~comp*-0*")).toContain("compute-03");
    const id = [...state.nodes.values()].find((node) => node.name === "broker-01")!.id;
    expect(named(id.slice(0, 9))).toEqual(["broker-01"]);
    expect(named("-compute -registry")).toEqual(["bridge-01", "broker-01", "broker-02", "gateway-01", "gateway-02"]);
  });

  it("hides observers unless they are named, and counts whom it hides", () => {
    expect(visible(state, "").total).toBe(18);
    expect(named("tier:observer")).toEqual(["observer"]);
    expect(visible(state, "tier:hub").hidden).toBe(14);
  });

  it("says what it did not understand, and then hides nobody for it", () => {
    const filter = parseFilter("colour:red cpu>many");
    expect(filter.errors).toEqual([
      expect.stringMatching(/^"colour:red": there is no field "colour": state, /),
      '"cpu>many": cpu wants a number: cpu>80%',
    ]);
    expect(filter.empty).toBe(true);
    expect(visible(state, "colour:red").nodes).toHaveLength(18);
  });
});
