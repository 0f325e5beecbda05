// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { prng } from "../mock/random.mjs";
import type { ServerFrame } from "../src/api/types";
import { EMPTY, GHOST_MS, mergeEvents, reduce } from "../src/model/reduce";
import { makeMesh, START, snapshotFrame, stateOf } from "./fixtures";

const plainOf = (map: ReadonlyMap<string, unknown>) =>
  Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

describe("frames", () => {
  it("a snapshot and all deltas are the same as a later snapshot", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = prng(seed);
      const mesh = makeMesh({ nodes: 18, seed });
      let state = stateOf(mesh);
      for (let step = 1; step <= 40; step++) {
        const names = [...mesh.nodes.values()].map((node) => node.name);
        if (random.next() < 0.2)
          mesh.act(
            { kind: random.pick(["kill", "pause", "resume", "restart"]), node: random.pick(names) },
            step * 700,
          );
        const ops = mesh.step(step * 700, 5);
        if (random.next() < 0.15) {
          const edge = [...mesh.edges.values()][0]!;
          mesh.edges.delete(edge.id);
          ops.push(["e-", edge.id]);
        }
        if (random.next() < 0.1) {
          const fresh = { ...[...mesh.nodes.values()][0]!, id: random.hex(64), name: `late-${step}` };
          mesh.nodes.set(fresh.id, fresh);
          ops.push(["n+", fresh]);
        }
        if (random.next() < 0.1) {
          const gone = [...mesh.nodes.keys()][3]!;
          mesh.nodes.delete(gone);
          ops.push(["n-", gone, { why: "left" }]);
        }
        const delta = {
          t: "delta",
          seq: mesh.seq,
          now: mesh.time(step * 700),
          ops: random.next() < 0.5 ? ops : [...ops, ["x?", 1]],
        };
        state = reduce(state, delta as ServerFrame);
      }
      const later = reduce(EMPTY, snapshotFrame(mesh, 40 * 700));
      expect(plainOf(state.nodes)).toEqual(plainOf(later.nodes));
      expect(plainOf(state.edges)).toEqual(plainOf(later.edges));
      expect(state.seq).toBe(later.seq);
      expect(state.now).toBe(later.now);
    }
  });

  it("what is not understood changes nothing and is counted", () => {
    const state = stateOf(makeMesh());
    const ops = [
      ["zz", {}],
      ["n~", "nobody", { state: "dead" }],
      ["e~", "no|edge", {}],
      ["n-", "nobody", {}],
      ["e-", "no"],
      ["n+", null],
      ["m~", 5],
      ["ev", "?"],
      7,
      null,
    ];
    const next = reduce(state, { t: "delta", seq: 9, now: "nonsense", ops } as unknown as ServerFrame);
    expect(next.nodes).toBe(state.nodes);
    expect(next.edges).toBe(state.edges);
    expect(next.now).toBe(state.now);
    expect(next.ignored).toBe(ops.length);
    expect(reduce(state, { t: "later" } as unknown as ServerFrame)).toBe(state);
  });

  it("a delta before any snapshot is nothing", () => {
    expect(reduce(EMPTY, { t: "delta", seq: 3, now: "", ops: [["n-", "a", {}]] } as unknown as ServerFrame)).toBe(
      EMPTY,
    );
  });

  it("who is gone is a ghost for a minute", () => {
    const mesh = makeMesh();
    const state = stateOf(mesh);
    const id = [...mesh.nodes.keys()][0]!;
    const at = (ms: number) => new Date(START + ms).toISOString();
    const gone = reduce(state, { t: "delta", seq: 2, now: at(1000), ops: [["n-", id, { why: "left" }]] });
    expect(gone.ghosts.has(id)).toBe(true);
    expect(reduce(gone, { t: "tick", seq: 2, now: at(30_000) }).ghosts.has(id)).toBe(true);
    expect(reduce(gone, { t: "tick", seq: 2, now: at(1001 + GHOST_MS) }).ghosts.has(id)).toBe(false);
  });

  it("events are kept once and in order, also when some come twice", () => {
    const event = (seq: number) => ({
      seq,
      at: "",
      type: "x",
      node: "n",
      peer: null,
      name: null,
      from: null,
      to: null,
      reason: null,
    });
    const merged = mergeEvents([event(1), event(2)], [event(2), event(3)]);
    expect(merged.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("an observer that counts anew is believed", () => {
    const event = (seq: number, at: string) => ({
      seq,
      at,
      type: "x",
      node: "n",
      peer: null,
      name: null,
      from: null,
      to: null,
      reason: null,
    });
    const merged = mergeEvents([event(900, "2026-01-01")], [event(1, "2026-01-02"), event(2, "2026-01-02")]);
    expect(merged.map(({ seq }) => seq)).toEqual([1, 2]);
  });
});
