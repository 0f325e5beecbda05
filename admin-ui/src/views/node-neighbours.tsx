// SPDX-License-Identifier: Apache-2.0
import { Link, useSearch } from "wouter";
import type { Node } from "../api/types";
import { byName, edgesOf, nameOf, other } from "../model/derive";
import { millis, rate, safeName, shortId } from "../model/format";
import type { MeshState } from "../model/reduce";
import { PathBadge, reasonWords, StateBadge } from "../ui/state";
import { withShared } from "../ui/url";
import { whyRelayed } from "../ui/why";

export function NeighbourTable({ node, state }: { node: Node; state: MeshState }) {
  const search = useSearch();
  const rows = edgesOf(state, node.id).map((edge) => {
    const id = other(edge, node.id);
    return { edge, id, name: state.nodes.get(id)?.name ?? shortId(id), peer: state.nodes.get(id) };
  });
  rows.sort(byName);
  if (rows.length === 0) return <p className="note">No neighbours of it are known here.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">path to</th>
          <th scope="col">state</th>
          <th scope="col">kind</th>
          <th scope="col">reason</th>
          <th scope="col" className="num">
            RTT
          </th>
          <th scope="col">tree</th>
          <th scope="col" className="num">
            sends
          </th>
          <th scope="col" className="num">
            receives
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ edge, id, peer }) => (
          <tr key={edge.id}>
            <td>
              <Link href={withShared(`/nodes/${id}?tab=neighbours`, search)}>
                <bdi>{nameOf(state, id)}</bdi>
              </Link>
            </td>
            <td>{peer ? <StateBadge state={peer.state} /> : "–"}</td>
            <td>
              <PathBadge edge={edge} />
            </td>
            <td>
              {edge.kind === "relayed" ? whyRelayed(edge.reason) : reasonWords(edge)}
              {edge.disagree && <span className="muted"> · the ends disagree: {safeName(edge.disagree, 160)}</span>}
            </td>
            <td className="num">{millis(edge.rtt_us)}</td>
            <td>{edge.tree}</td>
            <td className="num">{rate(edge.a === node.id ? edge.sent_bps : edge.received_bps)}</td>
            <td className="num">{rate(edge.a === node.id ? edge.received_bps : edge.sent_bps)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
