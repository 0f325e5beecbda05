# SPDX-License-Identifier: Apache-2.0
"""The configurations that ship with the roles."""
import os
import pathlib

from mesh_lab import PLUGINS, LabTest, meshctl

PRESETS = pathlib.Path(os.environ["MESH_SOURCE_DIR"]) / "etc" / "presets"
TIERS = {"broker": "hub", "gateway": "edge", "compute": "leaf", "registry": "hub", "bridge": "edge",
         "observer": "observer"}
ROLES = sorted(set(TIERS) - {"observer"})


class Presets(LabTest):
    def test_there_is_one_for_each_role_and_one_for_observers(self):
        self.assertEqual(sorted(file.stem for file in PRESETS.glob("*")), sorted(TIERS))

    def test_each_passes_the_check_and_declares_tier_budget_and_role(self):
        for name, tier in TIERS.items():
            with self.subTest(name):
                file = PRESETS / f"{name}.toml"
                code, checked = meshctl("--json", "config", "check", str(file), "--set", f"plugins.dir={PLUGINS}")
                self.assertEqual((code, checked["data"]["problems"]), (0, []))
                code, shown = meshctl("--json", "config", "show", "--config", str(file))
                self.assertEqual(code, 0)
                declared = {key: entry["value"] for key, entry in shown["data"].items()
                            if entry["origin"].startswith(str(file))}
                self.assertEqual(declared["gossip.tier"], tier)
                self.assertTrue(declared["budget.cpu"])
                self.assertTrue(declared["budget.memory"])
                plugins = [key for key in declared if key.endswith(".path")]
                self.assertEqual(plugins, [f"plugin.{name}.path"] if name in ROLES else [])

    def test_each_role_runs_on_its_preset(self):
        for name in ROLES:
            with self.subTest(name):
                host = self.host(name, "--config", str(PRESETS / f"{name}.toml")).start()
                self.assertEqual(host.data("status")["self"]["roles"], [name])
                self.assertEqual(host.stop()[0], 0)

    def test_an_observer_runs_without_a_role(self):
        host = self.host("observer", "--config", str(PRESETS / "observer.toml")).start()
        own = host.data("status")["self"]
        self.assertEqual((own["roles"], own["state"]), ([], "alive"))
        self.assertEqual(host.stop()[0], 0)
