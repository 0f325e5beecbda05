# SPDX-License-Identifier: Apache-2.0
"""The plugins of released minors on today's host: as the binary that was built then, and as its
source, built today with the header of then."""
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "integration"))
from mesh_lab import LabTest, wait_until  # noqa: E402


class Golden(LabTest):
    def assert_runs(self, plugin):
        host = self.host("golden", "--plugin", str(plugin)).start()
        [row] = host.data("plugin", "list")["plugins"]
        self.assertEqual((row["role"], row["state"], row["abi"]), ("golden", "running", "1.0"))

        def said():
            return {item["key"]: item["value"] for item in host.data("status")["self"]["contributions"]}
        wait_until("three ticks of the golden plugin", lambda: int(said().get("ticks", 0)) >= 3)
        self.assertEqual((int(said()["posts"]), int(said()["limit"]), int(said()["starts"])), (1, 7, 1))
        self.assertGreaterEqual(int(said()["tables"]), 5)
        code, _ = host.stop()
        self.assertEqual(code, 0)
        self.assertNotIn("MP3", host.log_text())

    def test_the_binary_of_1_0(self):
        if platform.machine() != "x86_64":
            self.skipTest("the golden binary is for x86-64")
        plugin = self.directory / "golden.so"
        shutil.copyfile(HERE / "golden" / "1.0" / "golden_x86_64.so", plugin)
        os.chmod(plugin, 0o644)  # a checkout has the modes of its umask
        self.assert_runs(plugin)

    def test_the_source_of_1_0(self):
        plugin = self.directory / "golden.so"
        subprocess.run([HERE / "golden" / "1.0" / "build.sh", plugin], check=True)
        self.assert_runs(plugin)


if __name__ == "__main__":
    unittest.main()
