// SPDX-License-Identifier: Apache-2.0
// Can what is shown be trusted: what the observer holds, and where its spans go.
import type { Telemetry as Told } from "../api/types";
import { useNow } from "../model/clock";
import { age, bytes, clock, count, millis, plain, safeName, words } from "../model/format";
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
        {data && (
          <Facts title="Events" facts={[...flat(data.journal), ...flat(data.event_files)]} loud={/fail|lost|torn/i} />
        )}
        {data && <Facts title="What telling costs" facts={costs(data.telemetry)} loud={/held back/} />}
        {data && <Facts title="Flight recorder" facts={flight(data.flight)} loud={/too soon/} />}
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

const numberIn = (value: unknown, key: string): number => {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof found === "number" && Number.isFinite(found) ? found : 0;
};

/** Of this host: what the governor measured in its last window, and what it lets through. */
function costs(told: unknown): [string, string][] {
  const at = (key: string) => numberIn(told, key);
  const perSecond = at("cpu_ns_per_s");
  const ceiling = at("ceiling_ns_per_s");
  const oneIn = at("followed_one_in");
  const share = at("followed_ppb") / 1e9;
  const full = oneIn > 0 ? 1 / oneIn : 0;
  const held = full > 0 && share < full * 0.999;
  return [
    ["CPU a second, of what it may", `${millis(perSecond / 1000)} of ${millis(ceiling / 1000)}`],
    ["that is", ceiling > 0 ? `${Math.round((perSecond / ceiling) * 100)} %` : "–"],
    ["CPU since the start", millis(at("cpu_ns") / 1000)],
    ["spans recorded", count(at("spans"))],
    ["messages followed", share > 0 ? `one in ${count(Math.round(1 / share))}` : "none by chance"],
    ...(held ? [["held back by the governor", `to ${Math.round((share / full) * 100)} %`] as [string, string]] : []),
  ];
}

function flight(told: unknown): [string, string][] {
  const at = (key: string) => numberIn(told, key);
  return [
    ["held", `${count(at("held"))} of ${count(at("slots"))} spans`],
    ["memory used", bytes(at("bytes"))],
    ["recorded", count(at("recorded"))],
    ["anomalies", count(at("anomalies"))],
    ["came too soon after others", count(at("suppressed"))],
    ["promotions", `${count(at("promotions"))}, ${count(at("promoted"))} spans`],
  ];
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
