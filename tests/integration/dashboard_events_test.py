# SPDX-License-Identifier: Apache-2.0
"""An observer's events: for those who wait, and for those who listen."""
import threading

from dashboard_case import API, Observed
from mesh_lab import wait_until


class Events(Observed):
    def test_a_stream_tells_of_a_death_and_goes_on_where_it_was(self):
        def is_of_b(event):
            return event["type"] == "peer.state" and event["peer"] == self.b.id
        with self.dashboard.events() as stream:
            self.assertEqual((stream.status, stream.headers["Content-Type"]), (200, "text/event-stream"))
            self.assertIn("default-src 'self'", stream.headers["Content-Security-Policy"])
            self.b.kill()
            number, event = stream.next(lambda event: is_of_b(event) and event["to"] == "dead")
            self.assertEqual(self.dashboard.schemas.faults("event", event), [])
            self.assertEqual(int(number), event["seq"])
        self.b.start()
        wait_until("b is back", lambda: self.states()["b"] == "alive")
        with self.dashboard.events(**{"Last-Event-ID": number}) as stream:
            after, event = stream.next()
            self.assertEqual(int(after), int(number) + 1)
            while not (is_of_b(event) and event["to"] == "alive"):
                _, event = stream.next()
        with self.dashboard.events(**{"Last-Event-ID": "x"}) as stream:
            self.assertEqual(stream.status, 400)

    def test_a_question_waits_for_what_happens_next(self):
        next_seq = self.dashboard.data(API + "events")["next_seq"]
        asked = threading.Thread(target=lambda: told.append(self.dashboard.data(
            API + "events", since=next_seq, wait_ms=30000, types="peer.state")))
        told = []
        asked.start()
        wait_until("it waits", lambda: self.dashboard.data(API + "telemetry")["observer"]["event_waiters"] == 1)
        self.assertEqual(told, [])
        self.b.kill()
        asked.join()
        event = told[0]["events"][0]
        self.assertEqual((event["type"], event["peer"]), ("peer.state", self.b.id))
        self.assertGreaterEqual(event["seq"], next_seq)
        self.assertFalse(told[0]["truncated"])
        vain = self.dashboard.data(API + "events", since=told[0]["next_seq"], wait_ms=10, types="lab.fault")
        self.assertEqual(vain["events"], [])
        self.assertTrue(self.dashboard.data(API + "events", since=10 ** 9, wait_ms=30000)["truncated"])
        self.assert_refused(self.dashboard.ask("GET", API + "events?wait_ms=30001"), 400, "E_BAD_REQUEST")

    def test_streams_are_bounded_and_counted(self):
        streams = [self.dashboard.events() for _ in range(16)]
        with self.dashboard.events() as more:
            self.assertEqual(more.status, 503)
        self.assertEqual(self.audit(self.observer)["discrepancies"], [])
        for stream in streams:
            with stream:
                self.assertEqual(stream.status, 200)
        wait_until("all are missed", lambda:
                   self.dashboard.data(API + "telemetry")["observer"]["event_streams"] == 0)
        self.assertEqual(self.audit(self.observer)["discrepancies"], [])
