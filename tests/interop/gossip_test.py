# SPDX-License-Identifier: Apache-2.0
"""Our gossip and iroh-gossip itself, on one topic.

Usage: gossip_test.py [-v] [GROUP[.TEST]]; GOSSIP_PEER names the program built of gossip_peer/.
"""
import os
import secrets
import sys
import unittest

import peers
from peers import Peer, wait_until

GOSSIP_PEER = os.environ.get("GOSSIP_PEER", "")
needs_peer = unittest.skipUnless(os.path.exists(GOSSIP_PEER), "needs cargo, which builds gossip_peer")


class Gossip(unittest.TestCase):
    def setUp(self):
        self.topic = secrets.token_hex(32)
        self.everybody = []

    def add(self, program, *arguments):
        peer = Peer([program, *arguments], {"RUST_BACKTRACE": "0"})
        peer.is_ours = program != GOSSIP_PEER
        self.addCleanup(peer.kill)
        self.everybody.append(peer)
        return peer

    def ours(self, *arguments):
        return self.add(os.environ["MESH_GOSSIP"], *arguments)

    def theirs(self):
        return self.add(GOSSIP_PEER)

    def join(self, peer, *through, topic=None):
        for other in through:
            peer.call("know", id=other.id, addresses=other.sockets)
        peer.call("join", topic=topic or self.topic, peers=[other.id for other in through])

    def tally(self, peer, topic=None):
        return peer.call("tally", topic=topic or self.topic)

    def probe(self, peer):
        return peer.call("probe", topic=self.topic)

    def heard(self, peer, prefix, topic=None):
        return self.tally(peer, topic)["distinct"].get(prefix, 0)

    def meet(self, joining, first, topic=None):
        self.join(first, topic=topic)
        self.join(joining, first, topic=topic)
        for one, other in ((joining, first), (first, joining)):
            wait_until(lambda: other.id in self.tally(one, topic)["neighbors"], "both to be neighbours")

    def check_both_ways(self, one, other, count=10, topic=None):
        for sender, receiver in ((one, other), (other, one)):
            prefix = secrets.token_hex(4)
            sender.call("burst", topic=topic or self.topic, prefix=prefix, count=count)
            wait_until(lambda: self.heard(receiver, prefix, topic) == count, "every message")


@needs_peer
class TwoPeers(Gossip):
    def test_ours_joins_theirs(self):
        ours, theirs = self.ours(), self.theirs()
        self.meet(ours, theirs)
        self.check_both_ways(ours, theirs)

    def test_theirs_joins_ours(self):
        ours, theirs = self.ours(), self.theirs()
        self.meet(theirs, ours)
        self.check_both_ways(ours, theirs)

    def test_both_join_each_other_at_once(self):
        ours, theirs = self.ours(), self.theirs()
        for one, other in ((ours, theirs), (theirs, ours)):
            one.call("know", id=other.id, addresses=other.sockets)
        calls = [(one, one.begin("join", topic=self.topic, peers=[other.id]))
                 for one, other in ((ours, theirs), (theirs, ours))]
        for one, call in calls:
            one.end(call)
        for one, other in ((ours, theirs), (theirs, ours)):
            wait_until(lambda: other.id in self.tally(one)["neighbors"], "both to be neighbours")
        self.check_both_ways(ours, theirs)

    def test_both_leave_and_join_again(self):
        ours, theirs = self.ours(), self.theirs()
        self.meet(ours, theirs)
        for leaving, staying in ((ours, theirs), (theirs, ours)):
            leaving.call("leave", topic=self.topic)
            wait_until(lambda: not self.tally(staying)["neighbors"], "the other to be missed")
            self.join(leaving, staying)
            wait_until(lambda: staying.id in self.tally(leaving)["neighbors"]
                       and leaving.id in self.tally(staying)["neighbors"], "it to be back")
            self.check_both_ways(ours, theirs)

    def test_one_topic_is_left_and_another_lives_on(self):
        ours, theirs = self.ours(), self.theirs()
        other = secrets.token_hex(32)
        self.meet(ours, theirs)
        self.meet(ours, theirs, topic=other)
        ours.call("leave", topic=self.topic)
        wait_until(lambda: not self.tally(theirs)["neighbors"], "ours to be missed")
        self.check_both_ways(ours, theirs, topic=other)

    def test_a_killed_peer_is_missed_and_joins_again(self):
        ours, theirs = self.ours(), self.theirs()
        self.meet(ours, theirs)
        theirs.kill()
        wait_until(lambda: not self.tally(ours)["neighbors"], "the killed one to be missed")
        another = self.theirs()
        self.join(another, ours)
        wait_until(lambda: another.id in self.tally(ours)["neighbors"], "another to join")
        self.check_both_ways(ours, another)

    def test_ten_thousand_messages_arrive_each_way(self):
        ours, theirs = self.ours(), self.theirs()
        self.meet(ours, theirs)
        self.check_both_ways(ours, theirs, count=10_000)
        for peer in (ours, theirs):
            self.assertEqual(self.tally(peer)["lagged"], 0)
            self.assertEqual(self.tally(peer)["received"], 10_000, "some arrived twice")
        self.assertEqual(self.probe(ours)["violations"], 0)


@needs_peer
class SixPeers(Gossip):
    def setUp(self):
        super().setUp()
        first = self.ours()
        self.join(first)
        for make in (self.theirs, self.ours, self.theirs, self.ours, self.theirs):
            self.join(make(), first)
        self.wait_until_whole()

    def is_whole(self):
        """Neighbours are mutual, and all are within reach of each other. One that left may still
        be somebody's neighbour: iroh-gossip takes no leave of peers that it was about to meet."""
        members = {peer.id for peer in self.everybody}
        links = {peer.id: set(self.tally(peer)["neighbors"]) & members for peer in self.everybody}
        if not all(one in links[other] for one in members for other in links[one]):
            return False
        reached, waiting = set(), [self.everybody[0].id]
        while waiting:
            here = waiting.pop()
            if here not in reached:
                reached.add(here)
                waiting += links[here]
        return reached == members

    def wait_until_whole(self):
        wait_until(self.is_whole, "one mesh")

    def burst_from_all(self, count):
        """Everybody broadcasts at once; everybody hears everybody else."""
        calls = []
        for number, peer in enumerate(self.everybody):
            prefix = secrets.token_hex(4)
            calls.append((peer, prefix, peer.begin("burst", topic=self.topic, prefix=prefix, count=count)))
        for peer, prefix, call in calls:
            peer.end(call)
            for other in self.everybody:
                if other is not peer:
                    wait_until(lambda: self.heard(other, prefix) == count, f"all of {prefix}")

    def test_three_and_three_hear_each_other(self):
        self.burst_from_all(20)

    def is_tree_of_both(self):
        self.burst_from_all(1)
        probes = [self.probe(peer) for peer in self.everybody if peer.is_ours]
        return all(sum(probe[what] for probe in probes) > 0
                   for what in ("prunes_sent", "repairs_received", "lazy"))

    def test_links_are_pruned_and_grafted_between_the_two(self):
        """Ours let one message in many cut links, after a while, and theirs have then cut them
        all; so one of ours joins that cuts as theirs do. Its links are new, and thus eager."""
        self.burst_from_all(50)
        hasty = self.ours("--prune-at-once")
        self.join(hasty, self.everybody[0], self.everybody[1])
        wait_until(lambda: len(self.tally(hasty)["neighbors"]) > 1, "it to have links to cut")
        wait_until(self.is_tree_of_both, "prunes in both directions")

    def test_ten_thousand_messages_are_missed_by_nobody(self):
        sender = self.everybody[0]
        sender.call("burst", topic=self.topic, prefix="from-ours", count=5_000)
        self.everybody[1].call("burst", topic=self.topic, prefix="from-theirs", count=5_000)
        for prefix, origin in (("from-ours", sender), ("from-theirs", self.everybody[1])):
            for peer in self.everybody:
                if peer is not origin:
                    wait_until(lambda: self.heard(peer, prefix) == 5_000, f"all {prefix}")
        for peer in self.everybody:
            self.assertEqual(self.tally(peer)["lagged"], 0)
            if peer.is_ours:
                self.assertEqual(self.probe(peer)["violations"], 0)

    def test_two_leave_and_the_rest_hear_each_other(self):
        for peer in (self.everybody.pop(0), self.everybody.pop(0)):
            peer.call("leave", topic=self.topic)
        self.wait_until_whole()
        self.burst_from_all(20)


if __name__ == "__main__":
    sys.exit(peers.run_tests())
