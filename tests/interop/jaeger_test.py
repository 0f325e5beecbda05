# SPDX-License-Identifier: Apache-2.0
"""A real Jaeger takes what hosts trace, and finds it again."""
import collections
import json
import os
import pathlib
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from mesh_lab import BIN, LabTest, clean_environment, wait_until

JAEGER = pathlib.Path(os.environ["JAEGER"])
HOSTS = 18
STEPS = ["mesh.identity.load", "mesh.endpoint.create", "mesh.alpn.register", "mesh.gossip.subscribe",
         "mesh.accept.start"]
CONFIG = """
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {{receivers: [otlp], exporters: [jaeger_storage_exporter]}}
  telemetry: {{metrics: {{level: none}}}}
extensions:
  jaeger_storage: {{backends: {{memory: {{memory: {{max_traces: 1000}}}}}}}}
  jaeger_query:
    storage: {{traces: memory}}
    http: {{endpoint: "127.0.0.1:{query}"}}
    grpc: {{endpoint: "127.0.0.1:{grpc}"}}
receivers:
  otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{otlp}"}}}}}}
exporters:
  jaeger_storage_exporter: {{trace_storage: memory}}
"""


def free_ports(count):
    """Of the kernel's; somebody else may take one before Jaeger does, which then does not start."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Jaeger(LabTest):
    def setUp(self):
        super().setUp()
        for _ in range(3):
            if self.start_jaeger():
                return
        self.fail("Jaeger does not start:\n" + (self.directory / "jaeger.log").read_text())

    def start_jaeger(self):
        self.query, grpc, self.otlp = free_ports(3)
        config = self.directory / "jaeger.yaml"
        config.write_text(CONFIG.format(query=self.query, grpc=grpc, otlp=self.otlp))
        log = (self.directory / "jaeger.log").open("w")
        self.addCleanup(log.close)
        self.jaeger = subprocess.Popen([JAEGER, "--config", config], stdout=log, stderr=log)
        self.addCleanup(self.stop_jaeger)

        def is_up():
            if self.jaeger.poll() is not None:
                return True
            try:
                self.ask("/api/services")
                return True
            except (urllib.error.URLError, ConnectionError):
                return False
        wait_until("Jaeger to be up, or down", is_up)
        return self.jaeger.poll() is None

    def stop_jaeger(self):
        self.jaeger.kill()
        self.jaeger.wait()

    def ask(self, path, **query):
        url = f"http://127.0.0.1:{self.query}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"] or []

    def boots(self):
        """The traces of starts that it has, by the node that started."""
        found = collections.defaultdict(list)
        for trace in self.ask("/api/traces", service="meshhost", operation="mesh.node.ready", limit=200):
            process = next(iter(trace["processes"].values()))
            tags = {tag["key"]: tag["value"] for tag in process["tags"]}
            found[tags["mesh.node.name"]].append((tags, trace["spans"]))
        return found

    def assert_five_steps(self, spans):
        parents = {span["spanID"]: next((ref["spanID"] for ref in span["references"]), None) for span in spans}
        root, = [span for span in spans if parents[span["spanID"]] is None]
        self.assertEqual(root["operationName"], "mesh.node.ready")
        steps = sorted((span for span in spans if parents[span["spanID"]] == root["spanID"]),
                       key=lambda span: span["startTime"])
        self.assertEqual([step["operationName"] for step in steps], STEPS)
        for step in steps:
            self.assertGreaterEqual(step["startTime"], root["startTime"])
            self.assertLessEqual(step["startTime"] + step["duration"], root["startTime"] + root["duration"] + 5)
        self.assertIn("mesh.plugin.load", [span["operationName"] for span in spans])

    def test_it_finds_the_five_steps_of_every_host(self):
        run = self.directory / "run"
        run.mkdir()
        environment = clean_environment(XDG_RUNTIME_DIR=str(run))
        up = subprocess.run(
            [BIN / "meshctl", "lab", "up", "--nodes", str(HOSTS), "--seed", "7", "--no-observer",
             "--set", f"telemetry.otlp=http://127.0.0.1:{self.otlp}"],
            capture_output=True, text=True, env=environment)
        try:
            self.assertEqual(up.returncode, 0, up.stdout + up.stderr)
            wait_until("Jaeger to have them all", lambda: len(self.boots()) == HOSTS)
            ids = set()
            for name, ((tags, spans),) in self.boots().items():
                with self.subTest(name):
                    self.assert_five_steps(spans)
                    ids.add(tags["mesh.node.id"])
                    self.assertEqual(tags["service.namespace"], "lab-7")
                    self.assertRegex(tags["service.instance.id"], r"^[0-9a-f]{8}-[0-9a-f]{4}-5")
            self.assertEqual(len(ids), HOSTS)
        finally:
            subprocess.run([BIN / "meshctl", "lab", "down"], env=environment, capture_output=True)

    def test_the_environment_says_where_and_who(self):
        environment = clean_environment(
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{self.otlp}/",
            OTEL_SERVICE_NAME="mesh-a", OTEL_RESOURCE_ATTRIBUTES="team=x%20y,service.namespace=ours")
        # Its start alone: of what else it does, chance would export a span now and then.
        host = self.host("a", "--plugin", "compute.so", "--set", "telemetry.trace_one_in=0", environment=environment)
        host.start()
        wait_until("Jaeger to know it", lambda: self.ask("/api/traces", service="mesh-a"))
        trace, = self.ask("/api/traces", service="mesh-a")
        tags = {tag["key"]: tag["value"] for tag in next(iter(trace["processes"].values()))["tags"]}
        self.assertEqual((tags["team"], tags["service.namespace"]), ("x y", "ours"))

    def test_the_last_words_of_a_host_reach_it(self):
        host = self.host("a", "--plugin", "compute.so", "--set", f"telemetry.otlp=http://127.0.0.1:{self.otlp}")
        host.start()
        self.assertEqual(host.stop()[0], 0)
        stop = lambda: self.ask("/api/traces", service="meshhost", operation="mesh.node.stop")
        wait_until("Jaeger to have the stop", stop)
        spans = sorted(stop()[0]["spans"], key=lambda span: span["startTime"])
        self.assertEqual([span["operationName"] for span in spans],
                         ["mesh.node.stop", "mesh.plugin.stop", "mesh.peers.leave", "mesh.gossip.leave"])

    def test_a_stop_does_not_wait_long_for_one_that_is_away(self):
        host = self.host("a", "--set", f"telemetry.otlp=http://127.0.0.1:{self.otlp}")
        host.start()
        wait_until("the start to be told", lambda: host.data("probe")["otlp"]["exported"] > 0)
        self.stop_jaeger()
        code, took = host.stop()
        self.assertEqual(code, 0)
        self.assertLess(took, 5)

    def test_hosts_that_cannot_reach_it_export_through_an_observer(self):
        by_mesh = ["--set", "telemetry.otlp=mesh"]
        a = self.host("a", "--plugin", "compute.so", *by_mesh).start()
        b = self.host("b", "--plugin", "broker.so", "--peer", a.ticket, *by_mesh).start()
        wait_until("a failure: nobody collects", lambda: a.data("probe")["otlp"]["failures_in_a_row"] > 0)
        observer = self.host("eye", "--observe", "--set", "observe.listen=127.0.0.1:0", "--peer", a.ticket,
                             "--set", f"telemetry.otlp=http://127.0.0.1:{self.otlp}").start()
        wait_until("Jaeger to have all three", lambda: set(self.boots()) == {"a", "b", "eye"})
        for name in "ab":
            ((tags, spans),) = self.boots()[name]
            self.assert_five_steps(spans)
        self.assertGreaterEqual(observer.data("probe")["otlp_relay"]["passed_on"], 2)
        self.assertEqual(observer.ctl("doctor")[0], 0)
        # A message that one of them sends is one trace there, whoever told of it.
        trace = b.data("trace", "publish")["trace"]
        spans = lambda: [span for found in self.ask(f"/api/traces/{trace}") for span in found["spans"]]

        def is_whole():
            try:
                return len(spans()) == 3
            except urllib.error.HTTPError:
                return False  # not there yet
        wait_until("Jaeger to have the message's way", is_whole)
        self.stop_jaeger()
        b.data("trace", "publish")
        self.assertEqual(b.stop()[0], 0)

    def test_when_it_is_away_the_host_goes_on_and_tells_it_later(self):
        host = self.host("a", "--plugin", "compute.so", "--set", f"telemetry.otlp=http://127.0.0.1:{self.otlp}")
        self.stop_jaeger()
        host.start()

        def counts():
            return host.data("probe")["otlp"]
        wait_until("a failure", lambda: counts()["failures_in_a_row"] > 0)
        code, status = host.ctl("status")
        self.assertEqual(code, 3)  # it works, and somebody should know
        self.assertIn(f"127.0.0.1:{self.otlp}", " ".join(status["data"]["warnings"]))
        self.assertEqual(host.ctl("doctor")[0], 0)
        config = self.directory / "jaeger.yaml"
        log = (self.directory / "jaeger.log").open("a")
        self.addCleanup(log.close)
        self.jaeger = subprocess.Popen([JAEGER, "--config", config], stdout=log, stderr=log)
        wait_until("it to be told", lambda: counts()["exported"] > 0)
        self.assertEqual(host.ctl("status")[0], 0)
        self.assertEqual(list(self.boots()), ["a"])
        self.assertEqual(counts()["dropped_full"] + counts()["dropped_refused"], 0)
