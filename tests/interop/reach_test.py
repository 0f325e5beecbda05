# SPDX-License-Identifier: Apache-2.0
"""Hosts, iroh's endpoints and relays: how they find each other, and by which way they go on.

Usage: reach_test.py [-v] [GROUP[.TEST]]; IROH_RELAY names iroh's own relay server. The daemon's
harness is tests/integration/mesh_lab.py.
"""
import contextlib
import sys

import peers
from mesh_lab import PATIENCE, LabTest, wait_until
from peers import PING_ALPN, iroh
from relays import HAS_IROH_RELAY, IrohRelay, MeshRelay


def kinds_of(host, peer, count):
    """Pings ten times a second: of each reply, by which kind of way it came; None: it did not."""
    _, answer = host.ctl("ping", peer, "-c", str(count), "-i", "100ms")
    return [reply["path"] and reply["path"]["kind"] for reply in answer["data"]["replies"]]


class Reach(LabTest):
    def setUp(self):
        super().setUp()
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def enter(self, what):
        return self.stack.enter_context(what)

    def host_at(self, relay, name, *more):
        return self.host(name, "--set", f'relay.urls=["{relay.url}"]', *more)


class HostAndIroh(Reach):
    """They share no protocol to make a hole with: the relay carries it, or an address that is told."""

    def setUp(self):
        super().setUp()
        if not peers.HAS_NODE:
            self.skipTest(peers.NEEDS_NODE)
        self.relay = self.enter(MeshRelay())
        self.far = self.enter(iroh(alpn=PING_ALPN, relay=self.relay.url))
        self.far_at_relay = f"{self.far.id}@{self.relay.url}"

    def test_a_host_that_knows_an_id_and_the_relay(self):
        host = self.host_at(self.relay, "host").start()
        code, answer = host.ctl("ping", self.far_at_relay, "-c", "10", "-i", "100ms")
        self.assertEqual((code, answer["data"]["received"]), (3, 10), answer)  # 3: it is relayed
        path = answer["data"]["path"]
        self.assertEqual((path["kind"], path["remote"]), ("relayed", self.relay.url))
        self.assertEqual(path["reason"], "peer_does_not_punch")
        self.assertEqual(self.far.wait_for("accepted")["id"], host.id)

    def test_iroh_that_knows_the_id_of_a_host_and_the_relay(self):
        host = self.host_at(self.relay, "host").start()
        answer = self.far.call("dial", to=f"{host.id}@{self.relay.url}", alpn=PING_ALPN,
                               bytes=200_000, datagram="over")
        self.assertEqual((answer["remote_id"], answer["intact"], answer["datagram"]),
                         (host.id, True, "over"))
        self.assertGreater(self.relay.metrics()["bytes_sent_total"], 400_000)  # there and back

    def test_it_moves_from_the_relay_to_an_address_of_iroh_and_stays(self):
        host = self.host_at(self.relay, "host", "--peer", self.far.at("127.0.0.1")).start()
        with self.assert_no_reset(host):
            kinds = kinds_of(host, self.far_at_relay, 60)
        moved = kinds.index("direct")
        self.assertEqual(kinds, ["relayed"] * moved + ["direct"] * (60 - moved))

    def test_an_address_where_it_is_not_harms_nothing(self):
        nobody = self.enter(peers.mesh())  # answers, with another id
        elsewhere = f"{self.far.id}@127.0.0.1:{nobody.ports[0]}"
        host = self.host_at(self.relay, "host", "--peer", elsewhere).start()
        with self.assert_no_reset(host):
            self.assertEqual(kinds_of(host, self.far_at_relay, 30), ["relayed"] * 30)

    @contextlib.contextmanager
    def assert_no_reset(self, host):
        """iroh hears of one connection, which ends in order."""
        yield
        self.assertEqual(self.far.wait_for("accepted")["id"], host.id)
        self.assertIn("ping is done", self.far.wait_for("closed")["reason"])
        self.assertEqual(self.far.events("accepted"), [])


class HostsThroughIroh(Reach):
    """Two hosts that meet at iroh's own relay server."""

    def setUp(self):
        super().setUp()
        if not HAS_IROH_RELAY:
            self.skipTest("needs cargo, which builds iroh-relay")
        self.relay = self.enter(IrohRelay())

    def two(self, *more):
        one = self.host_at(self.relay, "one", "--set", "net.bind=[]", *more).start()
        two = self.host_at(self.relay, "two", "--set", "net.bind=[]", *more, "--peer", one.id).start()
        wait_until("both to see each other", lambda: two.sees(one) and one.sees(two))
        return one, two

    @staticmethod
    def path(host, other):
        return (host.peer(other) or {}).get("path") or {}

    def test_they_meet_there_and_go_on_directly(self):
        one, two = self.two()
        for host, other in ((one, two), (two, one)):
            wait_until(f"{host.name} to speak directly, not {self.path(host, other)}",
                       lambda host=host, other=other: self.path(host, other).get("kind") == "direct")
        self.relay.process.kill()
        self.relay.process.wait(PATIENCE)
        code, answer = two.ctl("ping", one.id, "-c", "10", "-i", "100ms")
        self.assertEqual((code, answer["data"]["received"]), (0, 10), answer)
        self.assertTrue(two.sees(one) and one.sees(two))

    def test_they_speak_by_way_of_it_alone(self):
        one, two = self.two("--set", "relay.only=true")
        code, answer = two.ctl("ping", one.id, "-c", "10", "-i", "0s", "-s", "1000")
        self.assertEqual((code, answer["data"]["received"]), (3, 10), answer)
        self.assertEqual(answer["data"]["path"]["remote"], self.relay.url)
        self.assertEqual(self.path(two, one)["reason"], "relay_only_by_config")


if __name__ == "__main__":
    sys.exit(peers.run_tests())
