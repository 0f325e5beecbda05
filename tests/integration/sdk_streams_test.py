# SPDX-License-Identifier: Apache-2.0
"""Roles that speak protocols of their own between two real daemons, and what is left of it."""
import pathlib
import socket
import time

from mesh_lab import PLUGINS, QUICK_TO_NOTICE, LabTest, wait_until

TEST_PLUGINS = PLUGINS.parent / "tests" / "plugins"
LARGE = 50_000_000
UNANSWERED = 0x6D6573680002
LOST = 0x6D6573680100


class Streams(LabTest):
    def streams(self, name, *more, **config):
        """A host whose role `streams` is configured so."""
        file = self.directory / f"{name}.toml"
        lines = "".join(f"{key} = {value!r}\n" for key, value in config.items())
        file.write_text(f'[plugin.streams]\npath = "{TEST_PLUGINS / "streams.so"}"\n'
                        f"[plugin.streams.config]\n{lines}")
        return self.host(name, "--config", str(file), "--set", "digest.plugin_bytes_max=1000",
                         *QUICK_TO_NOTICE, *more)

    def shown(self, host):
        """What the role of `host` says of itself."""
        said = host.data("status")["self"]["contributions"]
        return {each["key"]: each["value"] for each in said}

    def await_value(self, host, key, value):
        wait_until(f"{host.name} to show {key} = {value}", lambda: self.shown(host).get(key) == value)

    def pair(self, serving, dialling):
        """One serves, the other dials it."""
        server = self.streams("server", **serving).start()
        client = self.streams("client", "--peer", server.ticket, dial=server.id, **dialling).start()
        return server, client

    def probe(self, host):
        return host.data("probe")["plugins"]

    def await_standstill(self, host):
        """Until its role has sent nothing more for a while; how much it had by then."""
        seen = [None, time.monotonic()]

        def has_stopped():
            sent = self.shown(host).get("sent")
            if sent != seen[0]:
                seen[:] = [sent, time.monotonic()]
            return bool(sent) and time.monotonic() - seen[1] > 2

        wait_until("the sender to stop", has_stopped)
        return seen[0]

    def resident(self, host):
        for line in pathlib.Path(f"/proc/{host.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        return 0

    def assert_nothing_is_left(self, *hosts):
        for host in hosts:
            def is_empty(host=host):
                held = self.probe(host)
                return (held["connections"], held["streams"], held["unread_bytes"]) == (0, 0, 0)
            wait_until(f"{host.name} to hold nothing", is_empty)
            self.assertEqual(self.audit(host)["discrepancies"], [])

    def test_an_echo_of_50_MB_comes_back_intact(self):
        server, client = self.pair({"serve": "echo"}, {"bytes": LARGE})
        self.await_value(client, "received", LARGE)
        self.await_value(client, "downs", 1)
        said = self.shown(client)
        self.assertEqual(said["sum"], said["sent_sum"])
        self.assertEqual(self.shown(server)["sum"], said["sum"])
        self.assertEqual((said["code"], said["last"]), (77, "done"))
        self.assert_nothing_is_left(server, client)

    def test_a_reader_that_stalls_stops_the_sender_and_gets_it_all_later(self):
        gate = self.directory / "gate"
        server = self.streams("server", serve="sink", gate=str(gate)).start()
        client = self.streams("client", "--peer", server.ticket, dial=server.id, bytes=LARGE)
        before = self.resident(server)
        client.start()
        sent = self.await_standstill(client)
        self.assertLess(sent, LARGE / 10)
        self.assertLess(self.probe(server)["unread_bytes"], 2_000_000)
        self.assertLess(self.resident(server) - before, 16_000_000)
        small = self.resident(client)
        gate.write_text("")
        self.await_value(server, "received", LARGE)
        self.await_value(client, "downs", 1)
        self.assertEqual(self.shown(server)["sum"], self.shown(client)["sent_sum"])
        self.assertLess(self.resident(client) - small, 32_000_000)
        self.assert_nothing_is_left(server, client)

    def test_a_dialler_that_does_not_read_stops_the_echo_and_then_itself(self):
        gate = self.directory / "gate"
        server, client = self.pair({"serve": "echo"}, {"bytes": LARGE, "gate": str(gate)})
        before = [self.resident(host) for host in (server, client)]
        self.assertLess(self.await_standstill(client), LARGE / 5)
        for host, was in zip((server, client), before):
            self.assertLess(self.resident(host) - was, 16_000_000)
        gate.write_text("")
        self.await_value(client, "received", LARGE)
        self.await_value(client, "downs", 1)
        self.assertEqual(self.shown(client)["sum"], self.shown(client)["sent_sum"])
        self.assert_nothing_is_left(server, client)

    def test_a_peer_that_is_killed_mid_stream_is_told_once(self):
        gate = self.directory / "gate"
        server, client = self.pair({"serve": "sink", "gate": str(gate)}, {"bytes": LARGE})
        wait_until("bytes to arrive", lambda: self.probe(server)["unread_bytes"] > 0)
        client.kill()
        self.await_value(server, "downs", 1)
        self.assertGreaterEqual(self.shown(server)["code"], LOST)
        self.assert_nothing_is_left(server)

    def test_hundreds_of_connections_leave_nothing_behind(self):
        server, client = self.pair({"serve": "echo"}, {"bytes": 1000, "connections": 300})
        self.await_value(client, "downs", 300)
        self.await_value(server, "downs", 300)
        self.assertEqual(self.shown(client)["ups"], 300)
        self.assert_nothing_is_left(server, client)
        wait_until("handles to be back", lambda: self.probe(client)["handles"] == 0)
        self.assertEqual(self.probe(server)["handles"], 1)  # its listener

    def test_nobody_answers(self):
        server, client = self.pair({"serve": "mute"}, {"bytes": 10})
        self.await_value(client, "downs", 1)
        self.assertEqual(self.shown(client)["code"], UNANSWERED)
        self.assertEqual(self.shown(server)["last"], "gave up waiting")
        self.assert_nothing_is_left(server, client)

    def test_an_unknown_alpn_is_refused_and_told_with_the_reason(self):
        server, client = self.pair({"serve": ""}, {"bytes": 10})
        self.await_value(client, "downs", 1)
        self.assertIn("does not speak this protocol", self.shown(client)["last"])
        self.assert_nothing_is_left(server, client)

    def test_what_is_not_granted_is_refused(self):
        file = self.directory / "denied.toml"
        file.write_text(f'[plugin.streams]\npath = "{TEST_PLUGINS / "streams.so"}"\ngrant = []\n')
        host = self.host("denied", "--config", str(file), "--set", "digest.plugin_bytes_max=1000").start()
        self.assertEqual([each["state"] for each in host.ready["plugins"]], ["failed"])
        self.assertIn("MP020", host.log_text())
        self.assertIn("alpn:test/1", host.log_text())


class Roles(LabTest):
    def test_a_socket_of_the_bridge_leads_to_a_gateway_that_knows_who_computes(self):
        gateway = self.host("gateway", "--plugin", "gateway.so").start()
        compute = self.host("compute", "--plugin", "compute.so", "--peer", gateway.ticket).start()
        path = self.directory / "bridge.sock"
        file = self.directory / "bridge.toml"
        file.write_text(f'[plugin.bridge]\npath = "bridge.so"\n[plugin.bridge.config]\nsocket = "{path}"\n')
        bridge = self.host("bridge", "--config", str(file), "--peer", gateway.ticket).start()
        wait_until("the gateway to know of the compute node", lambda: gateway.sees(compute))

        def ask():
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(30)
                client.connect(str(path))
                client.shutdown(socket.SHUT_WR)
                answer = b""
                while piece := client.recv(4096):
                    answer += piece
                return answer.decode()

        wait_until("the bridge to find the gateway", lambda: ask() == f"{compute.id}\n")
        for _ in range(150):  # more than may be open at a time
            self.assertEqual(ask(), f"{compute.id}\n")
        self.assertEqual(bridge.stop()[0], 0)
        self.assertFalse(path.exists())


if __name__ == "__main__":
    import unittest
    unittest.main()
