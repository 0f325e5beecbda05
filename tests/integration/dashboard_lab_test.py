# SPDX-License-Identifier: Apache-2.0
"""The dashboard of a lab, which can break it."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from dashboard_case import API
from dashboard_client import Dashboard
from mesh_lab import BIN, clean_environment, wait_until


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
