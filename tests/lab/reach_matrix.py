# SPDX-License-Identifier: Apache-2.0
"""How hosts behind every pair of networks reach each other: directly wherever it is possible, else by way of
the relay, with the right reason.

Usage: reach_matrix.py [--runs N] [--jobs N] [--pairs A+B,...] [--subset] [--json FILE]
MESH_BIN_DIR names where meshhost, meshrelay and meshctl are.
"""
import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import statistics
import sys
import time

import netns
from reach_lab import ReachLab, Waited, wait_until

KINDS = ("open", "full_cone", "address_restricted", "port_restricted", "symmetric", "double", "hairpin",
         "udp_blocked", "ipv6_only", "dual_stack")
SAME = "same_router"  # the second host is behind the router of the first, apart from it
PAIRS = [*itertools.combinations_with_replacement(KINDS, 2), ("hairpin", SAME)]

# One of each kind of outcome, and each kind of network; without the ones that take a minute.
SUBSET = [("open", "symmetric"), ("full_cone", "symmetric"), ("address_restricted", "symmetric"),
          ("port_restricted", "port_restricted"), ("double", "hairpin"), ("hairpin", SAME),
          ("port_restricted", "udp_blocked"), ("ipv6_only", "dual_stack"), ("ipv6_only", "full_cone"),
          ("ipv6_only", "udp_blocked"), ("symmetric", "symmetric")]

PICKY = {"port_restricted", "double", "hairpin", "dual_stack"}  # let in only what comes from whom they sent to
HAS_V6 = {"ipv6_only", "dual_stack"}
GIVE_UP = 90  # seconds until all rounds of hole punching are over


def expected(one, other):
    """("direct", None) or ("relayed", why), as the kinds of the two networks have it."""
    both = {one, other}
    if "udp_blocked" in both:
        # Who has no address in common with the other does not get as far as to notice.
        return "relayed", {"udp_blocked", "no_candidates"} if "ipv6_only" in both else {"udp_blocked"}
    if other == SAME:
        return "direct", None
    if "ipv6_only" in both:
        return ("direct", None) if both <= HAS_V6 else ("relayed", {"no_candidates"})
    if both == {"symmetric"}:
        return "relayed", {"nat_symmetric_both"}
    if "symmetric" in both and both & PICKY:
        return "relayed", {"nat_symmetric_hard"}
    return "direct", None


Outcome = collections.namedtuple("Outcome", "pair kind reasons contact direct fault")


def run_pair(pair):
    """One run, in a lab of its own."""
    with ReachLab() as lab:
        first = lab.lab.node(pair[0])
        second = lab.lab.node(pair[0], beside=first) if pair[1] == SAME else lab.lab.node(pair[1])
        lab.mint("a", "b")
        began = time.monotonic()
        a, b = lab.pair(first, second)
        kind, why = expected(*pair)
        contact = direct = None
        try:
            wait_until(lambda: "contact", lambda: a.path(b) and b.path(a))
            contact = time.monotonic() - began
            if kind == "direct":
                wait_until(lambda: f"a direct path, not {a.path(b)}, {b.path(a)}",
                           lambda: a.path(b).get("kind") == b.path(a).get("kind") == "direct")
                direct = time.monotonic() - began - contact
            else:
                wait_until(lambda: f"the reason {why}, not {a.path(b)}, {b.path(a)}",
                           lambda: {a.path(b).get("reason"), b.path(a).get("reason")} <= why, GIVE_UP)
            fault = check_alive(a, b, kind)
        except (Waited, AssertionError) as failed:
            fault = str(failed)
        ends = [a.path(b), b.path(a)]
        kinds = {end.get("kind", "none") for end in ends}
        if fault:
            keep_logs(pair, (a, b))
        return Outcome(pair, "/".join(sorted(kinds)), tuple(sorted({str(end.get("reason")) for end in ends})),
                       contact, direct, fault)


def check_alive(a, b, kind):
    """What is wrong with how the two speak; None: nothing."""
    # Both dialled: the connection that is superseded may have been the quicker one.
    wait_until(lambda: f"it did not stay {kind}: {a.path(b)}, {b.path(a)}",
               lambda: a.path(b).get("kind") == b.path(a).get("kind") == kind)
    for one, other in ((a, b), (b, a)):
        code, answer = one.ctl("ping", other.id, "-c", "3")
        if code not in (0, 3) or answer["data"]["received"] != 3:
            return f"ping: exit {code}, {answer}"
    return None


def keep_logs(pair, hosts):
    if directory := os.environ.get("REACH_LOGS"):
        for host in hosts:
            with open(os.path.join(directory, f"{'+'.join(pair)}-{host.name}.log"), "w", encoding="utf-8") as out:
                out.write(host.log())


def attempt(pair):
    try:
        return run_pair(pair)
    except Exception as failed:  # of the lab itself: told, counted, and the others go on
        return Outcome(pair, "none", (), None, None, f"{type(failed).__name__}: {failed}")


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def seconds(values):
    return f"{statistics.median(values):6.2f} {percentile(values, 0.95):6.2f}" if values else "     -      -"


def show(outcomes, pairs):
    by_pair = collections.defaultdict(list)
    for each in outcomes:
        by_pair[each.pair].append(each)
    print(f"{'pair':38} {'runs':>4} {'ok':>3}  {'contact s':>13} {'to direct s':>13}  how it ended")
    print(f"{'':38} {'':>4} {'':>3}  {'p50    p95':>13} {'p50    p95':>13}")
    for pair in pairs:
        runs = by_pair[pair]
        ok = sum(each.fault is None for each in runs)
        ends = collections.Counter(f"{each.kind} ({', '.join(each.reasons)})" for each in runs)
        print(f"{' + '.join(pair):38} {len(runs):4} {ok:3}  "
              f"{seconds([each.contact for each in runs if each.contact is not None])} "
              f"{seconds([each.direct for each in runs if each.direct is not None])}  "
              + "; ".join(f"{end} x{count}" if len(ends) > 1 else end for end, count in ends.most_common()))
    direct = [each for each in outcomes if expected(*each.pair)[0] == "direct"]
    times = [each.direct for each in direct if each.direct is not None]
    totals = [each.contact + each.direct for each in direct if each.direct is not None]
    if direct:
        print(f"direct where it is possible: {sum(each.fault is None for each in direct)} of {len(direct)} runs")
    if times:
        print(f"contact to direct: median {statistics.median(times):.2f} s, p95 {percentile(times, 0.95):.2f} s; "
              f"from ready: median {statistics.median(totals):.2f} s")
    relayed = [each for each in outcomes if expected(*each.pair)[0] == "relayed"]
    if relayed:
        print(f"relayed elsewhere, for the right reason: {sum(each.fault is None for each in relayed)} "
              f"of {len(relayed)} runs")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=6, help="labs at once; most of the time they wait")
    parser.add_argument("--pairs", default="", help="these alone: open+symmetric,...")
    parser.add_argument("--subset", action="store_true", help="one pair of each kind")
    parser.add_argument("--json", default="", help="all figures, too")
    given = parser.parse_args()
    if reason := netns.missing():
        print(f"skipped: {reason}")
        return 77
    pairs = SUBSET if given.subset else PAIRS
    if given.pairs:
        pairs = [tuple(words.split("+")) for words in given.pairs.split(",")]
    netns.remove_leftovers()
    began = time.monotonic()
    # The slow ones first, so that no job is left alone with one at the end.
    slow_first = sorted(pairs, key=lambda pair: expected(*pair)[0] == "direct")
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        outcomes = list(pool.map(attempt, slow_first * given.runs))
    show(outcomes, pairs)
    print(f"{len(outcomes)} runs in {time.monotonic() - began:.0f} s, {given.jobs} at once")
    if given.json:
        with open(given.json, "w", encoding="utf-8") as out:
            json.dump([each._asdict() for each in outcomes], out, indent=1)
    faults = [each for each in outcomes if each.fault]
    for each in faults:
        print(f"FAULT {' + '.join(each.pair)}: {each.fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
