// SPDX-License-Identifier: Apache-2.0
// Events in words, and how grave they are.
import type { MeshEvent } from "../api/types";
import { safeName, words } from "./format";

export type Tone = "plain" | "joining" | "alive" | "warn" | "dead" | "left" | "relayed" | "direct";

/** In a narrow place the reason is left out. `why` is a better one than the event holds. */
export function describeEvent(event: MeshEvent, brief = false, why: string | null = null): string {
  const told = why ?? (event.reason ? words(event.reason) : null);
  const reason = told && !brief ? ` (${told})` : "";
  const change = event.from ? `${words(event.from)} → ${words(event.to)}` : words(event.to);
  switch (event.type) {
    case "peer.state":
    case "self.state":
      return `${words(event.to)}${reason}`;
    case "peer.path":
      return `path ${change}${reason}`;
    case "plugin.state":
      return `plugin ${event.name ? `${safeName(event.name, 30)} ` : ""}${change}${reason}`;
    case "neighbor.up":
      return "became a neighbour";
    case "neighbor.down":
      return `no neighbour any more${reason}`;
    case "gossip.lagged":
      return `gossip lagged${reason}`;
    case "audit.discrepancy":
      return `does not agree with itself${reason}`;
    case "lab.fault":
      return event.to ? `lab: ${change}${reason}` : `lab: ${told ?? "done"}`;
    default:
      return `${words(event.type.replaceAll(".", " "))}${event.to ? ` ${change}` : ""}${reason}`;
  }
}

export function toneOf(event: MeshEvent): Tone {
  if (event.type === "lab.fault" || event.type === "audit.discrepancy" || event.type === "gossip.lagged")
    return "warn";
  switch (event.to) {
    case "dead":
    case "refused":
    case "failed":
    case "crashed":
      return "dead";
    case "stale":
    case "degraded":
    case "draining":
      return "warn";
    case "alive":
    case "running":
      return "alive";
    case "connecting":
    case "joining":
    case "starting":
      return "joining";
    case "left":
    case "stopped":
      return "left";
    case "relayed":
      return "relayed";
    case "direct":
      return "direct";
    default:
      return "plain";
  }
}
