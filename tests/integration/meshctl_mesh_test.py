# SPDX-License-Identifier: Apache-2.0
"""meshctl asks hosts of a mesh: tables, pictures, live views, journals, orders."""
import csv
import fcntl
import io
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading

from mesh_lab import BIN, LabTest, PATIENCE, clean_environment, run, wait_until


class Following:
    """A meshctl that goes on until it is told to stop, and the lines that it has printed."""

    def __init__(self, host, *arguments):
        self.lines = []
        self.process = subprocess.Popen(
            [BIN / "meshctl", "--socket", host.socket, *arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment(LC_ALL="C"))
        self.reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")),
                                       daemon=True)
        self.reader.start()

    def end(self, with_signal=None):
        """The exit code and what was on standard error."""
        if with_signal is not None:
            self.process.send_signal(with_signal)
        code = self.process.wait(timeout=PATIENCE)
        self.reader.join()
        errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return code, errors


class Screen:
    """meshctl on a terminal of its own."""

    def __init__(self, host, *arguments, rows=24, columns=100):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [BIN / "meshctl", "--socket", host.socket, *arguments], stdin=self.slave, stdout=self.slave,
            stderr=self.slave, start_new_session=True, preexec_fn=self.take_terminal,
            env=clean_environment(LC_ALL="C.UTF-8"))
        self.seen = ""
        threading.Thread(target=self.read, daemon=True).start()

    def take_terminal(self):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def read(self):
        while True:
            try:
                self.seen += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                return

    def type(self, keys):
        os.write(self.master, keys.encode())

    def await_text(self, text):
        wait_until(f"{text!r} on the screen", lambda: text in self.seen)

    def end(self):
        code = self.process.wait(timeout=PATIENCE)
        after = termios.tcgetattr(self.slave)
        os.close(self.slave)
        os.close(self.master)
        return code, after


class MeshOfThree(LabTest):
    def setUp(self):
        super().setUp()
        self.hub = self.host("hub", "--set", "gossip.tier=hub", "--set", "budget.memory=1GiB",
                             "--plugin", "broker.so").start()
        self.leaves = [
            self.host(f"leaf-{n}", "--set", "gossip.tier=leaf", "--set", "introspect.allow=all",
                      "--plugin", "compute.so", "--peer", self.hub.ticket).start()
            for n in (1, 2)]
        for host in (self.hub, *self.leaves):
            wait_until("they know each other", lambda: len([
                peer for peer in host.data("peers")["peers"] if peer["state"] == "alive"]) == 2)

    def text(self, *arguments, host=None):
        done = run("meshctl", "--socket", (host or self.hub).socket, *arguments,
                   environment=clean_environment(LC_ALL="C"))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_peers_are_filtered_sorted_and_cut_in_every_format(self):
        table = self.text("peers", "--where", "node:leaf-1")
        self.assertRegex(table, r"^NODE +TIER +ROLE +STATE +PATH +REASON +")
        self.assertIn("1 of 2 peers match `node:leaf-1` (1 hidden by filter): 1 alive\n", table)
        self.assertEqual(self.text("peers", "--where", "state:dead"), "none of 2 peers matches `state:dead`\n")
        rows = list(csv.DictReader(io.StringIO(self.text("peers", "-o", "csv", "--sort", "-node"))))
        self.assertEqual([(row["node"], row["tier"]) for row in rows], [("leaf-2", "leaf"), ("leaf-1", "leaf")])
        float(rows[0]["since_s"])
        answer = json.loads(self.text("peers", "--json", "--sort", "node", "--limit", "1"))
        self.assertEqual([peer["name"] for peer in answer["data"]["peers"]], ["leaf-1"])
        lines = self.text("peers", "-o", "ndjson", "--where", "-node:leaf-1").splitlines()
        self.assertEqual([json.loads(line)["name"] for line in lines], ["leaf-2"])
        code, answer = self.hub.ctl("peers", "--where", "stat:alive")
        self.assertEqual((code, answer["error"]["code"]), (2, "E_USAGE"))
        self.assertIn('did you mean "state"', answer["error"]["message"])

    def test_peers_are_watched_until_ctrl_c(self):
        watching = Following(self.hub, "peers", "--watch=100ms", "-o", "ndjson", "--limit", "1")
        wait_until("three looks", lambda: len(watching.lines) >= 3)
        self.assertEqual(watching.end(signal.SIGINT), (130, ""))

    def test_another_host_is_asked_through_this_one(self):
        status = self.hub.data("status", "--via", "leaf-2")
        self.assertEqual(status["self"]["name"], "leaf-2")
        self.assertEqual(self.hub.data("status", "--via", self.leaves[0].id[:12])["self"]["name"], "leaf-1")
        self.assertEqual(self.hub.data("status", "--via", "hub")["self"]["name"], "hub")
        code, answer = self.hub.ctl("status", "--via", "nobody")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_PEER_UNKNOWN"))

    def test_the_topology_is_a_tree_and_a_graph(self):
        wait_until("the hub has both as neighbours", lambda: len(self.hub.data("topology")["edges"]) >= 2)
        tree = self.text("topology")
        self.assertTrue(tree.startswith("# hub (here)\n"), tree)
        self.assertIn("3 nodes, depth ", tree)
        graph = self.text("topology", "-o", "dot")
        self.assertRegex(graph, r'\Agraph mesh \{\n(  .*;\n)+\}\n\Z')
        self.assertEqual(len(re.findall(r'^  "[0-9a-f]{64}" \[label="', graph, re.M)), 3)
        rooted = self.text("topology", "--root", "leaf-1")
        self.assertTrue(rooted.startswith("leaf-1\n"), rooted)

    def test_a_status_has_the_budget_and_the_members_by_state(self):
        status = self.text("status")
        self.assertRegex(status, r"(?m)^budget    CPU .* RAM [0-9.]+ MiB of 1\.0 GiB \(\d+ %\)$")
        self.assertRegex(status, r"(?m)^members   3: 3 alive$")
        self.assertIn("rss_bytes", self.hub.data("status")["self"]["usage"])

    def test_top_once_is_a_table_of_rates(self):
        rows = list(csv.DictReader(io.StringIO(self.text("top", "--once", "-i", "250ms", "-o", "csv"))))
        self.assertEqual([row["node"] for row in rows], ["hub", "leaf-1", "leaf-2"])
        for row in rows:
            self.assertGreaterEqual(float(row["rx_bytes_per_second"]), 0)
            self.assertIn("alive", row["state"])
        table = self.text("top", "-i", "250ms", "--sort", "-ram", "--limit", "2")
        self.assertIn("3 nodes - 1 hub ", table)
        self.assertIn("2 of 3 nodes (1 more than --limit)\n", table)
        hosts = json.loads(self.text("top", "--once", "--json"))["data"]["hosts"]
        self.assertEqual({host["name"] for host in hosts}, {"hub", "leaf-1", "leaf-2"})

    def test_top_passes_the_lines_on_until_ctrl_c(self):
        following = Following(self.hub, "top", "-i", "250ms", "-o", "ndjson")
        wait_until("two rounds", lambda: len(following.lines) >= 6)
        self.assertEqual(following.end(signal.SIGINT), (130, ""))
        self.assertEqual({json.loads(line)["schema"] for line in following.lines}, {"meshhost.meters/1"})

    def test_top_on_a_terminal_takes_keys_and_leaves_it_as_it_was(self):
        screen = Screen(self.hub, "top", "-i", "250ms")
        screen.await_text("leaf-2")
        screen.type("s")
        screen.await_text("s sort (by -cpu)")
        screen.type("q")
        code, after = screen.end()
        self.assertEqual((code, after), (0, screen.before))
        self.assertTrue(screen.seen.startswith("\x1b[?1049h\x1b[?25l"))
        wait_until("the screen is given back", lambda: screen.seen.endswith("\x1b[?25h\x1b[?1049l"))

    def test_ctrl_c_ends_top_and_leaves_the_terminal_as_it_was(self):
        screen = Screen(self.hub, "top", "-i", "250ms", rows=5, columns=20)
        screen.await_text("q quit")
        screen.type("\x03")
        code, after = screen.end()
        self.assertEqual((code, after), (130, screen.before))

    def test_events_are_shown_and_followed(self):
        shown = self.text("events", "--types", "peer.state", "--where", "node:leaf-1")
        self.assertRegex(shown, r"(?m)^\d\d:\d\d:\d\d\.\d{3} peer\.state leaf-1 .*alive")
        newest = self.hub.data("events", "--limit", "1")
        self.assertEqual(len(newest["events"]), 1)
        following = Following(self.hub, "events", "-f", "--since", str(newest["next_seq"]), "--types",
                              "peer.state", "--where", "to:left")
        machine = Following(self.hub, "events", "-f", "--since", str(newest["next_seq"]), "-o", "ndjson")
        self.assertEqual(self.leaves[0].stop()[0], 0)
        wait_until("the end of leaf-1", lambda: any(" left" in line for line in following.lines))
        self.assertRegex("".join(following.lines), r"(?m)^\S+ peer\.state leaf-1 \w+ -> left")
        self.assertEqual(following.end(signal.SIGINT), (130, ""))
        wait_until("the same for programs", lambda: any('"to":"left"' in line for line in machine.lines))
        numbers = [json.loads(line)["seq"] for line in machine.lines]
        self.assertEqual(numbers, list(range(newest["next_seq"], newest["next_seq"] + len(numbers))))
        self.assertEqual(machine.end(signal.SIGTERM), (130, ""))

    def test_the_end_of_a_host_that_is_followed_is_told(self):
        following = [Following(self.hub, "events", "-f"), Following(self.hub, "top", "-o", "ndjson", "-i", "250ms")]
        self.hub.data("node", "drain", "hub", "--yes")
        wait_until("what happens is shown", lambda: any("draining" in line for line in following[0].lines))
        wait_until("meters come", lambda: following[1].lines)
        self.hub.kill()
        code, errors = following[0].end()
        self.assertEqual(code, 4, errors)
        self.assertIn("[E_STREAM_ENDED]", errors)
        self.assertEqual(len(errors.splitlines()), 2, errors)
        self.assertEqual(following[1].end(), (4, ""))
        self.assertEqual(json.loads(following[1].lines[-1])["error"]["code"], "E_STREAM_ENDED")

    def test_a_node_is_shown_with_what_it_says_itself(self):
        shown = self.hub.data("node", "show", "leaf-1")
        self.assertEqual(shown["peer"]["name"], "leaf-1")
        self.assertEqual(shown["live"]["id"], self.leaves[0].id)
        self.assertIn("meshhost.meters/1", shown["live"]["schema"])
        self.assertRegex(self.text("node", "show", "compute/1"), r"(?m)^state +.*alive for ")
        self.assertEqual(self.hub.data("node", "show", "hub")["is_self"], True)
        self.leaves[1].stop()
        wait_until("it left", lambda: self.hub.sees(self.leaves[1], "left"))
        code, answer = self.hub.ctl("node", "show", "leaf-2")
        self.assertEqual((code, answer["data"]["live"]), (3, None))

    def test_a_node_is_drained_and_resumed_when_that_is_meant(self):
        code, answer = self.hub.ctl("node", "drain", "leaf-1")
        self.assertEqual((code, answer["error"]["code"]), (2, "E_NOT_CONFIRMED"))
        self.assertTrue(self.hub.sees(self.leaves[0]))
        self.assertEqual(self.hub.data("node", "drain", "leaf-1", "--yes")["state"], "draining")
        wait_until("all see it drain", lambda: all(
            host.peer(self.leaves[0])["state"] == "draining" for host in (self.hub, self.leaves[1])))
        self.assertEqual(self.text("node", "resume", "leaf-1"), f"leaf-1 ({self.leaves[0].id[:10]}) is alive\n")
        self.assertEqual(self.hub.data("node", "drain", "hub", "-y")["state"], "draining")
        self.assertEqual(self.hub.data("node", "resume", "hub")["state"], "alive")
        code, answer = self.leaves[0].ctl("node", "drain", "hub", "--yes")
        self.assertEqual((code, answer["error"]["code"]), (6, "E_NOT_PERMITTED"))

    def test_a_drain_is_asked_for_on_a_terminal(self):
        for answer, code, said in (("n\n", 2, "nothing was done"), ("y\n", 0, ") is draining")):
            screen = Screen(self.hub, "node", "drain", "leaf-1")
            screen.await_text("take no more work? [y/N]")
            screen.type(answer)
            screen.await_text(said)
            self.assertEqual(screen.end()[0], code)

    def test_the_doctor_finds_the_books_in_order(self):
        report = self.text("doctor")
        self.assertRegex(report, r"(?m)^(\d+) of \1 rules hold, 0 broken$")
        self.assertEqual(self.hub.data("doctor", "--via", "leaf-1")["discrepancies"], [])
