# SPDX-License-Identifier: Apache-2.0
"""The local socket: who may use it, and what it does with what is no request."""
import json
import os
import random
import socket
import stat
import threading

from mesh_lab import LabTest, wait_until


class LocalApi(LabTest):
    def setUp(self):
        super().setUp()
        self.served = self.host("served").start()

    def connect(self):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(client.close)
        client.settimeout(30)
        client.connect(str(self.served.socket))
        return client

    def answer_to(self, request):
        """All that comes back until the server hangs up."""
        client = self.connect()
        try:
            client.sendall(request)
            client.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, OSError):
            pass  # it has answered already, and reads no more
        answer = b""
        try:
            while piece := client.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer

    def status_of(self, request):
        answer = self.answer_to(request)
        self.assertTrue(answer.startswith(b"HTTP/1.1 "), answer[:80])
        head, _, body = answer.partition(b"\r\n\r\n")
        if b"application/json" in head:
            self.assertIn(b'"ok":', body)
        return int(answer.split()[1])

    def assert_alive(self):
        self.assertEqual(self.served.ctl("status")[0], 0)

    def test_only_the_owner_may_connect(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.served.socket).st_mode), 0o600)

    def test_garbage_is_answered_and_survived(self):
        seed = random.randrange(2**32)
        source = random.Random(seed)
        for _ in range(200):
            self.answer_to(source.randbytes(source.randrange(1, 2000)))
        self.assert_alive()
        for request in (b"\0" * 5000, b"GET " + b"/" * 100_000, b"\r\n" * 50_000):
            self.answer_to(request)
        self.assert_alive()

    def test_faults_have_their_status_in_json(self):
        cases = {
            b"GET /v1/nothing HTTP/1.1\r\nConnection: close\r\n\r\n": 404,
            b"GET /v1/../v1/status HTTP/1.1\r\nConnection: close\r\n\r\n": 404,
            b"GET /v1/status%00 HTTP/1.1\r\nConnection: close\r\n\r\n": 404,
            b"DELETE /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n": 405,
            b"GET /v1/ping HTTP/1.1\r\nConnection: close\r\n\r\n": 405,
            b"GET /v1/rebind HTTP/1.1\r\nConnection: close\r\n\r\n": 405,
            b"nonsense\r\n\r\n": 400,
            b"GET /v1/status HTTP/1.1\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n": 431,
            b"POST /v1/ping HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n": 413,
            b"POST /v1/ping HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc": 400,
            b"POST /v1/ping HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab": 400,
        }
        for request, status in cases.items():
            self.assertEqual(self.status_of(request), status, request[:60])
        self.assert_alive()

    def test_bodies_that_are_no_ping(self):
        for body in ("NaN", "[" * 100, '{"peer":', '{"peer":"x","count":0}', '{"peer":"endpointaa"}', "\xff"):
            data = body.encode("latin-1")
            request = b"POST /v1/ping HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(data)
            self.assertEqual(self.status_of(request + data), 400, body)
        unknown = b'{"peer":"nobody"}'
        request = b"POST /v1/ping HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(unknown)
        self.assertEqual(self.status_of(request + unknown), 404)
        self.assert_alive()

    def test_the_65th_connection_is_told_so_and_the_others_work(self):
        held = [self.connect() for _ in range(64)]
        wait_until("all to be taken", lambda: b" 503 " in self.answer_to(b"")[:16])
        for _ in range(5):
            _, refused = self.served.ctl("status")
            self.assertIn("too many connections", refused["error"]["message"])
        held[0].sendall(b"GET /v1/status HTTP/1.1\r\n\r\n")
        self.assertIn(b" 200 OK", held[0].recv(65536))
        for client in held:
            client.close()
        wait_until("room again", lambda: self.served.ctl("status")[0] == 0)

    def test_a_socket_that_a_dead_host_left_is_replaced(self):
        self.served.kill()
        self.assertTrue(self.served.socket.exists())
        self.served.start()
        self.assert_alive()

    def test_two_that_start_at_once_share_nothing(self):
        self.served.stop()
        rivals = [self.host("served") for _ in range(4)]
        for rival in rivals:
            rival.spawn()
        answers = [json.loads(rival.lines.get(timeout=60)) for rival in rivals]
        self.assertEqual(sum(answer["ok"] for answer in answers), 1, answers)
        for answer in answers:
            if not answer["ok"]:
                self.assertEqual(answer["error"]["code"], "E_INSTANCE_RUNNING")

    def test_a_client_that_goes_away_stops_its_ping(self):
        other = self.host("other", "--peer", self.served.ticket).start()
        wait_until("the two to meet", lambda: other.sees(self.served))
        body = json.dumps({"peer": self.served.id, "count": 10000, "interval_ms": 10}).encode()
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.connect(str(other.socket))
        client.sendall(b"POST /v1/ping HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        self.assertIn(b"200 OK", client.recv(4096))
        self.assertEqual(other.data("probe")["ping"]["running"], 1)
        client.close()
        wait_until("the ping to stop", lambda: other.data("probe")["ping"]["running"] == 0)
