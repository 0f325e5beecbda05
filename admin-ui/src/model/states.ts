// SPDX-License-Identifier: Apache-2.0
// How a state looks. Never by colour alone: each has a glyph, a border and its word.
import type { Edge, Node } from "../api/types";
import { bytes, cpu } from "./format";

export type State = Node["state"];

interface Look {
  glyph: string;
  tone: "joining" | "alive" | "warn" | "dead" | "left";
  border: "solid" | "dashed" | "dotted";
}

const LOOKS: Record<State, Look> = {
  connecting: { glyph: "◔", tone: "joining", border: "dashed" },
  joining: { glyph: "◔", tone: "joining", border: "dashed" },
  alive: { glyph: "●", tone: "alive", border: "solid" },
  degraded: { glyph: "◒", tone: "warn", border: "solid" },
  draining: { glyph: "◑", tone: "warn", border: "dashed" },
  stale: { glyph: "◐", tone: "warn", border: "solid" },
  dead: { glyph: "✕", tone: "dead", border: "dotted" },
  refused: { glyph: "⊘", tone: "dead", border: "dotted" },
  left: { glyph: "○", tone: "left", border: "dotted" },
  unknown: { glyph: "?", tone: "left", border: "dashed" },
};
const OTHER: Look = { glyph: "?", tone: "left", border: "dashed" };

export const STATES = Object.keys(LOOKS) as State[];
export const look = (state: string): Look => LOOKS[state as State] ?? OTHER;

export const tierGlyph = (tier: Node["tier"]): string =>
  tier === "hub" ? "⬢" : tier === "edge" ? "⬡" : tier === "observer" ? "◇" : "▢";

export const present = (state: string): boolean => state !== "dead" && state !== "left" && state !== "refused";

export const pathGlyph = (kind: Edge["kind"]): string => (kind === "relayed" ? "R" : kind === "direct" ? "D" : "?");

interface PluginSays {
  state: string;
  health: string;
  stalled: boolean;
  restarting: boolean;
}

/** How a plugin is: what it last said of its health counts only while it runs. */
export function pluginLook(plugin: PluginSays): { glyph: string; tone: "alive" | "warn" | "dead"; word: string } {
  if (plugin.state === "failed") return { glyph: "✕", tone: "dead", word: "failed" };
  if (plugin.stalled) return { glyph: "✕", tone: "dead", word: "stalled" };
  if (plugin.restarting) return { glyph: "◒", tone: "warn", word: "restarting" };
  if (plugin.state !== "running") return { glyph: "◒", tone: "warn", word: plugin.state };
  if (plugin.health === "ok") return { glyph: "●", tone: "alive", word: "ok" };
  if (plugin.health === "unhealthy") return { glyph: "✕", tone: "dead", word: "unhealthy" };
  return { glyph: "◒", tone: "warn", word: plugin.health };
}

export interface Usage {
  part: number | null; // of the budget: 1 is all of it
  over: boolean;
  text: string | null; // said instead of a number
  bare?: boolean; // there is no budget: the text is what is used
}

/** The share of its budget that a node uses: measured if it was asked, else the class that its digest told. */
export function share(node: Node, what: "cpu" | "memory"): Usage {
  // What a node used before it went is no use of now.
  if (!present(node.state)) return { part: null, over: false, text: null };
  const over = node.over?.includes(what) ?? false;
  const used = what === "cpu" ? node.usage?.cpu_millicores : node.usage?.rss_bytes;
  const budget = what === "cpu" ? node.budget?.cpu_millicores : node.budget?.memory_bytes;
  if (typeof used === "number" && typeof budget === "number" && budget > 0)
    return { part: used / budget, over, text: null };
  const eighth = node.load?.[what];
  if (typeof eighth === "number" && typeof budget === "number" && budget > 0)
    return {
      part: (Math.min(7, eighth) + 0.5) / 8,
      over,
      text: `~${Math.round(((Math.min(7, eighth) + 0.5) / 8) * 100)} %`,
    };
  if (typeof used !== "number") return { part: null, over, text: null };
  return { part: null, over, text: what === "cpu" ? cpu(used) : bytes(used), bare: true };
}
