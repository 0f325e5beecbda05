// SPDX-License-Identifier: Apache-2.0
// Events as a list, the newest first; only the rows that are seen exist. While it follows, it stays at the top.
import { useEffect, useRef } from "react";
import type { MeshEvent } from "../api/types";
import { nameOf, reasonOf, subject } from "../model/derive";
import { describeEvent, toneOf } from "../model/events";
import { clock, safeName } from "../model/format";
import type { MeshState } from "../model/reduce";
import css from "./event-list.module.css";
import { useRows } from "./rows";
import { select, useParam } from "./url";

const ROW = 26;

export function EventList({
  events,
  state,
  follow,
}: {
  events: readonly MeshEvent[];
  state: MeshState;
  follow: boolean;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [selected] = useParam("sel");
  const { from, to } = useRows(scroller, events.length, ROW);
  const newest = events.at(-1)?.seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer event is what moves the list
  useEffect(() => {
    if (follow) scroller.current?.scrollTo({ top: 0 });
  }, [follow, newest]);
  if (events.length === 0) return <p className="note">No events of this kind since the observer began.</p>;
  return (
    <div
      ref={scroller}
      className={css.scroller}
      role="log"
      aria-live="off"
      aria-label="Events, the newest first"
      tabIndex={0}
    >
      <div className={css.body} style={{ height: events.length * ROW }}>
        {Array.from({ length: to - from }, (_, i) => {
          const event = events[events.length - 1 - from - i]!;
          const about = subject(event);
          return (
            <div
              key={event.seq}
              className={`${css.row} ${selected === about ? css.selected : ""}`}
              style={{ transform: `translateY(${(from + i) * ROW}px)` }}
            >
              <span className="muted">{clock(event.at, true)}</span>
              <span className={`${css.dot} ${css[toneOf(event)] ?? ""}`} aria-hidden="true">
                ●
              </span>
              <button type="button" className={css.name} onClick={() => select(about)}>
                <bdi>{state.nodes.has(about) || !event.name ? nameOf(state, about) : safeName(event.name, 40)}</bdi>
              </button>
              <span className={css.what}>{describeEvent(event, false, reasonOf(state, event))}</span>
              <span className={`mono ${css.type}`}>{safeName(event.type, 40)}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
