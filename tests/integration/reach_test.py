# SPDX-License-Identifier: Apache-2.0
"""Hosts that know each other's id and a relay, and nothing else: how they meet, and by which way
they go on.
"""
import json
import subprocess
import time
import uuid

from mesh_lab import BIN, PATIENCE, LabTest, clean_environment, wait_until


class Relay:
    """One meshrelay on loopback."""

    def __init__(self, port=0):
        self.process = subprocess.Popen(
            [BIN / "meshrelay", "--listen", f"127.0.0.1:{port}", "--json"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean_environment())
        self.url = json.loads(self.process.stdout.readline())["data"]["urls"][0]

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()


class Reach(LabTest):
    def setUp(self):
        super().setUp()
        self.relays = []

    def tearDown(self):
        super().tearDown()
        for relay in self.relays:
            if relay.process.poll() is None:
                relay.kill()

    def relay(self):
        self.relays.append(Relay())
        return self.relays[-1]

    def at(self, *relays):
        return ["--set", "relay.urls=" + json.dumps([relay.url for relay in relays])]

    def path(self, host, other):
        peer = host.peer(other)
        return (peer or {}).get("path") or {}

    def await_path(self, host, other, kind):
        wait_until(f"{host.name} to reach {other.name}: {kind}, not {self.path(host, other)}",
                   lambda: self.path(host, other).get("kind") == kind)
        return self.path(host, other)

    def test_two_who_want_no_direct_path_meet_at_their_relay(self):
        relay = self.relay()
        only = [*self.at(relay), "--set", "relay.only=true"]
        a = self.host("a", *only).start()
        b = self.host("b", *only, "--peer", a.id).start()
        wait_until("b to see a", lambda: b.sees(a) and a.sees(b))
        self.assertEqual(self.path(b, a)["kind"], "relayed")
        self.assertEqual(self.path(b, a)["reason"], "relay_only_by_config")

    def test_who_meets_at_a_relay_goes_on_directly(self):
        relay = self.relay()
        a = self.host("a", *self.at(relay), "--set", "net.bind=[]").start()
        b = self.host("b", *self.at(relay), "--set", "net.bind=[]", "--peer", a.id).start()
        wait_until("b to see a", lambda: b.sees(a) and a.sees(b))
        self.await_path(b, a, "direct")
        self.await_path(a, b, "direct")
        relay.kill()
        wait_until("both to miss the relay", lambda: all(
            each["status"] != "up" for host in (a, b) for each in host.data("netcheck")["relays"]))
        code, answer = b.ctl("ping", a.id, "-c", "3")
        self.assertEqual(code, 0, answer)
        self.assertTrue(b.sees(a) and a.sees(b))

    def test_a_relay_that_dies_is_replaced_by_another(self):
        first, second = self.relay(), self.relay()
        only = [*self.at(first, second), "--set", "relay.only=true"]
        a = self.host("a", *only).start()
        b = self.host("b", *only, "--peer", a.id).start()
        wait_until("b to see a", lambda: b.sees(a) and a.sees(b))
        home = next(relay for relay in (first, second) if relay.url == self.path(b, a)["remote"])
        other = second if home is first else first
        began = time.monotonic()
        home.kill()
        wait_until("the other relay to carry it", lambda: self.path(b, a).get("remote") == other.url)
        print(f"failed over within {time.monotonic() - began:.2f} s")
        code, answer = b.ctl("ping", a.id, "-c", "3")
        self.assertEqual((code, answer["data"]["received"]), (3, 3), answer)  # 3: it is relayed
        self.assertTrue(b.sees(a) and a.sees(b))

    def test_hosts_on_one_network_find_each_other(self):
        mesh = f"lan-{uuid.uuid4().hex[:12]}"
        found = ["--set", "net.bind=[]", "--set", "discovery.mdns=true", "--set", f"mesh.name={mesh}"]
        hosts = [self.host(name, *found) for name in "abcdefg"]  # more than one asks at one time
        silent = self.host("silent", "--set", "net.bind=[]", "--set", f"mesh.name={mesh}").start()
        for host in hosts:
            host.spawn()
        for host in hosts:
            host.await_ready()
        for host in hosts:
            wait_until(f"{host.name} to hear all others", lambda: all(
                (host.peer(other) or {}).get("state") == "alive" for other in hosts if other is not host))
            wait_until(f"{host.name} to have a neighbour", lambda: host.data("status")["gossip"]["neighbors"])
        self.assertTrue(hosts[0].data("netcheck")["discovery"]["mdns"])
        self.assertEqual(silent.data("peers")["peers"], [])  # switched off, it neither asks nor answers
