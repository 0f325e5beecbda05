# SPDX-License-Identifier: Apache-2.0
"""What goes wrong between two hosts behind NATs, and how long it takes until they speak again."""
import sys
import time

from fault_tools import FaultsTest, Peer, note, run_tests
from reach_lab import PATIENCE, wait_until


class ReachFaultsTest(FaultsTest):
    def test_a_router_that_forgets(self):
        for kind in ("port_restricted", "full_cone"):
            with self.subTest(kind):
                lab = self.lab()
                a, b = self.direct_pair(lab, kind)
                a.node.forget_mappings()
                began = time.monotonic()
                self.await_answers(a, b)
                note(f"mappings of a {kind} router forgotten: they speak", time.monotonic() - began)
                self.await_kind(a, b, "direct")
                note(f"mappings of a {kind} router forgotten: direct", time.monotonic() - began)

    def test_a_router_that_forgets_while_only_the_other_end_speaks(self):
        lab = self.lab()
        a, b = self.direct_pair(lab)
        a.node.forget_mappings()
        began = time.monotonic()
        self.await_answers(b, a)
        note("mappings forgotten, the other end speaks first: they speak", time.monotonic() - began)

    def test_an_uplink_that_is_pulled_and_plugged_in(self):
        lab = self.lab()
        a, b = self.direct_pair(lab)
        a.node.plug(False)
        time.sleep(3)
        a.node.plug(True)
        began = time.monotonic()
        self.await_answers(a, b)
        note("uplink out for 3 s: they speak", time.monotonic() - began)
        self.await_kind(a, b, "direct")
        note("uplink out for 3 s: direct", time.monotonic() - began)

    def test_udp_that_is_blocked_during_a_direct_connection(self):
        lab = self.lab()
        a, b = self.direct_pair(lab)
        a.node.block_udp()
        began = time.monotonic()
        self.await_kind(a, b, "relayed")
        self.await_answers(a, b)
        note("UDP blocked: by way of the relay", time.monotonic() - began)
        a.node.block_udp(False)
        began = time.monotonic()
        self.await_kind_slowly(a, b)
        note("UDP allowed again: direct", time.monotonic() - began)

    def await_kind_slowly(self, a, b):
        """The next try may be a minute away."""
        wait_until(lambda: f"direct, not {a.path(b)}, {b.path(a)}",
                   lambda: a.path(b).get("kind") == b.path(a).get("kind") == "direct", 3 * PATIENCE)

    def test_ten_percent_are_lost(self):
        lab = self.lab()
        nodes = [lab.lab.node("port_restricted"), lab.lab.node("address_restricted")]
        for node in nodes:
            node.lose(0.1)
        began = time.monotonic()
        a, b = lab.pair(*nodes)
        self.await_kind(a, b, "direct")
        note("10 % lost at both: from the start to direct", time.monotonic() - began)


class TransferTest(FaultsTest):
    BYTES = 50_000_000

    def test_fifty_megabytes_across_the_transitions(self):
        """Begun at the relay, on to a direct path, back, and to another direct one, without a byte amiss."""
        lab = self.lab()
        nodes = [lab.lab.node("port_restricted"), lab.lab.node("address_restricted")]
        receiving = Peer(lab, nodes[0])
        began = time.monotonic()
        sending = Peer(lab, nodes[1], "--to", receiving.id, "--bytes", str(self.BYTES), "--rate", "5000000")
        sending.wait_for("path", kind="relayed")
        sending.wait_for("path", kind="direct")
        note("transfer: from the start to direct", time.monotonic() - began)
        time.sleep(1)
        nodes[1].block_udp()
        began = time.monotonic()
        sending.wait_for("path", kind="relayed")
        note("transfer: UDP blocked, back at the relay", time.monotonic() - began)
        time.sleep(1)
        nodes[1].block_udp(False)
        try:
            received = receiving.wait_for("received")
        except AssertionError as error:
            while not sending.queue.empty():
                sending.said.append(sending.queue.get())
            logs = [each.read_text(errors="replace")[-6000:] for each in sorted(lab.directory.glob("*.log"))]
            raise AssertionError(f"{error}\nthe sender said {sending.said}\n" + "\n".join(logs)) from None
        self.assertEqual((received["bytes"], received["intact"]), (self.BYTES, True))
        sending.wait_for("taken")
        kinds = [line["kind"] for line in sending.said if line["event"] == "path"]
        print(f"  transfer: {' -> '.join(kinds)}, {received['bytes']} bytes, all as they were sent", flush=True)
        self.assertEqual(kinds[:3], ["relayed", "direct", "relayed"])


if __name__ == "__main__":
    sys.exit(run_tests())
