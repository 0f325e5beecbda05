// SPDX-License-Identifier: Apache-2.0
// A lane for each node that something happened to, and a mark for each thing that did.
import type { MeshEvent } from "../api/types";
import { nameOf, subject } from "../model/derive";
import { describeEvent, toneOf } from "../model/events";
import { clock } from "../model/format";
import type { MeshState } from "../model/reduce";
import { select } from "../ui/url";
import css from "./lanes.module.css";

const MOST = 14;

export function Lanes({
  events,
  state,
  from,
  to,
}: {
  events: readonly MeshEvent[];
  state: MeshState;
  from: number;
  to: number;
}) {
  const lanes = new Map<string, MeshEvent[]>();
  for (const event of events) {
    const at = Date.parse(event.at);
    if (at < from || at > to + 2000) continue;
    const id = subject(event);
    const lane = lanes.get(id);
    if (lane) lane.push(event);
    else lanes.set(id, [event]);
  }
  // The busiest lately first: a lane is there because something happened in it.
  const shown = [...lanes].sort((a, b) => b[1].at(-1)!.seq - a[1].at(-1)!.seq).slice(0, MOST);
  const place = (at: string) => `${Math.max(0, Math.min(100, ((Date.parse(at) - from) / (to - from)) * 100))}%`;
  if (shown.length === 0) return null;
  return (
    <div
      className={css.lanes}
      role="img"
      aria-label={`${lanes.size} nodes had events in this time; the list below tells them`}
    >
      {shown.map(([id, list]) => (
        <div key={id} className={css.lane} aria-hidden="true" onClick={() => select(id)}>
          <bdi className={css.name}>{nameOf(state, id)}</bdi>
          <span className={css.rail}>
            {list.slice(-120).map((event) => (
              <span
                key={event.seq}
                className={`${css.mark} ${css[toneOf(event)] ?? ""}`}
                style={{ left: place(event.at) }}
                title={`${clock(event.at)} ${describeEvent(event)}`}
              />
            ))}
          </span>
        </div>
      ))}
      <div className={css.axis} aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part} style={{ left: `${part * 100}%` }} className={part === 1 ? css.end : ""}>
            {clock(from + (to - from) * part)}
          </span>
        ))}
      </div>
      {lanes.size > MOST && <p className={css.more}>and {lanes.size - MOST} more nodes: the filter narrows it</p>}
    </div>
  );
}
