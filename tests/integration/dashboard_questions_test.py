# SPDX-License-Identifier: Apache-2.0
"""What an observer says to questions that cannot be answered, and to those that are oddly put."""
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from dashboard_client import Dashboard, EventStream
from mesh_lab import BIN, QUICK_TO_NOTICE, LabTest, clean_environment, wait_until

API = "/api/v1/"


class Asked(LabTest):
    """A host, and one that observes it."""

    def setUp(self):
        super().setUp()
        self.a = self.host("a", "--plugin", "compute.so", *QUICK_TO_NOTICE).start()
        self.observer = self.host("eye", "--observe", "--set", "observe.listen=127.0.0.1:0", "--peer",
                                  self.a.ticket, *QUICK_TO_NOTICE).start()
        self.dashboard = Dashboard(self.observer.ready["dashboard"]).enter()
        wait_until("the observer shows it", lambda: self.state_of_a() == "alive")

    def state_of_a(self):
        node = self.dashboard.node("a")
        return node and node["state"]

    def refusal(self, path, status=400, **query):
        """What is said of a wrong question."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        answer = self.dashboard.ask("GET", API + path)
        self.assertEqual(answer[0], status, answer)
        error = json.loads(answer[2])["error"]
        if status == 400:
            self.assertEqual(error["code"], "E_BAD_REQUEST")
        return error["message"]

    def raw(self, *lines):
        """All that is answered to these lines, until the other end hangs up."""
        host, port = self.dashboard.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=60) as client:
            client.sendall("\r\n".join(lines).encode())
            answer = b""
            while piece := client.recv(65536):
                answer += piece
        return answer

    def of_session(self, path):
        return [f"GET {API}{path} HTTP/1.1", f"Cookie: {self.dashboard.cookie}", "Connection: close"]


class Wrong(Asked):
    def test_filters_name_the_term_and_what_may_stand_there(self):
        for term, allowed in {"cpu>": "cpu>80%", "over:disk": "cpu, memory", "*": "name:web*",
                              "state:nonsense": "connecting, joining, alive", "colour:red": "state, tier, role",
                              "id:xyz": "id:3f9a", "path:rel": "direct, relayed, unknown"}.items():
            for path in ("nodes", "edges", "snapshot", "events", "events/stream"):
                said = self.refusal(path, where=f"state:alive {term}")
                self.assertTrue(said.startswith(f'where: "{term}": '), said)
                self.assertIn(allowed, said)

    def test_parameters_and_events_that_are_none(self):
        self.assertEqual(self.refusal("nodes", limt=5),
                         'there is no parameter "limt" here: where, sort, limit, cursor')
        for path in ("session", "telemetry", "history", "schema/node.json", f"nodes/{self.a.id}", "stream",
                     f"paths/{self.a.id}/{self.observer.id}", "plugins"):
            self.assertIn("none is taken", self.refusal(path, x=1))
        for path in ("session", "lab/actions", "traces"):
            status, _, answer = self.dashboard.post(API + path + "?x=1", {})
            self.assertEqual((status, json.loads(answer)["error"]["code"]), (400, "E_BAD_REQUEST"))
        self.assertIn("peer.state", self.refusal("events", types="peer.state,nonsense"))
        self.assertIn("peer.state", self.refusal("events/stream", types="nonsense"))
        self.assertEqual(self.dashboard.ask("GET", "/nodes?q=x&sort=cpu")[0], 200)  # the page's own

    def test_a_moment_to_come_and_a_cursor_of_another_list(self):
        said = self.refusal("snapshot", at="2999-01-01T00:00:00Z")
        self.assertIn("the newest moment that is known is 20", said)
        self.assertTrue(self.dashboard.data(API + "snapshot",
                                            at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))["nodes"])
        self.refusal("snapshot", 404, at="2020-01-01T00:00:00Z")
        cursor = self.dashboard.data(API + "nodes", limit=1)["next"]
        self.assertIn("cursor", self.refusal("edges", cursor=cursor))

    def test_requests_that_are_odd(self):
        host = f"Host: {self.dashboard.address}"
        once = self.raw(*self.of_session("session"), host, "", "")
        self.assertTrue(once.startswith(b"HTTP/1.1 200 "), once)
        twice = self.raw(*self.of_session("session"), host, host, "", "")
        self.assertTrue(twice.startswith(b"HTTP/1.1 400 "), twice)
        self.assertIn(b"more than one Host", twice)
        late = self.raw(*self.of_session("session"), host)  # ten seconds
        self.assertTrue(late.startswith(b"HTTP/1.1 408 "), late)
        longest = "nodes?where=" + "x" * (4096 - len("where="))
        self.assertIn("1024 bytes", self.refusal(longest))
        self.assertIn("4096 bytes", self.refusal(longest + "x", 414))
        self.refusal("nodes?where=%ff")

    def test_a_wrong_token_is_logged_with_where_it_came_from(self):
        with socket.create_connection(self.dashboard.address.rsplit(":", 1), timeout=60) as client:
            body = json.dumps({"token": "wrong"})
            client.sendall("\r\n".join([
                f"POST {API}session HTTP/1.1", f"Host: {self.dashboard.address}", "content-type: Application/JSON;charset=utf-8",
                f"Content-Length: {len(body)}", "Connection: close", "", body]).encode())
            self.assertIn(b" 403 ", client.recv(4096))
            port = client.getsockname()[1]
        wait_until("it is in the log", lambda: f"this one from 127.0.0.1:{port}" in self.observer.log_text())


class Answered(Asked):
    def test_forms_are_read_as_media_types(self):
        boot = self.dashboard.data(f"{API}nodes/{self.a.id}/boots")["boots"][0]["id"]
        self.dashboard.data(API + "boots")
        for accept, form in {"APPLICATION/json;Profile=\"otlp\"": "application/json; profile=otlp",
                             "application/json;profile=otlp;q=0": "application/json",
                             "text/x; profile=otlp": "application/json"}.items():
            headers = self.dashboard.ask("GET", f"{API}boots/{boot}", headers={"Accept": accept})[1]
            self.assertEqual(headers["Content-Type"], form)
        for accept, coding in {"GZIP": "gzip", "gzip;q=0.0": None, "*": "gzip"}.items():
            headers = self.dashboard.ask("GET", API + "snapshot", headers={"Accept-Encoding": accept})[1]
            self.assertEqual(headers["Content-Encoding"], coding)

    def test_a_start_by_its_node(self):
        own = self.dashboard.data(f"{API}nodes/{self.observer.id}/boots")["boots"][0]["id"]
        self.assertEqual(self.dashboard.data(f"{API}boots/{own}", node=self.observer.id)["node"], self.observer.id)
        self.refusal(f"boots/{own}", 404, node=self.a.id)
        kept = next(each for each in self.dashboard.data(API + "boots")["nodes"] if each["id"] == self.a.id)
        self.a.kill()
        # Its only neighbour: whoever hears of nobody cannot say who is dead.
        wait_until("it is not known how it is", lambda: self.state_of_a() == "unknown")
        self.assertEqual(self.dashboard.data(API + "snapshot")["mesh"]["neighbors"], 0)
        boot = kept["boot"]["id"]
        self.assertEqual(self.dashboard.data(f"{API}boots/{boot}", node=self.a.id)["node_name"], "a")
        self.assertEqual(self.dashboard.data(f"{API}nodes/{self.a.id}/boots")["boots"][0]["id"], boot)

    def test_events_of_those_that_a_filter_lets_through(self):
        now = self.dashboard.data(API + "events")["next_seq"]
        with EventStream(self.dashboard, {}, API + "events/stream?where=state:dead") as stream:
            none = self.dashboard.data(API + "events", since=now, where="role:nobody", wait_ms=1)
            self.assertEqual(none["events"], [])
            self.a.kill()
            told = self.dashboard.data(API + "events", since=now, where="name:a state:dead", wait_ms=30000)
            self.assertEqual({(each["name"], each["to"]) for each in told["events"]
                              if each["type"] == "peer.state"}, {("a", "dead")})
            self.assertEqual(stream.next(lambda event: event["type"] == "peer.state")[1]["to"], "dead")


class BesideALab(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="mhlab-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.environment = clean_environment(XDG_RUNTIME_DIR=str(self.scratch))
        self.addCleanup(self.meshctl, "lab", "down", "--name", "near")
        self.meshctl("lab", "up", "--nodes", "2", "--name", "near")

    def meshctl(self, *words):
        done = subprocess.run([BIN / "meshctl", "--json", *words], capture_output=True, text=True,
                              env=self.environment, timeout=120)
        return json.loads(done.stdout)

    def test_who_asks_nobody_is_told_of_it(self):
        for words in (("boot",), ("flight",), ("trace", "list")):
            error = self.meshctl(*words)["error"]
            self.assertEqual(error["code"], "E_NO_DAEMON")
            self.assertIn("--lab near", error["hint"])
            self.assertTrue(self.meshctl(*words, "--lab", "near")["ok"])


if __name__ == "__main__":
    unittest.main()
