// SPDX-License-Identifier: Apache-2.0
// Can what is shown be trusted: what the observer holds, and where its spans go.
import type { Telemetry as Told } from "../api/types";
import { useNow } from "../model/clock";
import { age, clock, count, plain, safeName, words } from "../model/format";
import { useStore } from "../model/store";
import { Failed, Waiting } from "../ui/empty";
import { useAsked } from "../ui/use-asked";
import css from "./node.module.css";

export default function Telemetry() {
  const { data, error, again } = useAsked<Told>("telemetry", 3000);
  return (
    <div className="page" tabIndex={0}>
      <header>
        <h1>Telemetry</h1>
        <span className="muted">what the observer holds, and what of it leaves this machine</span>
      </header>
      {error && <Failed error={error} again={again} />}
      {!data && !error && <Waiting what="Asking the observer" />}
      <div className={css.cards}>
        {data && <Facts title="Observer" facts={flat(data.observer)} />}
        {data &&
          (data.otlp === null ? (
            <section className={css.card}>
              <h2>Exporter</h2>
              <p className="muted">No collector is configured: spans go nowhere, and nothing leaves this machine.</p>
            </section>
          ) : (
            <Facts title="Exporter (OTLP)" facts={flat(data.otlp)} loud={/drop|fail|refus|lost/i} />
          ))}
        <ThisPage />
      </div>
    </div>
  );
}

function ThisPage() {
  const link = useStore((store) => store.link);
  const state = useStore((store) => store.state);
  const now = useNow();
  return (
    <Facts
      title="This page"
      facts={[
        ["connection", link.live ? "live" : link.lostAt ? `not since ${clock(link.lostAt)}` : "not yet"],
        ["frames are late by", link.lag === null ? "–" : `${count(Math.round(link.lag))} ms`],
        ["last change", `seq ${state.seq ?? "–"}, ${age(state.now, now)}`],
        ["events kept", count(state.events.length)],
        ["changes not understood", count(state.ignored)],
      ]}
    />
  );
}

function Facts({
  title,
  facts,
  loud,
}: {
  title: string;
  facts: readonly (readonly [string, string])[];
  loud?: RegExp;
}) {
  return (
    <section className={css.card}>
      <h2>{title}</h2>
      {facts.length === 0 && <p className="muted">It told nothing.</p>}
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{loud?.test(name) && value !== "0" ? <b>⚠ {value}</b> : <bdi>{value}</bdi>}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Whatever counters there are, also those of a later version, one level deep. */
function flat(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner))
      return Object.entries(inner).map(([deeper, one]) => [`${words(key)} · ${words(deeper)}`, plain(one)]);
    return [[words(key), typeof inner === "string" ? safeName(inner, 200) : plain(inner)]];
  });
}
