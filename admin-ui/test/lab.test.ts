// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { addDone, type Done, loadDone, useless } from "../src/model/lab";

const NOW = 1_000_000;
const node = (state: string) =>
  ({ name: "compute-04", state, plugins: [{ instance: "compute", role: "compute", state: "running" }] }) as never;
const did = (kind: string, ago: number, ok = true): Done => ({
  key: `${kind} ${ago}`,
  at: NOW - ago,
  outcome: { kind, node: "compute-04", ok, said: "" },
});
const no = (state: string, ...done: Done[]) => Object.keys(useless(node(state), done, NOW)).sort();

describe("the lab", () => {
  beforeEach(() => sessionStorage.clear());

  it("offers what makes sense for the node's state", () => {
    expect(no("alive")).toEqual(["resume"]);
    expect(no("dead")).toEqual(["kill", "pause", "plugin-crash"]);
    expect(no("stale")).toEqual(["pause", "plugin-crash"]);
    expect(no("left")).toEqual(["kill", "pause", "plugin-crash", "resume"]);
    const bare = { ...(node("alive") as object), plugins: [] };
    expect(useless({ ...bare, usage: {} } as never, [], NOW)["plugin-crash"]).toBe("It has no plugin.");
    expect(useless({ ...bare, usage: null } as never, [], NOW)["plugin-crash"]).toBeUndefined(); // not asked yet
  });

  it("remembers what was done here while the state does not tell it yet", () => {
    expect(no("alive", did("pause", 1000))).toEqual(["pause", "plugin-crash"]);
    expect(no("dead", did("pause", 90_000))).toEqual(["pause", "plugin-crash"]); // a paused process can be killed
    expect(no("dead", did("kill", 90_000))).toEqual(["kill", "pause", "plugin-crash", "resume"]);
    expect(no("alive", did("pause", 90_000))).toEqual(["resume"]); // somebody else let it go on
    expect(no("alive", did("pause", 1000, false))).toEqual(["resume"]);
    expect(no("alive", did("resume", 500), did("pause", 1000))).toEqual(["resume"]);
  });

  it("keeps what was done over a reload, each act once", () => {
    const one = did("kill", 5);
    const all = addDone("o", addDone("o", [], did("pause", 9)), one);
    expect(addDone("o", all, one)).toEqual(all);
    expect(loadDone("o")).toEqual(all);
    expect(loadDone("other")).toEqual([]);
    sessionStorage.setItem("meshhost.lab.o", '[null, {"at": "x"}]');
    expect(loadDone("o")).toEqual([]);
  });
});
