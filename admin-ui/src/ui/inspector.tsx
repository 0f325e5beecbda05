// SPDX-License-Identifier: Apache-2.0
// The right side: the selected node or path; with nothing selected, what in the mesh deserves a look.
import { useMemo } from "react";
import { Link, useSearch } from "wouter";
import type { Edge, MeshEvent, Node } from "../api/types";
import { carried, MUCH } from "../model/carry";
import { useNow } from "../model/clock";
import { byName, complaints, countAll, edgesOf, isObserver, nameOf, other, reasonOf, subject } from "../model/derive";
import { describeEvent } from "../model/events";
import {
  age,
  bytes,
  clock,
  cpu,
  duration,
  millis,
  ofBudget,
  percent,
  plural,
  rate,
  safeName,
  shortId,
} from "../model/format";
import type { MeshState } from "../model/reduce";
import { present, share } from "../model/states";
import { useMesh } from "../model/store";
import { placeOf, unpin, usePlaces } from "../topology/places";
import { Bar } from "./bar";
import css from "./inspector.module.css";
import { NodeName, PathBadge, reasonWords, StateBadge, tierWords } from "./state";
import { select, withShared } from "./url";
import { whyRelayed } from "./why";

export function Inspector({ selected }: { selected: string | null }) {
  const state = useMesh();
  const node = selected ? (state.nodes.get(selected) ?? state.ghosts.get(selected)?.node) : undefined;
  const edge = selected ? state.edges.get(selected) : undefined;
  return (
    <aside className={`${css.side} ${selected ? css.open : ""}`} aria-label="Inspector">
      {selected && (
        <button
          type="button"
          className={css.close}
          onClick={() => select(null)}
          aria-label="Close the inspector"
          title="Close (Esc)"
        >
          ×
        </button>
      )}
      {node ? (
        <NodeFacts state={state} node={node} />
      ) : edge ? (
        <EdgeFacts state={state} edge={edge} />
      ) : selected ? (
        <p className="note">
          {shortId(selected)} is not in this picture: it may have gone, or the moment that is shown was before it.
        </p>
      ) : (
        <MeshFacts state={state} />
      )}
    </aside>
  );
}

function NodeFacts({ state, node }: { state: MeshState; node: Node }) {
  const now = useNow();
  const search = useSearch();
  const edges = edgesOf(state, node.id);
  const relayed = edges.filter((edge) => edge.kind === "relayed");
  const pinned = usePlaces((places) => places.pins[node.id] !== undefined && placeOf(places, node.id) !== undefined);
  return (
    <>
      <h2 className={css.title}>
        <NodeName node={node} />
        <StateBadge state={node.state} />
      </h2>
      <p className={css.facts}>
        {tierWords(node.tier)}
        {node.roles.length > 0 && ` · ${node.roles.map((role) => safeName(role, 24)).join(", ")}`}
        {node.addresses[0] && (
          <>
            {" · "}
            <span className="mono">{safeName(node.addresses[0], 48)}</span>
          </>
        )}
        {node.started && now > 0 && ` · up ${duration(now - Date.parse(node.started))}`}
      </p>
      {(node.evidence || node.state !== "alive") && (
        <p className="muted">
          {node.evidence && safeName(node.evidence, 200)}
          {node.state !== "alive" && now > 0 && (
            <>
              {node.evidence && " · "}
              {node.state} for {duration(now - Date.parse(node.since))}
              {node.seen && ` · last heard of ${age(node.seen, now)}`}
            </>
          )}
        </p>
      )}
      {present(node.state) && complaints(node).length > 0 && (
        <p className="note warn">
          <b>Not well:</b> {complaints(node).join(", ")}.{" "}
          <Link href={withShared(`/nodes/${node.id}?tab=plugins`, search)}>Its plugins</Link>
        </p>
      )}
      <div className={css.bars}>
        <Bar label="CPU" usage={share(node, "cpu")} />
        <Bar label="RAM" usage={share(node, "memory")} />
      </div>
      <p className={css.facts}>
        {node.usage
          ? `${ofBudget(cpu, node.usage.cpu_millicores, node.budget.cpu_millicores)} · ${ofBudget(bytes, node.usage.rss_bytes, node.budget.memory_bytes)}`
          : `not measured${node.unasked ? `: ${safeName(node.unasked, 120)}` : " yet"}`}
      </p>
      {node.over.length > 0 && (
        <p className="note bad">
          Over its budget for ten seconds or more:{" "}
          {node.over.map((one) => (one === "cpu" ? "CPU" : "RAM")).join(", ")}.
        </p>
      )}
      <Carries state={state} node={node} />
      <Neighbours state={state} node={node} edges={edges} />
      {relayed[0] && (
        <div className="note relay">
          <b>Why relayed?</b>
          <p>{whyRelayed(relayed[0].reason)}</p>
        </div>
      )}
      <p className={css.actions}>
        <Link className="button" href={withShared(`/nodes/${node.id}`, search)}>
          Open page
        </Link>
        <Link className="button" href={withShared(`/nodes/${node.id}?tab=boot`, search)}>
          Boot
        </Link>
        {pinned && (
          <button type="button" className="plain" onClick={() => unpin(node.id)}>
            Unpin
          </button>
        )}
      </p>
      <Latest state={state} about={node.id} />
    </>
  );
}

/** What it declares to be is drawn; what it is for the others is said, and stands out where the two disagree. */
function Carries({ state, node }: { state: MeshState; node: Node }) {
  const share = carried(state.nodes, state.edges).get(node.id);
  if (share === undefined || share < 0.01) return null;
  const odd = node.tier !== "hub" && share > MUCH;
  return (
    <p className={odd ? "note warn" : css.facts}>
      {odd ? `A ${tierWords(node.tier)} that carries` : "Carries"} {percent(share)} of the eager ways between others
    </p>
  );
}

function Neighbours({ state, node, edges }: { state: MeshState; node: Node; edges: readonly Edge[] }) {
  if (edges.length === 0) return <p className="muted">No neighbours are known here.</p>;
  return (
    <table className={css.table}>
      <caption className="only-read">Paths of {safeName(node.name)}</caption>
      <thead>
        <tr>
          <th scope="col">path to</th>
          <th scope="col">kind</th>
          <th scope="col" className="num">
            RTT
          </th>
        </tr>
      </thead>
      <tbody>
        {edges.slice(0, 14).map((edge) => (
          <tr key={edge.id}>
            <td>
              <button type="button" className="link" onClick={() => select(other(edge, node.id))}>
                <bdi>{nameOf(state, other(edge, node.id))}</bdi>
              </button>
            </td>
            <td title={reasonWords(edge)}>
              <button type="button" className="link" onClick={() => select(edge.id)}>
                <PathBadge edge={edge} />
              </button>
            </td>
            <td className="num">{millis(edge.rtt_us)}</td>
          </tr>
        ))}
        {edges.length > 14 && (
          <tr>
            <td colSpan={3} className="muted">
              and {edges.length - 14} more on its page
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function EdgeFacts({ state, edge }: { state: MeshState; edge: Edge }) {
  return (
    <>
      <h2 className={css.title}>
        <span>
          <bdi>{nameOf(state, edge.a)}</bdi> ↔ <bdi>{nameOf(state, edge.b)}</bdi>
        </span>
      </h2>
      <table className={css.table}>
        <tbody>
          <Fact name="path">
            <PathBadge edge={edge} />
          </Fact>
          <Fact name="reason">{reasonWords(edge)}</Fact>
          <Fact name="round trip">{edge.rtt_us === null ? "not measured" : millis(edge.rtt_us)}</Fact>
          <Fact name="tree">
            {edge.tree === "eager" ? "eager: whole messages" : edge.tree === "lazy" ? "lazy: only ids" : "unknown"}
          </Fact>
          <Fact name={`${nameOf(state, edge.a)} sends`}>{rate(edge.sent_bps)}</Fact>
          <Fact name={`${nameOf(state, edge.b)} sends`}>{rate(edge.received_bps)}</Fact>
        </tbody>
      </table>
      {edge.disagree && (
        <p className="note warn">The two ends say different things: {safeName(edge.disagree, 300)}</p>
      )}
      {edge.kind === "relayed" && (
        <div className="note relay">
          <b>Why relayed?</b>
          <p>{whyRelayed(edge.reason)}</p>
        </div>
      )}
      <p className={css.actions}>
        {[edge.a, edge.b].map((id) => (
          <button key={id} type="button" className="plain" onClick={() => select(id)}>
            <bdi>{nameOf(state, id)}</bdi>
          </button>
        ))}
      </p>
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <tr>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      <td>{children}</td>
    </tr>
  );
}

function MeshFacts({ state }: { state: MeshState }) {
  const counts = countAll(state.nodes, state.edges);
  const worth = useMemo(() => {
    const list = [...state.nodes.values()].filter((node) => !isObserver(node)).sort(byName);
    const relayed = new Set([...state.edges.values()].filter((e) => e.kind === "relayed").flatMap((e) => [e.a, e.b]));
    const why = (node: Node) =>
      node.state !== "alive"
        ? [node.state, ...(present(node.state) ? complaints(node) : [])].join(" · ")
        : node.over.length > 0
          ? `over ${node.over.join(", ")} budget`
          : relayed.has(node.id)
            ? "relayed"
            : null;
    return list
      .map((node) => ({ node, why: why(node) }))
      .filter((entry) => entry.why !== null)
      .sort((a, b) => Number(a.why === "relayed") - Number(b.why === "relayed")); // the ill before the roundabout
  }, [state.nodes, state.edges]);
  const hubs = [...state.nodes.values()].filter((node) => node.tier === "hub").sort(byName);
  if (!state.mesh) return <p className="muted">Waiting for the observer's first picture.</p>;
  return (
    <>
      <h2 className={css.title}>
        <bdi>{safeName(state.mesh.name, 40)}</bdi>
      </h2>
      <p className={css.facts}>
        {plural(counts.nodes, "node")} · {plural(hubs.length, "hub")} ·{" "}
        {plural(counts.direct + counts.relayed + counts.unknown, "path")} · observer{" "}
        {safeName(state.mesh.version, 20)}
      </p>
      <h3>Worth a look</h3>
      {worth.length === 0 ? (
        <p className="muted">Nothing: all are alive, direct and within their budgets.</p>
      ) : (
        <ul className={css.worth}>
          {worth.slice(0, 12).map(({ node, why }) => (
            <li key={node.id}>
              <button type="button" className="link" onClick={() => select(node.id)}>
                <NodeName node={node} />
              </button>
              <span className="muted">{why}</span>
            </li>
          ))}
          {worth.length > 12 && <li className="muted">and {worth.length - 12} more</li>}
        </ul>
      )}
      <Latest state={state} about={null} />
    </>
  );
}

/** Where the reasons are left out, a state that was told again for another reason is no news. */
const isSameNews = (one: MeshEvent, next: MeshEvent): boolean =>
  one.type === "peer.state" && next.type === one.type && next.to === one.to && subject(next) === subject(one);

function Latest({ state, about }: { state: MeshState; about: string | null }) {
  const now = useNow();
  const events = state.events
    .filter(
      (event) =>
        (about === null || event.node === about || event.peer === about) &&
        (now === 0 || Date.parse(event.at) <= now + 1500),
    )
    .filter((event, i, all) => about !== null || !all[i + 1] || !isSameNews(event, all[i + 1]!))
    .slice(-8)
    .reverse();
  return (
    <>
      <h3>Latest events</h3>
      {events.length === 0 ? (
        <p className="muted">None{about ? " about it" : ""} since the observer began.</p>
      ) : (
        <table className={css.table}>
          <caption className="only-read">Latest events</caption>
          <tbody>
            {events.map((event: MeshEvent) => (
              <tr key={event.seq}>
                <td className="muted" title={age(event.at, now)}>
                  {clock(event.at)}
                </td>
                {about === null && (
                  <td>
                    <button type="button" className="link" onClick={() => select(subject(event))}>
                      <bdi>{nameOf(state, subject(event))}</bdi>
                    </button>
                  </td>
                )}
                <td title={describeEvent(event, false, reasonOf(state, event))}>
                  {describeEvent(event, about === null, reasonOf(state, event))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
