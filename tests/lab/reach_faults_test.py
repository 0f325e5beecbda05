# SPDX-License-Identifier: Apache-2.0
"""What goes wrong between two hosts behind NATs, and how long it takes until they speak again."""
import json
import os
import queue
import subprocess
import sys
import threading
import time
import unittest

import netns
from reach_lab import PATIENCE, ReachLab, wait_until

FIGURES = []  # (what, seconds)


def note(what, seconds):
    FIGURES.append((what, seconds))
    print(f"  {what}: {seconds:.2f} s", flush=True)


class FaultsTest(unittest.TestCase):
    def lab(self, **options):
        lab = ReachLab(**options)
        self.addCleanup(lab.close)
        lab.__enter__()
        return lab

    def await_kind(self, one, other, kind):
        return wait_until(lambda: f"{kind}, not {one.path(other)}, {other.path(one)}",
                          lambda: one.path(other).get("kind") == other.path(one).get("kind") == kind)

    def direct_pair(self, lab, first="port_restricted", second="port_restricted", **settings):
        nodes = [lab.lab.node(first), lab.lab.node(second)]
        a, b = lab.pair(*nodes, **settings)
        self.await_kind(a, b, "direct")
        return a, b

    def await_answers(self, a, b):
        """How long until each of the two answers the other."""
        began = time.monotonic()
        for one, other in ((a, b), (b, a)):
            wait_until(lambda one=one: f"answers: {one.path(other)}", lambda one=one, other=other: self.answers(one, other))
        return time.monotonic() - began

    def answers(self, one, other):
        code, answer = one.ctl("ping", other.id, "-c", "1", "--timeout", "1s")
        return code in (0, 3) and answer["ok"] and answer["data"]["received"] == 1

    def test_a_relay_that_dies_is_replaced(self):
        lab = self.lab(relays=2)
        a, b = lab.pair(lab.lab.node("symmetric"), lab.lab.node("symmetric"), relays=(0, 1), **{"relay.only": "true"})
        self.await_kind(a, b, "relayed")
        home = next(number for number in (0, 1) if a.path(b)["remote"] == lab.url(number))
        lab.relays[home].kill()
        began = time.monotonic()
        other = lab.url(1 - home)
        wait_until(lambda: f"the other relay, not {a.path(b)}, {b.path(a)}",
                   lambda: a.path(b).get("remote") == b.path(a).get("remote") == other)
        self.await_answers(a, b)
        note("relay killed: by way of the other", time.monotonic() - began)

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


class Peer:
    """A reach_peer, and what it says."""

    def __init__(self, lab, node, *words):
        words = [os.environ["REACH_PEER"], "--relay", lab.url(0), *(word for each in lab.stun_servers()
                                                                  for word in ("--stun", each)), *words]
        self.log = open(lab.directory / f"peer-{node.name}.log", "wb")
        # It ends with its standard input, which therefore has to stay open.
        self.process = lab.start(node, words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        self.said = []
        self.queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.id = self.wait_for("ready")["id"]

    def _read(self):
        for line in self.process.stdout:
            self.queue.put(json.loads(line))
        self.queue.put({"event": "over"})

    def wait_for(self, event, **fields):
        deadline = time.monotonic() + 2 * PATIENCE
        while True:
            try:
                line = self.queue.get(timeout=max(0.1, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"waited for {event} {fields}, heard {self.said}") from None
            self.said.append(line)
            if line["event"] == event and all(line.get(name) == value for name, value in fields.items()):
                return line
            if line["event"] in ("over", "lost"):
                raise AssertionError(f"waited for {event} {fields}, heard {self.said}")


class TransferTest(unittest.TestCase):
    BYTES = 50_000_000

    def test_fifty_megabytes_across_the_transitions(self):
        """Begun at the relay, on to a direct path, back, and to another direct one, without a byte amiss."""
        with ReachLab() as lab:
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
    if reason := netns.missing():
        print(f"skipped: {reason}")
        sys.exit(77)
    done = unittest.main(verbosity=2, exit=False)
    print("\nrecovered after")
    for what, seconds in FIGURES:
        print(f"{seconds:8.2f} s  {what}")
    sys.exit(0 if done.result.wasSuccessful() else 1)
