// SPDX-License-Identifier: Apache-2.0
// The WebSocket, kept open: resumes with the last seq, waits longer after each failure, and says when three
// ticks were missed. What it hears it gives to `frame`; it holds no state of the mesh.
import type { ServerFrame } from "./types";

export interface StreamSink {
  frame(frame: ServerFrame): void;
  lost(retryAt: number): void;
  seq(): number | null;
}

const TICK_MS = 1000;
const MISSED_TICKS = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export function backoff(attempt: number, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
  return full * (0.5 + random / 2); // half to whole, so that many pages do not return at once
}

export function openStream(sink: StreamSink, url = streamUrl()): () => void {
  let socket: WebSocket | null = null;
  let attempt = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(drop, MISSED_TICKS * TICK_MS + 200);
  };

  const drop = () => {
    clearTimeout(silence);
    clearTimeout(retry);
    if (closed) return;
    const old = socket;
    socket = null;
    if (old) {
      old.onopen = old.onmessage = old.onclose = old.onerror = null;
      old.close();
    }
    const wait = backoff(attempt++, Math.random());
    sink.lost(performance.now() + wait);
    retry = setTimeout(connect, wait);
  };

  const connect = () => {
    clearTimeout(retry);
    if (closed) return;
    const fresh = new WebSocket(url, "meshhost.v1");
    socket = fresh;
    listen();
    fresh.onopen = () => fresh.send(JSON.stringify({ t: "hello", v: 1, resume: sink.seq() }));
    fresh.onmessage = (message) => {
      listen();
      let frame: ServerFrame;
      try {
        frame = JSON.parse(String(message.data)) as ServerFrame;
      } catch {
        return; // not ours: the next snapshot puts it right
      }
      if (frame !== null && typeof frame === "object") {
        attempt = 0;
        sink.frame(frame);
      }
    };
    fresh.onclose = fresh.onerror = drop;
  };

  const wake = () => {
    if (!socket) {
      attempt = 0;
      connect();
    }
  };
  window.addEventListener("online", wake);
  connect();
  return () => {
    closed = true;
    clearTimeout(retry);
    clearTimeout(silence);
    window.removeEventListener("online", wake);
    if (socket) {
      socket.onclose = socket.onerror = null;
      socket.close();
    }
  };
}

function streamUrl(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`;
}
