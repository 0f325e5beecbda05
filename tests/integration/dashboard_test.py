# SPDX-License-Identifier: Apache-2.0
"""An observer's API: what a dashboard is shown of a mesh that lives, and whom it does not let in."""
import gzip
import json
import pathlib
import random
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

from dashboard_client import Dashboard, Stream, apply
from mesh_lab import BIN, QUICK_TO_NOTICE, LabTest, clean_environment, wait_until

API = "/api/v1/"


class Observed(LabTest):
    """Two hosts, and one that observes them."""

    def setUp(self):
        super().setUp()
        self.a = self.host("a", "--plugin", "compute.so", *QUICK_TO_NOTICE).start()
        self.b = self.host("b", "--plugin", "broker.so", "--peer", self.a.ticket, *QUICK_TO_NOTICE).start()
        self.observer = self.host("eye", "--observe", "--set", "observe.listen=127.0.0.1:0", "--peer",
                                  self.a.ticket, *QUICK_TO_NOTICE).start()
        self.dashboard = Dashboard(self.observer.ready["dashboard"]).enter()
        wait_until("the observer shows both", lambda: self.states() == {"a": "alive", "b": "alive"})

    def states(self):
        nodes = self.dashboard.data(API + "snapshot")["nodes"]
        return {node["name"]: node["state"] for node in nodes if not node["self"]}

    def assert_refused(self, answer, status, code):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(json.loads(answer[2])["error"]["code"], code)


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
            seen, events = [], []

            def watch(until):
                def has_come():
                    frame = stream.next("delta")
                    apply(picture, frame)
                    events.extend(op[1] for op in frame["ops"] if op[0] == "ev")
                    state = picture["nodes"][self.b.id]["state"]
                    if not seen or seen[-1] != state:
                        seen.append(state)
                    return state == until
                wait_until(f"b to be {until}", has_come)
            self.b.kill()
            watch("dead")
            self.assertIn("stale", seen)
            self.assertIsNone(picture["nodes"][self.b.id]["usage"])
            self.assertFalse([edge for edge in picture["edges"] if self.b.id in edge])
            self.assertIn((self.b.id, "dead"), [(event["peer"], event["to"]) for event in events])
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


class Questions(Observed):
    """Parts of the picture, by a filter and page by page; the rest is counted."""

    def setUp(self):
        super().setUp()
        with self.dashboard.stream() as stream:
            picture = apply({}, stream.next("snapshot"))
            self.edge = "|".join(sorted((self.a.id, self.b.id)))

            def is_complete():
                apply(picture, stream.next("delta"))
                a, b = (picture["nodes"][host.id] for host in (self.a, self.b))
                return a["usage"] and b["usage"] and picture["edges"].get(self.edge, {}).get("kind") == "direct"
            wait_until("meters of both and their edge", is_complete)

    def names(self, **query):
        return [node["name"] for node in self.dashboard.data(API + "nodes", **query)["nodes"]]

    def test_nodes_by_a_filter_and_page_by_page(self):
        self.assertEqual(self.names(), ["a", "b", "eye"])
        self.assertEqual(self.names(where="-tier:observer", sort="-name"), ["b", "a"])
        self.assertEqual(self.names(where="role:compute path:direct rtt>=0"), ["a"])
        page = self.dashboard.data(API + "nodes", where="state:alive", limit=2)
        self.assertEqual((page["total"], page["matched"]), (3, 3))
        walked = [node["name"] for node in page["nodes"]]
        while page["next"]:
            page = self.dashboard.data(API + "nodes", where="state:alive", limit=2, cursor=page["next"])
            walked += [node["name"] for node in page["nodes"]]
        self.assertEqual(walked, ["a", "b", "eye"])
        node = self.dashboard.data(f"{API}nodes/{self.a.id}")
        self.assertEqual((node["id"], node["roles"]), (self.a.id, ["compute"]))
        self.assert_refused(self.dashboard.ask("GET", f"{API}nodes/{'f' * 64}"), 404, "E_NOT_FOUND")
        for query in ("where=colour:red", "where=cpu>x", "sort=size", "cursor=zz", "limit=0", "limit=5000"):
            self.assert_refused(self.dashboard.ask("GET", API + "nodes?" + query), 400, "E_BAD_REQUEST")
        self.b.kill()
        wait_until("b is dead", lambda: self.names(where="state:dead") == ["b"])

    def test_edges_by_a_filter(self):
        def edges(**query):
            return [edge["id"] for edge in self.dashboard.data(API + "edges", **query)["edges"]]
        self.assertIn(self.edge, edges())
        self.assertEqual(edges(where="name:a name:b path:direct rtt<10s"), [self.edge])
        self.assertEqual(edges(where="-tier:observer"), [self.edge])
        self.assertEqual(edges(where="path:relayed"), [])
        page = self.dashboard.data(API + "edges", limit=1)
        self.assertEqual(len(page["edges"]), 1)
        if page["matched"] > 1:
            rest = self.dashboard.data(API + "edges", cursor=page["next"])["edges"]
            self.assertEqual([page["edges"][0]["id"]] + [edge["id"] for edge in rest], sorted(edges()))

    def test_a_snapshot_is_packed_or_said_to_be_the_same(self):
        plain = self.dashboard.data(API + "snapshot")
        status, headers, body = self.dashboard.ask("GET", API + "snapshot", headers={"Accept-Encoding": "gzip"})
        self.assertEqual((status, headers["Content-Encoding"]), (200, "gzip"))
        unpacked = json.loads(gzip.decompress(body))["data"]
        self.assertLess(len(body), len(json.dumps(unpacked)) / 2)
        self.assertEqual({node["id"] for node in unpacked["nodes"]}, {node["id"] for node in plain["nodes"]})
        self.assertEqual(self.dashboard.schemas.faults("snapshot", unpacked), [])
        if unpacked["seq"] == plain["seq"]:
            self.assertEqual(unpacked["nodes"], plain["nodes"])

        def is_the_same():
            headers = self.dashboard.ask("GET", API + "snapshot")[1]
            again = self.dashboard.ask("GET", API + "snapshot", headers={"If-None-Match": headers["ETag"]})
            return again[0] == 304 and again[2] == b"" and again[1]["ETag"] == headers["ETag"]
        wait_until("nothing changes between two questions", is_the_same)
        self.assertEqual(self.dashboard.ask("GET", API + "snapshot", headers={"If-None-Match": 'W/"1"'})[0], 200)
        part = self.dashboard.data(API + "snapshot", where="-tier:observer")
        self.assertEqual([node["name"] for node in sorted(part["nodes"], key=lambda node: node["name"])], ["a", "b"])
        self.assertEqual([edge["id"] for edge in part["edges"]], [self.edge])


    def path(self, a, b):
        return self.dashboard.data(f"{API}paths/{a.id}/{b.id}")

    def test_a_path_is_told_by_both_ends_and_as_it_was(self):
        now = self.path(self.a, self.b)
        self.assertEqual((now["neighbors"], now["kind"], now["reason"]), (True, "direct", "same_host"))
        self.assertEqual({word["by"]: word["kind"] for word in now["said"]},
                         {self.a.id: "direct", self.b.id: "direct"})
        self.assertIsNone(now["disagree"])
        known = len(now["history"])
        self.b.kill()
        wait_until("the link is gone", lambda: not self.path(self.a, self.b)["neighbors"])
        gone = self.path(self.a, self.b)
        self.assertEqual((gone["kind"], gone["since"], gone["tree"]), ("unknown", None, None))
        self.assertEqual(len(gone["history"]), known + 1)
        self.assertEqual([gone["history"][-1][key] for key in ("source", "from", "to")], ["links", "direct", None])
        self.b.start()

        def is_back():
            path = self.path(self.b, self.a)
            return path["neighbors"] and path["kind"] == "direct" and path["since"]
        wait_until("the link is back", is_back)
        self.assertGreater(self.path(self.a, self.b)["since"], gone["history"][-1]["at"])

    def test_the_observers_own_paths_are_in_its_journal(self):
        own = self.path(self.observer, self.a)
        self.assertEqual(own["kind"], "direct")
        word, = [word for word in own["said"] if word["by"] == self.observer.id]
        self.assertTrue(word["remote"].startswith("127.0.0.1:"), word)
        self.assertIn("journal", [change["source"] for change in own["history"]])
        self.assertTrue(any((change["to"] or "").startswith("direct 127.0.0.1:") for change in own["history"]))
        for ids, status in ((f"{self.a.id}/{self.a.id}", 400), (f"{self.a.id}/{'f' * 64}", 404), ("x/y", 404)):
            self.assertEqual(self.dashboard.ask("GET", API + "paths/" + ids)[0], status)

    def test_series_in_part(self):
        def series(**query):
            return self.dashboard.data(f"{API}nodes/{self.a.id}/series", **query)
        wait_until("two rounds of meters", lambda: len([each for each in series()["series"]["rss"] if each]) > 1)
        some = series(m="rss,cpu", step=10000)
        self.assertEqual((set(some["series"]), some["step_ms"]), ({"rss", "cpu"}, 10000))
        self.assertGreater(max(each for each in some["series"]["rss"] if each), 1 << 20)
        self.assertEqual(series(m="rss", to="2020-01-01T00:00:00Z")["series"]["rss"], [])
        whole = series(m="rss")
        self.assertEqual(len(series(m="rss", **{"from": whole["end"], "to": whole["end"]})["series"]["rss"]), 1)
        for query in ("m=colour", "from=noon", "step=0"):
            self.assert_refused(self.dashboard.ask("GET", f"{API}nodes/{self.a.id}/series?{query}"), 400,
                                "E_BAD_REQUEST")


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


class Boots(Observed):
    def boots(self):
        return {node["name"]: node for node in self.dashboard.data(API + "boots")["nodes"]}

    def test_boots_of_all_also_of_those_before_the_observer(self):
        boots = self.boots()
        self.assertEqual(set(boots), {"a", "b", "eye"})
        for node in boots.values():
            self.assertIsNone(node["error"])
            root, = [span for span in node["boot"]["spans"] if span["parent"] is None]
            steps = [span for span in node["boot"]["spans"] if span["parent"] == root["span"]]
            self.assertEqual(len(steps), 5)
        self.b.kill()
        wait_until("b is dead", lambda: self.states()["b"] == "dead")
        wait_until("its boot is told as of one that is gone", lambda: self.boots()["b"]["error"])  # for a second, the last
        gone = self.boots()["b"]
        self.assertEqual(gone["boot"], boots["b"]["boot"])  # what it once said
        self.assertIn("dead", gone["error"])
        self.b.start()
        wait_until("b is back", lambda: self.states()["b"] == "alive")
        both = self.dashboard.data(f"{API}nodes/{self.b.id}/boots")["boots"]
        self.assertEqual([boot["number"] for boot in both], [2, 1])

    def test_one_by_its_id_as_told_or_as_otlp(self):
        first = self.boots()["b"]["boot"]
        one = self.dashboard.data(API + "boots/" + first["id"])
        self.assertEqual((one["node"], one["node_name"], one["spans"]), (self.b.id, "b", first["spans"]))
        status, headers, body = self.dashboard.ask(
            "GET", API + "boots/" + first["id"], headers={"Accept": "application/json; profile=otlp"})
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json; profile=otlp"))
        resource, = json.loads(body)["resourceSpans"]
        named = {each["key"]: each["value"] for each in resource["resource"]["attributes"]}
        self.assertEqual(named["mesh.node.id"], {"stringValue": self.b.id})
        spans = resource["scopeSpans"][0]["spans"]
        root, = [span for span in spans if span["name"] == "mesh.node.ready"]
        self.assertEqual(root["traceId"], first["id"])
        self.assertEqual(sum(span.get("parentSpanId") == root["spanId"] for span in spans), 5)
        self.assertGreater(int(root["endTimeUnixNano"]), int(root["startTimeUnixNano"]))
        self.b.kill()
        self.b.start()
        wait_until("b has begun anew", lambda: self.boots()["b"]["boot"]["number"] == 2)
        self.assert_refused(self.dashboard.ask("GET", API + "boots/" + first["id"]), 404, "E_NOT_FOUND")
        again = self.dashboard.data(API + "boots/" + first["id"], node=self.b.id)
        self.assertEqual(again["spans"], first["spans"])
        own = self.boots()["eye"]["boot"]
        self.assertEqual(self.dashboard.data(API + "boots/" + own["id"])["node_name"], "eye")

    def test_an_observer_that_starts_anew_has_them_all(self):
        before = self.boots()
        self.observer.kill()
        self.observer.start()
        self.dashboard = Dashboard(self.observer.ready["dashboard"]).enter()
        wait_until("it shows both", lambda: self.states() == {"a": "alive", "b": "alive"})
        after = self.boots()
        for name in "ab":
            self.assertEqual(after[name]["boot"], before[name]["boot"])
        self.assertEqual(after["eye"]["boot"]["number"], 2)


class Guard(Observed):
    def test_links_open_once_and_sessions_let_in(self):
        link = self.observer.data("ui")["link"]
        fresh = Dashboard(link)
        self.assert_refused(fresh.ask("GET", API + "snapshot"), 401, "E_NO_SESSION")
        fresh.cookie = f"meshhost_session_{fresh.address.rpartition(':')[2]}=" + "0" * 32
        self.assert_refused(fresh.ask("GET", API + "snapshot"), 401, "E_NO_SESSION")
        self.assertNotEqual(Stream(fresh).status, 101)
        fresh.enter()
        self.assertEqual(fresh.ask("GET", API + "session")[0], 200)
        self.assert_refused(fresh.post(API + "session", {"token": fresh.token}), 403, "E_BAD_TOKEN")
        code, answer = self.a.ctl("ui")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_DASHBOARD"))
        # Not through another host, whatever that one lets others do.
        code, answer = self.a.ctl("ui", "--via", "eye")
        self.assertNotEqual(code, 0)

    def test_other_sites_and_names_are_refused(self):
        for name, value, code in (("Host", "evil.example", "E_FOREIGN_HOST"),
                                  ("Origin", "http://evil.example", "E_FOREIGN_ORIGIN")):
            for path in ("/", API + "snapshot", API + "session"):
                self.assert_refused(self.dashboard.ask("GET", path, headers={name: value}), 403, code)
        self.assertNotEqual(Stream(self.dashboard, ["Origin: http://evil.example"]).status, 101)
        # A form of another site can only send this.
        status, _, _ = self.dashboard.ask("POST", API + "lab/actions", "{}", {"Content-Type": "text/plain"})
        self.assertEqual(status, 400)

    def test_pages_carry_their_policy_and_views_are_pages(self):
        for path in ("/", "/nodes", f"/nodes/{self.a.id}", "/boot", API + "snapshot", API + "nothing"):
            status, headers, body = self.dashboard.ask("GET", path)
            self.assertIn("default-src 'self'", headers["Content-Security-Policy"])
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            if not path.startswith("/api"):
                self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        script = re.search(rb'src="(/assets/[^"]+\.js)"', self.dashboard.ask("GET", "/")[2]).group(1).decode()
        plain = self.dashboard.ask("GET", script)
        packed = self.dashboard.ask("GET", script, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(packed[1]["Content-Encoding"], "gzip")
        self.assertLess(len(packed[2]), len(plain[2]))
        self.assertIn("immutable", plain[1]["Cache-Control"])
        for path in ("/assets/none.js", "/../etc/passwd.txt", "/%2e%2e/x.txt"):
            self.assertEqual(self.dashboard.ask("GET", path)[0], 404)
        schema = json.loads(self.dashboard.ask("GET", API + "schema/node.json")[2])
        self.assertEqual(schema["$id"], "meshhost.node/1")

    def test_others_reach_it_only_by_tls(self):
        stranger = self.host("stranger", "--set", "observe.listen=0.0.0.0:7780")
        stranger.spawn()
        answer = json.loads(stranger.next_line())
        self.assertEqual(stranger.wait(), 7)
        self.assertIn("TLS and a token file", answer["error"]["message"])
        taken = self.host("taken", "--set", "observe.listen=" + self.dashboard.address)
        taken.spawn()
        self.assertEqual(json.loads(taken.next_line())["error"]["code"], "E_PORT_TAKEN")
        self.assertEqual(taken.wait(), 1)


class OfALab(unittest.TestCase):
    """The buttons of a lab's own observer."""

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="mhlab-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.environment = clean_environment(XDG_RUNTIME_DIR=str(self.scratch))
        self.addCleanup(self.lab, "down", "--name", "buttons")
        made = self.lab("up", "--nodes", "3", "--name", "buttons", "--set", "quic.idle_timeout=3s",
                        "--set", "quic.keep_alive=1s")
        self.dashboard = Dashboard(made["data"]["dashboard"]).enter()
        wait_until("the observer shows all", lambda: len(self.dashboard.data(API + "snapshot")["nodes"]) == 4)

    def lab(self, *words):
        done = subprocess.run([BIN / "meshctl", "--json", "lab", *words], capture_output=True, text=True,
                              env=self.environment, timeout=120)
        return json.loads(done.stdout)

    def act(self, key, kind, node):
        status, _, answer = self.dashboard.post(API + "lab/actions", {"key": key, "kind": kind, "node": node})
        return status, json.loads(answer)

    def state(self, name):
        return self.dashboard.node(name)["state"]

    def test_they_break_and_mend(self):
        self.assertTrue(self.dashboard.data(API + "snapshot")["mesh"]["lab"])
        self.dashboard.ask("GET", API + "lab/actions")  # a GET does nothing
        wait_until("it is alive", lambda: self.state("compute-01") == "alive")
        status, answer = self.act("k1", "kill", "compute-01")
        self.assertEqual((status, answer["data"]["ok"]), (200, True), answer)
        wait_until("it is seen dead", lambda: self.state("compute-01") == "dead")
        status, again = self.act("k1", "kill", "compute-01")  # carried out once
        self.assertEqual((status, again["data"]), (200, answer["data"]))
        status, reused = self.act("k1", "restart", "compute-01")
        self.assertEqual((status, reused["error"]["code"]), (400, "E_BAD_REQUEST"))
        status, other = self.act("k2", "kill", "compute-01")  # it is gone already
        self.assertEqual((status, other["data"]["ok"]), (200, False))
        self.assertTrue(other["data"]["said"])
        status, answer = self.act("k3", "restart", "compute-01")
        self.assertTrue(answer["data"]["ok"], answer)
        wait_until("it is back", lambda: self.state("compute-01") == "alive")
        for key, kind, node in (("", "kill", "compute-01"), ("k4", "burn", "compute-01"), ("k5", "kill", "--help"),
                                ("k6", "kill", "../x"), ("k7", "kill", "")):
            self.assertEqual(self.act(key, kind, node)[0], 400, (key, kind, node))
        status, answer = self.act("k8", "kill", "nobody")
        self.assertEqual((status, answer["data"]["ok"]), (200, False))

    def test_the_observer_comes_back_where_it_was(self):
        where = self.dashboard.address
        status = self.lab("status", "--name", "buttons")["data"]["observer"]
        self.assertEqual((status["process"], status["dashboard"]), ("running", where))
        self.assertEqual(self.act("k9", "kill", "observer")[0], 400)  # not from here
        answer = self.lab("chaos", "restart", "observer", "--name", "buttons")
        self.assertTrue(answer["ok"], answer)
        # Nobody has to come in again, and nobody else's session is good there.
        self.assertEqual(self.dashboard.ask("GET", API + "session")[0], 200)
        self.dashboard.cookie = self.dashboard.cookie[:-1] + ("1" if self.dashboard.cookie[-1] == "0" else "0")
        self.assertEqual(self.dashboard.ask("GET", API + "session")[0], 401)
        done = subprocess.run([BIN / "meshctl", "--json", "ui", "--lab", "buttons"], capture_output=True, text=True,
                              env=self.environment)
        again = Dashboard(json.loads(done.stdout)["data"]["link"]).enter()
        self.assertEqual(again.address, where)

    def test_a_message_is_sent_and_followed(self):
        status, _, answer = self.dashboard.post(API + "traces", {"size": 100})
        self.assertEqual(status, 200, answer)
        trace = json.loads(answer)["data"]["trace"]

        def spans():
            nodes = self.dashboard.data(API + "traces")["nodes"]
            return [span for node in nodes for span in node["spans"] or () if span["trace"] == trace]
        wait_until("all have heard it", lambda: len(spans()) == 4)
        self.assertEqual([span["parent"] for span in spans()].count(None), 1)
        self.assertEqual(self.dashboard.post(API + "traces", {"size": 5})[0], 400)


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
