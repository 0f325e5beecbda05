# SPDX-License-Identifier: Apache-2.0
"""What a role keeps (mesh.state/1) while its host is killed, its disk is full or its file is damaged,
and what an operator sees and changes of a running one: health, metrics, spans, configuration."""
import random
import resource
import signal
import subprocess

from mesh_lab import BIN, LabTest, wait_until

TEST_PLUGINS = BIN.parent / "tests" / "plugins"
MESH_E_IO = -15
KILLS = 6


class RoleTest(LabTest):
    def write_config(self, config, plugin="keeper", instance="keeper-0", more=""):
        file = self.directory / "meshhost.toml"
        lines = [more, f"[plugin.{instance}]", f'path = "{TEST_PLUGINS / plugin}.so"', f"[plugin.{instance}.config]"]
        file.write_text("\n".join(lines + [f"{key} = {value}" for key, value in config.items()]) + "\n")
        return file

    def role_host(self, name, config, **more):
        return self.host(name, "--config", str(self.write_config(config, **more)))

    def value(self, host, key):
        for item in host.data("status")["self"]["contributions"]:
            if f"{item['role']}.{item['key']}" == key:
                return item["value"]
        return None

    def await_value(self, host, key, wanted):
        wait_until(f"{key} to be {wanted}", lambda: self.value(host, key) == wanted)


class State(RoleTest):
    def test_what_was_committed_is_there_after_a_restart(self):
        host = self.role_host("a", {"mode": '"count"'})
        for boots in 1, 2, 3:
            host.start()
            self.await_value(host, "keeper.boots", boots)
            self.assertEqual(host.stop()[0], 0)
        directory = host.directory / "data" / "plugins" / "keeper-0"
        self.assertEqual(directory.stat().st_mode & 0o777, 0o700)
        self.assertEqual((directory / "state.db").stat().st_mode & 0o077, 0)

    def test_a_killed_host_loses_no_commit_and_tears_none(self):
        seed = random.Random(5)
        host = self.role_host("a", {"mode": '"torture"'})
        reached = 0
        for _ in range(KILLS):
            host.start()
            goal = reached + seed.randrange(3, 60)
            wait_until("commits", lambda: (self.value(host, "keeper.generation") or 0) >= goal)
            host.kill()
            self.write_config({"mode": '"report"'})
            host.start()
            wait_until("the report", lambda: self.value(host, "keeper.lost") is not None)
            self.assertEqual(self.value(host, "keeper.torn"), 0)
            self.assertEqual(self.value(host, "keeper.lost"), 0)
            reached = self.value(host, "keeper.generation")
            self.assertGreaterEqual(reached, goal)
            self.assertEqual(host.stop()[0], 0)
            self.write_config({"mode": '"torture"'})

    def test_a_full_disk_fails_a_commit_and_keeps_what_was_there(self):
        host = self.role_host("a", {"mode": '"fill"'})
        place = host.directory / "data" / "plugins"
        place.mkdir(parents=True)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=600k,mode=0700", "none", str(place)], capture_output=True)
        if mounted.returncode == 0:
            self.addCleanup(subprocess.run, ["umount", "-l", str(place)])
            host.start()
        else:  # not root: no file of the host may grow beyond that
            host.start()
            resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, (600_000, 600_000))
        wait_until("a commit to fail", lambda: self.value(host, "keeper.failed") is not None)
        self.assertEqual(self.value(host, "keeper.failed"), MESH_E_IO)
        kept = self.value(host, "keeper.generation")
        self.assertEqual(self.value(host, "keeper.first"), f"changed {kept}" if kept else "here")
        self.assertEqual(host.data("plugin", "list")["plugins"][0]["state"], "running")
        self.assertEqual(host.stop()[0], 0)

    def test_a_damaged_file_is_set_aside_and_told_of(self):
        host = self.role_host("a", {"mode": '"count"'}).start()
        self.await_value(host, "keeper.boots", 1)
        host.stop()
        file = host.directory / "data" / "plugins" / "keeper-0" / "state.db"
        file.write_bytes(b"not a database at all" * 400)
        host.start()
        self.await_value(host, "keeper.boots", 1)
        plugin = host.data("plugin", "list")["plugins"][0]
        self.assertEqual(plugin["state"], "running")
        self.assertTrue(plugin["error"].startswith("MP315 the state file is damaged"), plugin["error"])
        self.assertTrue(file.with_name("state.db.damaged-1").exists())


class Running(RoleTest):
    def test_a_reload_is_all_or_nothing(self):
        host = self.role_host("a", {"word": '"one"'}, plugin="reloader", instance="reloader-0").start()
        self.await_value(host, "reloader.said", "one")

        def reload(config, more=""):
            self.write_config(config, plugin="reloader", instance="reloader-0", more=more)
            return host.ctl("reload")

        code, answer = reload({"word": '"two"'})
        self.assertEqual((code, answer["data"]["applied"]), (0, True))
        self.assertEqual(answer["data"]["instances"],
                         [{"instance": "reloader-0", "outcome": "applied", "changed": ["word"], "reason": None}])
        self.await_value(host, "reloader.said", "two")

        code, answer = reload({"word": '"three"', "fixed": 2})
        self.assertEqual((code, answer["data"]["applied"]), (7, False))
        self.assertEqual(answer["data"]["instances"][0]["reason"],
                         "fixed cannot change while the host runs: restart the host")
        code, answer = reload({"word": '"no"'})
        self.assertEqual((code, answer["data"]["instances"][0]["reason"]), (7, "it will not say no"))
        code, answer = reload({"word": '"three"'}, "[net]\nport = 47111\n")
        self.assertEqual((code, answer["data"]["restart"]), (7, ["net.port"]))
        code, answer = reload({"word": '"three"'}, "[net]\nprot = 47111\n")
        self.assertEqual((code, answer["ok"], answer["error"]["code"]), (7, False, "E_CONFIG"))
        self.assertEqual(self.value(host, "reloader.said"), "two")
        self.assertEqual(self.value(host, "reloader.applied"), 1)

        code, answer = reload({"word": '"two"'}, '[log]\nlevel = "debug"\n')
        self.assertEqual((code, answer["data"]["changed"]), (0, ["log.level"]))
        self.assertEqual(host.data("config", "show", "--running")["log.level"]["value"], "debug")

        self.write_config({"word": '"hup"'}, plugin="reloader", instance="reloader-0")
        host.process.send_signal(signal.SIGHUP)
        self.await_value(host, "reloader.said", "hup")

    def test_a_role_that_is_not_well_is_seen_everywhere(self):
        config = {"word": '"one"'}
        host = self.role_host("a", config, plugin="reloader", instance="reloader-0").start()
        other = self.host("b", "--peer", host.ticket).start()
        wait_until("the peer", lambda: other.sees(host))
        self.write_config({"word": '"ill"'}, plugin="reloader", instance="reloader-0")
        self.assertEqual(host.ctl("reload")[0], 0)
        wait_until("the other to hear of it", lambda: other.sees(host, "degraded"))
        self.assertIn(
            {"role": "reloader", "key": "health", "value": "degraded: it was told to be", "unit": None},
            [{**item, "unit": item["unit"] or None} for item in other.peer(host)["contributions"]])
        plugin = host.data("plugin", "list")["plugins"][0]
        self.assertEqual((plugin["health"], plugin["health_reason"]), ("degraded", "it was told to be"))
        words = "reloader-0 says it is degraded: it was told to be"
        self.assertIn(words, host.data("status")["warnings"])
        code, answer = host.ctl("doctor")
        self.assertEqual((code, answer["data"]["unwell"]), (3, [words]))
        self.write_config({"word": '"well"'}, plugin="reloader", instance="reloader-0")
        self.assertEqual(host.ctl("reload")[0], 0)
        wait_until("it to be well", lambda: other.sees(host))
        self.assertEqual(host.ctl("doctor")[0], 0)

    def test_metrics_and_spans_of_a_role(self):
        host = self.host("a", "--plugin", str(TEST_PLUGINS / "measurer.so")).start()
        wait_until("it to measure", lambda: self.value(host, "measurer.over"))
        data = host.data("plugin", "metrics", "measurer-0")
        self.assertTrue(data["fresh"])
        metrics = {each["name"]: each for each in data["metrics"]}
        self.assertEqual(metrics["job.duration"]["bounds"], [1, 10])
        self.assertEqual(metrics["job.duration"]["points"][0]["buckets"], [2, 1, 1])
        self.assertEqual(sorted(each["value"] for each in metrics["jobs.done"]["points"]), [1, 5])
        text = subprocess.run(
            [BIN / "meshctl", "--socket", str(host.socket), "plugin", "metrics", "measurer-0"],
            capture_output=True, text=True, check=True).stdout
        self.assertIn("4 times, mean 14.125", text)
        spans = {each["name"]: each for each in host.data("plugin", "spans", "measurer-0")["spans"]}
        self.assertEqual(spans["part"]["trace"], spans["whole"]["trace"])
        self.assertEqual(spans["part"]["parent"], spans["whole"]["span"])
        self.assertFalse(spans["part"]["ok"])
        code, answer = host.ctl("plugin", "metrics", "nobody")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_SUCH_INSTANCE"))
