# SPDX-License-Identifier: Apache-2.0
"""What tests of faults share: a lab, hosts in it, a transfer, clocks, and a table of how long what took."""
import json
import os
import pathlib
import queue
import subprocess
import threading
import time
import unittest

import netns
from reach_lab import PATIENCE, ReachLab, wait_until

FIGURES = []  # (what, seconds)
FAKETIME = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)


def note(what, seconds):
    FIGURES.append((what, seconds))
    print(f"  {what}: {seconds:.2f} s", flush=True)


def run_tests():
    """The tests of the calling program, then the table; the status to leave with."""
    if reason := netns.missing():
        print(f"skipped: {reason}")
        return 77
    result = unittest.main(verbosity=2, exit=False).result
    print("\nrecovered after")
    for what, seconds in FIGURES:
        print(f"{seconds:8.2f} s  {what}")
    if not result.wasSuccessful():
        return 1
    return 77 if result.skipped else 0


class Clock:
    """The time of day of who is started with its `words`, by libfaketime. Timers go on as they were."""

    def __init__(self, directory, name):
        self.file = directory / f"{name}.clock"
        self.set(0)
        self.words = ["env", f"LD_PRELOAD={FAKETIME}", f"FAKETIME_TIMESTAMP_FILE={self.file}",
                      "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"]

    def set(self, seconds):
        """That far from the real one; seen within a second."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.replace(self.file)


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

    def await_whole(self, hosts):
        """Each sees each other alive, by some way."""
        def is_whole():
            return all(one.state(other) == "alive" and one.path(other)
                       for one in hosts for other in hosts if one is not other)
        return wait_until(lambda: [[one.state(other) for other in hosts if one is not other] for one in hosts], is_whole)

    @staticmethod
    def dials(host):
        """Connections of the registry and dials of the gossip, those of `ping` not counted."""
        return host.counted("peers", "links_opened") + host.counted("gossip", "dials")

    def await_calm(self, *hosts):
        """No dial for two seconds."""
        seen, since = None, time.monotonic()

        def is_calm():
            nonlocal seen, since
            now = [self.dials(host) for host in hosts]
            if now != seen:
                seen, since = now, time.monotonic()
            return time.monotonic() - since > 2
        wait_until(lambda: f"calm, not {seen}", is_calm)


class Peer:
    """A reach_peer, and what it says."""

    def __init__(self, lab, node, *words, clock=None, relays=(0,)):
        stun = [word for each in lab.stun_servers() for word in ("--stun", each)]
        known = [word for number in relays for word in ("--relay", lab.url(number))]
        words = [*(clock.words if clock else ()), os.environ["REACH_PEER"], *known, *stun, *words]
        # It ends with its standard input, which therefore has to stay open.
        with open(lab.directory / f"peer-{node.name}.log", "wb") as log:
            self.process = lab.start(node, words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
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
