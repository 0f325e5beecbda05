# SPDX-License-Identifier: Apache-2.0
"""/livez, /readyz and /metrics of a host, on a port that does nothing else."""
import http.client
import json
import re
import socket

from mesh_lab import QUICK_TO_NOTICE, LabTest, wait_until

LISTEN = ["--set", "telemetry.listen=127.0.0.1:0"]
SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^{}]*\})? (-?[0-9.e+-]+|NaN|[+-]Inf)$')


class Health(LabTest):
    def ask(self, host, path, method="GET"):
        connection = http.client.HTTPConnection(host.ready["health"], timeout=60)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
        finally:
            connection.close()

    def metrics(self, host):
        """{family: {labels: value}}, after a look at the form of every line."""
        status, kind, text = self.ask(host, "/metrics")
        self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
        families, declared = {}, {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                self.assertNotIn(name, declared)
                declared[name] = kind
                continue
            if line.startswith("# HELP "):
                continue
            sample = SAMPLE.match(line)
            self.assertTrue(sample, line)
            name, labels, value = sample.groups()
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            self.assertTrue(name in declared or declared.get(base) == "histogram", line)
            series = families.setdefault(name, {})
            self.assertNotIn(labels or "", series)
            series[labels or ""] = float(value)
        return families

    def test_openmetrics_for_who_asks_for_it(self):
        a = self.host("a", *LISTEN, *QUICK_TO_NOTICE).start()
        b = self.host("b", "--peer", a.ticket, *QUICK_TO_NOTICE).start()
        wait_until("they see each other", lambda: a.sees(b) and b.sees(a))
        wait_until("a path to be measured", lambda: self.metrics(a)["mesh_path_rtt_seconds_count"]['{kind="direct"}'] > 0)
        connection = http.client.HTTPConnection(a.ready["health"], timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        answer = connection.getresponse()
        text = answer.read().decode()
        self.assertTrue(answer.headers["Content-Type"].startswith("application/openmetrics-text"))
        self.assertTrue(text.endswith("# EOF\n"))
        self.assertIn("# TYPE mesh_path_rtt_seconds histogram", text)
        counts = [int(line.split(" ")[1]) for line in text.splitlines()
                  if line.startswith("mesh_path_rtt_seconds_bucket") and 'kind="direct"' in line]
        self.assertEqual(counts, sorted(counts))  # cumulative
        self.assertGreater(counts[-1], 0)

    def test_life_readiness_and_metrics(self):
        a = self.host("a", "--plugin", "compute.so", *LISTEN, *QUICK_TO_NOTICE).start()
        b = self.host("b", "--plugin", "broker.so", "--peer", a.ticket, *QUICK_TO_NOTICE).start()
        wait_until("they see each other", lambda: a.sees(b) and b.sees(a))
        self.assertEqual(self.ask(a, "/livez")[0], 200)
        self.assertEqual(self.ask(a, "/readyz")[0], 200)
        self.assertEqual(self.ask(a, "/v1/status")[0], 404)
        self.assertEqual(self.ask(a, "/readyz", "POST")[0], 405)
        found = self.metrics(a)
        self.assertEqual(sum(found["mesh_member_count"].values()), 2)
        self.assertEqual(found["mesh_peer_path_count"]['{kind="direct"}'], 1)
        self.assertEqual(found["mesh_plugin_up"], {'{plugin="compute-0"}': 1})
        self.assertGreater(found["process_memory_usage_bytes"][""], 1 << 20)
        self.assertEqual(len(found["mesh_boot_duration_seconds"]), 5)
        self.assertGreater(found["mesh_net_io_bytes_total"]['{network.io.direction="receive"}'.replace(".", "_")], 0)
        # The role's own, under its name.
        self.assertTrue([name for name, series in found.items()
                         if not name.startswith(("mesh_", "process_")) and any("compute-0" in one for one in series)])
        a.data("node", "drain", "a", "--yes")
        status, _, why = self.ask(a, "/readyz")
        self.assertEqual((status, why.strip()), (503, "draining"))
        a.data("node", "resume", "a")
        self.assertEqual(self.ask(a, "/readyz")[0], 200)
        self.assertEqual(self.audit(a)["discrepancies"], [])

    def test_a_crowd_that_says_nothing_does_not_make_it_look_ill(self):
        a = self.host("a", *LISTEN).start()
        address, port = a.ready["health"].rsplit(":", 1)
        crowd = [socket.create_connection((address, int(port))) for _ in range(100)]
        for half in crowd[50:]:
            half.sendall(b"GET /livez HT")
        for _ in range(20):
            self.assertEqual(self.ask(a, "/livez")[0], 200)
        for one in crowd:
            one.close()

    def test_the_number_of_series_does_not_grow_with_the_mesh(self):
        a = self.host("a", *LISTEN, *QUICK_TO_NOTICE).start()
        before = sum(len(series) for series in self.metrics(a).values())
        guests = [self.host(f"g{i}", "--peer", a.ticket, *QUICK_TO_NOTICE).start() for i in range(6)]
        wait_until("all are seen", lambda: all(a.sees(guest) for guest in guests))
        for guest in guests[:3]:
            guest.kill()
        wait_until("three are dead", lambda: sum(self.metrics(a)["mesh_member_count"].values()) == 7
                   and any("dead" in one for one in self.metrics(a)["mesh_member_count"]))
        found = self.metrics(a)
        self.assertLessEqual(sum(len(series) for series in found.values()), before + 4)
        text = json.dumps(found)
        for guest in guests:
            self.assertNotIn(guest.id[:10], text)

    def test_a_port_that_is_taken_ends_the_start(self):
        a = self.host("a", *LISTEN).start()
        b = self.host("b", "--set", "telemetry.listen=" + a.ready["health"])
        b.spawn()
        self.assertEqual(json.loads(b.next_line())["error"]["code"], "E_PORT_TAKEN")
        self.assertEqual(b.wait(), 1)
        self.assertEqual(self.leftovers(), [a.socket])
