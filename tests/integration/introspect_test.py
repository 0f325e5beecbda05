# SPDX-License-Identifier: Apache-2.0
"""Hosts that are asked through others, what is refused, and what can be followed."""
import http.client
import json
import socket

from mesh_lab import PATIENCE, PLUGINS, QUICK_TO_NOTICE, LabTest, wait_until


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self.path))


def ask(host, path, method="GET", body=None):
    """The status, and the JSON of the answer."""
    connection = UnixConnection(host.socket)
    connection.request(method, path, body=json.dumps(body) if body is not None else None)
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer.status, json.loads(read)


class Stream:
    """Lines of JSON, as they come."""

    def __init__(self, test, host, path):
        self.connection = UnixConnection(host.socket)
        test.addCleanup(self.connection.close)
        self.connection.request("GET", path)
        self.answer = self.connection.getresponse()
        test.assertEqual(self.answer.status, 200)

    def next(self):
        return json.loads(self.answer.readline())

    def await_line(self, is_it):
        while not is_it(line := self.next()):
            pass
        return line

    def rest(self):
        return [json.loads(line) for line in self.answer.read().splitlines()]


class Introspection(LabTest):
    def mesh(self, asked=(), asker=(), both=QUICK_TO_NOTICE):
        """Two hosts that see each other."""
        one = self.host("asked", *both, *asked).start()
        two = self.host("asker", "--peer", one.ticket, *both, *asker).start()
        wait_until("both to see each other", lambda: one.sees(two) and two.sees(one))
        return one, two

    def test_a_host_answers_through_another(self):
        one, two = self.mesh()
        for name in ("asked", one.id, one.id[:8]):
            status, answer = ask(two, f"/v1/via/{name}/status")
            self.assertEqual(status, 200, answer)
            self.assertEqual(answer["data"]["self"]["id"], one.id)
        status, answer = ask(two, "/v1/via/nobody/status")
        self.assertEqual((status, answer["error"]["code"]), (404, "E_PEER_UNKNOWN"))
        status, answer = ask(two, "/v1/node?id=asked")
        self.assertEqual(answer["data"]["live"]["id"], one.id)
        self.assertEqual(answer["data"]["peer"]["name"], "asked")

    def test_only_what_is_allowed(self):
        for allow, get, post in (("none", 403, 403), ("read", 200, 403), ("all", 200, 200)):
            one, two = self.mesh(asked=["--set", f"introspect.allow={allow}"])
            self.assertEqual(ask(two, "/v1/via/asked/status")[0], get)
            status, answer = ask(two, "/v1/via/asked/drain", "POST")
            self.assertEqual(status, post)
            if post == 403:
                self.assertEqual(answer["error"]["code"], "E_NOT_PERMITTED")
                self.assertEqual(answer["error"]["exit"], 6)
            one.stop()
            two.stop()

    def test_who_lacks_the_secret_is_not_answered(self):
        files = []
        for name in ("right", "wrong"):
            file = self.directory / name
            file.write_text(f"{name} secret")
            file.chmod(0o600)
            files.append(["--set", f"mesh.secret_file={file}"])
        one, two = self.mesh(asked=files[0], asker=files[1])
        status, answer = ask(two, "/v1/via/asked/status")
        self.assertEqual((status, answer["error"]["code"]), (403, "E_NOT_PERMITTED"))
        knows = self.host("knows", "--peer", one.ticket, *QUICK_TO_NOTICE, *files[0]).start()
        wait_until("them to see each other", lambda: one.sees(knows) and knows.sees(one))
        self.assertEqual(ask(knows, "/v1/via/asked/status")[0], 200)

    def test_what_happens_can_be_followed_and_read_again(self):
        one, two = self.mesh()
        here = Stream(self, two, "/v1/events?follow=true&types=peer.state")
        there = Stream(self, two, "/v1/via/asked/events?follow=true&since=1")
        self.assertEqual(there.next()["node"], one.id)
        self.assertEqual(ask(two, "/v1/drain", "POST")[1]["data"]["state"], "draining")
        told = there.await_line(lambda line: line["type"] == "peer.state" and line["to"] == "draining")
        self.assertEqual((told["peer"], told["name"]), (two.id, "asker"))
        self.assertEqual(ask(two, "/v1/resume", "POST")[1]["data"]["state"], "alive")
        there.await_line(lambda line: line["type"] == "peer.state" and line["to"] == "alive")
        one.kill()
        lost = here.await_line(lambda line: line["peer"] == one.id and line["to"] == "dead")
        self.assertTrue(lost["reason"])
        data = ask(two, f"/v1/events?since={lost['seq']}&limit=1")[1]["data"]
        self.assertEqual(data["events"][0], lost)
        self.assertEqual(data["next_seq"], lost["seq"] + 1)
        self.assertFalse(data["truncated"])

    def test_the_whole_mesh_in_numbers(self):
        one, two = self.mesh()
        lines = Stream(self, two, "/v1/mesh/meters").rest()
        self.assertEqual({line["id"] for line in lines}, {one.id, two.id})
        self.assertTrue(all(line["usage"]["rss_bytes"] > 0 for line in lines))
        watched = Stream(self, two, "/v1/mesh/meters?follow=true&interval_ms=250")
        for _ in range(3):
            watched.await_line(lambda line: line["id"] == one.id and line["uptime_ms"] > 0)
        one.kill()
        watched.await_line(lambda line: line["id"] == one.id and "error" in line)

    def test_nobody_looking_costs_no_connection(self):
        one, two = self.mesh()
        before = ask(one, "/v1/probe")[1]["data"]["introspect"]["answering"]
        self.assertEqual(before, 0)
        watched = Stream(self, two, "/v1/mesh/meters?follow=true&interval_ms=250")
        watched.await_line(lambda line: line["id"] == one.id)
        self.assertEqual(ask(one, "/v1/probe")[1]["data"]["introspect"]["answering"], 1)
        watched.connection.close()
        wait_until(
            "the connection to go",
            lambda: ask(one, "/v1/probe")[1]["data"]["introspect"]["answering"] == 0)

    def test_edges_are_seen_by_all(self):
        one, two = self.mesh()
        pair = sorted((one.id, two.id))

        def edges(host):
            return ask(host, "/v1/topology")[1]["data"]["edges"]

        wait_until("the edge", lambda: len(edges(one)) == 1 and len(edges(two)) == 1)
        self.assertEqual([edges(one)[0]["a"], edges(one)[0]["b"]], pair)
        self.assertIn(edges(one)[0]["mode"], ("eager", "lazy"))


class Faults(LabTest):
    def test_a_plugin_fails_as_if_it_had_thrown(self):
        role = ["--plugin", str(PLUGINS / "compute.so")]
        host = self.host("lab", *role, "--set", "lab.faults=true").start()
        instance = host.data("plugin", "list")["plugins"][0]["instance"]
        events = Stream(self, host, "/v1/events?follow=true")
        status, answer = ask(host, "/v1/lab/plugin-crash", "POST", {"instance": instance})
        self.assertEqual(status, 200, answer)
        told = events.await_line(lambda line: line["type"] == "plugin.state" and line["to"] == "failed")
        self.assertEqual(told["name"], instance)
        self.assertIn("MP302", told["reason"])
        events.await_line(lambda line: line["type"] == "self.state" and line["to"] == "degraded")
        status, answer = ask(host, "/v1/lab/plugin-crash", "POST", {"instance": "nothing"})
        self.assertEqual((status, answer["error"]["code"]), (404, "E_NO_SUCH_INSTANCE"))

    def test_faults_need_a_lab(self):
        host = self.host("real", "--plugin", str(PLUGINS / "compute.so")).start()
        for path, body in (("faults", {"loss": 1}), ("plugin-crash", {"instance": "compute-0"})):
            status, answer = ask(host, f"/v1/lab/{path}", "POST", body)
            self.assertEqual((status, answer["error"]["code"]), (403, "E_NOT_A_LAB"))
            self.assertEqual(answer["error"]["exit"], 6)
        self.assertEqual(host.data("plugin", "list")["plugins"][0]["state"], "running")

    def test_a_blocked_address_is_lost_until_it_is_free_again(self):
        lab = [*QUICK_TO_NOTICE, "--set", "lab.faults=true"]
        one = self.host("one", *lab).start()
        two = self.host("two", "--peer", one.ticket, *lab).start()
        wait_until("both to see each other", lambda: one.sees(two) and two.sees(one))
        blocked = one.ready["self"]["addresses"]
        status, answer = ask(two, "/v1/lab/faults", "POST", {"block": blocked})
        self.assertEqual((status, answer["data"]["block"]), (200, blocked))
        wait_until("one to be lost", lambda: two.sees(one, "dead"))
        ask(two, "/v1/lab/faults", "POST", {})
        wait_until("one to be back", lambda: two.sees(one))
        types = [event["type"] for event in ask(two, "/v1/events")[1]["data"]["events"]]
        self.assertEqual(types.count("lab.fault"), 2)
