# SPDX-License-Identifier: Apache-2.0
"""A lab that goes with the process that made it, however that ends: also when nothing is left of it to clean up."""
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

NAME = "passing"
PR_SET_PDEATHSIG = 1


def _die_with_the_parent():
    """Half a lab goes with the meshctl that was making it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end_in_order(number, _):
    sys.exit(128 + number)


class PassingLab:
    """A context manager. Each is in a directory of its own, where no other run finds it."""

    def __init__(self, meshctl, *words):
        self.meshctl = meshctl
        self.words = words
        self.name = NAME
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="mhui-"))
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.scratch)}

    def __enter__(self):
        for each in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, _end_in_order)  # SIGINT does so by itself
        self._leave_somebody_behind()
        up = subprocess.run([self.meshctl, "--json", "lab", "up", "--name", NAME, *self.words], env=self.environment,
                            capture_output=True, text=True, preexec_fn=_die_with_the_parent)
        if up.returncode != 0:
            self.take_down()
            sys.exit(f"no lab: {up.stdout}{up.stderr}")
        return self

    def __exit__(self, *_):
        self.take_down()

    def take_down(self):
        """Also when there is none."""
        subprocess.run([self.meshctl, "lab", "down", "--name", NAME], env=self.environment, capture_output=True)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _leave_somebody_behind(self):
        """Who waits for the end of this process, and takes the lab down if nobody else has. It is no child of
        this one, so that it stays when a whole tree of processes is killed."""
        until_the_end, _held = os.pipe()
        child = os.fork()
        if child != 0:
            os.close(until_the_end)
            os.waitpid(child, 0)
            return
        os.close(_held)
        os.setsid()
        if os.fork() == 0:
            nothing = os.open(os.devnull, os.O_RDWR)
            for each in (0, 1, 2):
                os.dup2(nothing, each)  # who reads what this process says shall not wait for it
            os.read(until_the_end, 1)
            self.take_down()
        os._exit(0)
