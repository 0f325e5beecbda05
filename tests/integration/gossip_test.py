# SPDX-License-Identifier: Apache-2.0
"""A mesh of hosts that know one of them: who hears whom, and what is left when some are killed.

MESH_BOOTS says how many times each boot is tried; once, unless it is set.
"""
import json
import os
import random
import signal
import time

from mesh_lab import QUICK_TO_NOTICE, LabTest, wait_until

HOSTS = 18
BOOTS = int(os.environ.get("MESH_BOOTS", "1"))


def heard_by(host):
    """Names of the peers that a host counts as alive."""
    return {peer["name"] for peer in host.data("peers")["peers"] if peer["state"] == "alive"}


def state_at(host, other):
    peer = host.peer(other)
    return peer and peer["state"]


def components(hosts):
    """How many meshes the hosts form, by who is whose neighbour in the gossip."""
    alive = {host.id for host in hosts}
    links = {host.id: {n["id"] for n in host.data("status")["gossip"]["neighbors"]} & alive for host in hosts}
    seen, count = set(), 0
    for start in alive:
        count += start not in seen
        waiting = [start]
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += links[here] | {other for other in alive if here in links[other]}
    return count


class Mesh(LabTest):
    def boot(self, count=HOSTS, apart=0.0, timeouts=QUICK_TO_NOTICE):
        """`count` hosts; all but the first are told of the first alone."""
        first = self.host("node-00", *timeouts).start()
        hosts = [first]
        for number in range(1, count):
            host = self.host(f"node-{number:02}", *timeouts, "--peer", first.ticket)
            host.spawn()
            hosts.append(host)
            time.sleep(apart)
        for host in hosts[1:]:
            host.await_ready()
        return hosts

    def wait_until_whole(self, hosts):
        names = {host.name for host in hosts}
        for host in hosts:
            wait_until(f"{host.name} to hear all others", lambda: heard_by(host) >= names - {host.name})
        wait_until("one mesh", lambda: components(hosts) == 1)

    def boot_and_stop(self, **how):
        for boot in range(BOOTS):
            with self.subTest(boot=boot):
                hosts = self.boot(**how)
                self.wait_until_whole(hosts)
                for host in hosts:
                    host.kill()
                self.hosts.clear()

    def test_hosts_that_start_at_once_hear_each_other(self):
        self.boot_and_stop()

    def test_hosts_that_start_one_after_another_hear_each_other(self):
        self.boot_and_stop(apart=0.2)

    def test_a_third_may_be_killed_the_first_included(self):
        hosts = self.boot()
        self.wait_until_whole(hosts)
        killed = [hosts[0], *random.sample(hosts[1:], HOSTS // 3 - 1)]
        rest = [host for host in hosts if host not in killed]
        for host in killed:
            host.kill()
        for host in rest:
            wait_until(f"{host.name} to miss the killed",
                       lambda: all(state_at(host, other) == "dead" for other in killed))
        wait_until("one mesh of the others", lambda: components(rest) == 1)
        names = {host.name for host in rest}
        for host in rest:
            self.assertFalse([other.name for other in rest if other is not host and state_at(host, other) == "dead"])
            wait_until(f"{host.name} to doubt none of the others", lambda: heard_by(host) == names - {host.name})

        # What one says now reaches all: a newcomer's record, and the last word of one that leaves.
        newcomer = self.host("newcomer", *QUICK_TO_NOTICE, "--peer", rest[0].ticket).start()
        for host in rest:
            wait_until(f"{host.name} to hear the newcomer", lambda: state_at(host, newcomer) == "alive")
        wait_until("the newcomer to hear all", lambda: heard_by(newcomer) >= names)
        self.assertEqual(rest[-1].stop()[0], 0)
        for host in [*rest[:-1], newcomer]:
            wait_until(f"{host.name} to hear the last word", lambda: state_at(host, rest[-1]) == "left")

    def test_a_host_that_comes_back_with_its_key_is_heard_again(self):
        hosts = self.boot(count=6)
        self.wait_until_whole(hosts)
        hosts[3].kill()
        wait_until("it to be missed", lambda: all(state_at(h, hosts[3]) == "dead" for h in hosts if h is not hosts[3]))
        hosts[3].start()
        self.wait_until_whole(hosts)

    def test_a_start_finds_its_mesh_though_whom_it_was_told_of_is_gone(self):
        hosts = self.boot(count=8)  # more than a start asks at one time: the rest it hears of by gossip
        self.wait_until_whole(hosts)
        told_of, *others, restarted = hosts
        remembered = restarted.directory / "data" / "peers.json"
        wait_until("all to be remembered",
                   lambda: remembered.exists() and len(json.loads(remembered.read_text())["peers"]) == 7)
        told_of.kill()
        restarted.kill()
        restarted.start()
        self.wait_until_whole([*others, restarted])
        # In another mesh it asks none of them: only whom the operator names.
        restarted.kill()
        stranger = restarted.start("--set", "mesh.name=another")
        wait_until("a look", lambda: stranger.data("status")["self"]["uptime_ms"] > 5_000)
        self.assertEqual([peer["id"] for peer in stranger.data("peers")["peers"]], [told_of.id])

    def test_who_cannot_read_whom_it_remembered_says_so_and_begins_anew(self):
        told_of = self.host("told-of").start()
        restarted = self.host("restarted", "--peer", told_of.ticket)
        remembered = restarted.directory / "data" / "peers.json"
        remembered.parent.mkdir()
        remembered.write_text('{"peers": ')
        restarted.start()
        self.assertIn(f"{remembered} cannot be read and is written anew: nobody is remembered", restarted.log_text())
        wait_until("it to be written anew",
                   lambda: remembered.read_text().endswith("\n") and len(json.loads(remembered.read_text())["peers"]) == 1)
        restarted.kill()
        before = restarted.log_text()
        restarted.start()
        self.assertNotIn("cannot be read", restarted.log_text()[len(before):])

    def test_one_that_was_suspended_accuses_nobody(self):
        hosts = self.boot(count=5, timeouts=["--set", "quic.idle_timeout=5s", "--set", "quic.keep_alive=1s"])
        self.wait_until_whole(hosts)
        suspended = hosts[1]
        suspended.process.send_signal(signal.SIGSTOP)
        others = [host for host in hosts if host is not suspended]
        wait_until("its connections to end", lambda: all(state_at(h, suspended) == "dead" for h in others))
        suspended.process.send_signal(signal.SIGCONT)
        # Within this time whatever was said of a loss is believed or contradicted.
        deadline = time.monotonic() + 20
        is_whole = False
        while not is_whole or time.monotonic() < deadline:
            states = {(host.name, peer["name"]): (peer["state"], peer["evidence"])
                      for host in hosts for peer in host.data("peers")["peers"]}
            wrong = {pair: state for pair, state in states.items() if state[0] != "alive"}
            # It may miss for a moment those that gave it up, and says nothing of it to anybody.
            accused = {(by, of) for (by, of), (state, _) in wrong.items()
                       if of != suspended.name and (by != suspended.name or state == "dead")}
            self.assertEqual(accused, set(), wrong)
            is_whole = not wrong
            self.assertTrue(is_whole or time.monotonic() < deadline, wrong)

    def test_status_and_peers_show_the_neighbours(self):
        hosts = self.boot(count=3)
        self.wait_until_whole(hosts)
        gossip = hosts[0].data("status")["gossip"]
        self.assertEqual(gossip["degree"], 2)
        self.assertEqual(gossip["eager"] + gossip["lazy"], 2)
        self.assertEqual({n["id"] for n in gossip["neighbors"]}, {hosts[1].id, hosts[2].id})
        modes = {peer["gossip"] for peer in hosts[0].data("peers")["peers"]}
        self.assertLessEqual(modes, {"eager", "lazy"})

    def test_another_secret_is_another_mesh_and_none_is_a_choice(self):
        secret = self.directory / "secret"
        secret.write_text("shared")
        secret.chmod(0o600)
        told = ["--set", f"mesh.secret_file={secret}"]
        first = self.host("first", *told).start()
        second = self.host("second", *told, "--peer", first.ticket).start()
        third = self.host("third", "--peer", first.ticket).start()
        silent = self.host("silent", "--set", "gossip.enabled=false", "--peer", first.ticket).start()
        wait_until("the second to be a neighbour", lambda: first.data("status")["gossip"]["degree"] == 1)
        wait_until("the others to be connected", lambda: first.sees(third) and first.sees(silent))
        self.assertIsNone(third.peer(second))
        self.assertIsNone(silent.data("status")["gossip"])
