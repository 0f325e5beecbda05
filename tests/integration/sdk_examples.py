# SPDX-License-Identifier: Apache-2.0
"""sdk_examples.py <language> <compiler>: builds the installed example with the installed SDK, and
runs it in a host. 77: there is no such compiler."""
import os
import shutil
import subprocess
import sys
import unittest

from mesh_lab import BIN, LabTest, clean_environment, run, wait_until

SKIPPED = 77
LANGUAGE, COMPILER = sys.argv[1:3]

class Example(LabTest):
    def build(self):
        """As its author would, from the installed SDK."""
        prefix = self.directory / "prefix"
        subprocess.run(
            ["cmake", "--install", BIN.parent, "--component", "sdk", "--prefix", prefix], check=True,
            capture_output=True)
        environment = dict(
            os.environ, PKG_CONFIG_PATH=str(prefix / "share" / "pkgconfig"), GOFLAGS="-mod=mod", GOTOOLCHAIN="local")
        script = prefix / "share" / "mesh-sdk" / "examples" / "build.sh"
        done = subprocess.run(
            [script, LANGUAGE, COMPILER], cwd=self.directory, capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}")
        output = self.directory / "ticker.so"
        os.chmod(output, 0o755)
        return output

    def test_it_passes_the_check_and_runs(self):
        plugin = self.build()
        checked = run("meshhost", "--check", plugin, environment=clean_environment())
        print(checked.stdout)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertNotIn("exports 2", checked.stdout)

        host = self.host(
            "ticker", "--set", f"plugin.ticker-0.path={plugin}", "--set", "plugin.ticker-0.config.period_ms=20").start()

        def said():
            return {item["key"]: item["value"] for item in host.data("status")["self"]["contributions"]}
        wait_until("five ticks", lambda: int(said().get("ticks", 0)) >= 5)
        self.assertEqual(said()["language"], {"cpp": "c++"}.get(LANGUAGE, LANGUAGE))
        self.assertEqual([row["state"] for row in host.data("plugin", "list")["plugins"]], ["running"])
        code, _ = host.stop()
        self.assertEqual(code, 0)


if __name__ == "__main__":
    if shutil.which(COMPILER) is None:
        print(f"skipped: {COMPILER} is not installed")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1], verbosity=2)
