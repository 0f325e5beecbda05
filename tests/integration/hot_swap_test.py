# SPDX-License-Identifier: Apache-2.0
"""A role whose code is swapped again and again under load from two other hosts: nothing is lost, doubled or
left open, and nobody's connection notices. `hot_swap_test.py --swaps N` says how often, for each mode."""
import argparse
import collections
import pathlib
import sys
import time
import unittest

from mesh_lab import BIN, LabTest, wait_until

TEST_PLUGINS = BIN.parent / "tests" / "plugins"
SWAPS = 50
REFUSED_EVERY = 10  # swaps: between them one whose handoff fails
BUILDS = [TEST_PLUGINS / "exchange.so", TEST_PLUGINS / "exchange_2.so"]
REFUSES = TEST_PLUGINS / "exchange_refuses.so"
LOADS = 2
LOOKS = 40  # to see the least that is held while requests come and go

# The first three are the role's; the lists have one item for each process.
Held = collections.namedtuple(
    "Held", "handles connections streams host_connections links links_opened links_closed gossip_links "
    "descriptors threads")


class Process:
    """What the kernel knows of one."""

    def __init__(self, pid):
        self.place = pathlib.Path(f"/proc/{pid}")

    def descriptors(self):
        return len(list((self.place / "fd").iterdir()))

    def threads(self):
        """Without the helpers of mesh.worker/1, of which there are as many as jobs happened to need."""
        names = [(task / "comm").read_text().strip() for task in (self.place / "task").iterdir()]
        return len([name for name in names if name != "mesh-worker"])

    def images(self):
        """Copies of plugins that are mapped."""
        lines = [line.split() for line in (self.place / "maps").read_text().splitlines()]
        return len({line[4] for line in lines if len(line) > 5 and line[5].startswith("/memfd:mesh-plugin")})

    def memory(self, what):
        """Bytes: "RssAnon", "VmRSS"."""
        for line in (self.place / "status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) * 1024
        raise AssertionError(what)


class HotSwap(LabTest):
    def setUp(self):
        super().setUp()
        self.directory.chmod(0o711)  # where we are root, the role's process is not

    def server(self, isolation):
        file = self.directory / "server.toml"
        file.write_text(f'[plugin.exchange-0]\npath = "{BUILDS[0]}"\nisolation = "{isolation}"\n')
        return self.host("server", "--config", str(file), "--set", "digest.plugin_bytes_max=1000")

    def load(self, name, server):
        file = self.directory / f"{name}.toml"
        file.write_text(f'[plugin.swap_load-0]\npath = "{TEST_PLUGINS / "swap_load.so"}"\n[plugin.swap_load-0.config]\n'
                        f'server = "{server.id}"\nstop = "{self.directory / "stop"}"\n')
        return self.host(name, "--config", str(file), "--set", "digest.plugin_bytes_max=1000", "--peer", server.ticket)

    def shown(self, host):
        """What the roles of `host` say of themselves."""
        return {each["key"]: each["value"] for each in host.data("status")["self"]["contributions"]}

    def last_shown(self, host):
        """When no more comes: each value is told for itself, some later than others."""
        seen = []

        def is_last():
            shown = self.shown(host)
            seen.append({key: shown[key] for key in shown if key not in ("ticks", "commits", "jobs")})
            return len(seen) >= 8 and all(each == seen[-1] for each in seen[-8:])

        wait_until(f"the last of {host.name}", is_last)
        return self.shown(host)

    def role(self, host):
        return host.data("plugin", "list")["plugins"][0]

    def processes(self, server):
        """Its own, and the role's when that has one."""
        own = self.role(server).get("process")
        return [Process(server.process.pid)] + ([Process(own)] if own else [])

    def held(self, server):
        probe = server.data("probe")
        processes = self.processes(server)
        role, transport, peers = probe["plugins"], probe["transport"], probe["peers"]
        return Held(
            role["handles"], role["connections"], role["streams"], transport["connections"], peers["links"],
            peers["links_opened"], peers["links_closed"], probe["gossip"]["links"],
            [each.descriptors() for each in processes], [each.threads() for each in processes])

    def least_held(self, server):
        """Without the requests that are under way in one moment."""
        looks = [self.held(server) for _ in range(LOOKS)]
        return Held(*(min(values) if isinstance(values[0], int) else [min(each) for each in zip(*values)]
                      for values in zip(*looks)))

    def await_held(self, server, wanted):
        seen = []

        def is_wanted():
            seen.append(self.least_held(server))
            return seen[-1] == wanted

        try:
            wait_until("what was held before", is_wanted)
        except AssertionError:
            self.assertEqual(seen[-1], wanted)
            raise

    def swap(self, server, file):
        """How often it was given up because the disk was busy."""
        for given_up in range(20):
            code, answer = server.ctl("plugin", "reload", "exchange-0", str(file))
            if code == 0:
                return given_up
            self.assertIn("still under way", answer["error"]["message"])
        raise AssertionError(answer)

    def refuse(self, server, file, words):
        """How often it was given up because the disk was busy, before the new code could refuse."""
        before = self.role(server)
        for given_up in range(20):
            code, answer = server.ctl("plugin", "reload", "exchange-0", str(file))
            if "still under way" not in answer.get("error", {}).get("message", ""):
                break
        self.assertEqual((code, answer["ok"]), (7, False), answer)
        self.assertIn(words, answer["error"]["message"])
        self.assertEqual(self.role(server)["generation"], before["generation"])
        self.assertEqual(self.role(server).get("process"), before.get("process"))
        return given_up

    def assert_goes_on(self, *hosts):
        """More than was under way has come since."""
        least = {"answered": 30, "published": 30, "echoed": 30, "heard": 30, "ticks": 30, "commits": 2, "jobs": 2}
        before = [self.shown(host) for host in hosts]

        def resting():
            self.assert_no_fault(*map(self.shown, hosts))
            return [f"{host.name}: {key} {was[key]}"
                    for host, was, now in zip(hosts, before, map(self.shown, hosts)) for key in was
                    if key in least and now[key] <= was[key] + least[key]]
        try:
            wait_until("all to go on", lambda: not resting())
        except AssertionError:
            self.assertEqual(resting(), [])
            raise

    def assert_no_fault(self, *shown):
        self.assertEqual([each.get("fault") for each in shown], [None] * len(shown))

    def await_news(self, server, said):
        wanted = {"heard": sum(each["published"] for each in said), "received": sum(each["sent"] for each in said)}
        self.assert_no_fault(*said)
        seen = {}

        def is_heard():
            seen.update(self.shown(server))
            self.assert_no_fault(seen)
            return all(seen[key] >= wanted[key] for key in wanted)

        try:
            wait_until("the news to be heard", is_heard)
        except AssertionError:
            self.assert_no_fault(seen)
            self.assertEqual({key: seen[key] for key in wanted}, wanted)
            raise

    def check(self, isolation):
        server = self.server(isolation).start()
        beside = self.host("beside", "--peer", server.ticket).start()
        loads = [self.load(f"load-{number}", server).start() for number in range(LOADS)]
        for other in (beside, *loads):
            wait_until("all to see the server", lambda: other.sees(server))
        wait_until("the load to flow", lambda: all(self.shown(load).get("echoed", 0) > 1000 for load in loads))
        for file in (*reversed(BUILDS), *reversed(BUILDS)):  # what there is once a build, is there
            self.swap(server, file)
        self.refuse(server, REFUSES, "aborted in restore: MESH_E_INVALID")
        self.assert_goes_on(server, *loads)

        before = self.least_held(server)
        images = [each.images() for each in self.processes(server)]
        memory = [each.memory("RssAnon") for each in self.processes(server)]
        refused, given_up, began = 0, 0, time.monotonic()
        for number in range(SWAPS):
            given_up += self.swap(server, BUILDS[number % 2 - 1])
            if number % REFUSED_EVERY == REFUSED_EVERY // 2:
                given_up += self.refuse(server, REFUSES, "aborted in restore: MESH_E_INVALID")
                refused += 1
        took = time.monotonic() - began
        grown = [each.memory("RssAnon") - was for each, was in zip(self.processes(server), memory)]
        self.assert_goes_on(server, *loads)
        # Code that ran stays mapped, where it ran; nothing else has become more.
        self.assertEqual([each.images() for each in self.processes(server)],
                         images[:-1] + [images[-1] + SWAPS + refused + given_up])
        self.await_held(server, before)

        role = self.role(server)
        self.assertEqual((role["state"], role["restarts"], role["generation"]), ("running", 0, SWAPS + 5))
        (self.directory / "stop").touch()
        wait_until("the load to come back", lambda: all(self.shown(load)["settled"] for load in loads))
        said = [self.last_shown(load) for load in loads]
        self.await_news(server, said)
        shown = self.last_shown(server)
        self.assertEqual(shown["asked"], sum(each["asked"] for each in said))
        self.assertEqual([each["answered"] for each in said], [each["asked"] for each in said])
        self.assertEqual((shown["heard"], shown["missing"]), (sum(each["published"] for each in said), 0))
        self.assertEqual(shown["received"], sum(each["sent"] for each in said))
        self.assertEqual([each["echoed"] for each in said], [each["sent"] for each in said])
        self.assertEqual(shown["aborts"], refused + 1)
        self.assertEqual(self.audit(server)["discrepancies"], [])
        refused += given_up
        print(f"\n{isolation}: {SWAPS} swaps and {refused} refused ones in {took:.1f} s; {shown['asked']} requests, "
              f"{shown['heard']} messages, {shown['received']} bytes there and back, {shown['ticks']} ticks, "
              f"{shown['commits']} commits, {shown['jobs']} jobs; anonymous memory grew by {grown} bytes, "
              f"{[round(each / (SWAPS + refused)) for each in grown]} a generation; {before}")

    def test_on_a_thread(self):
        self.check("inprocess")

    def test_in_a_process_of_its_own(self):
        self.check("process")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--swaps", type=int, default=SWAPS)
    known, others = parser.parse_known_args()
    SWAPS = known.swaps
    unittest.main(argv=[sys.argv[0], *others])
