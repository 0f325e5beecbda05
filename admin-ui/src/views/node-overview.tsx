// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import type { Node } from "../api/types";
import { useNow } from "../model/clock";
import { complaints, edgesOf } from "../model/derive";
import { age, bytes, clock, count, cpu, duration, ofBudget, rate, safeName } from "../model/format";
import type { MeshState } from "../model/reduce";
import { share } from "../model/states";
import { Bar } from "../ui/bar";
import css from "./node.module.css";

export function Overview({ node, state }: { node: Node; state: MeshState }) {
  const now = useNow();
  const edges = edgesOf(state, node.id);
  const of = (kind: string) => edges.filter((edge) => edge.kind === kind).length;
  return (
    <div className={css.cards}>
      <Facts
        title="State"
        facts={[
          ["state", node.state],
          ["evidence", node.evidence ? safeName(node.evidence, 200) : "–"],
          ...(complaints(node).length > 0 ? ([["not well", complaints(node).join(", ")]] as [string, string][]) : []),
          ["since", `${clock(node.since)} (${age(node.since, now)})`],
          ["last heard of", node.seen ? `${clock(node.seen)} (${age(node.seen, now)})` : "–"],
          ["up", node.started && now > 0 ? duration(now - Date.parse(node.started)) : "–"],
          ["incarnation", String(node.incarnation)],
          ["version", node.version ? safeName(node.version, 30) : "–"],
        ]}
      />
      <Facts
        title="Resources"
        before={
          <div className={css.bars}>
            <Bar label="CPU" usage={share(node, "cpu")} />
            <Bar label="RAM" usage={share(node, "memory")} />
          </div>
        }
        facts={[
          ["CPU", ofBudget(cpu, node.usage?.cpu_millicores, node.budget.cpu_millicores)],
          ["memory", ofBudget(bytes, node.usage?.rss_bytes, node.budget.memory_bytes)],
          ["budget from", safeName(node.budget.source, 30)],
          ["file descriptors", count(node.usage?.fds)],
          ["threads", count(node.usage?.threads)],
          ["over its budget", node.over.length > 0 ? node.over.join(", ") : "no"],
          ...(node.unasked ? ([["not measured", safeName(node.unasked, 160)]] as [string, string][]) : []),
        ]}
      />
      <Facts
        title="Gossip"
        facts={[
          ["neighbours", count(node.gossip?.active ?? edges.length)],
          ["known besides", count(node.gossip?.passive)],
          ["eager · lazy", node.gossip ? `${count(node.gossip.eager)} · ${count(node.gossip.lazy)}` : "–"],
          ["delivered", count(node.gossip?.delivered)],
          ["duplicates", count(node.gossip?.duplicates)],
          ["frames sent", count(node.gossip?.frames_sent)],
          ["frames received", count(node.gossip?.frames_received)],
        ]}
      />
      <Facts
        title="Network"
        facts={[
          ["paths", `${of("direct")} direct · ${of("relayed")} relayed · ${of("unknown")} unknown`],
          ["connections", count(node.net?.connections)],
          ["sends", rate(node.net?.sent_bps)],
          ["receives", rate(node.net?.received_bps)],
          ["sent", bytes(node.net?.bytes_sent)],
          ["received", bytes(node.net?.bytes_received)],
          ["addresses", node.addresses.length > 0 ? node.addresses.map((one) => safeName(one, 60)).join(", ") : "–"],
        ]}
      />
      <Facts
        title="Identity"
        facts={[
          ["id", node.id],
          ["name", safeName(node.name, 200)],
          ["tier", node.tier ?? "–"],
          ["roles", node.roles.map((one) => safeName(one, 30)).join(", ") || "–"],
        ]}
      />
    </div>
  );
}

function Facts({
  title,
  facts,
  before,
}: {
  title: string;
  facts: readonly (readonly [string, string])[];
  before?: ReactNode;
}) {
  return (
    <section className={css.card}>
      <h2>{title}</h2>
      {before}
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
