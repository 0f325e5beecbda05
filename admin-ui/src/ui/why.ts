// SPDX-License-Identifier: Apache-2.0
// Why a path goes through a relay, and what would change it. Reasons that are not known here are said as they came.
import { words } from "../model/format";

const WHY: Record<string, string> = {
  nat_symmetric_both:
    "Both ends are behind NATs that map a new port for each destination, so that neither can guess the other's. Try: a UDP port mapping on one router, or a public hub nearer to them.",
  udp_blocked: "UDP does not get out of one of the two networks. Try: let the host's UDP port through its firewall.",
  punch_timeout:
    "Each end called the other for a while and nothing came through. It is tried again from time to time.",
  relay_only: "Told to use relays only, in the configuration of one end.",
  forced: "Told to use a relay, in the configuration of one end.",
  dialing: "The direct path is still being tried; the relay carries what is said meanwhile.",
};

export function whyRelayed(reason: string | null): string {
  if (!reason) return "Neither end says why.";
  return WHY[reason] ?? `The ends say: ${words(reason)}.`;
}
