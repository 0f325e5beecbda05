# SPDX-License-Identifier: Apache-2.0
"""Relays: iroh's endpoints through ours, our clients through iroh's and ours, and who means harm.

Usage: relay_test.py [-v] [GROUP[.TEST]]; IROH_RELAY names iroh's own relay server, RELAY_PEER the
program built of rust_peers/.
"""
import contextlib
import os
import socket
import signal
import ssl
import struct
import subprocess
import sys
import tempfile
import unittest

import peers
from peers import Peer, iroh, needs_iroh, wait_until
from relays import HAS_IROH_RELAY, HAS_OPENSSL, Certificates, IrohRelay, MeshRelay

ALPN = "echo/1"
RELAY_PEER = os.environ.get("RELAY_PEER", "")
needs_iroh_relay = unittest.skipUnless(HAS_IROH_RELAY, "needs cargo, which builds iroh-relay")
needs_openssl = unittest.skipUnless(HAS_OPENSSL, "needs openssl")


def client(url, **options):
    return Peer([os.environ["MESH_RELAY_CLIENT"], "--url", url,
                 *(f"--{name}={value}" for name, value in options.items())])


class Relays(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.directory = self.stack.enter_context(tempfile.TemporaryDirectory())

    def enter(self, what):
        return self.stack.enter_context(what)

    def certificates(self):
        return Certificates(self.directory)

    def both(self, url, **options):
        """Two clients that are up."""
        one, two = (self.enter(client(url, **options)) for _ in range(2))
        one.wait_for("up")
        two.wait_for("up")
        return one, two

    def check_both_ways(self, one, two):
        for sender, receiver in ((one, two), (two, one)):
            sender.call("send", to=receiver.id, text="hello")
            self.assertEqual(receiver.wait_for("received"), {
                "event": "received", "id": sender.id, "text": "hello", "segment": 5, "ecn": 2})
        # No more than the smallest queue of these tests holds: a relay may drop what its client is late to read.
        one.call("send", to=two.id, text="x" * 12_000, segment=1_200, count=4)
        wait_until(lambda: two.call("probe")["datagrams"] == 41, "every segment")


@needs_iroh
class IrohThroughOurs(Relays):
    def echo(self, relay, **options):
        server = self.enter(iroh(alpn=ALPN, relay=relay.url, **options))
        dialler = self.enter(iroh(relay=relay.url, **options))
        to = f"{server.id}@{relay.url}"
        answer = dialler.call("dial", to=to, alpn=ALPN, bytes=200_000, datagram="over")
        self.assertEqual((answer["remote_id"], answer["intact"], answer["datagram"]),
                         (server.id, True, "over"))
        return server, dialler

    def test_two_endpoints_that_know_only_an_id_and_the_relay(self):
        relay = self.enter(MeshRelay())
        self.echo(relay)
        counted = relay.metrics()
        self.assertEqual(counted["clients"], 2)
        self.assertGreater(counted["send_packets_sent_total"], 2)

    def test_with_a_token_and_without(self):
        relay = self.enter(MeshRelay('[access]\nmode = "token"\ntokens = ["open sesame"]\n'))
        self.echo(relay, relay_token="open sesame")
        self.enter(iroh(relay=relay.url, relay_token="wrong"))
        wait_until(lambda: relay.metrics()['client_ends_total{why="denied"}'] > 0, "a refusal")

    def test_a_relay_that_restarts_is_come_back_to(self):
        relay = self.enter(MeshRelay())
        server, dialler = self.echo(relay)
        self.assertEqual(relay.stop(), 0)
        config = f'listen = "127.0.0.1:{relay.port}"\n'
        file = relay.file
        file.write_text(file.read_text().replace('listen = "127.0.0.1:0"\n', config, 1))
        program = os.path.join(os.environ["MESH_BIN_DIR"], "meshrelay")
        again = subprocess.Popen([program, "--config", file, "--json"], stdout=subprocess.PIPE)
        self.addCleanup(again.stdout.close)
        self.addCleanup(again.wait)
        self.addCleanup(again.kill)
        again.stdout.readline()
        answer = dialler.call("dial", to=f"{server.id}@{relay.url}", alpn=ALPN, bytes=1_000)
        self.assertTrue(answer["intact"])


@needs_openssl
@unittest.skipUnless(os.path.exists(RELAY_PEER), "needs cargo, which builds relay_peer")
class IrohOverTls(Relays):
    """iroh 1.4 without a socket of its own: nothing comes but by the relay, whose certificate it checks."""

    def setUp(self):
        super().setUp()
        self.authority = self.certificates()
        self.relay = self.enter(MeshRelay(certificates=self.authority))
        self.url = self.relay.tls_url.replace("localhost", "127.0.0.1")  # its resolver asks no /etc/hosts

    def rust(self, authority=None):
        return self.enter(Peer([RELAY_PEER, self.url, str(authority or self.authority.authority), ALPN],
                               {"RUST_BACKTRACE": "0"}))

    def check_echo(self, dialler, server, url=None):
        before = self.relay.metrics()["bytes_sent_total"]
        answer = dialler.call("dial", to=f"{server.id}@{url or self.url}", alpn=ALPN, bytes=200_000, datagram="over")
        self.assertEqual((answer["remote_id"], answer["intact"], answer["datagram"]), (server.id, True, "over"))
        self.assertEqual(server.wait_for("accepted")["id"], dialler.id)
        self.assertGreater(self.relay.metrics()["bytes_sent_total"] - before, 400_000)  # there and back
        return answer

    def handshakes(self):
        counted = self.relay.metrics()
        return tuple(counted[f'handshakes_total{{by="{by}"}}'] for by in ("tls_exporter", "challenge"))

    def test_two_endpoints(self):
        server, dialler = self.rust(), self.rust()
        self.assertEqual(self.check_echo(dialler, server)["paths"], ["relay"])
        self.assertEqual(self.handshakes(), (2, 0))

    def test_an_endpoint_and_a_meshhost(self):
        theirs = self.rust()
        ours = self.enter(peers.mesh(alpn=ALPN, relay=self.url, authority=self.authority.authority))
        self.check_echo(ours, theirs)
        self.assertEqual(self.check_echo(theirs, ours)["paths"], ["relay"])
        self.assertEqual(self.handshakes(), (2, 0))

    @needs_iroh
    def test_an_endpoint_and_an_older_one_without_tls(self):
        """iroh 1.4 at the port with TLS, iroh 1.0 at the one without: both are one relay."""
        newer, older = self.rust(), self.enter(iroh(alpn=ALPN, relay=self.relay.url))
        wait_until(lambda: self.handshakes() == (1, 1), "both to be there")
        self.check_echo(newer, older)
        self.check_echo(older, newer, self.relay.url)

    def test_a_certificate_that_its_authority_does_not_vouch_for(self):
        good = self.rust()
        with tempfile.TemporaryDirectory() as other:
            stranger = subprocess.Popen([RELAY_PEER, self.url, Certificates(other).authority, ALPN],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.addCleanup(stranger.communicate)
            self.addCleanup(stranger.kill)
            wait_until(lambda: self.relay.metrics()["http_connections_errored_total"] > 0, "it to refuse the relay")
            self.assertIsNone(stranger.poll())
        self.assertEqual(self.handshakes(), (1, 0))
        self.check_echo(self.rust(), good)


class OursThroughOurs(Relays):
    def test_over_plain_http(self):
        relay = self.enter(MeshRelay())
        self.check_both_ways(*self.both(relay.url))

    @needs_openssl
    def test_over_tls(self):
        certificates = self.certificates()
        relay = self.enter(MeshRelay(certificates=certificates))
        one, two = self.both(relay.tls_url, authority=certificates.authority)
        self.check_both_ways(one, two)
        self.assertEqual(one.call("probe")["challenges"], 0)

    @needs_openssl
    def test_one_over_tls_and_one_without(self):
        certificates = self.certificates()
        relay = self.enter(MeshRelay(certificates=certificates))
        one = self.enter(client(relay.tls_url, authority=certificates.authority))
        two = self.enter(client(relay.url))
        one.wait_for("up")
        two.wait_for("up")
        self.check_both_ways(one, two)

    @needs_openssl
    def test_a_certificate_that_nobody_vouches_for(self):
        relay = self.enter(MeshRelay(certificates=self.certificates()))
        one = self.enter(client(relay.tls_url))
        self.assertEqual(one.wait_for("down")["reason"], "tls_failed")

    def test_a_peer_that_leaves(self):
        relay = self.enter(MeshRelay())
        one, two = self.both(relay.url)
        self.check_both_ways(one, two)
        two.kill()
        self.assertEqual(one.wait_for("gone")["id"], two.id)

    def test_ends_in_order(self):
        relay = self.enter(MeshRelay())
        one, two = self.both(relay.url)
        self.assertEqual(relay.stop(), 0)
        for each in (one, two):
            self.assertIn(each.wait_for("down")["reason"], ("closed", "unreachable"))


@needs_iroh_relay
class OursThroughIroh(Relays):
    def test_over_plain_http(self):
        relay = self.enter(IrohRelay())
        self.check_both_ways(*self.both(relay.url))

    @needs_openssl
    def test_over_tls(self):
        certificates = self.certificates()
        relay = self.enter(IrohRelay(certificates))
        one, two = self.both(relay.url, authority=certificates.authority)
        self.check_both_ways(one, two)
        self.assertEqual(one.call("probe")["challenges"], 0)  # it took the header's proof

    def test_a_peer_that_leaves(self):
        relay = self.enter(IrohRelay())
        one, two = self.both(relay.url)
        self.check_both_ways(one, two)
        two.kill()
        self.assertEqual(one.wait_for("gone")["id"], two.id)


class Hostile(Relays):
    """Whoever means harm costs itself; two clients go on, and the memory stays where it was."""

    LIMITS = ('[limits]\nhalf_open = 200\nclient_queue = "64KiB"\n'
              '[timeouts]\nhandshake = "2s"\nwrite = "1s"\n')
    UPGRADE = (b"GET /relay HTTP/1.1\r\nHost: r\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
               b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
               b"Sec-WebSocket-Protocol: iroh-relay-v2, iroh-relay-v1\r\n\r\n")

    def setUp(self):
        super().setUp()
        self.relay = self.enter(MeshRelay(self.LIMITS))
        self.one, self.two = self.both(self.relay.url)
        self.check_both_ways(self.one, self.two)

    def connect(self):
        return self.enter(socket.create_connection(("127.0.0.1", self.relay.port), peers.PATIENCE_S))

    def hear_the_end(self, connection):
        """Whatever it says, until it closes."""
        heard = b""
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                heard += part
        return heard

    def still_works(self):
        before = self.two.call("probe")["datagrams"]
        self.one.call("send", to=self.two.id, text="still here")
        wait_until(lambda: self.two.call("probe")["datagrams"] == before + 1, "the relay to work")

    def test_garbage_instead_of_http(self):
        for garbage in (b"\0" * 1000, b"\x16\x03\x01" * 100, b"GET\r\n\r\n", b"A" * 20_000,
                        b"GET /relay HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 5000):
            connection = self.connect()
            with contextlib.suppress(ConnectionError):
                connection.sendall(garbage)
            self.hear_the_end(connection)
        self.still_works()

    def test_garbage_behind_the_upgrade(self):
        for garbage in (b"\xff" * 1000, b"\x82\xff" + b"\x7f" * 8, b"\x82\x85\0\0\0\0\x01aaaa",
                        b"\x82\xfe\x10\x00" + b"\0" * 5000):
            connection = self.connect()
            connection.sendall(self.UPGRADE)
            self.assertTrue(connection.recv(20).startswith(b"HTTP/1.1 101"))
            with contextlib.suppress(ConnectionError):
                connection.sendall(garbage)
            self.hear_the_end(connection)
        self.still_works()

    def test_who_says_nothing_or_little_is_not_waited_for(self):
        slow = [self.connect() for _ in range(100)]
        for index, connection in enumerate(slow):
            connection.sendall(self.UPGRADE[:index] if index < 90 else self.UPGRADE)
        for connection in slow:
            self.hear_the_end(connection)
        wait_until(lambda: self.relay.metrics()["connections"] == 2, "them to be gone")
        self.still_works()

    def test_more_than_may_be_half_open(self):
        many = [self.connect() for _ in range(300)]
        wait_until(lambda: self.relay.metrics()["http_connections_refused_total"] >= 100, "refusals")
        self.still_works()
        for connection in many:
            connection.close()
        wait_until(lambda: self.relay.metrics()["connections"] == 2, "them to be gone")

    def test_speaking_before_the_answer(self):
        connection = self.connect()
        connection.sendall(self.UPGRADE + b"\x82\x80\0\0\0\0")
        self.assertEqual(self.hear_the_end(connection), b"")
        self.still_works()

    def test_a_flood_to_somebody_who_reads_nothing(self):
        """The receiver is stopped; what waits for it is bounded, and it is given up."""
        victim = self.enter(client(self.relay.url))
        victim.wait_for("up")
        before = self.relay.memory()
        os.kill(victim.pid, signal.SIGSTOP)
        try:
            for _ in range(40):
                self.one.call("send", to=victim.id, text="x" * 60_000, segment=1_200, count=20)
                wait_until(lambda: self.relay.metrics()["queued_bytes"] <= 64 * 1024 + 4096, "a bounded queue")
                self.still_works()
            wait_until(lambda: self.relay.metrics()['client_ends_total{why="slow"}'] == 1, "it to be given up")
        finally:
            os.kill(victim.pid, signal.SIGCONT)
            victim.kill()
        self.assertLess(self.relay.memory() - before, 16 << 20)

    @needs_openssl
    def test_tls_that_breaks_off(self):
        certificates = self.certificates()
        relay = self.enter(MeshRelay(self.LIMITS, certificates))
        trusting = ssl.create_default_context(cafile=certificates.authority)
        for cut in range(0, 200, 10):
            with socket.create_connection(("127.0.0.1", relay.tls_port), peers.PATIENCE_S) as connection:
                connection.sendall(b"\x16\x03\x01\x02\0\x01" + bytes(cut))
        with socket.create_connection(("127.0.0.1", relay.tls_port), peers.PATIENCE_S) as plain, \
                trusting.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(self.UPGRADE)
            self.assertTrue(connection.recv(20).startswith(b"HTTP/1.1 101"))
        wait_until(lambda: relay.metrics()["connections"] == 0, "them to be gone")


class Operating(Relays):
    """What an operator does with it."""

    def run_relay(self, *words):
        program = os.path.join(os.environ["MESH_BIN_DIR"], "meshrelay")
        return subprocess.run([program, *map(str, words)], capture_output=True, text=True,
                              timeout=peers.PATIENCE_S, check=False)

    def file(self, text):
        path = os.path.join(self.directory, "relay.toml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def test_what_it_exits_with(self):
        self.assertEqual(self.run_relay("--help").returncode, 0)
        self.assertEqual(self.run_relay("--version").returncode, 0)
        self.assertEqual(self.run_relay("--nonsense").returncode, 2)
        wrong = self.run_relay("--config", self.file("[limits]\nconnections = 0\n"))
        self.assertEqual(wrong.returncode, 7)
        self.assertIn("relay.toml:2:15", wrong.stderr)
        self.assertEqual(self.run_relay("--config", "/nowhere/relay.toml").returncode, 7)
        self.assertEqual(self.run_relay("--check", "--config", self.file('listen = "[::]:1"\n')).returncode, 0)
        without = self.file('[tls]\nlisten = "[::]:443"\ncert = "/nowhere"\nkey = "/nowhere"\n')
        missing = self.run_relay("--check", "--config", without)
        self.assertEqual(missing.returncode, 7)
        self.assertIn("E_TLS", missing.stderr)
        relay = self.enter(MeshRelay())
        taken = self.run_relay("--listen", f"127.0.0.1:{relay.port}")
        self.assertEqual(taken.returncode, 1)
        self.assertIn("E_PORT_TAKEN", taken.stderr)

    def test_tells_who_asks_where_it_sees_him(self):
        for listen, family, host in (("127.0.0.1:0", socket.AF_INET, "127.0.0.1"), ("[::]:0", socket.AF_INET, "127.0.0.1"),
                                     ("[::]:0", socket.AF_INET6, "::1")):
            relay = self.enter(MeshRelay(f'stun.listen = "{listen}"'))
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.settimeout(peers.PATIENCE_S)
                asking.connect((host, int(relay.stun.rpartition(":")[2])))
                head = struct.pack("!HHI", 1, 0, 0x2112A442) + bytes(range(12))  # RFC 8489 §5
                asking.send(b"garbage")
                asking.send(head)
                answer = asking.recv(1500)
                port, = struct.unpack("!H", answer[26:28])
                self.assertEqual(answer[:2], b"\x01\x01")
                self.assertEqual(answer[4:20], head[4:])
                self.assertEqual(port ^ 0x2112, asking.getsockname()[1])
            counted = relay.metrics()
            self.assertEqual((counted["stun_answered_total"], counted["stun_malformed_total"]), (1, 1))

    def test_another_access_list_while_it_runs(self):
        relay = self.enter(MeshRelay())
        one, two = self.both(relay.url)
        text = relay.file.read_text()
        relay.file.write_text(text + f'\n[access]\nmode = "deny"\nids = ["{two.id}"]\n')
        relay.process.send_signal(signal.SIGHUP)
        two.wait_for("down")
        self.assertEqual(two.wait_for("down", reason="denied")["reason"], "denied")  # and again later
        self.assertEqual(one.call("probe")["status"], "up")
        relay.file.write_text(text + "\nnonsense = 1\n")  # refused: what was goes on
        relay.process.send_signal(signal.SIGHUP)
        relay.file.write_text(text)
        relay.process.send_signal(signal.SIGHUP)
        two.wait_for("up")

    @needs_openssl
    def test_another_certificate_while_it_runs(self):
        certificates = self.certificates()
        relay = self.enter(MeshRelay(certificates=certificates))
        one = self.enter(client(relay.tls_url, authority=certificates.authority))
        one.wait_for("up")
        renewed = self.certificates()  # by another authority, at the same place
        relay.process.send_signal(signal.SIGHUP)
        two = self.enter(client(relay.tls_url, authority=renewed.authority))
        two.wait_for("up")
        self.assertEqual(one.call("probe")["status"], "up")
        self.check_both_ways(one, two)


if __name__ == "__main__":
    sys.exit(peers.run_tests())
