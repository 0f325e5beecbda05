# SPDX-License-Identifier: Apache-2.0
"""A message's way through a mesh of real hosts: who heard it from whom."""
from mesh_lab import QUICK_TO_NOTICE, LabTest, wait_until

HOSTS = 6


class Trace(LabTest):
    def mesh(self, *more):
        first = self.host("h0", *QUICK_TO_NOTICE, *more).start()
        others = [self.host(f"h{i}", "--peer", first.ticket, *QUICK_TO_NOTICE, *more).start() for i in range(1, HOSTS)]
        all_of_them = [first, *others]

        def know_each_other():
            return all(sum(peer["state"] == "alive" for peer in host.data("peers")["peers"]) == HOSTS - 1
                       for host in all_of_them)
        wait_until("all know all", know_each_other)
        return all_of_them

    def test_every_host_hears_a_message_from_a_neighbour_of_its(self):
        hosts = self.mesh("--set", "telemetry.trace_one_in=0")
        code, answer = hosts[2].ctl("trace", "publish", "--size", "300")
        self.assertEqual(code, 0, answer)
        trace = answer["data"]
        self.assertEqual((trace["origin"], trace["delivered"], trace["size"]), ("h2", HOSTS - 1, 300))
        self.assertEqual(sorted(hop["node"] for hop in trace["hops"]), sorted(host.name for host in hosts))
        self.assertEqual([hop["depth"] for hop in trace["hops"]].count(0), 1)
        self.assertFalse([hop for hop in trace["hops"] if hop["parent_unknown"]])
        # All hosts gather the same, and the list has it alone: chance follows none here.
        for host in hosts:
            self.assertEqual(host.data("trace", "show", trace["trace"])["hops"], trace["hops"])
        listed = hosts[0].data("trace", "list")["traces"]
        self.assertEqual([each["trace"] for each in listed], [trace["trace"]])

    def test_a_host_that_is_silent_leaves_a_hole(self):
        hosts = self.mesh()
        code, answer = hosts[0].ctl("trace", "publish")
        self.assertEqual(code, 0)
        inner = next((hop["node"] for hop, below in zip(answer["data"]["hops"], answer["data"]["hops"][1:])
                      if hop["depth"] == 1 and below["depth"] == 2), None)
        if inner is None:
            inner = next(hop["node"] for hop in answer["data"]["hops"] if hop["depth"] == 1)
        next(host for host in hosts if host.name == inner).kill()
        wait_until("it is missed", lambda: len(hosts[0].data("trace", "show", answer["data"]["trace"])["hops"]) < HOSTS)
        left = hosts[0].data("trace", "show", answer["data"]["trace"])
        self.assertEqual(len(left["hops"]), HOSTS - 1)

    def test_chance_follows_some(self):
        hosts = self.mesh("--set", "telemetry.trace_one_in=1")
        wait_until("digests are followed", lambda: [
            each for each in hosts[0].data("trace", "list")["traces"]
            if each["topic"] == "mesh/digest" and each["delivered"] >= HOSTS - 1])

    def test_bad_requests(self):
        alone = self.host("alone", "--set", "gossip.enabled=false").start()
        code, answer = alone.ctl("trace", "publish")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_GOSSIP"))
        code, answer = alone.ctl("trace", "publish", "--size", "5")
        self.assertEqual(code, 2)
        code, answer = alone.ctl("trace", "show", "abcd")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_TRACE"))
