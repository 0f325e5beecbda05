// SPDX-License-Identifier: Apache-2.0
// One node as a card. Cards are for eyes and mice; keyboards and screen readers have the tree.
import { memo } from "react";
import type { Node } from "../api/types";
import { complaints } from "../model/derive";
import { age, briefDuration, safeName, shortId } from "../model/format";
import { look, share, tierGlyph } from "../model/states";
import { Bar } from "../ui/bar";
import css from "./card.module.css";
import { CARD, type Point } from "./layout";

interface Props {
  node: Node;
  at: Point;
  selected: boolean;
  dimmed: boolean;
  now: number; // 0 for those that show no age: they need not be drawn each second
}

/** The one line below the name: who it is, or what is wrong with it. */
export function factLine(node: Node, now: number): string {
  const role = node.roles.length > 0 ? node.roles.map((one) => safeName(one, 20)).join(", ") : "no role";
  if (node.state === "alive") return `${role} · ${shortId(node.id)}`;
  if (node.state === "joining" || node.state === "connecting")
    return `${node.state}${node.gossip ? ` · ${node.gossip.active} neighbours` : ""}`;
  if (node.state === "degraded") {
    const why = complaints(node).join(", ") || (node.evidence ? safeName(node.evidence, 60) : "");
    if (why) return why;
  }
  return now > 0 ? `${node.state} for ${briefDuration(now - Date.parse(node.since))}` : node.state;
}

export const agesShown = (node: Node): boolean => node.state !== "alive" && node.state !== "degraded";

export const Card = memo(function Card({ node, at, selected, dimmed, now }: Props) {
  const size = node.tier === "hub" ? CARD.hub : CARD.leaf;
  const { glyph, tone, border } = look(node.state);
  const classes = [css.card, css[tone], css[border], node.tier === "hub" ? css.hub : ""];
  if (selected) classes.push(css.selected);
  if (dimmed) classes.push(css.dimmed);
  return (
    <div
      className={classes.join(" ")}
      data-id={node.id}
      title={now > 0 && node.seen && node.state !== "alive" ? `last heard of ${age(node.seen, now)}` : undefined}
      style={{ transform: `translate(${at.x - size.w / 2}px,${at.y - size.h / 2}px)`, width: size.w, height: size.h }}
    >
      <span key={node.state} className={css.pulse} />
      <span className={css.head}>
        {node.tier !== "leaf" && node.tier !== null && <span className={css.tier}>{tierGlyph(node.tier)}</span>}
        <bdi className={css.name}>{safeName(node.name)}</bdi>
        <span className={css.glyph}>{glyph}</span>
      </span>
      <span className={css.fact}>{factLine(node, now)}</span>
      <Bar label="CPU" usage={share(node, "cpu")} />
      <Bar label="RAM" usage={share(node, "memory")} />
    </div>
  );
});
