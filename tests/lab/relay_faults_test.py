# SPDX-License-Identifier: Apache-2.0
"""Relays that die, restart, are not heard of any more, or say nothing: how long until two hosts speak again."""
import sys
import time

from fault_tools import FaultsTest, Peer, note, run_tests
from reach_lab import wait_until


class RelayFaultsTest(FaultsTest):
    """Two that speak by way of relays alone, and know two of them."""

    def relayed_pair(self, lab, relays=(0, 1)):
        nodes = [lab.lab.node("symmetric") for _ in range(2)]
        a, b = lab.pair(*nodes, relays=relays, **{"relay.only": "true"})
        self.await_kind(a, b, "relayed")
        return a, b

    @staticmethod
    def number_in_use(lab, a, b):
        return next(number for number in range(lab.relay_count) if a.path(b)["remote"] == lab.url(number))

    def await_relay(self, lab, a, b, number):
        """Both by way of it, and they speak."""
        wait_until(lambda: f"the relay {number}, not {a.path(b)}, {b.path(a)}",
                   lambda: a.path(b).get("remote") == b.path(a).get("remote") == lab.url(number))
        self.await_answers(a, b)

    def await_status(self, lab, hosts, number, is_up):
        wait_until(lambda: f"relay {number}: {[host.relay(lab.url(number)) for host in hosts]}",
                   lambda: all((host.relay(lab.url(number))["status"] == "up") == is_up for host in hosts))

    def test_one_that_dies(self):
        lab = self.lab(relays=2)
        a, b = self.relayed_pair(lab)
        used = self.number_in_use(lab, a, b)
        lab.relays[used].kill()
        began = time.monotonic()
        self.await_relay(lab, a, b, 1 - used)
        note("relay killed: by way of the other", time.monotonic() - began)

    def test_one_that_is_not_heard_of_any_more(self):
        lab = self.lab(relays=2)
        a, b = self.relayed_pair(lab)
        used = self.number_in_use(lab, a, b)
        lab.hide_relay(used)
        began = time.monotonic()
        self.await_relay(lab, a, b, 1 - used)
        note("relay hidden, no word of it: by way of the other", time.monotonic() - began)
        self.await_status(lab, (a, b), used, False)
        note("relay hidden: both say that it is down", time.monotonic() - began)
        lab.hide_relay(used, False)
        began = time.monotonic()
        self.await_status(lab, (a, b), used, True)
        note("relay seen again: both are back at it", time.monotonic() - began)

    def transfer_that_loses_its_relay(self, lose):
        """Seconds until the connection goes by way of the other one; `lose` is told the lab and the number."""
        lab = self.lab(relays=2)
        receiving = Peer(lab, lab.lab.node("symmetric"), relays=(0, 1))
        sending = Peer(lab, lab.lab.node("symmetric"), "--to", receiving.id, "--bytes", "10000000", "--rate", "1000000",
                       relays=(0, 1))
        used = sending.wait_for("path", kind="relayed")["remote"]
        number = next(number for number in (0, 1) if lab.url(number) == used)
        lose(lab, number)
        began = time.monotonic()
        sending.wait_for("path", kind="relayed", remote=lab.url(1 - number))
        seconds = time.monotonic() - began
        received = receiving.wait_for("received")
        self.assertEqual((received["bytes"], received["intact"]), (10_000_000, True))
        return seconds

    def test_one_that_is_not_heard_of_any_more_in_a_transfer(self):
        seconds = self.transfer_that_loses_its_relay(lambda lab, number: lab.hide_relay(number))
        note("relay hidden in a transfer: by way of the other", seconds)

    def test_one_that_stops_speaking_in_a_transfer(self):
        seconds = self.transfer_that_loses_its_relay(lambda lab, number: lab.stop(lab.relays[number]))
        note("relay falls silent in a transfer: by way of the other", seconds)

    def test_the_only_one_restarts_at_the_same_address(self):
        lab = self.lab()
        a, b = self.relayed_pair(lab, relays=(0,))
        lab.relays[0].kill()
        lab.relays[0].wait()
        lab.relays[0] = lab.start_relay(0)
        began = time.monotonic()
        self.await_status(lab, (a, b), 0, True)
        note("relay restarted: both are back at it", time.monotonic() - began)
        self.await_answers(a, b)
        note("relay restarted: they speak", time.monotonic() - began)

    def test_the_only_one_is_away_for_a_while(self):
        lab = self.lab()
        a, b = self.relayed_pair(lab, relays=(0,))
        lab.relays[0].kill()
        lab.relays[0].wait()
        time.sleep(10)
        lab.relays[0] = lab.start_relay(0)
        began = time.monotonic()
        self.await_answers(a, b)
        note("relay away for 10 s: they speak, from its start", time.monotonic() - began)

    def test_a_direct_path_does_not_miss_it(self):
        lab = self.lab()
        a, b = self.direct_pair(lab)
        lab.hide_relay(0)
        code, answer = a.ctl("ping", b.id, "-c", "100", "-i", "100ms", "--timeout", "20s")
        self.assertEqual((code, answer["data"]["received"]), (0, 100), answer)
        self.assertEqual(a.path(b)["kind"], "direct")

    def test_a_direct_path_is_found_again_without_it(self):
        """Out for a moment it is left for a relay that nobody hears of, or knows to be down, any more."""
        lab = self.lab()
        nodes = [lab.lab.node("port_restricted") for _ in range(2)]
        receiving = Peer(lab, nodes[1])
        sending = Peer(lab, nodes[0], "--to", receiving.id, "--bytes", "20000000", "--rate", "3000000")
        sending.wait_for("path", kind="direct")
        lab.hide_relay(0)
        nodes[1].plug(False)
        sending.wait_for("path", kind="relayed")
        time.sleep(6)  # in which the talk about paths, which went by the relay, is given up
        nodes[1].plug(True)
        began = time.monotonic()
        sending.wait_for("path", kind="direct")
        note("the direct path was out, and the only relay is away: direct again", time.monotonic() - began)
        received = receiving.wait_for("received")
        self.assertEqual((received["bytes"], received["intact"]), (20_000_000, True))

    def test_one_that_stops_speaking(self):
        """It takes connections, for the kernel does, and what is said on them, and answers nothing."""
        lab = self.lab(relays=2)
        a, b = self.relayed_pair(lab)
        used = self.number_in_use(lab, a, b)
        lab.stop(lab.relays[used])
        began = time.monotonic()
        self.await_relay(lab, a, b, 1 - used)
        note("relay falls silent: by way of the other", time.monotonic() - began)

    def test_one_that_never_said_a_word(self):
        lab = self.lab(relays=2, mute=(0,))
        began = time.monotonic()
        a, b = self.relayed_pair(lab)
        self.await_relay(lab, a, b, 1)
        note("one of two relays is mute: from the start of the processes", time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(run_tests())
