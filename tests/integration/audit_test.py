# SPDX-License-Identifier: Apache-2.0
"""The books of real daemons, with roles, gossip, pings and clients of the local API."""
import json

from mesh_lab import LabTest, wait_until


class Audit(LabTest):
    def test_the_books_add_up_while_hosts_come_and_go(self):
        first = self.host("first", "--plugin", "broker.so").start()
        others = [self.host(f"other-{n}", "--plugin", role, "--peer", first.ticket).start()
                  for n, role in enumerate(("compute.so", "gateway.so"))]
        for other in others:
            wait_until("they see each other", lambda: first.sees(other) and other.sees(first))
        self.assertEqual(first.ctl("ping", others[0].id, "--count", "2", "--interval", "10ms")[0], 0)
        for host in (first, *others):
            books = self.audit(host)
            self.assertGreater(books["checked"], 30)
            self.assertEqual(len(books["rules"]), books["checked"])
            self.assertEqual(books["discrepancies"], [])
            self.assertTrue(all(rule["ok"] for rule in books["rules"]))
        others[0].kill()
        others[1].stop()
        first.data("rebind")
        self.assertEqual(self.audit(first)["discrepancies"], [])
        self.assertEqual(first.data("status")["self"]["roles"], ["broker"])
        self.assertNotIn("the books do not add up", json.dumps(first.data("status")["warnings"]))
