# SPDX-License-Identifier: Apache-2.0
"""demo.sh, as a newcomer runs it, on the build under test."""
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from mesh_lab import BIN, clean_environment

SOURCE = pathlib.Path(os.environ["MESH_SOURCE_DIR"])
BUILD = BIN.parent
HOSTS = 18
ROLES = ("broker", "gateway", "compute", "registry", "bridge")


def processes_naming(text):
    """The command lines of living processes that contain `text`."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace") if entry.name.isdigit() else ""
        except OSError:
            continue  # it has just ended
        if text in words:
            yield words


class Demo(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="meshhost-demo-test-")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        self.environment = clean_environment(TMPDIR=scratch.name, MESHHOST_DEMO_BUILD=str(BUILD))

    def assert_nothing_left(self):
        self.assertEqual(list(self.scratch.iterdir()), [])
        self.assertEqual(list(processes_naming(str(self.scratch))), [])

    def test_all_hosts_hear_each_other_and_stop(self):
        done = subprocess.run([SOURCE / "demo.sh", "--once"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, env=self.environment, timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout)
        for role in ROLES:
            self.assertIn(f"{role}-01", done.stdout)
        rows = [line for line in done.stdout.splitlines() if f"  {HOSTS - 1} alive  " in line]
        self.assertEqual(len(rows), HOSTS, done.stdout)
        self.assertIn(f"{HOSTS} of {HOSTS} hosts run; one mesh, every host hears every other", done.stdout)
        self.assertIn(f"{HOSTS} peers: {HOSTS} alive", done.stdout)
        self.assert_nothing_left()

    def test_interrupt_stops_all(self):
        demo = subprocess.Popen([SOURCE / "demo.sh"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env=self.environment, start_new_session=True)
        for line in demo.stdout:
            if "Ctrl-C" in line:
                break
        os.killpg(demo.pid, signal.SIGINT)
        rest = demo.stdout.read()
        self.assertEqual(demo.wait(timeout=60), 0, rest)
        demo.stdout.close()
        self.assert_nothing_left()
