# SPDX-License-Identifier: Apache-2.0
"""Our local discovery and iroh's own, on a network of their own.

Usage: mdns_test.py [-v] [GROUP[.TEST]]; MDNS_PEER names the program built of rust_peers/.
"""
import ctypes
import os
import subprocess
import sys
import unittest

import peers
from peers import Peer

MDNS_PEER = os.environ.get("MDNS_PEER", "")
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000
RELAY = "https://relay.example./"
V4, V6 = "10.77.0.1", "2001:db8:77::1"


def enter_own_network():
    """A namespace with one interface that does multicast; False where that is not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0 and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    for command in ("link set lo up", "link add lan type veth peer name wall",
                    "link set wall up", "link set lan up", "link set lan multicast on",
                    f"addr add {V4}/24 dev lan", f"addr add {V6}/64 dev lan nodad",
                    "route add default dev lan"):
        if subprocess.run(["ip", *command.split()], check=False).returncode != 0:
            return False
    return True


@unittest.skipUnless(os.path.exists(MDNS_PEER), "needs cargo, which builds mdns_peer")
class LocalDiscovery(unittest.TestCase):
    def start(self, program):
        peer = Peer([program], {"RUST_BACKTRACE": "0"})
        self.addCleanup(peer.kill)
        return peer

    def ours(self):
        return self.start(os.environ["MESH_MDNS"])

    def theirs(self):
        return self.start(MDNS_PEER)

    def find(self, finder, other):
        return finder.wait_for("found", peer=other.id)

    def test_each_finds_the_other(self):
        ours, theirs = self.ours(), self.theirs()
        ours.call("advertise", hosts=[V4, V6], port=4433, relay=RELAY)
        theirs.call("advertise", hosts=[V4, V6], port=5544, relay=RELAY)
        for finder, other, port in ((ours, theirs, 5544), (theirs, ours, 4433)):
            found = self.find(finder, other)
            self.assertEqual(set(found["addresses"]), {f"{V4}:{port}", f"[{V6}]:{port}"})
            self.assertEqual(found["relays"], [RELAY])

    def test_other_addresses_are_told(self):
        ours, theirs = self.ours(), self.theirs()
        for one, other in ((ours, theirs), (theirs, ours)):
            one.call("advertise", hosts=[V4], port=4433)
            self.find(other, one)
            one.call("advertise", hosts=[V4], port=4434)
            other.wait_for("found", peer=one.id, addresses=[f"{V4}:4434"])

    def test_iroh_loses_ours_that_was_killed(self):
        ours, theirs = self.ours(), self.theirs()
        ours.call("advertise", hosts=[V4], port=4433)
        self.find(theirs, ours)
        ours.kill()
        theirs.wait_for("lost", peer=ours.id)

    def test_three_and_three_find_each_other(self):
        everybody = [make() for make in (self.ours, self.theirs) * 3]
        for number, peer in enumerate(everybody):
            peer.call("advertise", hosts=[V4], port=5000 + number)
        for finder in everybody:
            for other in everybody:
                if other is not finder:
                    self.find(finder, other)

    def test_ours_answers_in_a_network_long_quiet(self):
        ours = self.ours()
        ours.call("advertise", hosts=[V4], port=4433)
        for _ in range(3):
            self.find(self.theirs(), ours)


if __name__ == "__main__":
    if not enter_own_network():
        print("skipped: network namespaces, or cables in them, are not permitted")
        sys.exit(77)
    sys.exit(peers.run_tests())
