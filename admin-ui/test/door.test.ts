// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { enter } from "../src/api/session";
import { isAhead, useStore } from "../src/model/store";
import { isAway, reloadWhenBack } from "../src/ui/away";

const answer = (status: number, code = "", message = "", hint = "") =>
  new Response(
    status === 204
      ? null
      : JSON.stringify(
          status === 200 ? { ok: true, data: {} } : { ok: false, error: { code, message, hint, exit: 1 } },
        ),
    {
      status,
    },
  );

afterEach(() => vi.unstubAllGlobals());

describe("the door", () => {
  it("says what the observer says of a link that was used, also when it is knocked again", async () => {
    let session = answer(401, "E_NO_SESSION", "there is no session", "");
    const asked = vi.fn(async (_: string, init?: RequestInit) =>
      init?.method === "POST"
        ? answer(403, "E_BAD_TOKEN", "this link was used before", "a fresh one")
        : session.clone(),
    );
    vi.stubGlobal("fetch", asked);
    history.replaceState(null, "", "/#t=used");
    const out = { state: "out", said: "this link was used before", hint: "a fresh one", link: true };
    expect(await enter()).toEqual(out);
    expect(location.hash).toBe("");
    expect(await enter()).toEqual(out);
    session = answer(200);
    expect(await enter()).toEqual({ state: "in" });
    session = answer(401, "E_NO_SESSION", "there is no session", "");
    expect(await enter()).toMatchObject({ state: "out", link: false, said: "there is no session" });
  });
});

describe("a view whose code is away", () => {
  const link = useStore.getState().link;
  beforeEach(() => {
    sessionStorage.clear();
    useStore.setState({ link: { ...link, live: false } });
  });

  it("is told from one that has a fault", () => {
    expect(isAway(new Error("Unable to preload CSS for /assets/lab-BErc3Un4.css"))).toBe(true);
    expect(isAway(new Error("Failed to fetch dynamically imported module: http://x/a.js"))).toBe(true);
    expect(isAway(new Error("error loading dynamically imported module: http://x/a.js"))).toBe(true);
    expect(isAway(new Error("Importing a module script failed."))).toBe(true);
    expect(isAway(new TypeError("x is not a function"))).toBe(false);
  });

  it("loads the page anew when the observer is back, once", async () => {
    const reload = vi.fn();
    let there = false;
    vi.stubGlobal("fetch", async () => {
      if (!there) throw new TypeError("failed to fetch");
      return answer(200);
    });
    const told = () => {
      useStore.setState({ link: { ...link, live: true } });
      return new Promise((resolve) => setTimeout(resolve, 5));
    };
    const stop = reloadWhenBack(reload);
    expect(reload).not.toHaveBeenCalled();
    await told();
    expect(reload).not.toHaveBeenCalled(); // live is what was heard last; it does not answer
    there = true;
    await told();
    await told();
    expect(reload).toHaveBeenCalledTimes(1);
    stop();
    const stopAgain = reloadWhenBack(reload); // after the reload it fails again: no circle
    await told();
    stopAgain();
    expect(reload).toHaveBeenCalledTimes(1);
  });
});

describe("a moment", () => {
  it("may be still to come", () => {
    const now = Date.parse("2026-11-27T12:00:00Z");
    expect(isAhead("2026-11-27T12:00:10Z", now)).toBe(true);
    expect(isAhead("2026-11-27T12:00:01Z", now)).toBe(false);
    expect(isAhead("no moment", now)).toBe(false);
    expect(isAhead("2026-11-27T12:00:10Z", 0)).toBe(false);
  });
});
