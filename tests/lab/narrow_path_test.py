# SPDX-License-Identifier: Apache-2.0
"""A way on which packets over 1280 bytes vanish without a word, from the start or all at once: what gets across."""
import sys
import time

from fault_tools import FaultsTest, Peer, note, run_tests

NARROW = 1280  # of IP; what each link of IPv6 carries
KINDS = {"direct": ("port_restricted", "port_restricted"), "direct by IPv6": ("ipv6_only", "ipv6_only"),
         "relayed": ("symmetric", "symmetric")}


class NarrowPathTest(FaultsTest):
    BYTES = 15_000_000
    RATE = 3_000_000

    def await_long_packets(self, sending):
        """What it says of itself each second of the five that the transfer takes."""
        longest = []
        while not longest or longest[-1] <= NARROW:
            longest.append(sending.wait_for("state")["mtu"])
            self.assertLess(len(longest), 5, longest)

    def transfer(self, kind, is_narrow_at_first, is_only_way=False):
        """From a to b, b behind the narrow way; `is_only_way`: there is no relay to go to meanwhile."""
        lab = self.lab()
        nodes = [lab.lab.node(each) for each in KINDS[kind]]
        if is_narrow_at_first:
            nodes[1].narrow(NARROW)
        receiving = Peer(lab, nodes[1])
        began = time.monotonic()
        sending = Peer(lab, nodes[0], "--to", receiving.id, "--bytes", str(self.BYTES), "--rate", str(self.RATE))
        sending.wait_for("path", kind=kind.split()[0])
        if not is_narrow_at_first:
            self.await_long_packets(sending)
            if is_only_way:
                lab.hide_relay(0)
            nodes[1].narrow(NARROW)
        received = receiving.wait_for("received")
        self.assertEqual((received["bytes"], received["intact"]), (self.BYTES, True))
        when = "from the start" if is_narrow_at_first else "all at once"
        way = f"{kind}, no relay" if is_only_way else kind
        note(f"1280 bytes and no more, {when}, {way}: 15 MB, meant to take 5 s", time.monotonic() - began)

    def test_direct_and_narrow_from_the_start(self):
        self.transfer("direct", True)

    def test_direct_and_narrow_all_at_once(self):
        self.transfer("direct", False)

    def test_direct_and_narrow_all_at_once_with_no_relay(self):
        self.transfer("direct", False, is_only_way=True)

    def test_direct_by_ipv6_and_narrow_all_at_once_with_no_relay(self):
        self.transfer("direct by IPv6", False, is_only_way=True)

    def test_relayed_and_narrow_from_the_start(self):
        self.transfer("relayed", True)

    def test_relayed_and_narrow_all_at_once(self):
        self.transfer("relayed", False)

    def test_two_hosts(self):
        lab = self.lab()
        nodes = [lab.lab.node("port_restricted") for _ in range(2)]
        nodes[0].narrow(NARROW)
        began = time.monotonic()
        a, b = lab.pair(*nodes)
        self.await_kind(a, b, "direct")
        note("1280 bytes and no more, two hosts: from the start to direct", time.monotonic() - began)
        for one, other in ((a, b), (b, a)):
            code, answer = one.ctl("ping", other.id, "-c", "20", "-i", "10ms", "-s", "1000")
            self.assertEqual((code, answer["data"]["received"]), (0, 20), answer)


if __name__ == "__main__":
    sys.exit(run_tests())
