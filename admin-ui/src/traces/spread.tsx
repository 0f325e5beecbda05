// SPDX-License-Identifier: Apache-2.0
// The way of a message drawn over the topology's own places: who had it from whom, in which order.
import { useEffect } from "react";
import { millis, safeName } from "../model/format";
import type { MeshState } from "../model/reduce";
import { bounds } from "../topology/layout";
import { placeOf, settle, usePlaces } from "../topology/places";
import type { Hop, Way } from "./gather";
import css from "./traces.module.css";

const NAMED_UP_TO = 60;

export function Spread(props: {
  way: Way;
  state: MeshState;
  focus: string | null;
  setFocus: (node: string | null) => void;
}) {
  const { way, state, focus, setFocus } = props;
  const places = usePlaces();
  // biome-ignore lint/correctness/useExhaustiveDependencies: places follow the nodes
  useEffect(() => {
    settle(state);
  }, [state.nodes, state.mesh?.name]);
  const at = (id: string) => placeOf(places, id);
  const heard = new Map(way.hops.map((hop, i) => [hop.node, { hop, i }]));
  const nodes = [...state.nodes.values()].filter((node) => at(node.id) && (!node.self || heard.has(node.id)));
  if (nodes.length === 0) return null;
  const box = bounds(nodes.map((node) => at(node.id)!));
  const last = Math.max(1, ...way.times);
  const unit = (box.right - box.left) / 900;
  const chain = new Set<string>();
  // The way to whom is pointed at, back to the origin.
  const parents = new Map(way.hops.flatMap((hop) => hop.children.map((child) => [child.node, hop.node] as const)));
  for (let id: string | undefined = focus ?? undefined; id && !chain.has(id); id = parents.get(id)) chain.add(id);
  const lines = (hop: Hop): React.ReactNode =>
    hop.children.map((child) => {
      const [p, q] = [at(hop.node), at(child.node)];
      const lit = chain.has(child.node) && chain.has(hop.node);
      const far = p && q ? Math.hypot(q.x - p.x, q.y - p.y) : 1;
      const stop = Math.max(0, 1 - (22 * unit) / Math.max(far, 1)); // at the rim of the circle
      return (
        <g key={child.span}>
          {p && q && (
            <line
              className={`${css.line} ${lit ? css.lit : chain.size > 0 ? css.dim : ""}`}
              x1={p.x}
              y1={p.y}
              x2={p.x + (q.x - p.x) * stop}
              y2={p.y + (q.y - p.y) * stop}
              strokeWidth={(lit ? 5 : 3) * unit}
              markerEnd={lit ? "url(#arrow-lit)" : "url(#arrow)"}
            />
          )}
          {lines(child)}
        </g>
      );
    });
  return (
    <svg
      className={css.spread}
      viewBox={`${box.left} ${box.top} ${box.right - box.left} ${box.bottom - box.top + 24}`}
      role="img"
      aria-label={`The message went from node to node, ${heard.size} in all; the table tells the same`}
    >
      <defs>
        {["arrow", "arrow-lit"].map((id) => (
          <marker
            key={id}
            id={id}
            viewBox="0 0 8 8"
            refX="6"
            refY="4"
            markerWidth="4.5"
            markerHeight="4.5"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" className={id === "arrow" ? css.tip : css.tipLit} />
          </marker>
        ))}
      </defs>
      {way.roots.map((root) => (
        <g key={root.span}>{lines(root)}</g>
      ))}
      {nodes.map((node) => {
        const { x, y } = at(node.id)!;
        const mine = heard.get(node.id);
        const origin = node.id === way.origin;
        const share = mine ? Math.max(0, Math.min(1, mine.hop.at / last)) : 0;
        return (
          <g key={node.id} onMouseEnter={() => setFocus(node.id)} onMouseLeave={() => setFocus(null)}>
            <title>{`${safeName(node.name, 60)}: ${mine ? `${millis(mine.hop.at)}, hop ${mine.hop.depth}` : "not heard of"}`}</title>
            <circle cx={x} cy={y} r={16 * unit} className={css.ground} />
            <circle
              cx={x}
              cy={y}
              r={(origin ? 21 : 16) * unit}
              className={`${css.node} ${origin ? css.origin : mine ? "" : css.deaf}`}
              fillOpacity={mine ? 1 - share * 0.72 : 0}
              strokeWidth={2.5 * unit}
            />
            {nodes.length <= NAMED_UP_TO && (
              <text x={x} y={y + 38 * unit} fontSize={18 * unit} textAnchor="middle" className={css.label}>
                {safeName(node.name, 14)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
