# SPDX-License-Identifier: Apache-2.0
"""How hosts started: five steps under a root, remembered over restarts, told to others."""
import subprocess

from mesh_lab import BIN, LabTest, wait_until

STEPS = ["mesh.identity.load", "mesh.endpoint.create", "mesh.alpn.register", "mesh.gossip.subscribe",
         "mesh.accept.start"]


class Boot(LabTest):
    def boots(self, host, *more):
        return host.data("boot", *more)["boots"]

    def assert_shape(self, boot, roles):
        spans = {span["span"]: span for span in boot["spans"]}
        root, = [span for span in spans.values() if span["parent"] is None]
        self.assertEqual(root["name"], "mesh.node.ready")
        steps = sorted((span for span in spans.values() if span["parent"] == root["span"]),
                       key=lambda span: span["started_unix_us"])
        self.assertEqual([step["name"] for step in steps], STEPS)
        covered = sum(step["length_us"] for step in steps)
        self.assertLessEqual(abs(root["length_us"] - covered), root["length_us"] * 0.05)
        for span in spans.values():
            self.assertEqual(span["trace"], boot["id"])
            if span is not root:
                parent = spans[span["parent"]]
                self.assertGreaterEqual(span["started_unix_us"], parent["started_unix_us"] - 1)
                self.assertLessEqual(span["started_unix_us"] + span["length_us"],
                                     parent["started_unix_us"] + parent["length_us"] + 2)
        loaded = [span["attributes"]["mesh.plugin.name"] for span in spans.values()
                  if span["name"] == "mesh.plugin.load"]
        self.assertEqual(loaded, roles)
        self.assertEqual(root["attributes"]["mesh.boot.count"], boot["number"])
        create, = [step for step in steps if step["name"] == "mesh.endpoint.create"]
        self.assertIn(":", create["attributes"]["mesh.bind.address"])

    def test_steps_restarts_and_comparisons(self):
        host = self.host("a", "--plugin", "compute.so").start()
        self.assertEqual(host.ctl("boot")[0], 0)
        first, = self.boots(host)
        self.assertEqual((first["number"], first["outcome"]), (1, "ready"))
        self.assert_shape(first, ["compute-0"])
        identity = [span for span in first["spans"] if span["name"] == "mesh.identity.load"][0]
        self.assertEqual(identity["attributes"]["mesh.identity.source"], "minted")
        code, answer = host.ctl("boot", "--vs", "prev")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_BOOT"))

        host.kill()  # no time to write anything
        host.start()
        second, remembered = self.boots(host)
        self.assertEqual(second["number"], 2)
        self.assertEqual(remembered, first)
        compared = host.data("boot", "--vs", "prev")["compared"]
        self.assertEqual(compared["with"], "start 1 of the same host")
        self.assertEqual(sorted(compared["length_us"]), sorted([*STEPS, "mesh.node.ready"]))

    def test_how_the_mesh_was_joined_is_a_trace_of_its_own(self):
        a = self.host("a").start()
        b = self.host("b", "--peer", a.ticket).start()
        wait_until("b to have found its place", lambda: self.boots(b)[0].get("join"))
        boot = self.boots(b)[0]
        join = boot["join"]
        root, = [span for span in join if span["parent"] is None]
        self.assertEqual(root["name"], "mesh.node.join")
        self.assertEqual({span["trace"] for span in join}, {root["trace"]})
        self.assertNotEqual(root["trace"], boot["id"])
        self.assertEqual([link["trace"] for link in root["links"]], [boot["id"]])
        path, = [span for span in join if span["parent"] == root["span"]]
        self.assertEqual(path["name"], "mesh.path.establish")
        self.assertIn(a.id, path["attributes"].values())

    def test_a_start_that_fails_is_remembered(self):
        host = self.host("a", "--plugin", str(self.directory / "none.so"))
        host.spawn()
        self.assertEqual(host.wait(), 7)
        again = self.host("a", "--plugin", "compute.so").start()
        second, failed = self.boots(again)
        self.assertEqual((failed["number"], failed["outcome"], second["number"]), (1, "failed", 2))
        self.assertIn("MP001", failed["error"])
        self.assertFalse([span for span in failed["spans"] if span["name"] == "mesh.alpn.register"][0]["ok"])

    def test_others_tell_of_theirs_also_from_before(self):
        one = self.host("one", "--plugin", "broker.so").start()
        two = self.host("two", "--plugin", "compute.so", "--peer", one.ticket).start()
        three = self.host("three", "--peer", one.ticket).start()  # an observer that came last
        wait_until("it to know both", lambda: len(three.data("peers")["peers"]) == 2)
        theirs = self.boots(three, two.id[:12])
        self.assertEqual(theirs, self.boots(two))
        self.assert_shape(theirs[0], ["compute-0"])

        def all_boots():
            return {line["id"]: line.get("boots", []) for line in three.data("boot", "--all")["hosts"]}
        wait_until("all to answer", lambda: all(all_boots().values()) and len(all_boots()) == 3)
        self.assertEqual(all_boots()[two.id], self.boots(two)[:1])
        code, answer = three.ctl("boot", two.id[:12], "--vs", "median")
        self.assertEqual(answer["data"]["compared"]["with"], "the median of 3 hosts")
        two.kill()
        shown = subprocess.run(
            [BIN / "meshctl", "--socket", str(three.socket), "boot", "--all"], capture_output=True, text=True)
        self.assertIn("NODE", shown.stdout)

