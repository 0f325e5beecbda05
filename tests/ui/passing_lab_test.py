# SPDX-License-Identifier: Apache-2.0
"""What is left of a lab when the process that made it is ended: nothing."""
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

PATIENCE = 60  # seconds
MAKER = """
import pathlib, os, signal
from passing_lab import PassingLab
with PassingLab(pathlib.Path(os.environ["MESH_BIN_DIR"]) / "meshctl", "--nodes", "2") as lab:
    print(lab.scratch, flush=True)
    signal.pause()
"""


def processes_naming(text):
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace") if entry.name.isdigit() else ""
        except OSError:
            continue  # it has just ended
        if text in words:
            yield words


class Ends(unittest.TestCase):
    def test_however_it_is_ended_nothing_is_left(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(number.name):
                maker = subprocess.Popen([sys.executable, "-B", "-c", MAKER], stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL, text=True, cwd=pathlib.Path(__file__).parent)
                with maker:
                    scratch = maker.stdout.readline().strip()
                    self.assertTrue(scratch)
                    self.assertGreaterEqual(len(list(processes_naming(scratch))), 3)  # with the observer
                    os.kill(maker.pid, number)
                    maker.wait(timeout=PATIENCE)
                deadline = time.monotonic() + PATIENCE
                while left := [*processes_naming(scratch), *pathlib.Path(scratch).glob("*")]:
                    self.assertLess(time.monotonic(), deadline, left)
                    time.sleep(0.05)
                if number != signal.SIGKILL:
                    self.assertFalse(pathlib.Path(scratch).exists())


if __name__ == "__main__":
    unittest.main()
