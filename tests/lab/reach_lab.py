# SPDX-License-Identifier: Apache-2.0
"""Real daemons in the lab of NATs: hosts that know each other's id and a relay by its name, and nothing else."""
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from nat_lab import NatLab

BIN = pathlib.Path(os.environ.get("MESH_BIN_DIR", pathlib.Path(__file__).parents[2] / "build/dev/bin"))
PATIENCE = 60  # seconds; never waited out by a run in which all is well
ASK_AGAIN = 0.02  # seconds between two questions to a host

RELAY_NAMES = ("relay.lab", "second.lab")
RELAY_PORT = 443  # the only one that gets out of some networks; plain HTTP all the same
STUN_PORT = 3478


def clean_environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MESHHOST_", "XDG_"))}
    kept.pop("NOTIFY_SOCKET", None)
    return kept


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Host:
    """One meshhost at a node of the lab."""

    def __init__(self, lab, node, name, peers, relays, settings):
        self.directory = lab.directory / name
        self.directory.mkdir()
        self.name, self.node = name, node
        self.socket = self.directory / "host.sock"
        self.id = lab.ids[name]
        settings = {"admin.socket": str(self.socket), "relay.urls": json.dumps([lab.url(each) for each in relays]),
                    "relay.stun": json.dumps(lab.stun_servers()), "log.level": "debug", **settings}
        words = [BIN / "meshhost", "--name", name, "--data-dir", self.directory / "data", "--json"]
        for key, value in settings.items():
            words += ["--set", f"{key}={value}"]
        for peer in peers:
            words += ["--peer", lab.ids[peer]]
        with open(self.directory / "log", "wb") as log:
            self.process = lab.start(node, words, stdout=subprocess.PIPE, stderr=log)
        self.asking = None

    def await_ready(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"{self.name} ended before it was ready:\n{self.log()}")
        return self

    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def get(self, path):
        for _ in range(2):
            try:
                self.asking = self.asking or UnixConnection(self.socket)
                self.asking.request("GET", path)
                return json.loads(self.asking.getresponse().read())["data"]
            except (http.client.HTTPException, ConnectionError):
                self.asking = None
        raise AssertionError(f"{self.name} does not answer:\n{self.log()}")

    def path(self, other):
        """How it reaches another, now; {}: not at all."""
        of = (peer for peer in self.get("/v1/peers")["peers"] if peer["id"] == other.id)
        return (next(of, None) or {}).get("path") or {}

    def ctl(self, *words):
        done = subprocess.run([BIN / "meshctl", "--json", "--socket", self.socket, *words], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE, env=clean_environment(), check=False)
        return done.returncode, json.loads(done.stdout)


class Waited(AssertionError):
    """What was waited for, in vain."""


def wait_until(what, condition, patience=PATIENCE):
    """How long it took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > patience:
            raise Waited(f"waited {patience} s: {what()}")
        time.sleep(ASK_AGAIN)
    return time.monotonic() - began


class ReachLab:
    """A NatLab with a relay, or two of them, and hosts. Use it in a `with`."""

    def __init__(self, relays=1, lifetime=30):
        self.lab = NatLab(lifetime)
        self.relay_count = relays
        self.relays = []
        self.ids = {}
        self.hosts = []

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="meshhost-reach-"))
        try:
            self.lab.__enter__()
            self._name_relays()
            for number in range(self.relay_count):
                self.relays.append(self.start_relay(number))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for host in self.hosts:
            if host.asking:
                host.asking.close()
        self.lab.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _name_relays(self):
        """One name for IPv4 and IPv6: who has but one of the two finds whom the other family brings."""
        lines = ["127.0.0.1 localhost", "::1 localhost"]
        for number, name in enumerate(RELAY_NAMES):
            lines += [f"{self.lab.relay.v4[number]} {name}", f"{self.lab.relay.v6[number]} {name}"]
        self.names = self.directory / "hosts"
        self.names.write_text("\n".join(lines) + "\n")

    def start(self, node, words, **options):
        """A program for which the lab's names are those of the world."""
        shell = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'
        options = {"stdin": subprocess.DEVNULL, **options}
        return node.popen(["sh", "-c", shell, "sh", self.names, *words], env=clean_environment(), cwd=self.directory,
                          **options)

    def start_relay(self, number):
        """The first also tells over STUN, at each of its addresses, where it sees whoever asks."""
        words = [BIN / "meshrelay", "--listen", f"[::]:{RELAY_PORT + number}", "--json"]
        if number == 0:
            words += ["--stun", f"[::]:{STUN_PORT}"]
        log = self.directory / f"relay-{number}.log"
        with open(log, "ab") as out:
            process = self.start(self.lab.relay, words, stdout=subprocess.PIPE, stderr=out)
        if not process.stdout.readline():
            raise AssertionError(f"no relay:\n{log.read_text()}")
        return process

    def url(self, number):
        return f"http://{RELAY_NAMES[number]}:{RELAY_PORT + number}/"

    def stun_servers(self):
        v6 = [f"[{address}]:{STUN_PORT}" for address in self.lab.relay.v6]
        return [f"{address}:{STUN_PORT}" for address in self.lab.relay.v4] + v6

    def mint(self, *names):
        for name in names:
            key = self.directory / f"{name}.key"
            done = subprocess.run([BIN / "meshctl", "--json", "identity", "mint", "--key-file", key], capture_output=True, text=True,
                                  check=True, env=clean_environment())
            self.ids[name] = json.loads(done.stdout)["data"]["id"]

    def pair(self, one, other, relays=(0,), **settings):
        """Two hosts, at these nodes, that know each other's id."""
        if not self.ids:
            self.mint("a", "b")
        for name, other_name, node in (("a", "b", one), ("b", "a", other)):
            own = {"identity.key_file": str(self.directory / f"{name}.key"), **settings}
            self.hosts.append(Host(self, node, name, [other_name], relays, own))
        return [host.await_ready() for host in self.hosts[-2:]]
