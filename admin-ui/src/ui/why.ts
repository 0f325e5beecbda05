// SPDX-License-Identifier: Apache-2.0
// Why a path goes through a relay, and what would change it: the words of docs/reach.md. Others are said as they came.
import { words } from "../model/format";

const WHY: Record<string, string> = {
  nat_symmetric_both:
    "Both ends are behind NATs that map a new port for each destination, so that neither can guess the other's. Try: a UDP port mapping on one router, or a public hub nearer to them.",
  nat_symmetric_hard:
    "One end is behind a NAT that maps a new port for each destination, and the other's lets nothing in that it did not ask for. Try: a UDP port mapping on one router.",
  udp_blocked: "UDP does not get out of one of the two networks. Try: let the host's UDP port through its firewall.",
  no_candidates: "Neither end knows an address of the other that it could try.",
  no_answer:
    "Each end called the other for a while and nothing came through, perhaps for a firewall. It is tried again from time to time.",
  peer_does_not_punch: "One end is no meshhost and opens no way for itself, and none of its addresses answers.",
  relay_only_by_config: "Told to use relays only, in the configuration of one end.",
  migration_failed: "A direct path was found, and the connection could not use it. It is tried again.",
  direct_lost: "The direct path fell silent. It is tried again.",
  punching: "A direct path is being looked for; the relay carries what is said meanwhile.",
};

export function whyRelayed(reason: string | null): string {
  if (!reason) return "Neither end says why.";
  return WHY[reason] ?? WHY[reason.replace(/ \(.*/, "")] ?? `The ends say: ${words(reason)}.`;
}
