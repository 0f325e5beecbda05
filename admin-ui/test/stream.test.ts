// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff, openStream } from "../src/api/stream";

class FakeSocket {
  static all: FakeSocket[] = [];
  sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.closed = true;
  }
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the stream", () => {
  it("says hello with the seq it holds, and resumes after a loss", () => {
    let seq: number | null = null;
    const lost = vi.fn();
    const stop = openStream({ frame: () => (seq = 7), lost, seq: () => seq }, "ws://x/");
    const [first] = FakeSocket.all;
    expect(first!.protocol).toBe("meshhost.v1");
    first!.onopen!();
    expect(JSON.parse(first!.sent[0]!)).toEqual({ t: "hello", v: 1, resume: null });
    first!.onmessage!({ data: '{"t":"tick","seq":7,"now":""}' });
    first!.onclose!();
    expect(lost).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1000);
    FakeSocket.all[1]!.onopen!();
    expect(JSON.parse(FakeSocket.all[1]!.sent[0]!).resume).toBe(7);
    stop();
    expect(FakeSocket.all[1]!.closed).toBe(true);
  });

  it("takes three missed ticks for a loss, and bears what is no JSON", () => {
    const lost = vi.fn();
    openStream({ frame: () => undefined, lost, seq: () => null }, "ws://x/");
    FakeSocket.all[0]!.onmessage!({ data: "{" });
    vi.advanceTimersByTime(2900);
    expect(lost).not.toHaveBeenCalled();
    FakeSocket.all[0]!.onmessage!({ data: '{"t":"tick"}' });
    vi.advanceTimersByTime(2900);
    expect(lost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(400);
    expect(lost).toHaveBeenCalledOnce();
    expect(FakeSocket.all[0]!.closed).toBe(true);
  });

  it("waits longer each time, but not for ever, and not all at once", () => {
    for (let attempt = 0; attempt < 40; attempt++) {
      expect(backoff(attempt, 1)).toBeLessThanOrEqual(15_000);
      expect(backoff(attempt, 0)).toBe(backoff(attempt, 1) / 2);
    }
    expect(backoff(3, 0.5)).toBeGreaterThan(backoff(1, 0.5));
  });
});
