# SPDX-License-Identifier: Apache-2.0
"""The lab itself: every kind of network behaves as its name says, and nothing is left behind."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

import netns
from nat_lab import NODE_KINDS, NatLab

PROBE = pathlib.Path(__file__).with_name("udp_probe.py")

# What is seen of each from outside: mapping, filtering. None: no UDP.
EXPECTED = {
    "open": ("endpoint", "endpoint"),
    "firewall": ("endpoint", "port"),
    "full_cone": ("endpoint", "endpoint"),
    "address_restricted": ("endpoint", "address"),
    "port_restricted": ("endpoint", "port"),
    "symmetric": ("port", "port"),
    "double": ("endpoint", "port"),
    "double_symmetric": ("port", "port"),
    "hairpin": ("endpoint", "port"),
    "dual_stack": ("endpoint", "port"),
    "ipv6_only": None,
    "udp_blocked": None,
}


def probe(node, *words):
    """What a probe at this node found."""
    done = node.run([sys.executable, "-B", PROBE, *words], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def start_reflector(lab, addresses):
    process = lab.relay.popen([sys.executable, "-B", PROBE, "reflect", *addresses], stdout=subprocess.PIPE, text=True)
    if process.stdout.readline() != "ready\n":
        raise AssertionError("no reflector")
    return process


def meet(lab, one, other, tries=50):
    """Where each of two nodes heard the other, told of its outer address; None: nowhere."""
    room = f"{one.name}+{other.name}"
    started = [node.popen([sys.executable, "-B", PROBE, "meet", lab.relay.v4[0], room, node.name, str(tries)],
                          stdout=subprocess.PIPE, text=True) for node in (one, other)]
    return [json.loads(process.communicate(timeout=120)[0])["met"] for process in started]


class KindsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = NatLab()
        cls.addClassCleanup(cls.lab.close)
        cls.lab.__enter__()
        start_reflector(cls.lab, cls.lab.relay.v4)

    def test_all_kinds_are_expected(self):
        self.assertEqual(set(NODE_KINDS), set(EXPECTED))

    def test_every_kind_maps_and_filters_as_its_name_says(self):
        for kind, expected in EXPECTED.items():
            if expected is None:
                continue
            with self.subTest(kind):
                node = self.lab.node(kind)
                found = probe(node, "look", *self.lab.relay.v4)
                self.assertEqual((found["mapping"], found["filtering"]), expected)
                self.assertEqual(found["seen"][0], node.outer)
                self.assertEqual(node.outer == node.v4, kind in ("open", "firewall"))

    def test_where_udp_is_blocked_only_tcp_443_gets_out(self):
        node = self.lab.node("udp_blocked")
        self.assertEqual(probe(node, "count", self.lab.relay.v4[0], "blocked"), 0)
        free = self.lab.node("port_restricted")
        self.assertEqual(probe(free, "count", self.lab.relay.v4[0], "free"), 3)
        free.block_udp()
        done = free.run([sys.executable, "-B", PROBE, "count", self.lab.relay.v4[0], "later"],
                        capture_output=True, text=True, timeout=60)
        self.assertEqual(json.loads(done.stdout), 0)
        free.block_udp(False)
        self.assertEqual(probe(free, "count", self.lab.relay.v4[0], "freed"), 3)

    def test_a_port_restricted_pair_meets_a_symmetric_one_does_not(self):
        one, other = self.lab.node("port_restricted"), self.lab.node("double")
        first, second = meet(self.lab, one, other)
        self.assertEqual(first[0], other.outer)
        self.assertEqual(second[0], one.outer)
        hard = self.lab.node("symmetric")
        self.assertEqual(meet(self.lab, one, hard, tries=10), [None, None])
        soft = self.lab.node("address_restricted")
        self.assertNotIn(None, meet(self.lab, soft, hard))

    def test_only_who_hairpins_gives_back_what_is_sent_to_itself(self):
        for kind, is_given_back in (("hairpin", True), ("port_restricted", False)):
            with self.subTest(kind):
                one = self.lab.node(kind)
                other = self.lab.node(kind, beside=one)
                self.assertEqual(one.outer, other.outer)
                found = meet(self.lab, one, other, tries=50 if is_given_back else 10)
                self.assertEqual([met is not None for met in found], [is_given_back] * 2)
                if is_given_back:
                    self.assertEqual([met[0] for met in found], [one.outer] * 2)

    def test_a_router_that_forgets_maps_anew(self):
        for kind in ("full_cone", "symmetric"):
            with self.subTest(kind):
                node = self.lab.node(kind)
                sending = ("import socket\n"
                           "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                           "s.bind(('', 6000)); s.settimeout(5)\n"
                           f"s.sendto(b'one x', ('{self.lab.relay.v4[0]}', 7000)); print(s.recv(99).decode())\n")

                def seen(node=node, sending=sending):
                    done = node.run([sys.executable, "-c", sending], capture_output=True, text=True, timeout=60)
                    return json.loads(done.stdout)["seen"]

                before = seen()
                self.assertEqual(seen(), before)
                node.forget_mappings()
                self.assertNotEqual(seen(), before)

    def test_loss_takes_all_where_it_is_all(self):
        node = self.lab.node("open")
        node.lose(1)
        done = node.run([sys.executable, "-c", "import socket; s = socket.create_connection(("
                         f"'{self.lab.relay.v4[0]}', 443), timeout=1)"], capture_output=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        node.lose(0)
        self.assertEqual(probe(node, "count", self.lab.relay.v4[0], "found"), 3)


class Ipv6Test(unittest.TestCase):
    def test_ipv6_is_not_translated_and_filtered(self):
        with NatLab() as lab:
            start_reflector(lab, lab.relay.v6)
            for kind in ("ipv6_only", "dual_stack"):
                with self.subTest(kind):
                    node = lab.node(kind)
                    found = probe(node, "look", *lab.relay.v6)
                    self.assertEqual((found["mapping"], found["filtering"]), ("endpoint", "port"))
                    self.assertEqual(found["seen"], [node.v6, found["local"]])
                    self.assertEqual(node.v4 is None, kind == "ipv6_only")


class TidyTest(unittest.TestCase):
    def spaces_of(self, name):
        return [line for line in netns.sh("ip", "netns", "list").splitlines() if line.startswith(name)]

    def test_nothing_is_left_whatever_happens(self):
        with self.assertRaises(ZeroDivisionError):
            with NatLab() as lab:
                node = lab.node("double")
                process = node.popen(["sleep", "1000"])
                self.assertEqual(len(self.spaces_of(lab.name)), 5)
                1 / 0
        self.assertIsNotNone(process.returncode)
        self.assertEqual(self.spaces_of(lab.name), [])

    def test_a_killed_lab_is_removed_by_the_next(self):
        for how, is_left in ((signal.SIGTERM, False), (signal.SIGKILL, True)):
            program = ("import time\nfrom nat_lab import NatLab\n"
                       "with NatLab() as lab:\n lab.node('open')\n print(lab.name, flush=True)\n time.sleep(1000)\n")
            child = subprocess.Popen([sys.executable, "-B", "-c", program], stdout=subprocess.PIPE, text=True,
                                     cwd=PROBE.parent)
            with child:
                name = child.stdout.readline().strip()
                self.assertEqual(len(self.spaces_of(name)), 4)
                os.kill(child.pid, how)
                child.wait()
            self.assertEqual(bool(self.spaces_of(name)), is_left)
            with NatLab():
                self.assertEqual(self.spaces_of(name), [])


if __name__ == "__main__":
    if reason := netns.missing():
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(verbosity=2)
