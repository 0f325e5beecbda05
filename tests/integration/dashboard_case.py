# SPDX-License-Identifier: Apache-2.0
"""Hosts that an observer shows, for the tests of its dashboard."""
import json

from dashboard_client import Dashboard
from mesh_lab import QUICK_TO_NOTICE, LabTest, wait_until

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
