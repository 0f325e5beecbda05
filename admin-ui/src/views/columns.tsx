// SPDX-License-Identifier: Apache-2.0
// The columns of the nodes' table: how each is shown, sorted and exported.
import type { ReactNode } from "react";
import type { Node } from "../api/types";
import { edgesOf } from "../model/derive";
import { age, count, duration, millis, rate, safeName, shortId } from "../model/format";
import type { MeshState } from "../model/reduce";
import { STATES, type State, share } from "../model/states";
import { Bar } from "../ui/bar";
import { NodeName, StateBadge } from "../ui/state";

export interface Column {
  id: string;
  label: string;
  width: string;
  right?: boolean;
  shown: boolean; // unless somebody chose otherwise
  value: (node: Node, state: MeshState) => string | number | null; // for sorting and for CSV
  cell: (node: Node, state: MeshState, now: number) => ReactNode;
}

const time = (text: string | null) => (text ? Date.parse(text) : null);
const rtts = (node: Node, state: MeshState) =>
  edgesOf(state, node.id).flatMap((edge) => (edge.rtt_us === null ? [] : [edge.rtt_us]));
const relayed = (node: Node, state: MeshState) =>
  edgesOf(state, node.id).filter((edge) => edge.kind === "relayed").length;
const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? null;

export const COLUMNS: readonly Column[] = [
  {
    id: "name",
    label: "Name",
    width: "minmax(130px, 1.6fr)",
    shown: true,
    value: (n) => n.name,
    cell: (n) => <NodeName node={n} />,
  },
  {
    id: "id",
    label: "Id",
    width: "72px",
    shown: true,
    value: (n) => n.id,
    cell: (n) => <span className="mono muted">{shortId(n.id)}</span>,
  },
  {
    id: "state",
    label: "State",
    width: "96px",
    shown: true,
    value: (n) => STATES.indexOf(n.state as State),
    cell: (n) => <StateBadge state={n.state} />,
  },
  { id: "tier", label: "Tier", width: "66px", shown: true, value: (n) => n.tier, cell: (n) => n.tier ?? "–" },
  {
    id: "roles",
    label: "Roles",
    width: "minmax(80px, 0.8fr)",
    shown: true,
    value: (n) => n.roles.join(" "),
    cell: (n) => n.roles.map((r) => safeName(r, 24)).join(", ") || "–",
  },
  {
    id: "cpu",
    label: "CPU",
    width: "132px",
    shown: true,
    value: (n) => share(n, "cpu").part,
    cell: (n) => <Bar label="" usage={share(n, "cpu")} />,
  },
  {
    id: "ram",
    label: "RAM",
    width: "132px",
    shown: true,
    value: (n) => share(n, "memory").part,
    cell: (n) => <Bar label="" usage={share(n, "memory")} />,
  },
  {
    id: "neighbours",
    label: "Nbrs",
    width: "58px",
    right: true,
    shown: true,
    value: (n, s) => edgesOf(s, n.id).length,
    cell: (n, s) => count(edgesOf(s, n.id).length),
  },
  {
    id: "relayed",
    label: "Relayed",
    width: "72px",
    right: true,
    shown: true,
    value: relayed,
    cell: (n, s) => (relayed(n, s) > 0 ? count(relayed(n, s)) : "0"),
  },
  {
    id: "rtt",
    label: "RTT",
    width: "80px",
    right: true,
    shown: true,
    value: (n, s) => middle(rtts(n, s)),
    cell: (n, s) => millis(middle(rtts(n, s))),
  },
  {
    id: "uptime",
    label: "Up",
    width: "98px",
    right: true,
    shown: true,
    value: (n) => -(time(n.started) ?? 0),
    cell: (n, _, now) => (n.started && now > 0 ? duration(now - Date.parse(n.started)) : "–"),
  },
  {
    id: "seen",
    label: "Seen",
    width: "98px",
    right: true,
    shown: false,
    value: (n) => -(time(n.seen) ?? 0),
    cell: (n, _, now) => age(n.seen, now),
  },
  {
    id: "version",
    label: "Version",
    width: "76px",
    shown: true,
    value: (n) => n.version,
    cell: (n) => (n.version ? safeName(n.version, 20) : "–"),
  },
  {
    id: "sent",
    label: "Sends",
    width: "88px",
    right: true,
    shown: false,
    value: (n) => n.net?.sent_bps ?? null,
    cell: (n) => rate(n.net?.sent_bps),
  },
  {
    id: "received",
    label: "Receives",
    width: "88px",
    right: true,
    shown: false,
    value: (n) => n.net?.received_bps ?? null,
    cell: (n) => rate(n.net?.received_bps),
  },
  {
    id: "address",
    label: "Address",
    width: "minmax(120px, 1fr)",
    shown: false,
    value: (n) => n.addresses[0] ?? null,
    cell: (n) => <span className="mono">{n.addresses[0] ? safeName(n.addresses[0], 48) : "–"}</span>,
  },
  {
    id: "evidence",
    label: "Evidence",
    width: "minmax(140px, 1.4fr)",
    shown: false,
    value: (n) => n.evidence,
    cell: (n) => (n.evidence ? safeName(n.evidence, 120) : "–"),
  },
];
