# SPDX-License-Identifier: Apache-2.0
"""A role that takes the whole host down is named in its last line, and left out after three times;
the same role in a process of its own costs nobody else anything."""
import signal

from mesh_lab import BIN, LabTest, wait_until

TEST_PLUGINS = BIN.parent / "tests" / "plugins"


class Crash(LabTest):
    def crashing_host(self, name, deed="crash", **keys):
        file = self.directory / f"{name}.toml"
        lines = ["[plugin.mischief-0]", f'path = "{TEST_PLUGINS}/mischief.so"']
        lines += [f"{key} = {value}" for key, value in keys.items()]
        lines += ["[plugin.mischief-0.config]", f'deed = "{deed}"']
        file.write_text("\n".join(lines) + "\n")
        return self.host(name, "--config", str(file))

    def roles(self, host):
        return {role["instance"]: role for role in host.data("plugin", "list")["plugins"]}

    def test_a_crash_names_the_plugin_and_the_third_leaves_it_out(self):
        host = self.crashing_host("a")
        for _ in range(3):
            host.spawn()
            self.assertEqual(host.wait(), -signal.SIGSEGV)
            last = host.log_text().strip().splitlines()[-1]
            self.assertRegex(
                last,
                r"^meshhost: SIGSEGV in plugin mischief-0 \(mischief 1\.0\.0, .*mischief\.so\), "
                r"\+0x[0-9a-f]+ during on_event\(3:1\)$",
            )
        host.start()
        role = self.roles(host)["mischief-0"]
        self.assertEqual(role["state"], "failed")
        self.assertIn("MP309 disabled: named in 3 crashes within 10 minutes", role["error"])
        self.assertEqual(host.ctl("plugin", "enable", "mischief-0")[0], 0)
        self.assertEqual(host.stop()[0], 0)
        host.spawn()
        self.assertEqual(host.wait(), -signal.SIGSEGV)

    def test_a_crash_in_a_thread_of_its_own_names_it_too(self):
        host = self.crashing_host("a", "throw_in_thread")
        for _ in range(3):
            host.spawn()
            self.assertEqual(host.wait(), -signal.SIGABRT)
            self.assertRegex(
                host.log_text().strip().splitlines()[-1],
                r"^meshhost: SIGABRT in a thread of plugin mischief-0 \(mischief 1\.0\.0, .*mischief\.so\), "
                r"\+0x[0-9a-f]+$",
            )
        host.start()
        self.assertIn("MP309", self.roles(host)["mischief-0"]["error"])
        # By its name, as any other.
        self.assertEqual(host.ctl("plugin", "enable", "mischief-7")[0], 4)

    def test_a_start_that_hangs_does_not_keep_the_host_from_being_ready(self):
        host = self.crashing_host("a", "hang_in_start", stall_kill='"1s"').start()
        self.assertTrue(self.roles(host)["mischief-0"]["stalled"])
        self.assertEqual(host.data("status")["self"]["state"], "degraded")
        code, answer = host.ctl("plugin", "restart", "mischief-0")
        self.assertEqual((code, answer["error"]["code"]), (1, "E_PLUGIN_STALLED"))

    def test_a_second_signal_does_not_wait_for_a_stop_that_hangs(self):
        host = self.crashing_host("a", "hang_in_stop").start()
        wait_until("it to be at work", lambda: host.data("status")["self"]["contributions"])
        host.process.terminate()
        wait_until("it to be stopping", lambda: "stopping" in host.log_text())
        host.process.terminate()
        self.assertNotEqual(host.process.wait(timeout=3), None)

    def test_in_safe_mode_it_is_not_loaded(self):
        host = self.crashing_host("a")
        host.start("--safe-mode")
        self.assertIn("MP024", self.roles(host)["mischief-0"]["error"])

    def test_in_a_process_of_its_own_it_costs_its_role_alone(self):
        host = self.crashing_host("a", isolation='"process"', restart_max=2).start()
        wait_until("it to be given up", lambda: self.roles(host)["mischief-0"]["restarts"] == 2
                   and not self.roles(host)["mischief-0"]["restarting"]
                   and self.roles(host)["mischief-0"]["state"] == "failed")
        self.assertIn("MP310 died with SIGSEGV in on_event(3:1)", self.roles(host)["mischief-0"]["error"])
        self.assertTrue(host.is_running())
        self.assertEqual(host.ctl("plugin", "restart", "mischief-0")[0], 0)
        wait_until("it to fail again", lambda: self.roles(host)["mischief-0"]["restarts"] > 2)
