# SPDX-License-Identifier: Apache-2.0
"""nftables rules that make a Linux router behave as one kind of NAT (RFC 4787).

Masquerade alone is address-and-port-dependent by chance: it keeps the source port while it can. So
the cones keep a table of their own:

    mapped   inner address and port        ->  outer port
    inside   outer port                    ->  inner address and port
    spoken   peer's address and outer port     that something inside has sent to

The first datagram of an inner socket is not in `mapped` and is given a random port; the chain
`recorded`, behind NAT, where the port is known, writes it down; from then on every flow of that socket
gets the same. Entries live as long as an unused mapping does, and only what goes out renews them.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """mapping, filtering: "endpoint", "address" or "port": what they depend on (of the peer)."""
    mapping: str = "endpoint"
    filtering: str = "endpoint"
    is_translating: bool = True
    passes_udp: bool = True


KINDS = {
    "open": Behaviour(is_translating=False),
    "firewall": Behaviour(filtering="port", is_translating=False),
    "full_cone": Behaviour(),
    "address_restricted": Behaviour(filtering="address"),
    "port_restricted": Behaviour(filtering="port"),
    "symmetric": Behaviour(mapping="port", filtering="port"),
    "udp_blocked": Behaviour(mapping="port", filtering="port", passes_udp=False),
}


def filter_rules(how):
    """Who may come in, and out; of IPv4 and IPv6 alike."""
    lines = ["table inet filter {",
             " chain input { type filter hook input priority filter; policy accept;"]
    if how.is_translating or how.filtering != "endpoint":
        # What is dropped here leaves no flow behind. Were it accepted, a peer's early probe would
        # take the place of ours, which would be given another port.
        lines += ['  iifname "wan" ct state established,related accept',
                  '  iifname "wan" meta l4proto { icmp, ipv6-icmp } accept',
                  '  iifname "wan" drop']
    lines += [" }", " chain forward { type filter hook forward priority filter; policy accept;"]
    if not how.passes_udp:
        lines += ["  meta l4proto ipv6-icmp accept",
                  "  meta l4proto tcp ct state established,related accept",
                  '  iifname "lan" tcp dport 443 accept',
                  "  drop"]
    elif how.is_translating or how.filtering != "endpoint":
        lines += ['  iifname "wan" ct state established,related accept',
                  '  iifname "wan" ct status dnat accept',
                  '  iifname "wan" drop']
    return "\n".join([*lines, " }", "}"]) + "\n"


def nat_rules(how, outer, inner, lifetime, hairpins):
    """`outer`: the router's address; `inner`: the prefix of its LAN; `lifetime`: seconds."""
    if not how.is_translating:
        return ""
    is_cone = how.mapping == "endpoint"
    is_recorded = is_cone or hairpins
    table = f"flags dynamic,timeout; timeout {lifetime}s; size 65535;"
    lines = ["table ip nat {"]
    if is_recorded:
        lines += [f" map mapped {{ type ipv4_addr . inet_service : inet_service; {table} }}",
                  f" map inside {{ type inet_service : ipv4_addr . inet_service; {table} }}",
                  f" set spoken {{ type ipv4_addr . inet_service; {table} }}"]
    to_inside = "dnat ip to udp dport map @inside"
    lines.append(" chain in { type nat hook prerouting priority dstnat; policy accept;")
    if is_cone and how.filtering == "endpoint":
        lines.append(f'  iifname "wan" ip daddr {outer} meta l4proto udp {to_inside}')
    if is_cone and how.filtering == "address":
        lines.append(f'  iifname "wan" ip daddr {outer} ip saddr . udp dport @spoken {to_inside}')
    if hairpins:
        lines.append(f'  iifname "lan" ip daddr {outer} meta l4proto udp {to_inside}')
    lines += [" }", " chain out { type nat hook postrouting priority srcnat; policy accept;"]
    from_outer = f"snat to {outer} : ip saddr . udp sport map @mapped"
    if hairpins:
        # The one inside has to see the outer address of the other (RFC 4787 REQ-9).
        turned = f'oifname "lan" ip saddr {inner} meta l4proto udp ct status dnat'
        lines += [f"  {turned} {from_outer}", f"  {turned} snat to {outer}"]
    if is_cone:
        lines.append(f'  oifname "wan" meta l4proto udp {from_outer}')
    lines += ['  oifname "wan" meta l4proto udp masquerade random,fully-random',
              '  oifname "wan" masquerade',
              " }"]
    if is_recorded:
        of_ours = f"ip saddr {outer} meta l4proto udp"
        lines.append(" chain recorded { type filter hook postrouting priority 300; policy accept;")
        for way in ("original", "reply"):
            source = f"ct {way} ip saddr . ct {way} proto-src"
            lines += [f"  {of_ours} ct direction {way} update @mapped {{ {source} : udp sport }}",
                      f"  {of_ours} ct direction {way} update @inside {{ udp sport : {source} }}"]
        lines += [f"  {of_ours} update @spoken {{ ip daddr . udp sport }}", " }"]
    return "\n".join([*lines, "}"]) + "\n"
