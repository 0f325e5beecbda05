# SPDX-License-Identifier: Apache-2.0
"""meshctl lab, on real daemons: what it makes, breaks, measures and leaves behind."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from mesh_lab import BIN, clean_environment, wait_until

HOSTS = 5
# Deaths are noticed soon.
QUICK = ["--set", "quic.idle_timeout=3s", "--set", "quic.keep_alive=1s"]


def processes_naming(text):
    """The command lines of living processes that contain `text`."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace") if entry.name.isdigit() else ""
        except OSError:
            continue  # it has just ended
        if text in words:
            yield words


class Lab(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="mhlab-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.environment = clean_environment(XDG_RUNTIME_DIR=str(self.scratch))
        self.addCleanup(self.end_all)

    def end_all(self):
        labs = self.scratch / "meshhost-lab"
        for lab in labs.iterdir() if labs.exists() else ():
            self.lab("down", "--name", lab.name)

    def lab(self, *words):
        """The exit code and the JSON answer of `meshctl lab`."""
        done = subprocess.run([BIN / "meshctl", "--json", "lab", *map(str, words)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment,
                              timeout=240)
        return done.returncode, json.loads(done.stdout)

    def up(self, *words, nodes=HOSTS):
        code, answer = self.lab("up", "--nodes", nodes, *words)
        self.assertEqual(code, 0, answer)
        return answer["data"]

    def status(self, *words):
        code, answer = self.lab("status", *words)
        self.assertIn(code, (0, 3), answer)
        return answer["data"]

    def host(self, name, *words):
        return next(host for host in self.status(*words)["hosts"] if host["name"] == name)

    def assert_nothing_left(self):
        labs = self.scratch / "meshhost-lab"
        wait_until("no process of the lab is left", lambda: not list(processes_naming(str(self.scratch))))
        wait_until("no directory of a lab is left", lambda: not labs.exists() or not list(labs.iterdir()))

    def test_up_makes_one_mesh_and_down_leaves_nothing(self):
        made = self.up("--seed", 7)
        self.assertEqual(len(made["nodes"]), HOSTS)
        self.assertEqual({node["role"] for node in made["nodes"]},
                         {"broker", "gateway", "compute", "registry", "bridge"})
        boot = made["boot"]
        self.assertGreater(boot["first_ready_ms"], 0)
        self.assertGreaterEqual(boot["all_ready_ms"], boot["first_ready_ms"])
        self.assertGreaterEqual(boot["linked_ms"], boot["all_heard_ms"])
        seen = self.status()
        self.assertTrue(seen["whole"], seen)
        for host in seen["hosts"]:
            self.assertEqual(host["process"], "running")
            self.assertEqual(host["hears"], HOSTS - 1)
        # One process group, whose leader is the keeper.
        keeper = made["keeper"]["pid"]
        self.assertEqual({os.getpgid(node["process"]["pid"]) for node in made["nodes"]}, {keeper})
        code, ended = self.lab("down")
        self.assertEqual((code, ended["data"]["ran"], ended["data"]["killed"]), (0, HOSTS, 0))
        self.assert_nothing_left()
        code, again = self.lab("down")
        self.assertEqual((code, again["data"]["ran"]), (0, 0))

    def test_the_same_seed_makes_the_same_ids(self):
        first = {node["name"]: node["id"] for node in self.up("--name", "a", "--seed", 7, nodes=2)["nodes"]}
        second = {node["name"]: node["id"] for node in self.up("--name", "b", "--seed", 7, nodes=2)["nodes"]}
        other = {node["name"]: node["id"] for node in self.up("--name", "c", "--seed", 8, nodes=2)["nodes"]}
        self.assertEqual(first, second)
        self.assertEqual(set(first.values()) & set(other.values()), set())
        # Side by side, each its own mesh; which one is meant has to be said.
        for name in "abc":
            self.assertEqual([host["hears"] for host in self.status("--name", name)["hosts"]], [1, 1])
        code, answer = self.lab("status")
        self.assertEqual((code, answer["error"]["code"]), (2, "E_AMBIGUOUS"))

    def test_chaos_is_checked_against_what_was_expected(self):
        self.up(*QUICK)
        code, answer = self.lab("chaos", "kill", "compute-01", "--expect",
                                "dead within 60s, mesh reconverges within 60s, nobody else dead")
        self.assertEqual(code, 0, answer)
        self.assertTrue(answer["data"]["passed"])
        self.assertEqual([verdict["passed"] for verdict in answer["data"]["verdicts"]], [True, True, True])
        self.assertGreater(answer["data"]["verdicts"][0]["measured_ms"], 0)
        died = [change for change in answer["data"]["timeline"] if change["to"] == "dead"]
        self.assertEqual({change["peer"] for change in died}, {"compute-01"})
        self.assertEqual(len({change["observer"] for change in died}), HOSTS - 1)
        self.assertEqual(self.host("compute-01")["process"], "gone")
        self.assertEqual(self.host("compute-01")["seen_as"], {"dead": HOSTS - 1})

        # It is gone already, and another will not die of itself.
        code, answer = self.lab("chaos", "kill", "compute-01")
        self.assertEqual((code, answer["error"]["code"]), (7, "E_CHAOS"))
        code, answer = self.lab("chaos", "restart", "compute-01", "--expect",
                                "alive within 60s, mesh reconverges within 60s")
        self.assertEqual(code, 0, answer)
        self.assertEqual(self.host("compute-01")["starts"], 2)
        code, answer = self.lab("chaos", "stop", "bridge-01", "--expect", "left within 60s, dead within 1s")
        self.assertEqual(code, 9, answer)
        self.assertEqual([verdict["passed"] for verdict in answer["data"]["verdicts"]], [True, False])
        self.assertIsNone(answer["data"]["verdicts"][1]["measured_ms"])

        code, answer = self.lab("report", "--out", self.scratch / "report.html")
        self.assertEqual(code, 0, answer)
        page = (self.scratch / "report.html").read_text()
        for word in ("kill compute-01", "stop bridge-01", "FAIL", "<svg", "application/json"):
            self.assertIn(word, page)
        self.assertNotIn('src="http', page)
        self.assertEqual(len(answer["data"]["report"]["deeds"]), 3)

    def test_a_paused_host_wakes(self):
        self.up(*QUICK)
        code, answer = self.lab("chaos", "pause", "registry-01", "--expect", "dead within 60s, nobody else dead")
        self.assertEqual(code, 0, answer)
        self.assertEqual(self.host("registry-01")["process"], "paused")
        code, answer = self.lab("chaos", "resume", "registry-01", "--expect",
                                "alive within 60s, mesh reconverges within 60s")
        self.assertEqual(code, 0, answer)
        code, answer = self.lab("chaos", "resume", "registry-01")
        self.assertEqual((code, answer["error"]["code"]), (7, "E_CHAOS"))
        # A paused host ends with the others.
        self.assertEqual(self.lab("chaos", "pause", "registry-01")[0], 0)
        self.assertEqual(self.lab("down")[0], 0)
        self.assert_nothing_left()

    def test_a_partition_splits_and_heals(self):
        self.up(*QUICK)
        code, answer = self.lab("chaos", "partition", "broker-01|rest", "--for", "12s", "--expect",
                                "dead within 60s, mesh reconverges within 100s")
        self.assertEqual(code, 0, answer)
        self.assertEqual(self.lab("chaos", "loss", "5%")[0], 0)
        self.assertEqual(self.lab("chaos", "heal")[0], 0)
        self.assertTrue(self.status()["whole"])

    def path(self, name, other):
        """How the one reaches the other: kind and reason."""
        hosts = {host["name"]: host for host in self.status()["hosts"]}
        done = subprocess.run([BIN / "meshctl", "--json", "--socket", hosts[name]["socket"], "peers"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=self.environment)
        peers = json.loads(done.stdout)["data"]["peers"]
        path = next(peer for peer in peers if peer["id"] == hosts[other]["id"])["path"] or {}
        return path.get("kind"), path.get("reason")

    def test_two_hosts_are_left_with_the_relay(self):
        made = self.up(*QUICK, "--relay", nodes=3)
        pair = ("broker-01", "compute-01")  # whoever is told of the first is told of its address
        wait_until("they speak directly", lambda: self.path(*pair) == ("direct", "same_host"))
        code, answer = self.lab("chaos", "relay-only", ",".join(pair), "--expect", "nobody else stale for 3s")
        self.assertEqual(code, 0, answer)
        for one, other in (pair, pair[::-1]):
            wait_until(f"{one} to speak by way of the relay", lambda: self.path(one, other)[0] == "relayed")
        self.assertEqual(self.path("gateway-01", "broker-01")[0], "direct")
        # A partition is one for what goes by way of the relay, too.
        code, answer = self.lab("chaos", "partition", "compute-01|rest", "--expect", "dead within 60s")
        self.assertEqual(code, 0, answer)
        self.assertEqual(self.lab("chaos", "heal")[0], 0)
        wait_until("they are one mesh", lambda: self.status()["whole"])

        # It is at its place again, and is no host.
        self.assertEqual(self.status()["relay"], {"process": "running", "url": f"http://{made['relay_address']}/"})
        self.assertEqual(self.lab("chaos", "kill", "relay")[0], 0)
        self.assertEqual(self.status()["relay"]["process"], "gone")
        for words in (("relay-only", ",".join(pair)), ("partition", "relay|rest"), ("loss", "5%", "relay")):
            code, answer = self.lab("chaos", *words)
            self.assertEqual((code, answer["error"]["code"]), (7, "E_CHAOS"), words)
        self.assertEqual(self.lab("chaos", "restart", "relay")[0], 0)
        self.assertEqual(self.status()["relay"], {"process": "running", "url": f"http://{made['relay_address']}/"})
        self.assertEqual(self.lab("down")[0], 0)
        self.assert_nothing_left()

    @unittest.skipUnless(shutil.which("openssl"), "needs openssl")
    def test_status_tells_of_what_does_not_run_and_where_the_dashboard_is(self):
        certificate, key, token = (self.scratch / name for name in ("cert.pem", "key.pem", "token"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1"],
                       check=True, capture_output=True)
        token.touch(0o600)
        token.write_text("f" * 32)
        self.up(*QUICK, *(word for setting in (f"tls_cert={certificate}", f"tls_key={key}", f"token_file={token}")
                          for word in ("--observer-set", f"observe.{setting}")), nodes=2)
        code, answer = self.lab("status")
        self.assertEqual(code, 0, answer)
        self.assertTrue(answer["data"]["observer"]["url"].startswith("https://127.0.0.1:"), answer)
        self.assertEqual(self.lab("chaos", "stop", "gateway-01", "--expect", "mesh reconverges within 60s")[0], 0)
        code, answer = self.lab("status")
        self.assertTrue(answer["data"]["whole"])
        self.assertEqual((code, answer["data"]["running"]), (3, 1))

    def test_a_scenario_is_played(self):
        scenario = self.scratch / "scenario.toml"
        scenario.write_text("""
title = "Small"
[lab]
nodes = 3
settle = "10ms"
[[step]]
measure = "at rest"
for = "1s"
[[step]]
chaos = "stop compute-01"
expect = "left within 60s"
""")
        code, answer = self.lab("run", scenario, "--out", self.scratch / "out")
        self.assertEqual(code, 0, answer)
        figures = answer["data"]["windows"][0]["figures"]
        self.assertEqual(figures["hosts"], 3)
        self.assertGreater(figures["pss_mib"], 0)
        self.assertGreaterEqual(figures["seconds"], 1)
        self.assertEqual(json.loads((self.scratch / "out/scenario.json").read_text())["boot"],
                         answer["data"]["boot"])
        self.assertIn("| stop compute-01 |", (self.scratch / "out/scenario.md").read_text())
        self.assert_nothing_left()

        scenario.write_text(scenario.read_text().replace("expect", "expct"))
        code, answer = self.lab("run", scenario)
        self.assertEqual((code, answer["error"]["code"]), (7, "E_SCENARIO"))
        self.assertIn("scenario.toml:9:1", answer["error"]["message"])

    def test_an_interrupt_while_it_is_made_leaves_nothing(self):
        making = self.begin_up()
        making.send_signal(signal.SIGINT)
        answer = json.loads(making.stdout.read())
        self.assertEqual((making.wait(timeout=60), answer["error"]["code"]), (130, "E_INTERRUPTED"))
        self.assert_nothing_left()

    def test_the_death_of_meshctl_while_it_makes_one_leaves_nothing(self):
        making = self.begin_up()
        making.kill()
        making.wait(timeout=60)
        self.assert_nothing_left()

    def begin_up(self):
        """`lab up`, when its first host is up and its others are not."""
        making = subprocess.Popen([BIN / "meshctl", "--json", "lab", "up", "--nodes", "18"], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.environment)
        self.addCleanup(making.stdout.close)
        wait_until("the first host is there",
                   lambda: (self.scratch / "meshhost-lab/lab-42/broker-01.sock").exists())
        return making

    def test_the_death_of_the_keeper_ends_the_hosts(self):
        made = self.up(nodes=2)
        os.kill(made["keeper"]["pid"], signal.SIGKILL)
        wait_until("its hosts are gone", lambda: not list(processes_naming(str(self.scratch))))
        self.assertEqual(self.status()["keeper"], "gone")
        code, answer = self.lab("chaos", "kill", "any")
        self.assertEqual((code, answer["error"]["code"]), (10, "E_LAB_DOWN"))
        self.assertEqual(self.lab("down")[0], 0)
        self.assert_nothing_left()

    def test_a_number_that_is_somebody_elses_now_is_not_signalled(self):
        """lab.json of a lab that ended may hold numbers that the kernel gave to others since."""
        made = self.up(nodes=1)
        record = pathlib.Path(made["dir"]) / "lab.json"
        text = json.loads(record.read_text())
        self.assertEqual(self.lab("down", "--keep")[0], 0)
        stranger = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        text["keeper"]["pid"] = text["nodes"][0]["process"]["pid"] = stranger.pid
        record.write_text(json.dumps(text))
        code, answer = self.lab("chaos", "kill", "broker-01")
        self.assertEqual((code, answer["error"]["code"]), (10, "E_LAB_DOWN"))
        self.assertEqual(self.lab("down")[0], 0)
        self.assertIsNone(stranger.poll())
        self.assert_nothing_left()

    def test_a_directory_in_use_is_refused_and_left_alone(self):
        self.up(nodes=1)
        code, answer = self.lab("up", "--nodes", 1)
        self.assertEqual((code, answer["error"]["code"]), (1, "E_LAB_EXISTS"))
        self.assertEqual(self.host("broker-01")["process"], "running")
        full = self.scratch / "full"
        full.mkdir(mode=0o700)
        (full / "mine").write_text("mine")
        code, answer = self.lab("up", "--nodes", 1, "--dir", full)
        self.assertEqual((code, answer["error"]["code"]), (1, "E_LAB_EXISTS"))
        self.assertEqual([entry.name for entry in full.iterdir()], ["mine"])

    def test_a_setting_of_a_host_that_there_is_not_is_refused(self):
        for odd in ("compute-99:log.level=debug", ":log.level=debug", "log.level=debug"):
            code, answer = self.lab("up", "--nodes", HOSTS, "--host-set", odd)
            self.assertEqual((code, answer["error"]["code"]), (2, "E_USAGE"), answer)
            self.assertIn(f"--host-set {odd}: the lab has no host of that name", answer["error"]["message"])
        self.assertEqual(list(processes_naming(str(self.scratch))), [])
        self.assertEqual([path for path in self.scratch.rglob("*") if path.is_file()], [])

    def test_where_nothing_can_be_written_is_an_error(self):
        code, answer = self.lab("up", "--nodes", 1, "--dir", "/proc/self/lab")
        self.assertIn(answer["error"]["code"], ("E_DIR", "E_LAB_DIR"), answer)
        self.assertNotEqual(code, 0)
        code, answer = self.lab("up", "--nodes", 1, "--dir", self.scratch / ("long" * 30))
        self.assertEqual((code, answer["error"]["code"]), (2, "E_LAB_DIR"))
        self.assert_nothing_left()

    def test_a_host_that_does_not_start_ends_the_lab_with_its_reason(self):
        code, answer = self.lab("up", "--nodes", 2, "--set", "net.port=notaport")
        self.assertNotEqual(code, 0)
        self.assertIn("broker-01 ended before it was ready", answer["error"]["message"])
        self.assertIn("net.port", answer["error"]["message"])
        self.assert_nothing_left()

    def test_there_is_no_lab(self):
        code, answer = self.lab("status")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_LAB"))
        code, answer = self.lab("chaos", "kill", "any", "--expect", "deed within 8s")
        self.assertEqual((code, answer["error"]["code"]), (2, "E_EXPECT"))


if __name__ == "__main__":
    unittest.main()
