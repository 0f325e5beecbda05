// SPDX-License-Identifier: Apache-2.0
// Messages that were followed lately; in a lab, a button that sends one.
import { useState } from "react";
import { Link, useSearch } from "wouter";
import { post } from "../api/client";
import type { MeshTraces } from "../api/types";
import { nameOf } from "../model/derive";
import { bytes, clock, count, millis, plural, safeName } from "../model/format";
import type { MeshState } from "../model/reduce";
import { useMesh, useStore } from "../model/store";
import { Copy, Failed, Waiting } from "../ui/empty";
import { ExportCsv } from "../ui/export-menu";
import { go, withShared } from "../ui/url";
import { useAsked } from "../ui/use-asked";
import { gather, reached, type Silent, silentOf, silentWords, type Way } from "./gather";
import css from "./traces.module.css";

export default function Traces() {
  const { data, error, again } = useAsked<MeshTraces>("traces", 4000);
  const state = useMesh();
  const search = useSearch();
  const ways = data ? gather(data) : [];
  const silent = data?.nodes.filter((node) => node.spans === null) ?? [];
  return (
    <div className="page" tabIndex={0}>
      <header>
        <h1>Traces</h1>
        <span className="muted">
          {data
            ? `${plural(ways.length, "message")} followed lately, as ${plural(data.nodes.length - silent.length, "node")} remember`
            : "asking every node"}
        </span>
        <span className="spacer" />
        {ways.length > 0 && <ExportCsv file="traces.csv" rows={() => table(ways, state, data!)} />}
        <Send />
      </header>
      {error && <Failed error={error} again={again} />}
      {!data && !error && <Waiting what="Asking every node" />}
      {data && ways.length === 0 && (
        <div className="note">
          <p>No message was followed yet. A host follows one when it is told to:</p>
          <Copy text="meshctl trace publish" />
        </div>
      )}
      {ways.length > 0 && (
        <table className={css.list}>
          <thead>
            <tr>
              <th scope="col">sent</th>
              <th scope="col">message</th>
              <th scope="col">from</th>
              <th scope="col">topic</th>
              <th scope="col" className="num">
                size
              </th>
              <th scope="col" className="num">
                heard by
              </th>
              <th scope="col" className="num">
                half after
              </th>
              <th scope="col" className="num">
                95 % after
              </th>
              <th scope="col" className="num">
                all after
              </th>
              <th scope="col" className="num">
                hops
              </th>
            </tr>
          </thead>
          <tbody>
            {ways.map((way) => (
              <tr key={way.id}>
                <td>{clock(way.sentAt, true)}</td>
                <td>
                  <Link href={withShared(`/traces/${way.id}`, search)} className="mono">
                    {way.id.slice(0, 8)}
                  </Link>
                </td>
                <td>
                  <bdi>{way.origin ? nameOf(state, way.origin) : "not heard"}</bdi>
                </td>
                <td>{way.topic ? safeName(way.topic, 40) : "–"}</td>
                <td className="num">{bytes(way.size)}</td>
                <td className="num">
                  <Whole silent={silentOf(way, data!, state.nodes)} state={state} /> {count(way.times.length)}
                </td>
                <td className="num">{millis(reached(way, 0.5))}</td>
                <td className="num">{millis(reached(way, 0.95))}</td>
                <td className="num">{millis(reached(way, 1))}</td>
                <td className="num">{count(way.depth)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {silent.map((node) => (
        <p key={node.id} className="muted">
          <bdi>{safeName(node.name, 40)}</bdi>: {node.error ? safeName(node.error, 160) : "did not answer"}
        </p>
      ))}
    </div>
  );
}

function Whole({ silent, state }: { silent: readonly Silent[]; state: MeshState }) {
  if (silent.length === 0) return null;
  return (
    <span className={css.missed} title={`Not told by ${silentWords(silent, (id) => nameOf(state, id))}`}>
      ◐ incomplete
    </span>
  );
}

function table(ways: readonly Way[], state: MeshState, traces: MeshTraces): unknown[][] {
  const rows = ways.map((way) => [
    ...[new Date(way.sentAt).toISOString(), way.id, way.origin, way.origin && nameOf(state, way.origin), way.topic],
    ...[way.size, way.times.length, reached(way, 0.5), reached(way, 0.95), reached(way, 1), way.depth],
    silentOf(way, traces, state.nodes).length,
  ]);
  const times = ["half after us", "95 % after us", "all after us"];
  return [["sent", "message", "from", "name", "topic", "size", "heard by", ...times, "hops", "not told by"], ...rows];
}

function Send() {
  const lab = useStore((store) => store.state.mesh?.lab ?? false);
  const past = useStore((store) => store.past !== null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  if (!lab) return null;
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      const { trace } = await post<{ trace: string }>("traces", {});
      // What it did is known when it did it: a moment later every node can tell.
      setTimeout(() => go(`/traces/${trace}`), 700);
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
    }
  };
  return (
    <span className="toolbar">
      {error && <span role="alert">{error}</span>}
      <button type="button" className="plain" disabled={busy || past} onClick={() => void send()}>
        {busy ? "sending…" : "Send a message and follow it"}
      </button>
    </span>
  );
}
