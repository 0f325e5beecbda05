// SPDX-License-Identifier: Apache-2.0
// One message: its way over the topology, and hop by hop along the time.
import { useState } from "react";
import { Link, useParams, useSearch } from "wouter";
import type { MeshTraces } from "../api/types";
import { Axis, Grid, type Scale } from "../boot/bars";
import { isObserver, nameOf } from "../model/derive";
import { bytes, clock, millis, plural, safeName } from "../model/format";
import { present } from "../model/states";
import { useMesh } from "../model/store";
import { Failed, Waiting } from "../ui/empty";
import { ExportMenu } from "../ui/export-menu";
import { withShared } from "../ui/url";
import { useAsked } from "../ui/use-asked";
import { jaeger, otlp, spansOf } from "./export";
import { gather, type Hop, reached, silentOf, silentWords } from "./gather";
import { Spread } from "./spread";
import css from "./traces.module.css";

export default function TracePage() {
  const { id = "" } = useParams<{ id: string }>();
  const { data, error, again } = useAsked<MeshTraces>("traces", 4000);
  const state = useMesh();
  const search = useSearch();
  const [focus, setFocus] = useState<string | null>(null); // passes with the mouse: no matter for the address
  const way = data ? gather(data).find((one) => one.id === id) : undefined;

  if (!way)
    return (
      <div className="page">
        <h1>The way of a message</h1>
        {error && <Failed error={error} again={again} />}
        {!data && !error && <Waiting what="Asking every node" />}
        {data && (
          <p className="note">
            No node remembers this message (any more).{" "}
            <Link href={withShared("/traces", search)}>Those that are remembered</Link>
          </p>
        )}
      </div>
    );
  const source = { mesh: state.mesh?.name ?? "", nodes: state.nodes };
  const told = data ? spansOf(data, way.id) : [];
  const heard = new Set(way.hops.map((hop) => hop.node));
  const nodes = [...state.nodes.values()].filter((node) => !isObserver(node) || heard.has(node.id));
  const silent = data ? silentOf(way, data, state.nodes) : [];
  const mute = new Set(silent.map(({ id }) => id));
  const missed = nodes.filter((node) => !heard.has(node.id) && !mute.has(node.id) && present(node.state));
  const last = Math.max(1, ...way.hops.map((hop) => hop.at));
  const scale: Scale = { from: Math.min(0, ...way.hops.map((hop) => hop.at)), to: last * 1.04 };
  return (
    <div className="page">
      <header>
        <h1>
          A message of <bdi>{way.origin ? nameOf(state, way.origin) : "somebody"}</bdi>
        </h1>
        <span className="muted">
          {clock(way.sentAt, true)} · {bytes(way.size)} on {way.topic ? safeName(way.topic, 40) : "a topic"} ·{" "}
          <span className="mono">{way.id.slice(0, 12)}</span>
        </span>
        <span className="spacer" />
        <ExportMenu
          ways={[
            { label: "As shown (JSON)", file: `trace-${way.id}.json`, make: () => way },
            { label: "OTLP (JSON)", file: `trace-${way.id}.otlp.json`, make: () => otlp(source, told) },
            { label: "Jaeger (JSON)", file: `trace-${way.id}.jaeger.json`, make: () => jaeger(source, told) },
          ]}
        />
      </header>
      <p className={css.summary}>
        Heard by <b>{way.times.length}</b> of {nodes.length - (way.origin ? 1 : 0)} others in{" "}
        <b>{millis(reached(way, 1))}</b>; half of them after {millis(reached(way, 0.5))}, 95 % after{" "}
        {millis(reached(way, 0.95))}; at most {plural(way.depth, "hop")}.
        {missed.length > 0 && (
          <span className={css.missed}>
            {" "}
            Not heard of it:{" "}
            {missed
              .slice(0, 8)
              .map((node) => safeName(node.name, 30))
              .join(", ")}
            {missed.length > 8 && ` and ${missed.length - 8} more`}.
          </span>
        )}
      </p>
      {silent.length > 0 && (
        <p className="note warn">
          Incomplete: what these had of it, and when, is not known here:{" "}
          {silentWords(silent, (id) => nameOf(state, id))}.
        </p>
      )}
      <div className={css.split}>
        <div className={css.table} role="table" aria-label="Hop by hop">
          <div className={`${css.row} ${css.head}`} role="row">
            <span role="columnheader">node</span>
            <span role="columnheader">
              <span className="only-read">when</span>
              <Axis scale={scale} />
            </span>
            <span role="columnheader" className="num">
              after
            </span>
          </div>
          {way.hops.map((hop) => (
            <Line key={hop.span} hop={hop} scale={scale} focus={focus === hop.node} setFocus={setFocus} />
          ))}
        </div>
        <div className={css.side}>
          <Spread way={way} state={state} focus={focus} setFocus={setFocus} />
          <p className="muted">
            Times are by each node's own clock: on one machine they agree, between machines they may not, and nothing
            is shifted.
          </p>
        </div>
      </div>
    </div>
  );
}

function Line(props: { hop: Hop; scale: Scale; focus: boolean; setFocus: (node: string | null) => void }) {
  const { hop, scale, focus, setFocus } = props;
  const share = (us: number) => `${((us - scale.from) / (scale.to - scale.from)) * 100}%`;
  const early = hop.at < hop.from; // only a clock can do that
  return (
    <div
      className={`${css.row} ${focus ? css.focus : ""}`}
      role="row"
      data-hop={hop.node}
      onMouseEnter={() => setFocus(hop.node)}
      onMouseLeave={() => setFocus(null)}
    >
      <span role="cell" className={css.name} style={{ paddingLeft: Math.min(hop.depth, 14) * 13 }}>
        {hop.depth > 0 && (
          <span className="muted" aria-hidden="true">
            └
          </span>
        )}
        <bdi>{safeName(hop.name, 40)}</bdi>
      </span>
      <span role="cell" className={css.cell}>
        <Grid scale={scale} />
        {hop.depth > 0 && !early && (
          <span
            className={css.hop}
            style={{ left: share(hop.from), width: `calc(${share(hop.at)} - ${share(hop.from)})` }}
          />
        )}
        <span
          className={css.dot}
          style={{ left: share(hop.at) }}
          title={`${millis(hop.at - hop.from)} after the one before`}
        />
      </span>
      <span role="cell" className="num">
        {millis(hop.at)}
        {early && " (clock)"}
      </span>
    </div>
  );
}
