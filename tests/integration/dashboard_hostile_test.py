# SPDX-License-Identifier: Apache-2.0
"""An observer among clients that mean it no good, or cannot do better."""
import random
import re
import socket

from dashboard_case import API, Observed
from dashboard_client import Stream
from mesh_lab import wait_until


class Hostile(Observed):
    def resident_kib(self):
        status = open(f"/proc/{self.observer.process.pid}/status").read()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def test_streams_that_break_the_rules_are_ended(self):
        for opcode, payload, code in (
                (1, b"not json", 1008), (1, b'{"t":"hello","v":2}', 1008), (1, b"[1]", 1008),
                (1, b'{"t":"hello","v":"1"}', 1008), (2, b"\0\1", 1003), (1, b"\xff\xfe", 1007)):
            with Stream(self.dashboard) as stream:
                stream.send(opcode, payload)
                self.assertEqual(stream.close_code(), code, payload)
        with Stream(self.dashboard) as stream:
            stream.send(1, b"x" * (17 << 10))
            self.assertEqual(stream.close_code(), 1009)
        with self.dashboard.stream() as stream:
            stream.next("snapshot")
            stream.say({"t": "hello", "v": 1})
            self.assertEqual(stream.close_code(), 1008)
        for resume in (-1, "x", 1.5, 2 ** 63 - 1):
            with self.dashboard.stream(resume=resume) as stream:
                self.assertIn(stream.next()["t"], ("snapshot", "gap"))
        self.assertEqual(self.states(), {"a": "alive", "b": "alive"})

    def test_garbage_is_answered_or_dropped(self):
        chance = random.Random(3)
        words = [b"GET ", b"POST ", API.encode(), b"nodes/", b" HTTP/1.1\r\n", b"Host: x\r\n", b"\r\n", b"\0", b"?at=",
                 b"%", b"A" * 5000, b"Upgrade: websocket\r\nConnection: Upgrade\r\n", b"Content-Length: 99999999\r\n"]
        for _ in range(300):
            with self.dashboard.connect() as one:
                try:
                    one.sendall(b"".join(chance.choice(words) for _ in range(chance.randrange(1, 12))))
                    one.shutdown(socket.SHUT_WR)
                    one.recv(1 << 16)
                except OSError:
                    pass
        for path in ("nodes/", "nodes/zz/series", "nodes/zz/boots", f"nodes/{'f' * 64}/boots", "nodes//",
                     "schema/../index.html", "schema/", "events?since=-1", "events?limit=x", "stream", "nodes?where=" + "-x%20" * 900, "nodes?where=%00%ff",
                     "nodes?cursor=" + "5b" * 900, "edges?cursor=ff", "events/stream/x", "boots/x", "boots/x?node=y", "paths/x/y", "paths//",
                     f"boots/{'1' * 32}?node={'f' * 64}", "x" * 9000):
            self.assertIn(self.dashboard.ask("GET", API + path)[0], (200, 400, 404, 414, 500, 503, 504), path)
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
            self.assertEqual(self.dashboard.ask(method, API + "snapshot")[0], 405, method)
        self.assertEqual(self.dashboard.ask("POST", API + "snapshot")[0], 404)
        self.assertEqual(self.dashboard.ask("HEAD", API + "snapshot")[0], 200)
        self.assertEqual(self.dashboard.ask("GET", "/livez")[0], 404)
        self.assertEqual(self.states(), {"a": "alive", "b": "alive"})

    def test_a_hundred_tabs_and_some_that_do_not_read(self):
        with self.dashboard.stream() as first:
            first.next("snapshot")
        before = self.resident_kib()
        tabs = [self.dashboard.stream() for _ in range(100)]
        for tab in tabs[:10]:
            tab.next("snapshot")
        self.assertEqual(self.states(), {"a": "alive", "b": "alive"})
        wait_until("all are counted", lambda:
                   self.dashboard.data(API + "telemetry")["observer"]["clients"] == 100)
        many = []
        for _ in range(60):
            more = Stream(self.dashboard)
            many.append(more)
            if more.status != 101:
                break
        self.assertEqual(more.status, 503)
        self.assertLess(self.resident_kib() - before, 64 << 10)
        for tab in tabs + many:
            tab.close()
        wait_until("all are missed", lambda:
                   self.dashboard.data(API + "telemetry")["observer"]["clients"] == 0)
        self.assertEqual(self.audit(self.observer)["discrepancies"], [])

    def test_names_that_are_markup_are_passed_on_as_text(self):
        name = "<img src=x onerror=alert(1)>"
        self.host("odd", "--peer", self.a.ticket, "--set", f"node.name={name}").start()
        wait_until("it is shown", lambda: self.dashboard.node(name) is not None)

    def test_only_a_lab_is_broken(self):
        self.assert_refused(self.dashboard.post(API + "lab/actions", {"key": "1", "kind": "kill", "node": "a"}),
                            403, "E_NOT_A_LAB")
        self.assertTrue(self.a.is_running())
