// SPDX-License-Identifier: Apache-2.0
// The last line: is this live, whose view is it, and the way back through the last ten minutes.
import { useEffect, useState } from "react";
import type { History } from "../api/types";
import { useNow } from "../model/clock";
import { clock, count, duration, moment, shortId } from "../model/format";
import { serverNow, useStore } from "../model/store";
import css from "./status-bar.module.css";
import { setParams, useParam } from "./url";
import { useAsked } from "./use-asked";

const REACH_MS = 600_000;

export function StatusBar() {
  const link = useStore((store) => store.link);
  const seq = useStore((store) => store.state.seq);
  const mesh = useStore((store) => store.state.mesh);
  const past = useStore((store) => store.past);
  const notice = useStore((store) => store.notice);
  useNow();
  useEffect(() => {
    if (notice === null) return;
    const timer = setTimeout(() => useStore.setState({ notice: null }), 10_000);
    return () => clearTimeout(timer);
  }, [notice]);
  const retry = Math.max(0, Math.ceil((link.retryAt - performance.now()) / 1000));
  return (
    <footer className={css.bar}>
      {past ? (
        <span className={css.past} role="status">
          viewing {moment(past.at, serverNow())}
          {past.error && ` · ${past.error}`}
          {!past.error && !past.state && " · fetching"} ·{" "}
          <button type="button" className={css.back} onClick={() => setParams({ at: null })}>
            Return to live (L)
          </button>
        </span>
      ) : link.live ? (
        <span className={css.live}>
          <span className={css.dot} aria-hidden="true">
            ●
          </span>{" "}
          {notice ? `${notice}: ` : ""}live · <span title={`seq ${seq}`}>seq {shortSeq(seq)}</span> · lag{" "}
          {count(Math.round(link.lag ?? 0))} ms
        </span>
      ) : (
        <span className={css.lost} role="alert">
          {link.lostAt ? `not live since ${clock(link.lostAt)}` : "connecting"}
          {link.over
            ? " — this session ended: meshctl ui opens another"
            : retry > 0
              ? ` — retry in ${retry} s`
              : " — trying"}
        </span>
      )}
      {mesh && (
        <span className={css.who}>
          view of observer {shortId(mesh.observer)} — passive, not counted
          {mesh.neighbors === 0 ? " · isolated" : ""}
        </span>
      )}
      <span className="spacer" />
      <Scrubber />
    </footer>
  );
}

/** Observers count from the moment they start, in microseconds: what moves are the last digits. */
const shortSeq = (seq: number | null): string =>
  seq !== null && seq >= 1e9 ? `…${String(seq).slice(-6)}` : count(seq);

function Scrubber() {
  const [at] = useParam("at");
  const { data } = useAsked<History>("history", 10_000);
  const now = serverNow() || Date.parse(data?.newest ?? "") || 0;
  const events = useStore((store) => store.state.events);
  const oldest = Math.max(now - REACH_MS, Date.parse(data?.oldest ?? "") || now);
  const reach = Math.max(0, now - oldest);
  const [held, setHeld] = useState<number | null>(null);
  const shownAt = held ?? (at ? Date.parse(at) : now);
  const ago = Math.max(0, Math.min(reach, now - shownAt));

  // The snapshot is asked for when the hand rests, not at each pixel.
  useEffect(() => {
    if (held === null) return;
    const timer = setTimeout(() => {
      setParams({ at: now - held < 1500 ? null : new Date(held).toISOString() });
      setHeld(null);
    }, 160);
    return () => clearTimeout(timer);
  }, [held, now]);

  if (reach < 2000) return <span className="muted">no history yet</span>;
  return (
    <span className={css.scrubber}>
      <span className="muted">{duration(reach)}</span>
      <span className={css.rail}>
        <Marks times={events.map((event) => Date.parse(event.at))} from={oldest} to={now} />
        <input
          type="range"
          aria-label="Time"
          aria-valuetext={ago < 1500 ? "live" : `${duration(ago)} ago, ${moment(shownAt, now)}`}
          min={-Math.round(reach / 1000)}
          max={0}
          step={1}
          value={-Math.round(ago / 1000)}
          onChange={(event) => setHeld(now + Number(event.target.value) * 1000)}
        />
      </span>
      <span className={css.when}>{ago < 1500 ? "now" : moment(shownAt, now)}</span>
    </span>
  );
}

/** Where something happened, as far as the rail reaches: one mark for each of 60 stretches. */
function Marks({ times, from, to }: { times: number[]; from: number; to: number }) {
  const bins = new Array<number>(60).fill(0);
  for (const time of times) {
    const bin = Math.floor(((time - from) / Math.max(1, to - from)) * 60);
    if (bin >= 0 && bin < 60) bins[bin]!++;
  }
  const most = Math.max(1, ...bins);
  return (
    <svg className={css.marks} viewBox="0 0 60 10" preserveAspectRatio="none" aria-hidden="true">
      {bins.map(
        (n, i) =>
          n > 0 && <rect key={i} x={i + 0.15} width={0.7} y={10 - 2 - (8 * n) / most} height={2 + (8 * n) / most} />,
      )}
    </svg>
  );
}
