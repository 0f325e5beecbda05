# SPDX-License-Identifier: Apache-2.0
"""sdk_examples.py <language> <compiler>: builds sdk/examples/<language> in a directory of its own,
with nothing but the SDK's headers, and runs it in a host. 77: there is no such compiler."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from mesh_lab import LabTest, clean_environment, run, wait_until

SDK = pathlib.Path(os.environ["MESH_SOURCE_DIR"]) / "sdk"
SKIPPED = 77
LANGUAGE, COMPILER = sys.argv[1:3]

LINK = ["-shared", "-Wl,-z,now", "-Wl,-z,defs", f"-Wl,--version-script={SDK}/cmake/plugin.map"]
COMPILE = ["-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-fvisibility=hidden", f"-I{SDK}/include"]


def commands(source, output):
    """What an author would type."""
    if LANGUAGE == "c":
        return [[COMPILER, "-std=c11", *COMPILE, source / "ticker.c", *LINK, "-o", output]]
    if LANGUAGE == "cpp":
        return [[COMPILER, "-std=c++17", *COMPILE, source / "ticker.cpp", *LINK, "-o", output]]
    if LANGUAGE == "rust":
        return [[COMPILER, "--edition", "2021", "--crate-type", "cdylib", "-O",
                 "-C", "link-arg=-Wl,-z,now", source / "src" / "lib.rs", "-o", output]]
    flags = f"-Wl,-z,now -Wl,--version-script={SDK}/cmake/plugin.map"
    return [[COMPILER, "build", "-buildmode=c-shared", "-ldflags", f"-extldflags '{flags}'", "-o", output, "."]]


class Example(LabTest):
    def build(self):
        source = self.directory / "source"
        shutil.copytree(SDK / "examples" / LANGUAGE, source)
        output = self.directory / "ticker.so"
        environment = dict(
            os.environ, CGO_CFLAGS=f"-I{SDK}/include -O2", GOFLAGS="-mod=mod", GOTOOLCHAIN="local", CGO_ENABLED="1")
        for command in commands(source, output):
            done = subprocess.run(command, cwd=source, capture_output=True, text=True, env=environment)
            self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")
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
