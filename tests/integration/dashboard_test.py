# SPDX-License-Identifier: Apache-2.0
"""What a dashboard is shown of a mesh that lives."""

from dashboard_case import API, Observed
from dashboard_client import apply
from mesh_lab import wait_until


class Picture(Observed):
    def test_nodes_edges_and_what_they_use(self):
        with self.dashboard.stream() as stream:
            picture = apply({}, stream.next("snapshot"))
            eye = picture["nodes"][self.observer.id]
            self.assertEqual((eye["self"], eye["tier"]), (True, "observer"))

            def is_complete():
                apply(picture, stream.next("delta"))
                a, b = (picture["nodes"][host.id] for host in (self.a, self.b))
                edge = picture["edges"].get("|".join(sorted((self.a.id, self.b.id))))
                return a["usage"] and b["usage"] and edge and edge["kind"] == "direct"
            wait_until("meters of both and their edge", is_complete)
            a = picture["nodes"][self.a.id]
            self.assertGreater(a["usage"]["rss_bytes"], 1 << 20)
            self.assertEqual(a["roles"], ["compute"])
            self.assertEqual([each["state"] for each in a["plugins"]], ["running"])
            self.assertIn(self.b.id, a["neighbors"])
            edge = picture["edges"]["|".join(sorted((self.a.id, self.b.id)))]
            self.assertEqual(edge["reason"], "same_host")
            self.assertIn(edge["tree"], ("eager", "lazy"))
            stream.next("tick")
            self.assertEqual(self.dashboard.data(API + "snapshot")["mesh"]["lab"], False)

    def test_a_killed_host_is_seen_to_go_and_to_come_back(self):
        with self.dashboard.stream() as stream:
            picture = apply({}, stream.next("snapshot"))
            events = []

            def watch(until):
                def has_come():
                    frame = stream.next("delta")
                    apply(picture, frame)
                    events.extend(op[1] for op in frame["ops"] if op[0] == "ev")
                    return picture["nodes"][self.b.id]["state"] == until
                wait_until(f"b to be {until}", has_come)
            self.b.kill()
            watch("dead")
            self.assertIsNone(picture["nodes"][self.b.id]["usage"])
            self.assertFalse([edge for edge in picture["edges"] if self.b.id in edge])
            # Pictures may pass over a state that lasts for less than there is between two of them; events do not.
            told = [event["to"] for event in events if event["peer"] == self.b.id and event["type"] == "peer.state"]
            self.assertEqual(told[-2:], ["stale", "dead"])
            self.b.start()
            watch("alive")
            self.assertGreater(picture["nodes"][self.b.id]["incarnation"], 0)

    def test_whoever_lost_the_connection_goes_on_where_it_was(self):
        with self.dashboard.stream() as stream:
            picture = apply({}, stream.next("snapshot"))
            seq = stream.next("delta")["seq"]
        self.b.kill()
        wait_until("b is dead", lambda: self.states()["b"] == "dead")
        with self.dashboard.stream(resume=seq) as stream:
            self.assertEqual(stream.next()["t"], "resumed")
            wait_until("the death is told", lambda: apply(picture, stream.next("delta"))
                       ["nodes"][self.b.id]["state"] == "dead")
        with self.dashboard.stream(resume=5) as stream:
            self.assertEqual([stream.next()["t"], stream.next()["t"]], ["gap", "snapshot"])

    def test_a_past_moment_is_shown_as_it_was(self):
        then = self.dashboard.data(API + "snapshot")["now"]
        self.b.kill()
        wait_until("b is dead", lambda: self.states()["b"] == "dead")
        past = self.dashboard.data(API + "snapshot?at=" + then)
        self.assertEqual({node["name"]: node["state"] for node in past["nodes"] if not node["self"]},
                         {"a": "alive", "b": "alive"})
        history = self.dashboard.data(API + "history")
        self.assertLessEqual(history["oldest"], then)
        self.assertGreater(history["newest"], then)
        for moment, status, code in (("2020-01-01T00:00:00Z", 404, "E_TOO_OLD"), ("noon", 400, "E_BAD_REQUEST")):
            self.assert_refused(self.dashboard.ask("GET", API + "snapshot?at=" + moment), status, code)

    def test_series_plugins_and_telemetry(self):
        with self.dashboard.stream() as stream:
            stream.next("snapshot")
            wait_until("two rounds of meters", lambda: len(self.series()) > 1)
        nodes = {node["name"]: node for node in self.dashboard.data(API + "plugins")["nodes"]}
        self.assertEqual([plugin["role"] for plugin in nodes["a"]["plugins"]], ["compute"])
        self.assertEqual(nodes["eye"]["plugins"], [])
        self.assertIsNone(self.dashboard.data(API + "telemetry")["otlp"])
        self.assertGreater(self.dashboard.data(API + "telemetry")["observer"]["rounds"], 1)

    def series(self):
        return [each for each in self.dashboard.data(f"{API}nodes/{self.a.id}/series")["series"]["rss"] if each]

    def test_the_books_balance_while_somebody_looks(self):
        with self.dashboard.stream() as stream:
            stream.next("snapshot")
            self.dashboard.data(API + "boots")
            self.assertEqual(self.audit(self.observer)["discrepancies"], [])
        wait_until("the client is missed", lambda:
                   self.dashboard.data(API + "telemetry")["observer"]["clients"] == 0)
        self.assertEqual(self.audit(self.observer)["discrepancies"], [])
