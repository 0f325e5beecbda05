// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { MeshEvent, Node } from "../src/api/types";
import { complaints, reasonOf, unheard, withNames } from "../src/model/derive";
import { describeEvent } from "../src/model/events";
import type { MeshState } from "../src/model/reduce";
import { pluginLook, share } from "../src/model/states";
import { factLine } from "../src/topology/card";
import { makeMesh, START, stateOf } from "./fixtures";

const state = stateOf(makeMesh());
const node = [...state.nodes.values()].find((one) => one.name === "compute-01")!;
const ill: Node = {
  ...node,
  state: "degraded",
  evidence: "says so by gossip",
  since: new Date(START).toISOString(),
  plugins: [
    { instance: "compute", role: "compute", state: "failed" },
    { instance: "spare", role: "spare", state: "draining" },
    { instance: "good", role: "good", state: "running" },
  ],
  contributions: [
    { role: "compute", key: "load", unit: "1", value: 0.4 },
    { role: "broker", key: "health", unit: null, value: "degraded: long queue" },
    { role: "registry", key: "health", unit: null, value: "ok" },
  ],
};
const withNode = (...nodes: Node[]): MeshState => ({
  ...state,
  nodes: new Map([...state.nodes, ...nodes.map((one) => [one.id, one] as const)]),
});

describe("a node that is not well", () => {
  it("says which plugin and which role", () => {
    expect(complaints(ill)).toEqual([
      "plugin compute failed",
      "plugin spare is draining",
      "role broker says it is degraded: long queue",
    ]);
    expect(complaints(node)).toEqual([]);
    expect(factLine(ill, START)).toMatch(/^plugin compute failed, /);
    expect(factLine({ ...ill, plugins: [], contributions: [] }, START)).toBe("says so by gossip");
  });

  it("says it in its event too, but in no older one", () => {
    const event = { seq: 1, at: ill.since, type: "peer.state", node: "x", peer: ill.id, to: "degraded" } as MeshEvent;
    const told = { ...event, name: ill.name, from: "alive", reason: "says so by gossip" };
    const now = withNode(ill);
    expect(describeEvent(told, false, reasonOf(now, told))).toMatch(/^degraded \(plugin compute failed, /);
    const old = { ...told, at: new Date(START - 60_000).toISOString() };
    expect(describeEvent(old, false, reasonOf(now, old))).toBe("degraded (says so by gossip)");
    expect(reasonOf(state, told)).toBeNull();
  });

  it("say what was done to a lab also where there is little room", () => {
    const fault = { type: "lab.fault", from: null, to: null, reason: "0 % of all datagrams dropped" } as MeshEvent;
    expect(describeEvent(fault, true)).toBe("lab: 0 % of all datagrams dropped");
    expect(describeEvent({ ...fault, to: "kill", reason: null })).toBe("lab: kill");
  });

  it("has plugins that look it, whatever they said of their health before", () => {
    const plugin = { state: "running", health: "ok", stalled: false, restarting: false };
    expect(pluginLook(plugin)).toMatchObject({ tone: "alive", word: "ok" });
    expect(pluginLook({ ...plugin, state: "failed" })).toMatchObject({ tone: "dead", word: "failed" });
    expect(pluginLook({ ...plugin, stalled: true })).toMatchObject({ tone: "dead", word: "stalled" });
    expect(pluginLook({ ...plugin, restarting: true })).toMatchObject({ tone: "warn", word: "restarting" });
    expect(pluginLook({ ...plugin, state: "draining" })).toMatchObject({ tone: "warn", word: "draining" });
    expect(pluginLook({ ...plugin, health: "unhealthy" })).toMatchObject({ tone: "dead" });
  });
});

describe("a node", () => {
  it("is dead since it died, not since it was last heard of", () => {
    const at = (ago: number) => new Date(START - ago).toISOString();
    const dead: Node = { ...node, state: "dead", since: at(9000), seen: at(50_000) };
    expect(factLine(dead, START)).toBe("dead for 9 s");
    expect(factLine({ ...dead, state: "stale", since: at(130_000) }, START)).toBe("stale for 2 min");
  });

  it("that declares no budget shows what it uses", () => {
    const free: Node = {
      ...node,
      budget: { cpu_millicores: null, memory_bytes: null, source: "none" },
      usage: { cpu_millicores: 12, rss_bytes: 20 * 2 ** 20, fds: 1, threads: 1 },
    };
    expect(share(free, "cpu")).toEqual({ part: null, over: false, text: "12 m", bare: true });
    expect(share(free, "memory")).toEqual({ part: null, over: false, text: "20 MiB", bare: true });
    expect(share({ ...free, usage: null }, "cpu").text).toBeNull();
  });

  it("is called by its name in messages", () => {
    expect(withNames(state, `node ${node.id} does not answer`)).toBe("node compute-01 does not answer");
    expect(withNames(state, `node ${node.id.slice(0, 10)}: no answer in 2 s`)).toBe(
      "node compute-01: no answer in 2 s",
    );
    expect(withNames(state, `${"0f".repeat(32)} went`)).toBe("0f0f0f went");
  });
});

describe("an observer without neighbours", () => {
  it("knows whom it does not agree with, those that are refused first", () => {
    expect(unheard(state)).toEqual([]);
    const calls: Node = { ...node, id: "a".repeat(64), name: "calls", state: "connecting" };
    const refused: Node = {
      ...node,
      id: "b".repeat(64),
      name: "other",
      state: "refused",
      evidence: "another secret",
    };
    expect(unheard(withNode(calls, refused)).map((one) => one.name)).toEqual(["other", "calls"]);
  });
});
