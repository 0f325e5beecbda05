# SPDX-License-Identifier: Apache-2.0
"""The plugins of both READMEs, built as they say, outside of this source tree, and run."""
import os
import pathlib
import re
import subprocess

from mesh_lab import LabTest

SOURCE = pathlib.Path(os.environ["MESH_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["MESH_BIN_DIR"]).parent


def blocks(readme, language):
    return re.findall(rf"^```{language}\n(.*?)^```", (SOURCE / readme).read_text(), re.DOTALL | re.MULTILINE)


class Sdk(LabTest):
    def build(self, command):
        done = subprocess.run(["sh", "-c", command], cwd=self.directory, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")

    def assert_runs(self, plugin, role):
        host = self.host(role, "--plugin", str(plugin)).start()
        self.assertEqual([(each["role"], each["state"]) for each in host.ready["plugins"]], [(role, "running")])

    def test_the_ten_lines_with_the_one_line(self):
        os.symlink(SOURCE / "sdk", self.directory / "sdk")
        (self.directory / "doorbell.cpp").write_text(blocks("README.md", "cpp")[0])
        command = next(block for block in blocks("sdk/README.md", "sh") if block.startswith("g++"))
        self.build(command.replace("greeter", "doorbell"))
        self.assert_runs(self.directory / "doorbell.so", "doorbell")

    def test_find_package_from_an_installed_sdk(self):
        (self.directory / "greeter.cpp").write_text(blocks("sdk/README.md", "cpp")[0])
        (self.directory / "CMakeLists.txt").write_text(blocks("sdk/README.md", "cmake")[0])
        command = next(block for block in blocks("sdk/README.md", "sh") if block.startswith("cmake --install"))
        self.build(command.replace("build/release", str(BUILD)).replace("~", str(self.directory)))
        self.build(f"cmake -S . -B build -DCMAKE_PREFIX_PATH={self.directory}/mesh-sdk && cmake --build build")
        self.assert_runs(self.directory / "build" / "greeter.so", "greeter")
