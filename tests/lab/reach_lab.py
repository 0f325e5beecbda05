# SPDX-License-Identifier: Apache-2.0
"""Real daemons in the lab of NATs: hosts that know each other's id and a relay by its name, and nothing else."""
import http.client
import json
import os
import pathlib
import shutil
import signal
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
MUTE = """
import socket, sys
listening = socket.create_server(("::", int(sys.argv[1])), family=socket.AF_INET6, dualstack_ipv6=True, backlog=100)
print("ready", flush=True)
sys.stdin.read()   # the kernel takes the connections
"""


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

    def __init__(self, lab, node, name, peers, relays, settings, clock=None):
        self.directory = lab.directory / name
        self.directory.mkdir()
        self.name, self.node = name, node
        self.socket = self.directory / "host.sock"
        self.id = lab.ids[name]
        settings = {"admin.socket": str(self.socket), "relay.urls": json.dumps([lab.url(each) for each in relays]),
                    "relay.stun": json.dumps(lab.stun_servers()), "log.level": "debug", **settings}
        self.words = [*(clock.words if clock else ()), BIN / "meshhost", "--name", name,
                      "--data-dir", self.directory / "data", "--json"]
        for key, value in settings.items():
            self.words += ["--set", f"{key}={value}"]
        for peer in peers:
            self.words += ["--peer", lab.ids[peer]]
        self.lab = lab
        self.asking = None
        self.start()

    def start(self):
        """Also again, once it has ended."""
        with open(self.directory / "log", "ab") as log:
            self.process = self.lab.start(self.node, self.words, stdout=subprocess.PIPE, stderr=log)

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
                self.asking.close()
                self.asking = None
        raise AssertionError(f"{self.name} does not answer:\n{self.log()}")

    def peer(self, other):
        """What it says of another; {}: it knows it not."""
        return next((peer for peer in self.get("/v1/peers")["peers"] if peer["id"] == other.id), {})

    def path(self, other):
        """How it reaches another, now; {}: not at all."""
        return self.peer(other).get("path") or {}

    def state(self, other):
        return self.peer(other).get("state")

    def relay(self, url):
        """What it says of a relay."""
        return next(relay for relay in self.get("/v1/reach")["relays"] if relay["url"] == url)

    def counted(self, room, name):
        return self.ctl("probe")[1]["data"][room][name]

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

    def __init__(self, relays=1, lifetime=30, mute=()):
        """`mute`: relays, by their number, that take connections and say nothing."""
        self.lab = NatLab(lifetime)
        self.relay_count = relays
        self.mute = mute
        self.relays = []
        self.ids = {}
        self.hosts = []

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="meshhost-reach-"))
        try:
            self.lab.__enter__()
            self._name_relays()
            for number in range(self.relay_count):
                start = self._start_mute if number in self.mute else self.start_relay
                self.relays.append(start(number))
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

    def _start_mute(self, number):
        process = self.start(self.lab.relay, ["python3", "-c", MUTE, RELAY_PORT + number], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
        process.stdout.readline()
        return process

    @staticmethod
    def stop(process, is_stopped=True):
        """SIGSTOP, or SIGCONT. What is stopped ends with the lab all the same."""
        process.send_signal(signal.SIGSTOP if is_stopped else signal.SIGCONT)

    def hide_relay(self, number, is_hidden=True):
        """Nothing comes to it or from it by TCP, and nobody is told so."""
        port = RELAY_PORT + number
        rules = f"table inet hidden_{number} {{}}\ndelete table inet hidden_{number}\n"
        if is_hidden:
            rules += (f"table inet hidden_{number} {{\n"
                      f" chain i {{\n  type filter hook input priority -10;\n  tcp dport {port} drop\n }}\n"
                      f" chain o {{\n  type filter hook output priority -10;\n  tcp sport {port} drop\n }}\n}}\n")
        self.lab.relay.space.nft(rules)

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
        return self.mesh({"a": one, "b": other}, relays, **settings)

    def mesh(self, nodes, relays=(0,), clocks=None, **settings):
        """Hosts at these nodes, by name, that know each other's ids; some with a clock of their own."""
        if not self.ids:
            self.mint(*nodes)
        made = []
        for name, node in nodes.items():
            own = {"identity.key_file": str(self.directory / f"{name}.key"), **settings}
            others = [other for other in nodes if other != name]
            made.append(Host(self, node, name, others, relays, own, (clocks or {}).get(name)))
        self.hosts += made
        return [host.await_ready() for host in made]
