# SPDX-License-Identifier: Apache-2.0
"""Clocks that jump and hosts that sleep: who is still there, and how long until all is as it was."""
import sys
import time
import unittest

from fault_tools import FAKETIME, Clock, FaultsTest, Peer, note, run_tests
from reach_lab import wait_until

HOUR = 3600
JUMPS = (("an hour on", HOUR), ("an hour back", -HOUR), ("ten years on", 10 * 365 * 24 * HOUR), ("right again", 0))


@unittest.skipUnless(FAKETIME, "needs libfaketime")
class ClockTest(FaultsTest):
    """Time of day, which people and other machines set. What has to last is measured by another clock."""

    def test_during_a_transfer(self):
        lab = self.lab()
        clocks = [Clock(lab.directory, name) for name in ("sending", "receiving")]
        nodes = [lab.lab.node("port_restricted"), lab.lab.node("address_restricted")]
        receiving = Peer(lab, nodes[0], clock=clocks[1])
        sending = Peer(lab, nodes[1], "--to", receiving.id, "--bytes", "40000000", "--rate", "3000000", clock=clocks[0])
        sending.wait_for("path", kind="direct")
        for clock in clocks:
            for _, offset in JUMPS:
                time.sleep(1.2)
                clock.set(offset)
        received = receiving.wait_for("received")
        self.assertEqual((received["bytes"], received["intact"]), (40_000_000, True))
        self.assertEqual([line["kind"] for line in sending.said if line["event"] == "path"], ["relayed", "direct"])

    def test_of_a_host(self):
        lab = self.lab()
        clock = Clock(lab.directory, "a")
        nodes = {name: lab.lab.node("port_restricted") for name in ("a", "b")}
        a, b = lab.mesh(nodes, clocks={"a": clock})
        self.await_kind(a, b, "direct")
        self.await_calm(a, b)
        before = [self.dials(host) for host in (a, b)]
        for what, offset in JUMPS:
            clock.set(offset)
            time.sleep(1.2)
            began = time.monotonic()
            for one, other in ((a, b), (b, a)):
                code, answer = one.ctl("ping", other.id, "-c", "1", "--timeout", "10s")  # the first dial does
                self.assertEqual((code, answer.get("data", {}).get("received")), (0, 1), (what, answer))
            note(f"a clock jumps, {what}: new connections both ways", time.monotonic() - began)
            self.assertEqual((a.state(b), b.state(a)), ("alive", "alive"), what)
            self.assertEqual([self.dials(host) for host in (a, b)], before, what)
        for what, offset in JUMPS:
            clock.set(offset)
            a.process.kill()
            a.process.wait()
            lives = b.peer(a)["incarnation"]
            began = time.monotonic()
            a.start()
            a.await_ready()
            wait_until(lambda lives=lives: f"news of a, not {lives}: {b.peer(a)}",
                       lambda lives=lives: b.peer(a)["incarnation"] != lives)
            self.await_whole([a, b])
            note(f"restarted while its clock is {what}: whole", time.monotonic() - began)


class SleepTest(FaultsTest):
    DIALS_MAX = 6  # of one host for one other: mesh and gossip, each of them by either side, and again

    def test_a_minute(self):
        lab = self.lab()
        a, b, c = hosts = lab.mesh({name: lab.lab.node("port_restricted") for name in "abc"})
        self.await_whole(hosts)
        self.await_calm(*hosts)
        before = [self.dials(c)]
        lab.stop(c.process)
        began = time.monotonic()
        wait_until(lambda: f"c to be missed: {a.state(c)}, {b.state(c)}", lambda: a.state(c) == b.state(c) == "dead")
        note("a host is stopped: the others take it for dead", time.monotonic() - began)
        time.sleep(max(0, 60 - (time.monotonic() - began)))
        before = [self.dials(a), self.dials(b), *before]
        lab.stop(c.process, False)
        began = time.monotonic()
        self.await_whole(hosts)
        took = time.monotonic() - began
        note("it goes on after a minute: whole", took)
        for one in hosts:
            for other in hosts:
                if one is not other:
                    self.assertTrue(self.answers(one, other))
        self.await_calm(*hosts)
        dials = [self.dials(host) - then for host, then in zip(hosts, before)]
        print(f"  connections begun by a, b, c since: {dials}", flush=True)
        self.assertLessEqual(max(dials[:2]), self.DIALS_MAX)
        self.assertLessEqual(dials[2], 2 * self.DIALS_MAX)
        self.assertLess(took, 10)

    def test_five_seconds(self):
        """Too short to be missed for long: nobody is given up."""
        lab = self.lab()
        a, b, c = hosts = lab.mesh({name: lab.lab.node("port_restricted") for name in "abc"})
        self.await_whole(hosts)
        self.await_calm(*hosts)
        lab.stop(c.process)
        time.sleep(5)
        states = [a.state(c), b.state(c)]
        lab.stop(c.process, False)
        began = time.monotonic()
        self.await_whole(hosts)
        note(f"it goes on after 5 s ({', '.join(states)}): whole", time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(run_tests())
