// SPDX-License-Identifier: Apache-2.0
// Every pair as a cell: what path there is between the two, and how slow. The order is that of the topology, so
// that a region that is far or relayed is a block and not a hairball.
import { useEffect, useMemo, useRef, useState } from "react";
import type { Edge, Node } from "../api/types";
import { edgesOf, isObserver, nameOf, other } from "../model/derive";
import { millis, plural, safeName } from "../model/format";
import type { MeshState } from "../model/reduce";
import { useVisible } from "../model/view";
import { settle, usePlaces } from "../topology/places";
import { NothingMatches } from "../ui/empty";
import { ExportCsv } from "../ui/export-menu";
import { useTheme } from "../ui/prefs";
import { PathBadge, reasonWords } from "../ui/state";
import { select, useParam } from "../ui/url";
import { drawMatrix, HEADER } from "./matrix";
import css from "./paths.module.css";

export default function Paths() {
  const { state, nodes, total } = useVisible();
  const layout = usePlaces((places) => places.orbit);
  const [selected] = useParam("sel");
  const theme = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hover, setHover] = useState<{ row: number; column: number } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the order follows the nodes
  useEffect(() => {
    settle(state);
  }, [state.nodes, state.mesh?.name]);

  const ordered = useMemo(() => {
    const rank = (node: Node) => {
      const place = layout?.places.get(node.id);
      const hub = place?.ring === 0 ? node.id : layout?.primary.get(node.id);
      const at = hub ? layout?.places.get(hub) : undefined;
      const turn = at ? Math.atan2(at.y, at.x) : 9;
      return [isObserver(node) ? 1 : 0, turn, place?.ring === 0 ? 0 : 1] as const;
    };
    const ranked = nodes.map((node) => ({ node, rank: rank(node) }));
    ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.rank[2] - b.rank[2]);
    return ranked.map(({ node }) => node);
  }, [nodes, layout]);
  const cell = Math.max(2, Math.min(26, Math.floor(680 / Math.max(1, ordered.length))));
  const size = HEADER + cell * ordered.length;

  useEffect(() => {
    if (canvas.current) drawMatrix(canvas.current, { nodes: ordered, state, cell, hover, selected, theme });
  }, [ordered, state, cell, hover, selected, theme]);

  const at = (event: React.MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - HEADER) / cell);
    const row = Math.floor((event.clientY - box.top - HEADER) / cell);
    return row >= 0 && column >= 0 && row < ordered.length && column < ordered.length ? { row, column } : null;
  };
  const edgeAt = (spot: { row: number; column: number } | null): Edge | null => {
    const [a, b] = [ordered[spot?.row ?? -1], ordered[spot?.column ?? -1]];
    if (!a || !b || a === b) return null;
    return edgesOf(state, a.id).find((edge) => other(edge, a.id) === b.id) ?? null;
  };
  const over = edgeAt(hover);
  const relayed = [...state.edges.values()].filter((edge) => edge.kind === "relayed");

  return (
    <div className="page">
      <header>
        <h1>Paths</h1>
        <span className="muted">
          {plural(ordered.length, "node")} · D direct, R relayed, ? unknown · stronger is slower · framed: eager ·
          empty: no neighbours
        </span>
        <span className="spacer" />
        <ExportCsv file="paths.csv" rows={() => table(state)} />
      </header>
      {ordered.length === 0 && total > 0 && <NothingMatches total={total} />}
      {ordered.length > 0 && (
        <div className={css.frame}>
          <canvas
            ref={canvas}
            role="img"
            aria-label={`Paths between ${ordered.length} nodes; ${relayed.length} of ${state.edges.size} are relayed. The table below has them in words.`}
            style={{ width: size, height: size }}
            onMouseMove={(event) => setHover(at(event))}
            onMouseLeave={() => setHover(null)}
            onClick={(event) => {
              const spot = at(event);
              const edge = edgeAt(spot);
              select(edge?.id ?? (spot && spot.row === spot.column ? ordered[spot.row]!.id : null));
            }}
          />
          <div className={css.said} aria-hidden="true">
            {hover ? (
              <>
                <bdi>{safeName(ordered[hover.row]?.name, 40)}</bdi> ↔{" "}
                <bdi>{safeName(ordered[hover.column]?.name, 40)}</bdi>{" "}
                {over ? (
                  <>
                    <PathBadge edge={over} /> · {reasonWords(over)} ·{" "}
                    {over.rtt_us === null ? "not measured" : millis(over.rtt_us)} · {over.tree}
                  </>
                ) : (
                  <span className="muted">{hover.row === hover.column ? "itself" : "no neighbours"}</span>
                )}
              </>
            ) : (
              <span className="muted">Point at a cell; click to keep it.</span>
            )}
          </div>
        </div>
      )}
      <details className={css.words}>
        <summary>In words: {plural(state.edges.size, "path")}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">between</th>
              <th scope="col">and</th>
              <th scope="col">kind</th>
              <th scope="col">reason</th>
              <th scope="col" className="num">
                RTT
              </th>
              <th scope="col">tree</th>
            </tr>
          </thead>
          <tbody>
            {[...state.edges.values()]
              .sort(
                (a, b) =>
                  Number(b.kind === "relayed") - Number(a.kind === "relayed") || (b.rtt_us ?? 0) - (a.rtt_us ?? 0),
              )
              .slice(0, 300)
              .map((edge) => (
                <tr key={edge.id}>
                  <td>
                    <bdi>{nameOf(state, edge.a)}</bdi>
                  </td>
                  <td>
                    <bdi>{nameOf(state, edge.b)}</bdi>
                  </td>
                  <td>
                    <PathBadge edge={edge} />
                  </td>
                  <td>{reasonWords(edge)}</td>
                  <td className="num">{millis(edge.rtt_us)}</td>
                  <td>{edge.tree}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}

function table(state: MeshState): unknown[][] {
  const rows = [...state.edges.values()].map((edge) => [
    ...[edge.a, nameOf(state, edge.a), edge.b, nameOf(state, edge.b), edge.kind, edge.reason],
    ...[edge.rtt_us, edge.tree, edge.sent_bps, edge.received_bps],
  ]);
  return [["a", "a name", "b", "b name", "kind", "reason", "rtt_us", "tree", "sent_bps", "received_bps"], ...rows];
}
