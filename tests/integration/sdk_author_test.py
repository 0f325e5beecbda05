# SPDX-License-Identifier: Apache-2.0
"""The path of a plugin's author, on a machine that has the installed SDK and the two programs and
nothing of this source tree: from `plugin new` to a role that runs."""
import os
import pathlib
import shutil
import subprocess
import time

from mesh_lab import BIN, LabTest, clean_environment, wait_until

BUILD = pathlib.Path(os.environ["MESH_BIN_DIR"]).parent


class Author(LabTest):
    def setUp(self):
        super().setUp()
        self.prefix = self.directory / "prefix"
        self.sh(f"cmake --install {BUILD} --component sdk --prefix {self.prefix}")
        self.programs = self.directory / "bin"
        self.programs.mkdir()
        for name in ("meshhost", "meshctl"):
            os.symlink(BIN / name, self.programs / name)
        # Only what is installed is on the paths, and no setting of the developer's is about.
        self.environment = clean_environment(
            PATH=f"{self.programs}:/usr/bin:/bin",
            CMAKE_PREFIX_PATH=str(self.prefix),
            PKG_CONFIG_PATH=str(self.prefix / "share" / "pkgconfig"))
        for name in ("MESH_SOURCE_DIR", "MESH_BIN_DIR", "MESH_PLUGIN_DIR", "CPATH", "CXX", "CC"):
            self.environment.pop(name, None)

    def sh(self, command, where=None, expect=0):
        done = subprocess.run(
            ["sh", "-c", command], cwd=where or self.directory, capture_output=True, text=True,
            env=getattr(self, "environment", None))
        self.assertEqual(done.returncode, expect, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def assert_runs(self, plugin, role="compute"):
        host = self.host("author", "--plugin", str(plugin)).start()
        listed = self.sh(f"meshctl --socket {host.socket} plugin list")
        self.assertIn(f"{role}-0", listed)
        self.assertIn("running", listed)
        wait_until("the role's word in the digest", lambda: host.data("status")["self"]["contributions"])
        code, _ = host.stop()
        self.assertEqual(code, 0)

    def test_from_new_to_running(self):
        began = time.monotonic()
        steps = []

        def step(name, command, where=None):
            at = time.monotonic()
            said = self.sh(command, where)
            steps.append((name, time.monotonic() - at))
            return said

        step("plugin new", "meshctl plugin new wordcount --role compute")
        project = self.directory / "wordcount"
        step("configure", "cmake -S . -B build", project)
        step("build", "cmake --build build", project)
        step("unit test", "ctest --test-dir build --output-on-failure", project)
        checked = step("meshhost --check", "meshhost --check build/wordcount.so", project)
        self.assertIn("passed", checked)
        at = time.monotonic()
        self.assert_runs(project / "build" / "wordcount.so")
        steps.append(("run, list, stop", time.monotonic() - at))
        took = time.monotonic() - began
        print(checked)
        for name, seconds in steps:
            print(f"{name:<20} {seconds:6.2f} s")
        print(f"{'from new to running':<20} {took:6.2f} s")
        self.assertLess(took, 120)

    def test_with_pkg_config(self):
        self.sh("meshctl plugin new wordcount --role compute")
        project = self.directory / "wordcount"
        self.sh("make test && make", project)
        self.sh("meshhost --check wordcount.so --level 1", project)
        self.assert_runs(project / "wordcount.so")

    def test_a_new_build_takes_over(self):
        self.sh("meshctl plugin new wordcount --role compute")
        project = self.directory / "wordcount"
        self.sh("make", project)
        host = self.host("author", "--plugin", str(project / "wordcount.so")).start()
        self.sh("sed -i 's/\"0\\.1\\.0\"/\"0.2.0\"/' src/wordcount.cpp && make", project)
        self.sh(f"meshctl --socket {host.socket} plugin reload compute-0")

        def versions():
            return [(row["version"], row["state"]) for row in host.data("plugin", "list")["plugins"]]
        wait_until("the new build to run", lambda: versions() == [("0.2.0", "running")])
        code, _ = host.stop()
        self.assertEqual(code, 0)

    def test_in_c(self):
        self.sh("meshctl plugin new word-count --role compute --lang c --dir deep/er")
        project = self.directory / "deep" / "er"
        self.sh("cmake -S . -B build && cmake --build build && ctest --test-dir build --output-on-failure", project)
        self.sh("meshhost --check build/word-count.so", project)
        self.assert_runs(project / "build" / "word-count.so")
        self.sh("make test && make", project)

    def test_what_is_refused(self):
        self.assertIn("[a-z][a-z0-9_-]{0,31}", self.sh("meshctl plugin new Wordcount", expect=2))
        self.sh("meshctl plugin new wordcount")
        self.assertIn("exists and is not empty", self.sh("meshctl plugin new wordcount", expect=7))
        shutil.rmtree(self.directory / "wordcount")
        (self.directory / "wordcount").mkdir()
        self.sh("meshctl plugin new wordcount")  # an empty directory is nobody's

    def test_describe(self):
        self.sh("meshctl plugin new wordcount --role compute && cd wordcount && make")
        plugin = self.directory / "wordcount" / "wordcount.so"
        said = self.sh(f"meshctl plugin describe {plugin}")
        for word in ("compute 0.1.0", "message:serve:compute.count", "max_bytes", "1..65536", "default 65536"):
            self.assertIn(word, said)
        self.assertIn('"permissions":["message:serve:compute.count"]', self.sh(f"meshctl --json plugin describe {plugin}"))
        self.assertIn("| `max_bytes` | integer |", self.sh(f"meshctl plugin describe {plugin} --markdown"))
