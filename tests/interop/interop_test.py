# SPDX-License-Identifier: Apache-2.0
"""meshhost's transport against a real iroh endpoint, both ways: what both must agree on.

Usage: interop_test.py [-v] [GROUP[.TEST]]; what was tried against what is in docs/interop.md.
"""
import socket
import sys
import unittest

import peers
from peers import PING_ALPN, iroh, mesh, needs_iroh, needs_ipv6, wait_until

LOCAL = "127.0.0.1"
ANYWHERE = ["0.0.0.0:0", "[::]:0"]
LARGE = 5_000_000
SEEDS = ["00" * 32, "2a" * 32, bytes(range(32)).hex()]


def dial(who, whom, **arguments):
    return who.call("dial", to=whom.at(LOCAL), alpn=PING_ALPN, **arguments)


@needs_iroh
class KeysAndTickets(unittest.TestCase):
    """The same texts mean the same to both."""

    ADDRESSES = [
        ([], []),
        (["127.0.0.1:1024"], []),
        (["192.0.2.7:65535", "127.0.0.1:1", "[2001:db8::1]:4433"], []),
        ([], ["https://use1-1.relay.n0.iroh.link./"]),
        (["[::1]:127", "10.0.0.1:128"], ["http://derp.me./"]),
    ]

    def test_one_seed_makes_one_id_on_both_sides(self):
        for seed in SEEDS:
            with mesh(seed=seed) as ours, iroh(seed=seed) as theirs:
                self.assertEqual(ours.id, theirs.id)

    def test_both_write_and_read_the_same_tickets(self):
        with mesh() as ours, iroh() as theirs:
            for addresses, relays in self.ADDRESSES:
                addr = {"id": theirs.id, "addresses": addresses, "relays": relays}
                ticket = ours.call("format", **addr)["ticket"]
                self.assertEqual(ticket, theirs.call("format", **addr)["ticket"])
                read = ours.call("parse", text=ticket)
                self.assertEqual(read, theirs.call("parse", text=ticket))
                self.assertEqual((read["id"], set(read["addresses"]), read["relays"]),
                                 (theirs.id, set(addresses), relays))

    def test_either_side_dials_the_ticket_of_the_other(self):
        with mesh(alpn=PING_ALPN) as ours, iroh(alpn=PING_ALPN) as theirs:
            for who, whom in ((ours, theirs), (theirs, ours)):
                addr = {"id": whom.id, "addresses": [f"{LOCAL}:{whom.ports[0]}"], "relays": []}
                ticket = whom.call("format", **addr)["ticket"]
                answer = who.call("dial", to=ticket, alpn=PING_ALPN, bytes=10)
                self.assertEqual(answer["remote_id"], whom.id)


@needs_iroh
class Dialling(unittest.TestCase):
    """We dial iroh."""

    def test_a_stream_and_a_datagram_come_back_and_both_know_who(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            answer = dial(client, server, bytes=1000, datagram="over")
            self.assertEqual((answer["echoed"], answer["intact"], answer["datagram"]),
                             (1000, True, "over"))
            self.assertEqual(answer["remote_id"], server.id)
            seen = server.wait_for("accepted")
            self.assertEqual((seen["id"], seen["alpn"]), (client.id, PING_ALPN))

    def test_a_large_transfer_comes_back_intact(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            answer = dial(client, server, bytes=LARGE)
            self.assertEqual((answer["echoed"], answer["intact"]), (LARGE, True))

    def test_iroh_under_another_id_than_dialled_is_refused(self):
        with iroh(alpn=PING_ALPN) as server, iroh() as other, mesh() as client:
            to = f"{other.id}@{server.sockets[0]}"
            error = client.outcome("dial", to=to, alpn=PING_ALPN, bytes=1)["error"]
            self.assertEqual(error["cause"], "wrong key at the address")
            self.assertIn(server.id, error["reason"])
            server.wait_for("refused")
            self.assertEqual(server.events("accepted"), [])

    def test_an_alpn_that_iroh_does_not_serve_ends_in_0x178(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            error = client.outcome("dial", to=server.at(LOCAL), alpn="other/1")["error"]
            self.assertEqual(error["cause"], "protocol not spoken by the peer")
            self.assertEqual(error["code"], 0x178)

    def test_a_retry_by_iroh_is_answered(self):
        with iroh(alpn=PING_ALPN, retry=True) as server, mesh() as client:
            self.assertTrue(dial(client, server, bytes=100)["intact"])
            server.wait_for("retried")
            self.assertEqual(server.wait_for("closed")["bytes"], 100)

    def test_a_connection_follows_us_to_fresh_sockets(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            transfer = client.begin("dial", to=server.at(LOCAL), alpn=PING_ALPN, bytes=LARGE)
            server.wait_for("accepted")
            client.call("rebind")
            self.assertFalse(client.has_answered(transfer))
            self.assertTrue(client.end(transfer)["intact"])
            self.assertEqual(server.wait_for("closed")["bytes"], LARGE)


@needs_iroh
class Accepting(unittest.TestCase):
    """iroh dials us."""

    def test_a_stream_and_a_datagram_come_back_and_both_know_who(self):
        with mesh(alpn=PING_ALPN) as server, iroh() as client:
            answer = dial(client, server, bytes=1000, datagram="over")
            self.assertEqual((answer["echoed"], answer["intact"], answer["datagram"]),
                             (1000, True, "over"))
            self.assertEqual(answer["remote_id"], server.id)
            seen = server.wait_for("accepted")
            self.assertEqual((seen["id"], seen["alpn"]), (client.id, PING_ALPN))

    def test_a_large_transfer_comes_back_intact(self):
        with mesh(alpn=PING_ALPN) as server, iroh() as client:
            answer = dial(client, server, bytes=LARGE)
            self.assertEqual((answer["echoed"], answer["intact"]), (LARGE, True))

    def test_iroh_refuses_us_under_another_id_than_dialled(self):
        with mesh(alpn=PING_ALPN) as server, mesh() as other, iroh() as client:
            to = f"{other.id}@{server.sockets[0]}"
            self.assertIn("error", client.outcome("dial", to=to, alpn=PING_ALPN, bytes=1))
            self.assertEqual(server.events("accepted"), [])

    def test_iroh_hears_0x178_for_an_alpn_that_we_do_not_serve(self):
        with mesh(alpn=PING_ALPN) as server, iroh() as client:
            error = client.outcome("dial", to=server.at(LOCAL), alpn="other/1")["error"]
            self.assertIn("error 120", error["reason"])  # 0x178 is TLS alert 120 in QUIC

    def test_iroh_answers_our_retry_and_our_token_spares_the_next_one(self):
        with mesh(alpn=PING_ALPN, half_open_max=0) as server, iroh() as client:
            for _ in range(2):
                self.assertTrue(dial(client, server, bytes=100)["intact"])
                self.assertEqual(server.call("probe")["retries_sent"], 1)

    def test_one_iroh_gets_no_more_connections_than_its_share(self):
        with mesh(alpn=PING_ALPN) as server, iroh() as client:
            kept = [dial(client, server, bytes=1, keep=True) for _ in range(16)]
            refused = client.outcome("dial", to=server.at(LOCAL), alpn=PING_ALPN, bytes=1)
            self.assertIn("error", refused)
            self.assertEqual(server.call("probe")["ends"], {"refused": 1})
            for one in kept:
                client.call("nudge", connection=one["connection"])
            self.assertEqual(client.events("lost"), [])


@needs_iroh
@needs_ipv6
class Addresses(unittest.TestCase):
    """Several ways to one endpoint."""

    def test_ipv6_works_both_ways(self):
        with mesh(alpn=PING_ALPN, bind="[::1]:0") as ours, \
                iroh(alpn=PING_ALPN, bind="[::1]:0") as theirs:
            for who, whom in ((ours, theirs), (theirs, ours)):
                answer = who.call("dial", to=whom.at("[::1]"), alpn=PING_ALPN, bytes=1000)
                self.assertTrue(answer["intact"])

    def test_the_first_flight_of_iroh_to_all_our_addresses_makes_one_connection(self):
        # A witness among the addresses shows that iroh does send copies.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as witness, \
                mesh(alpn=PING_ALPN, bind=ANYWHERE) as server, \
                iroh(bind=["0.0.0.0:0", "[::]:0"]) as client:
            witness.bind((LOCAL, 0))
            witness.settimeout(peers.PATIENCE_S)
            to = server.at(LOCAL, "127.0.0.2", "[::1]") + f",{LOCAL}:{witness.getsockname()[1]}"
            answer = client.call("dial", to=to, alpn=PING_ALPN, bytes=100, keep=True)
            self.assertTrue(answer["intact"])
            self.assertEqual(witness.recv(1500)[0] & 0xf0, 0xc0)  # an Initial, RFC 9000 §17.2.2
            self.assertEqual(server.call("probe")["opened"], 1)
            self.assertEqual(len(server.events("accepted")), 1)

    def test_our_dial_to_all_addresses_of_iroh_makes_one_connection(self):
        with iroh(alpn=PING_ALPN, bind=ANYWHERE) as server, mesh(bind=ANYWHERE) as client:
            to = server.at(LOCAL, "127.0.0.2", "[::1]")
            answer = client.call("dial", to=to, alpn=PING_ALPN, bytes=100)
            self.assertTrue(answer["intact"])
            server.wait_for("accepted")
            server.wait_for("closed")
            self.assertEqual(server.events("accepted"), [])


@needs_iroh
class Resumption(unittest.TestCase):
    """The second connection is cheaper than the first."""

    def test_iroh_takes_our_early_data_once(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            self.assertEqual(dial(client, server, bytes=1)["handshake"], "full")
            server.wait_for("closed")
            answer = dial(client, server, bytes=1000, early_data=True)
            self.assertEqual((answer["handshake"], answer["intact"]), ("early_data", True))
            self.assertEqual(answer["echoed"], 1000)
            seen = server.wait_for("closed")
            self.assertEqual((seen["streams"], seen["bytes"]), (1, 1000))

    def test_without_early_data_iroh_resumes_all_the_same(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            dial(client, server, bytes=1)
            self.assertEqual(dial(client, server, bytes=1)["handshake"], "resumed")
            self.assertEqual(dial(client, server, bytes=1, resume=False)["handshake"], "full")

    def test_early_data_that_a_restarted_iroh_rejects_arrives_all_the_same_once(self):
        with iroh(alpn=PING_ALPN, seed=SEEDS[1]) as server, mesh() as client:
            dial(client, server, bytes=1)
            server.kill()
            with iroh(alpn=PING_ALPN, seed=SEEDS[1], bind=server.sockets[0]) as restarted:
                answer = dial(client, restarted, bytes=1000, early_data=True)
                self.assertEqual((answer["handshake"], answer["intact"]), ("full", True))
                seen = restarted.wait_for("closed")
                self.assertEqual((seen["streams"], seen["bytes"]), (1, 1000))

    def test_iroh_resumes_with_us_and_is_known_by_its_id_again(self):
        with mesh(alpn=PING_ALPN) as server, iroh() as client:
            dial(client, server, bytes=1)
            self.assertEqual(server.wait_for("accepted")["handshake"], "full")
            self.assertTrue(dial(client, server, bytes=1000)["intact"])
            seen = server.wait_for("accepted")
            self.assertEqual(seen["id"], client.id)
            # iroh offers early data with every ticket. It counts a ticket's age in whole seconds,
            # and GnuTLS takes no early data with a ticket that claims to be older than it is.
            self.assertIn(seen["handshake"], ("early_data", "resumed"))

    def test_iroh_with_a_ticket_of_our_former_life_gets_a_full_handshake(self):
        with mesh(alpn=PING_ALPN, seed=SEEDS[1]) as server, iroh() as client:
            dial(client, server, bytes=1)
            server.kill()
            with mesh(alpn=PING_ALPN, seed=SEEDS[1], bind=server.sockets[0]) as restarted:
                self.assertTrue(dial(client, restarted, bytes=1000)["intact"])
                self.assertEqual(restarted.wait_for("accepted")["handshake"], "full")


@needs_iroh
class Accounting(unittest.TestCase):
    """Nothing is left behind."""

    CYCLES = 100

    def check(self, client, server, ours):
        dial(client, server, bytes=1, datagram="first")
        wait_until(lambda: ours.call("probe")["held"]["connections"] == 0, "the first is gone")
        before = ours.call("probe")["held"]
        for _ in range(self.CYCLES):
            self.assertTrue(dial(client, server, bytes=1000, datagram="next")["intact"])
        wait_until(lambda: ours.call("probe")["held"] == before,
                   f"all is back at {before}")
        self.assertEqual(ours.call("probe")["opened"], self.CYCLES + 1)

    def test_after_100_dials_of_iroh_all_tables_are_back_where_they_were(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            self.check(client, server, ours=client)

    def test_after_100_dials_by_iroh_all_tables_are_back_where_they_were(self):
        with mesh(alpn=PING_ALPN) as server, iroh() as client:
            self.check(client, server, ours=server)


@needs_iroh
class Endings(unittest.TestCase):
    """Who hears what when a connection ends."""

    def test_iroh_hears_our_code_and_reason(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            kept = dial(client, server, bytes=1, keep=True)["connection"]
            client.call("release", connection=kept, code=77, reason="enough")
            self.assertEqual(server.wait_for("closed")["reason"], "closed by peer: enough (code 77)")

    def test_we_hear_that_iroh_left_in_order(self):
        with iroh(alpn=PING_ALPN) as server, mesh() as client:
            dial(client, server, bytes=1, keep=True)
            server.stop()
            self.assertEqual(client.wait_for("lost")["cause"], "closed by the peer")

    def test_an_iroh_that_was_killed_is_missed_within_the_idle_timeout(self):
        with iroh(alpn=PING_ALPN) as server, mesh(idle_ms=1000) as client:
            dial(client, server, bytes=1, keep=True)
            server.kill()
            self.assertEqual(client.wait_for("lost")["cause"], "idle timeout")

    def test_a_dialling_iroh_that_was_killed_leaves_nothing_behind(self):
        with mesh(alpn=PING_ALPN, idle_ms=1000) as server, iroh() as client:
            dial(client, server, bytes=1, keep=True)
            client.kill()
            wait_until(lambda: server.call("probe")["held"]["connections"] == 0, "it is missed")
            self.assertEqual(server.call("probe")["ends"], {"idle timeout": 1})

    def test_our_restart_resets_what_iroh_held_of_our_former_life(self):
        with mesh(alpn=PING_ALPN, seed=SEEDS[1]) as server, iroh() as client:
            kept = dial(client, server, bytes=1, keep=True)["connection"]
            server.kill()
            with mesh(alpn=PING_ALPN, seed=SEEDS[1], bind=server.sockets[0]):
                client.outcome("nudge", connection=kept)  # fails when iroh asked before
                self.assertIn("reset", client.wait_for("lost")["reason"])


class Ourselves(unittest.TestCase):
    """Two processes of ours; the only group that needs no iroh."""

    def test_a_client_that_leaves_with_the_answer_to_its_early_data_has_closed_in_order(self):
        with mesh(alpn=PING_ALPN) as server, mesh() as client:
            dial(client, server, bytes=1)
            self.assertEqual(dial(client, server, bytes=1, early_data=True)["handshake"],
                             "early_data")
            wait_until(lambda: server.call("probe")["ends"] == {"closed by the peer": 2},
                       "both are closed")

    def test_a_peer_of_ours_sees_a_stateless_reset_at_once(self):
        with mesh(alpn=PING_ALPN, seed=SEEDS[1]) as server, mesh() as client:
            kept = dial(client, server, bytes=1, keep=True)["connection"]
            server.kill()
            with mesh(alpn=PING_ALPN, seed=SEEDS[1], bind=server.sockets[0]) as restarted:
                client.call("nudge", connection=kept)
                lost = client.wait_for("lost")
                self.assertEqual(lost["cause"], "reset: the peer has restarted")
                self.assertTrue(dial(client, restarted, bytes=1)["intact"])


if __name__ == "__main__":
    sys.exit(peers.run_tests())
