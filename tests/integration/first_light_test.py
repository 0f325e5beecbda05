# SPDX-License-Identifier: Apache-2.0
"""Two hosts that find each other by key: what they see, lose and get back."""
import socket

from mesh_lab import PLUGINS, QUICK_TO_NOTICE, LabTest, clean_environment, run, wait_until


def plugin(role):
    return ["--plugin", str(PLUGINS / f"{role}.so")]


def values_of(peer):
    return {f"{item['role']}.{item['key']}": item["value"] for item in peer["contributions"]}


class Start(LabTest):
    def test_starts_with_no_configuration_at_all(self):
        home = self.directory / "home"
        environment = clean_environment(
            HOME=str(home), XDG_RUNTIME_DIR=str(self.directory / "run"),
            RUNTIME_DIRECTORY=str(self.directory / "run"), STATE_DIRECTORY=str(self.directory / "state"))
        host = self.host("bare", environment=environment)
        host.arguments = ["--plugin", "compute.so", "--json"]
        host.socket = self.directory / "run" / "default.sock"
        host.start()
        self.assertEqual(host.ready["self"]["roles"], ["compute"])
        self.assertEqual(len(host.ready["self"]["bound"]), 2)
        self.assertTrue(host.ticket.startswith("endpoint"))
        self.assertEqual(host.data("identity", "show")["id"], host.id)
        self.assertEqual(host.stop()[0], 0)
        self.assertEqual(self.leftovers(), [])

    def test_keeps_its_identity(self):
        host = self.host("same").start()
        before = host.id
        host.stop()
        self.assertEqual(host.start().id, before)

    def test_announces_itself_in_words(self):
        host = self.host("worded", *plugin("broker"))
        host.arguments.remove("--json")
        host.spawn()
        lines = []
        while not lines or not lines[-1].startswith("ready in "):
            lines.append(host.next_line())
        said = {line.split()[0] for line in lines}
        self.assertEqual(said, {"node", "id", "ticket", "role", "bound", "socket", "ready"})

    def test_every_role_runs(self):
        for role in ("broker", "gateway", "compute", "registry", "bridge"):
            host = self.host(role, *plugin(role)).start()
            wait_until(f"{role} to run", lambda: host.data("plugin", "list")["plugins"][0]["state"] == "running")
            wait_until(f"{role} to say something", lambda: host.data("status")["self"]["contributions"])
            self.assertEqual(host.data("status")["self"]["roles"], [role])
            host.stop()


class TwoHosts(LabTest):
    def connect(self, *more):
        first = self.host("first", *plugin("gateway"), *QUICK_TO_NOTICE, *more).start()
        second = self.host("second", *plugin("compute"), *QUICK_TO_NOTICE, "--peer", first.ticket, *more).start()
        wait_until("the first to see the second", lambda: first.sees(second))
        wait_until("the second to see the first", lambda: second.sees(first))
        return first, second

    def test_each_sees_role_version_uptime_and_value_of_the_other(self):
        first, second = self.connect()
        wait_until("compute's value", lambda: "compute.load" in values_of(first.peer(second)))
        peer = first.peer(second)
        self.assertEqual(peer["name"], "second")
        self.assertEqual(peer["roles"], ["compute"])
        self.assertEqual(peer["version"], first.ready["self"]["version"])
        self.assertGreaterEqual(peer["uptime_ms"], 0)
        self.assertEqual(peer["path"]["kind"], "direct")
        self.assertEqual(peer["path"]["reason"], "same_host")
        in_status = next(p for p in first.data("status")["peers"] if p["id"] == second.id)
        self.assertEqual(in_status["roles"], ["compute"])
        wait_until("gateway's value", lambda: values_of(second.peer(first)))
        self.assertEqual(second.peer(first)["roles"], ["gateway"])

    def test_ping_by_name_prefix_role_and_ticket(self):
        first, second = self.connect()
        for peer in ("second", second.id[:8], "compute/1", second.ticket):
            code, answer = first.ctl("ping", peer, "-c", "3", "-i", "0s")
            self.assertEqual(code, 0, answer)
            self.assertEqual(answer["data"]["received"], 3)
            self.assertEqual(len(answer["data"]["replies"]), 3)
            self.assertEqual(answer["data"]["path"]["kind"], "direct")
            self.assertGreater(answer["data"]["min_us"], 0)
        node = first.ctl("ping", "second", "-c", "1")[1]["data"]["node"]
        self.assertEqual(node["roles"], ["compute"])
        self.assertGreaterEqual(node["uptime_ms"], 0)

    def test_text_shows_the_same(self):
        first, second = self.connect()
        wait_until("compute's value", lambda: "compute.load" in values_of(first.peer(second)))
        for command in (["status"], ["peers", "--columns", "all"], ["ping", "second", "-c", "1"]):
            text = run("meshctl", "--socket", first.socket, *command).stdout
            for shown in ("second", "compute", first.ready["self"]["version"], "compute.load"):
                self.assertIn(shown, text, command)

    def test_a_killed_host_is_reported_and_comes_back(self):
        first, second = self.connect()
        third = self.host("third", *QUICK_TO_NOTICE, "--peer", first.ticket).start()
        wait_until("the first to see the third", lambda: first.sees(third))
        second.kill()
        wait_until("the first to miss the second", lambda: first.sees(second, "dead"))
        lost = first.peer(second)
        self.assertIsNone(lost["path"])
        self.assertEqual(lost["roles"], ["compute"], "it is forgotten what the lost peer was")
        self.assertTrue(lost["evidence"])
        self.assertTrue(first.sees(third))
        code, status = first.ctl("status")
        self.assertEqual(code, 3)
        self.assertEqual(status["data"]["members"]["dead"], 1)
        self.assertEqual(first.ctl("ping", "second", "-c", "1", "--timeout", "1s")[0], 4)

        second.start()
        wait_until("the second to be back", lambda: first.sees(second))
        self.assertEqual(first.ctl("status")[0], 0)

    def test_a_host_that_leaves_has_left_and_not_died(self):
        first, second = self.connect()
        code, seconds = second.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 5)
        wait_until("the first to hear it", lambda: first.sees(second, "left"))
        self.assertEqual(first.ctl("status")[0], 0)

    def test_rebind_keeps_the_peers(self):
        first, second = self.connect()
        before = second.data("status")["self"]["bound"]
        second.data("rebind")
        self.assertNotEqual(second.data("status")["self"]["bound"], before)
        self.assertEqual(second.ctl("ping", "first", "-c", "2", "-i", "0s")[0], 0)
        wait_until("the first to still see it", lambda: first.sees(second))

    def test_nothing_is_held_for_connections_that_ended(self):
        self.check_rest(connections=2)  # for digests, and for the gossip

    def test_nothing_is_held_without_gossip_either(self):
        self.check_rest("--set", "gossip.enabled=false", connections=1)

    def check_rest(self, *settings, connections):
        first, second = self.connect(*settings)
        self.assertEqual(first.ctl("ping", "second", "-c", "1")[0], 0)
        held = ("connections", "streams", "connection_ids", "tls_sessions", "send_bytes")

        def at_rest():
            counters = first.data("probe")["transport"]
            return {name: counters[name] for name in held}

        wait_until("no other connection", lambda: at_rest()["connections"] == connections)
        before = at_rest()
        descriptors = first.data("probe")["process"]["descriptors"]
        for _ in range(20):
            self.assertEqual(first.ctl("ping", "second", "-c", "1")[0], 0)
        wait_until("the probe to be where it was", lambda: at_rest() == before)
        self.assertLessEqual(first.data("probe")["process"]["descriptors"], descriptors + 1)


class Stop(LabTest):
    def test_terminate_ends_within_five_seconds(self):
        host = self.host("one", *plugin("compute"), *plugin("bridge")).start()
        code, seconds = host.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 5)
        self.assertEqual(self.leftovers(), [])

    def test_a_second_signal_does_not_wait(self):
        host = self.host("one", *plugin("compute")).start()
        host.process.terminate()
        host.process.terminate()
        self.assertEqual(host.wait(), 0)
        self.assertEqual(self.leftovers(), [])


class ServiceManager(LabTest):
    def test_is_told_when_ready_and_when_stopping(self):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(str(self.directory / "notify"))
        manager.settimeout(60)
        host = self.host("served", environment=clean_environment(NOTIFY_SOCKET=str(self.directory / "notify")))
        host.start()
        self.assertIn(b"READY=1", manager.recv(4096).split(b"\n"))
        host.stop()
        self.assertIn(b"STOPPING=1", manager.recv(4096).split(b"\n"))
