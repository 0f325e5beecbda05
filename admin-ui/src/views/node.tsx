// SPDX-License-Identifier: Apache-2.0
// One node, everything that is known of it. The tabs are links in all but name: the address says which is open.
import { type KeyboardEvent, useRef } from "react";
import { Link, useParams, useSearch } from "wouter";
import type { MeshBoots, MeshPlugins, Node, NodeBoots } from "../api/types";
import { withNames } from "../model/derive";
import { millis, plain, safeName, shortId } from "../model/format";
import type { MeshState } from "../model/reduce";
import { useMesh } from "../model/store";
import { Failed, Waiting } from "../ui/empty";
import { EventList } from "../ui/event-list";
import { NodeName, StateBadge, tierWords } from "../ui/state";
import { setParams, useParam, withShared } from "../ui/url";
import { useAsked } from "../ui/use-asked";
import css from "./node.module.css";
import { NeighbourTable } from "./node-neighbours";
import { Overview } from "./node-overview";
import { Resources } from "./node-resources";
import { PluginTable } from "./plugin-table";

const TABS = {
  overview: "Overview",
  neighbours: "Neighbours",
  resources: "Resources",
  boot: "Boot",
  events: "Events",
  plugins: "Plugins",
  raw: "Raw JSON",
} as const;
type Tab = keyof typeof TABS;
const KEYS = Object.keys(TABS) as Tab[];

export default function NodePage() {
  const { id = "" } = useParams<{ id: string }>();
  const [wanted] = useParam("tab");
  const state = useMesh();
  const search = useSearch();
  const bar = useRef<HTMLDivElement>(null);
  const tab: Tab = KEYS.includes(wanted as Tab) ? (wanted as Tab) : "overview";
  const node = state.nodes.get(id) ?? state.ghosts.get(id)?.node;

  if (!node) {
    if (state.seq === null) return <Waiting what="Waiting for the first picture" />;
    return (
      <div className="page">
        <h1>There is no node {shortId(id)} in this picture</h1>
        <p className="muted">It may have gone, or the moment that is shown was before it.</p>
        <Link href={withShared("/nodes", search)}>All nodes</Link>
      </div>
    );
  }
  const open = (next: Tab) => setParams({ tab: next === "overview" ? null : next });
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const next = KEYS[(KEYS.indexOf(tab) + by + KEYS.length) % KEYS.length]!;
    open(next);
    bar.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
    event.preventDefault();
  };
  return (
    <div className="page">
      <header>
        <h1>
          <NodeName node={node} />
        </h1>
        <StateBadge state={node.state} />
        <span className="muted">
          {tierWords(node.tier)} · {node.roles.map((role) => safeName(role, 24)).join(", ") || "no role"} ·{" "}
          <span className="mono">{shortId(node.id)}</span>
          {state.ghosts.has(id) && " · gone"}
        </span>
        <span className="spacer" />
        <Link className="button" href={withShared(`/?sel=${id}`, search)}>
          Show in the topology
        </Link>
      </header>
      <div ref={bar} className={css.tabs} role="tablist" aria-label="About the node" onKeyDown={onKeyDown}>
        {KEYS.map((key) => (
          <button
            key={key}
            id={`tab-${key}`}
            type="button"
            role="tab"
            aria-selected={tab === key}
            aria-controls="panel"
            tabIndex={tab === key ? 0 : -1}
            onClick={() => open(key)}
          >
            {TABS[key]}
          </button>
        ))}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`} className={css.panel}>
        <Panel tab={tab} node={node} state={state} />
      </div>
    </div>
  );
}

function Panel({ tab, node, state }: { tab: Tab; node: Node; state: MeshState }) {
  switch (tab) {
    case "overview":
      return <Overview node={node} state={state} />;
    case "neighbours":
      return <NeighbourTable node={node} state={state} />;
    case "resources":
      return <Resources node={node} />;
    case "boot":
      return <Starts id={node.id} state={state} />;
    case "events":
      return (
        <EventList
          events={state.events.filter((event) => event.node === node.id || event.peer === node.id)}
          state={state}
          follow
        />
      );
    case "plugins":
      return <Plugins node={node} />;
    case "raw":
      return (
        <pre className={css.raw} tabIndex={0} aria-label="The node as the observer tells it">
          {JSON.stringify(node, null, 2)}
        </pre>
      );
  }
}

function Starts({ id, state }: { id: string; state: MeshState }) {
  const { data, error, again } = useAsked<NodeBoots>(`nodes/${id}/boots`);
  const kept = useAsked<MeshBoots>(error ? "boots" : null);
  if (error) {
    if (!kept.data && !kept.error) return <Waiting what="Asking the observer what it remembers" />;
    const boot = kept.data?.nodes.find((node) => node.id === id)?.boot;
    if (!boot) return <Failed error={error} again={again} />;
    return (
      <>
        <div className="note warn" role="status">
          <p>It cannot be asked now: this is its last start, as the observer remembers it.</p>
          <p className="muted">{withNames(state, error.message)}</p>
          <button type="button" className="plain" onClick={again}>
            Ask again
          </button>
        </div>
        <StartTable id={id} boots={[boot]} />
      </>
    );
  }
  if (!data) return <Waiting what="Asking the node" />;
  if (data.boots.length === 0)
    return <p className="note">It told of no start: perhaps its meshhost is older than starts are.</p>;
  return <StartTable id={id} boots={data.boots} />;
}

function StartTable({ id, boots }: { id: string; boots: NodeBoots["boots"] }) {
  const search = useSearch();
  return (
    <table className={css.narrow}>
      <thead>
        <tr>
          <th scope="col">start</th>
          <th scope="col">outcome</th>
          <th scope="col" className="num">
            took
          </th>
          <th scope="col">version</th>
          <th scope="col">compare</th>
        </tr>
      </thead>
      <tbody>
        {boots.map((boot) => (
          <tr key={boot.id}>
            <td>
              <Link href={withShared(`/boot/${id}/${boot.id}`, search)}>start {boot.number}</Link>
            </td>
            <td>
              {safeName(boot.outcome, 30)} {boot.error && <span className="muted">{safeName(boot.error, 120)}</span>}
            </td>
            <td className="num">{millis(boot.length_us)}</td>
            <td>{safeName(boot.version, 20)}</td>
            <td>
              {boots.some(({ number }) => number < boot.number) && (
                <>
                  <Link href={withShared(`/boot/${id}/${boot.id}?vs=prev`, search)}>with the one before</Link> ·{" "}
                </>
              )}
              <Link href={withShared(`/boot/${id}/${boot.id}?vs=median`, search)}>with the median</Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Plugins({ node }: { node: Node }) {
  const { data, error, again } = useAsked<MeshPlugins>("plugins", 5000);
  if (error) return <Failed error={error} again={again} />;
  if (!data) return <Waiting what="Asking for the plugins" />;
  const own = data.nodes.find((one) => one.id === node.id);
  return (
    <>
      {own ? <PluginTable nodes={[own]} /> : <p className="note">Its plugins are not known here.</p>}
      <h2>What it contributes</h2>
      {node.contributions.length === 0 && <p className="muted">Nothing.</p>}
      {node.contributions.length > 0 && (
        <table className={css.narrow}>
          <tbody>
            {node.contributions.map((one) => (
              <tr key={`${one.role}/${one.key}`}>
                <th scope="row">
                  {safeName(one.role, 30)} · {safeName(one.key, 60)}
                </th>
                <td>
                  <bdi>{plain(one.value)}</bdi> {one.unit && one.unit !== "1" ? safeName(one.unit, 20) : ""}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
