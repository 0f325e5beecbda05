// SPDX-License-Identifier: Apache-2.0
// What changed, and when: lanes for the eye, a list for reading. Follows what comes until told not to.
import { useMemo } from "react";
import { useNow } from "../model/clock";
import { nameOf, subject } from "../model/derive";
import { plural } from "../model/format";
import { useVisible } from "../model/view";
import { EventList } from "../ui/event-list";
import { ExportCsv } from "../ui/export-menu";
import { setParams, useParam } from "../ui/url";
import css from "./events.module.css";
import { Lanes } from "./lanes";

const WINDOW_MS = 600_000;

export default function Events() {
  const { state, ids, filter } = useVisible();
  const [type] = useParam("type");
  const [follow] = useParam("follow");
  const now = useNow();
  const following = follow !== "no";
  const types = useMemo(() => [...new Set(state.events.map((event) => event.type))].sort(), [state.events]);
  const past = useMemo(
    () =>
      state.events.filter(
        (event) =>
          (!type || event.type === type) &&
          (filter.empty || ids.has(subject(event)) || (event.peer === null && ids.has(event.node))),
      ),
    [state.events, type, ids, filter.empty],
  );
  const events = now === 0 ? past : past.filter((event) => Date.parse(event.at) <= now + 2000);
  const first = events[0] ? Date.parse(events[0].at) : now;
  return (
    <div className={`page ${css.page}`}>
      <header>
        <h1>Events</h1>
        <span className="muted">
          {plural(events.length, "event")}
          {!filter.empty && ` of ${state.events.length}`}
        </span>
        <span className="spacer" />
        <div className="toolbar">
          <label>
            <span className="muted">type </span>
            <select value={type ?? ""} onChange={(event) => setParams({ type: event.target.value || null })}>
              <option value="">all</option>
              {types.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <button
            type="button"
            className="plain"
            aria-pressed={following}
            onClick={() => setParams({ follow: following ? "no" : null })}
          >
            Follow
          </button>
          <ExportCsv
            file="events.csv"
            rows={() => [
              ["seq", "at", "type", "told by", "about", "name", "from", "to", "reason"],
              ...events.map((one) => [
                ...[one.seq, one.at, one.type, one.node, subject(one), nameOf(state, subject(one))],
                ...[one.from, one.to, one.reason],
              ]),
            ]}
          />
        </div>
      </header>
      <Lanes events={events} state={state} from={Math.max(now - WINDOW_MS, Math.min(first, now - 60_000))} to={now} />
      <EventList events={events} state={state} follow={following} />
    </div>
  );
}
