# SPDX-License-Identifier: Apache-2.0
"""The daemon and meshctl as people start them, with a real iroh endpoint at the other end.

Usage: product_test.py [-v] [Product[.TEST]]; the daemon's harness is tests/integration/mesh_lab.py.
"""
import sys

import peers
from mesh_lab import PLUGINS, LabTest
from peers import PING_ALPN, iroh


class Product(LabTest):
    def setUp(self):
        super().setUp()
        if not peers.HAS_NODE:
            self.skipTest(peers.NEEDS_NODE)

    def ask_for_an_echo(self, client, address, host):
        answer = client.call("dial", to=address, alpn=PING_ALPN, bytes=1000, datagram="over")
        self.assertEqual((answer["remote_id"], answer["intact"], answer["datagram"]),
                         (host.id, True, "over"))

    def test_iroh_dials_a_host_by_the_id_and_by_the_ticket_that_it_printed(self):
        host = self.host("compute", "--plugin", "compute.so").start()
        with iroh() as client:
            self.ask_for_an_echo(client, f"{host.id}@{host.ready['self']['bound'][0]}", host)
            self.ask_for_an_echo(client, host.ticket, host)

    def test_iroh_speaks_a_protocol_of_a_role(self):
        role = PLUGINS.parent / "tests" / "plugins" / "streams.so"
        file = self.directory / "streams.toml"
        file.write_text(f'[plugin.streams]\npath = "{role}"\n[plugin.streams.config]\nserve = "echo"\n')
        host = self.host("streams", "--config", str(file), "--set", "digest.plugin_bytes_max=1000").start()
        with iroh() as client:
            answer = client.call("dial", to=host.ticket, alpn="test/1", bytes=5_000_000)
            self.assertEqual((answer["remote_id"], answer["echoed"], answer["intact"]),
                             (host.id, 5_000_000, True))
            self.assertIn("error", client.outcome("dial", to=host.ticket, alpn="test/2", bytes=1))

    def test_meshctl_pings_iroh_by_address_and_by_ticket(self):
        host = self.host("compute", "--plugin", "compute.so").start()
        with iroh(alpn=PING_ALPN) as server:
            there = {"id": server.id, "addresses": [server.sockets[0]], "relays": []}
            for peer in (server.at("127.0.0.1"), server.call("format", **there)["ticket"]):
                code, answer = host.ctl("ping", peer, "-c", "3", "-i", "0s")
                self.assertEqual((code, answer["data"]["received"]), (0, 3))
                self.assertEqual(server.wait_for("closed")["id"], host.id)

    def test_a_configured_peer_that_is_no_meshhost_harms_nothing(self):
        with iroh(alpn=PING_ALPN) as other:
            host = self.host("compute", "--peer", other.at("127.0.0.1")).start()
            other.wait_for("refused")
            self.assertEqual(host.ctl("ping", other.at("127.0.0.1"), "-c", "1")[0], 0)


if __name__ == "__main__":
    sys.exit(peers.run_tests())
