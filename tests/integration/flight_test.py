# SPDX-License-Identifier: Apache-2.0
"""The flight recorder: what a host did before something went wrong reaches a collector after all."""
from mesh_lab import QUICK_TO_NOTICE, LabTest, meshctl, run, wait_until
from otlp_collector import Collector

NO_CHANCE = ["--set", "telemetry.trace_one_in=0", "--set", "telemetry.metrics_interval=0s"]
ALWAYS_TOLD = ("mesh.node.", "mesh.identity.", "mesh.endpoint.", "mesh.alpn.", "mesh.gossip.subscribe",
               "mesh.accept.", "mesh.plugin.load", "mesh.plugin.create", "mesh.plugin.start", "mesh.path.establish")
ANOMALY = "mesh.flight.anomaly"


def promoted(collector):
    return [span for span in collector.spans if ANOMALY in span["attributes"]]


def dump(host):
    return host.data("flight", "--limit", "4096")


class Flight(LabTest):
    def with_collector(self, collector, *peers):
        return self.host("a", *NO_CHANCE, "--set", f"telemetry.otlp={collector.url}", *QUICK_TO_NOTICE,
                         *(word for peer in peers for word in ("--peer", peer))).start()

    def test_a_dial_to_a_wrong_id_tells_what_came_before_it(self):
        other = self.host("b", *QUICK_TO_NOTICE).start()
        address = other.ready["self"]["bound"][0]
        nobody = self.host("nobody").start()
        nobody.kill()
        with Collector() as collector:
            host = self.with_collector(collector, other.ticket, f"{nobody.id}@{address}")

            def failed_dial():
                return next((span for span in promoted(collector)
                             if span["name"] == "mesh.peer.dial" and not span["ok"]), None)
            wait_until("the dial that failed is told", failed_dial)
            failed = failed_dial()
            self.assertEqual(failed["attributes"]["mesh.peer.id"], nobody.id)
            self.assertEqual(failed["attributes"][ANOMALY], "error")
            before = [span for span in promoted(collector)
                      if span["ok"] and span["start"] <= failed["end"]]
            self.assertTrue(before, promoted(collector))
            # Chance chose nothing: what is not always told came by an anomaly, each span once.
            for span in collector.spans:
                if not span["name"].startswith(ALWAYS_TOLD):
                    self.assertIn(ANOMALY, span["attributes"], span)
            ids = [span["span"] for span in collector.spans]
            self.assertEqual(len(ids), len(set(ids)))
            # The dump agrees.
            fates = {span["span"]: span["fate"] for span in dump(host)["spans"]}
            for span in promoted(collector):
                self.assertEqual(fates[span["span"]], "promoted")
            self.assertIn("exported", fates.values())

    def test_without_a_collector_it_is_only_dumped(self):
        gone = self.host("gone").start()
        gone.kill()
        host = self.host("a", "--peer", gone.ticket, *QUICK_TO_NOTICE).start()

        def dials():
            return [span for span in dump(host)["spans"] if span["name"] == "mesh.peer.dial"]
        wait_until("the dial has failed", lambda: any(not span["ok"] for span in dials()))
        said = dump(host)
        self.assertEqual(said["promotions"], 0)
        self.assertGreater(said["anomalies"], 0)
        self.assertEqual(said["slots"], 4096)
        self.assertEqual({span["fate"] for span in said["spans"]}, {"held"})
        self.assertEqual(len(host.data("flight", "--limit", "2")["spans"]), 2)
        text = run("meshctl", "flight", "--socket", host.socket)
        self.assertEqual(text.returncode, 0)
        self.assertIn("mesh.peer.dial", text.stdout)
        self.assertIn("(room for 4096)", text.stdout)
        self.assertEqual(meshctl("flight", "--json", "--socket", str(host.socket), "--limit", "0")[0], 2)

    def test_a_peer_that_dies_is_an_anomaly(self):
        with Collector() as collector:
            other = self.host("b", *QUICK_TO_NOTICE).start()
            host = self.with_collector(collector, other.ticket)
            wait_until("they know each other", lambda: host.sees(other))
            other.kill()

            def death():
                return [span for span in promoted(collector) if span["name"] == "mesh.peer.state"
                        and span["attributes"].get("mesh.to") == "dead"]
            wait_until("its death is told", death)
            self.assertEqual(death()[0]["attributes"]["mesh.peer.name"], "b")
            self.assertFalse(death()[0]["ok"])
