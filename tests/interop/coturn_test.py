# SPDX-License-Identifier: Apache-2.0
"""Our STUN client and netcheck against coturn, behind a NAT of Linux and without one.

Usage: coturn_test.py [-v]; MESH_NAT names the program under test.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import home_lan
import peers
from home_lan import OUTSIDE, OUTSIDE_TOO, WAN

PORT = 3478
NEEDED = ("turnserver", "turnutils_stunclient", "nsenter", "nft", "ip")
LAN = None


class Coturn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = tempfile.TemporaryDirectory()
        log = os.path.join(cls.files.name, "log")
        # Two addresses: so it speaks RFC 5780 as well.
        cls.server = subprocess.Popen(
            ["turnserver", "-n", "--stun-only", "--no-auth", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp",
             "-L", OUTSIDE, "-L", OUTSIDE_TOO, "--db", os.path.join(cls.files.name, "db"),
             "--pidfile", os.path.join(cls.files.name, "pid"), "--log-file", log, "--simple-log"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peers.wait_until(lambda: cls.seen_by_turnutils() is not None, "coturn answers")

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server.wait()
        cls.files.cleanup()

    @staticmethod
    def seen_by_turnutils(*place):
        """The host that coturn's own client is told it is."""
        try:
            said = subprocess.run([*place, "stdbuf", "-oL", "turnutils_stunclient", OUTSIDE], check=False,
                                  stdout=subprocess.PIPE, timeout=2).stdout
        except subprocess.TimeoutExpired as late:  # it asks once, and waits for ever
            said = late.stdout or b""
        found = re.search(rb"reflexive addr: ([0-9.]+)", said)
        return found and found.group(1).decode()

    def report(self, *servers, at_home=True):
        command = [os.environ["MESH_NAT"], "report", *(f"{host}:{PORT}" for host in servers)]
        peer = peers.Peer(LAN.home.command(*command) if at_home else command)
        self.addCleanup(peer.kill)
        return peer.wait_for("report")

    def test_behind_a_router_both_clients_are_told_the_same(self):
        report = self.report(OUTSIDE)
        hosts = {seen.rpartition(":")[0] for seen in report["seen"]}
        self.assertEqual(hosts, {WAN})
        self.assertEqual(hosts, {self.seen_by_turnutils(*LAN.home.command())})
        self.assertEqual(report["udp"], "yes")

    def test_a_router_of_linux_keeps_the_port_and_lets_in_what_was_sent_to(self):
        report = self.report(OUTSIDE)
        self.assertEqual(report["mapping"], "endpoint_independent")
        self.assertEqual(report["filtering"], "address_and_port_dependent")
        self.assertEqual(report["grade"], "moderate")
        self.assertEqual(report["hairpin"], "no")

    def test_without_a_nat(self):
        report = self.report(OUTSIDE, at_home=False)
        self.assertEqual({seen.rpartition(":")[0] for seen in report["seen"]}, {OUTSIDE})
        self.assertEqual(report["mapping"], "none")
        self.assertEqual(report["filtering"], "endpoint_independent")
        self.assertEqual(report["grade"], "none")

    def test_a_router_that_draws_ports(self):
        self.addCleanup(LAN.masquerade)
        LAN.masquerade("random,fully-random")
        report = self.report(OUTSIDE, OUTSIDE_TOO)
        self.assertIn(report["mapping"], ("address_and_port_dependent", "endpoint_dependent"))
        self.assertEqual(report["grade"], "strict")

    def test_a_router_that_lets_no_udp_through(self):
        LAN.rules("table ip wall {", "chain forward {", "type filter hook forward priority 0",
                  "meta l4proto udp drop", "}", "}")
        self.addCleanup(LAN.router.run, "nft delete table ip wall")
        report = self.report(OUTSIDE, OUTSIDE_TOO)
        self.assertEqual(report["udp"], "no")
        self.assertEqual(report["grade"], "blocked")


if __name__ == "__main__":
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        print(f"skipped: needs {', '.join(missing)}")
        sys.exit(77)
    try:
        LAN = home_lan.HomeLan()
    except home_lan.NotPermitted as what:
        print(f"skipped: not permitted here: {what}")
        sys.exit(77)
    status = peers.run_tests()
    LAN.close()
    sys.exit(status)
