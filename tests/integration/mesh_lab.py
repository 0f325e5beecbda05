# SPDX-License-Identifier: Apache-2.0
"""Real daemons in a directory of their own, for the tests beside this file.

Everything waits on events: on lines of standard output, on the end of a process, or by asking the
local API again until a deadline. Ports come from the kernel. Nothing outlives its test.
"""
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

BIN = pathlib.Path(os.environ["MESH_BIN_DIR"])
PLUGINS = pathlib.Path(os.environ["MESH_PLUGIN_DIR"])
PATIENCE = 60  # seconds; wide enough for a loaded machine, never waited out by a passing test
ASK_AGAIN = 0.05  # seconds between two questions to a host

# A dead peer is noticed within this, instead of the usual 30 s.
QUICK_TO_NOTICE = ["--set", "quic.idle_timeout=3s", "--set", "quic.keep_alive=1s"]


def clean_environment(**more):
    """What a daemon sees: nothing of the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MESHHOST_", "XDG_"))}
    kept.pop("NOTIFY_SOCKET", None)
    kept.update(more)
    return kept


class Host:
    """One daemon, and what is known of it."""

    def __init__(self, lab, name, *arguments, environment=None):
        self.directory = lab.directory / name
        self.directory.mkdir(exist_ok=True)
        self.name = name
        self.socket = self.directory / "host.sock"
        self.arguments = [
            "--name", name, "--data-dir", str(self.directory / "data"),
            "--set", f"admin.socket={self.socket}", "--bind", "127.0.0.1", "--json", *arguments]
        self.environment = environment or clean_environment()
        self.process = None
        self.log = None
        self.ready = None

    def start(self, *more):
        """Starts it and waits for its announcement."""
        self.spawn(*more)
        return self.await_ready()

    def await_ready(self):
        self.ready = json.loads(self.next_line())["data"]
        return self

    def spawn(self, *more):
        self.close_files()
        self.log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen(
            [BIN / "meshhost", *self.arguments, *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
            env=self.environment, cwd=self.directory)
        self.lines = queue.Queue()
        threading.Thread(target=self._read_lines, daemon=True).start()

    def _read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line.decode())
        self.lines.put(None)

    def next_line(self):
        line = self.lines.get(timeout=PATIENCE)
        if line is None:
            raise AssertionError(f"{self.name} ended before it was ready:\n{self.log_text()}")
        return line

    def log_text(self):
        log = self.directory / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    @property
    def id(self):
        return self.ready["self"]["id"]

    @property
    def ticket(self):
        return self.ready["self"]["ticket"]

    def ctl(self, *arguments):
        """meshctl's exit code and its JSON answer."""
        return meshctl("--json", "--socket", str(self.socket), *arguments)

    def data(self, *arguments):
        code, answer = self.ctl(*arguments)
        if not answer["ok"]:
            raise AssertionError(f"meshctl {arguments}: exit {code}, {answer['error']}")
        return answer["data"]

    def peer(self, other):
        """What this host says of another; None when it does not know it."""
        return next((peer for peer in self.data("peers")["peers"] if peer["id"] == other.id), None)

    def sees(self, other, state="alive"):
        peer = self.peer(other)
        return peer is not None and peer["state"] == state and (state != "alive" or peer["path"] is not None)

    def kill(self):
        self.process.kill()
        self.wait()

    def stop(self):
        """Ends it in order; returns the exit code and how long it took, in seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.wait()
        return code, time.monotonic() - began

    def wait(self):
        code = self.process.wait(timeout=PATIENCE)
        self.close_files()
        return code

    def close_files(self):
        for file in (self.process.stdout, self.log) if self.process else ():
            if file is not None:
                file.close()

    def is_running(self):
        return self.process is not None and self.process.poll() is None


def run(program, *arguments, environment=None, **more):
    return subprocess.run(
        [BIN / program, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=PATIENCE,
        env=environment or clean_environment(), **more)


def meshctl(*arguments):
    done = run("meshctl", *arguments)
    return done.returncode, json.loads(done.stdout)


def wait_until(what, condition):
    """Asks until the answer is yes; `what` says what was waited for when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE} s: {what}")
        time.sleep(ASK_AGAIN)


class LabTest(unittest.TestCase):
    """A directory for each test, and no daemon left when it ends."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="meshhost-lab-"))
        self.hosts = []

    def tearDown(self):
        for host in self.hosts:
            if host.is_running():
                host.kill()
            host.close_files()

    def run(self, result=None):
        """Shows what the daemons logged when the test has failed."""
        faults = lambda: len(result.failures) + len(result.errors)
        before = faults()
        super().run(result)
        if faults() > before:
            for host in self.hosts:
                print(f"--- log of {host.name}\n{host.log_text()}")
        shutil.rmtree(self.directory, ignore_errors=True)

    def host(self, name, *arguments, **more):
        made = Host(self, name, *arguments, **more)
        self.hosts.append(made)
        return made

    def audit(self, host):
        """The books of a host, as it just looked into them."""
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with client:
            client.settimeout(60)
            client.connect(str(host.socket))
            client.sendall(b"GET /v1/audit HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b""
            while piece := client.recv(65536):
                answer += piece
        envelope = json.loads(answer.partition(b"\r\n\r\n")[2])
        self.assertTrue(envelope["ok"], envelope)
        return envelope["data"]

    def leftovers(self):
        """Sockets and unfinished files below the test's directory."""
        return [path for path in self.directory.rglob("*") if path.is_socket() or path.name.endswith(".new")]
