# SPDX-License-Identifier: Apache-2.0
"""An observer's API: parts of the picture, paths, series, and starts."""
import gzip
import json

from dashboard_case import API, Observed
from dashboard_client import Dashboard, apply
from mesh_lab import wait_until


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
