// SPDX-License-Identifier: Apache-2.0
import type { Edge, Node } from "../api/types";
import { safeName, words } from "../model/format";
import { look, tierGlyph } from "../model/states";
import css from "./state.module.css";

/** A state as glyph and word; the word can be left to screen readers where the glyph stands in a card. */
export function StateBadge({ state, quiet = false }: { state: string; quiet?: boolean }) {
  const { glyph, tone } = look(state);
  return (
    <span className={`${css.state} ${css[tone]}`}>
      <span aria-hidden="true">{glyph}</span>
      <span className={quiet ? "only-read" : css.word}>{state}</span>
    </span>
  );
}

/** A name that somebody else chose: kept apart from the direction of the text around it. */
export function NodeName({ node, tier = true }: { node: Pick<Node, "name" | "tier">; tier?: boolean }) {
  return (
    <span className={css.name}>
      {tier && node.tier === "hub" && (
        <span className={css.tier} aria-hidden="true">
          {tierGlyph(node.tier)}
        </span>
      )}
      <bdi title={safeName(node.name, 300)}>{safeName(node.name)}</bdi>
    </span>
  );
}

export function PathBadge({ edge }: { edge: Pick<Edge, "kind"> }) {
  return (
    <span className={`${css.path} ${css[edge.kind] ?? css.unknown}`}>
      {edge.kind === "relayed" && (
        <span className={css.box} aria-hidden="true">
          R
        </span>
      )}
      {edge.kind}
    </span>
  );
}

export const tierWords = (tier: Node["tier"]): string => tier ?? "tier unknown";
export const reasonWords = (edge: Pick<Edge, "reason" | "kind">): string =>
  edge.reason ? words(edge.reason) : edge.kind === "unknown" ? "not told yet" : "no reason given";
