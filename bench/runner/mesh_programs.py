# SPDX-License-Identifier: Apache-2.0
"""Meshes of processes: how each program is started and when all of them are joined."""
import contextlib
import dataclasses
import functools
import json
import pathlib
import secrets
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))
import peers  # noqa: E402  the programs of the interop tests, and how to talk to them

JOIN_SECONDS_MAX = 60
ROLES = ("broker", "gateway", "compute", "registry", "bridge")


class Failed(Exception):
    """A mesh did not come about."""


@dataclasses.dataclass
class Mesh:
    pids: list[int]
    joined_s: float  # from the first process to all joined
    nodes: list[peers.Peer] = dataclasses.field(default_factory=list)  # none: it cannot be told
    topic: str = ""

    def tally(self, node: peers.Peer) -> dict:
        return node.call("tally", topic=self.topic)

    def latencies(self, node: peers.Peer) -> list[int]:
        """Microseconds of every pulse heard since the last time."""
        return node.call("latencies", topic=self.topic)["us"]


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + JOIN_SECONDS_MAX
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"patience ran out before {what}")
        time.sleep(0.02)


@contextlib.contextmanager
def told_mesh(program: pathlib.Path, neighbors_min: int, count: int):
    """Programs that speak the interop tests' lines; all join through the first at once."""
    if not program.exists():
        raise Failed(f"{program} is not built")
    began = time.monotonic()
    topic, nodes = secrets.token_hex(32), []
    try:
        for _ in range(count):
            nodes.append(peers.Peer([str(program)]))
        first, *others = nodes
        mesh = Mesh([node.pid for node in nodes], 0, nodes, topic)
        first.call("join", topic=topic, peers=[])
        for node in others:
            node.call("know", id=first.id, addresses=first.sockets)
        for node, call in [(node, node.begin("join", topic=topic, peers=[first.id]))
                           for node in others]:
            node.end(call)
        wait_until(lambda: all(len(mesh.tally(node)["neighbors"] or []) >= neighbors_min(count)
                               for node in nodes), "all are joined")
        mesh.joined_s = time.monotonic() - began
        yield mesh
    finally:
        for node in nodes:
            node.kill()


@contextlib.contextmanager
def host_mesh(build: pathlib.Path, emit: str, count: int):
    """Whole hosts with their plugins, which know the first; joined when each hears all others."""
    with tempfile.TemporaryDirectory(prefix="meshhost-bench-") as home, contextlib.ExitStack() as ends:
        began, hosts, ticket = time.monotonic(), [], None
        for index in range(count):
            name = f"h{index}"
            command = [str(build / "bin/meshhost"), "--json", "--plugin", ROLES[index % len(ROLES)],
                       "--instance", name, "--data-dir", f"{home}/{name}",
                       "--set", f"admin.socket={home}/{name}.sock", "--set", f"digest.emit={emit}",
                       "--bind", "127.0.0.1", "--log-level", "error"]
            command += ["--peer", ticket] if ticket else []
            host = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            ends.callback(host.wait)
            ends.callback(host.kill)
            hosts.append(host)
            if ticket is None:
                said = json.loads(host.stdout.readline())
                if not said["ok"]:
                    raise Failed(said["error"]["message"])
                ticket = said["data"]["self"]["ticket"]
        for index in range(count):
            wait_until(functools.partial(hears_all, build, f"{home}/h{index}.sock", count),
                       "all hear all")
        yield Mesh([host.pid for host in hosts], time.monotonic() - began)


def hears_all(build: pathlib.Path, socket: str, count: int) -> bool:
    asked = subprocess.run([str(build / "bin/meshctl"), "--socket", socket, "--json", "status"],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return asked.returncode == 0 and json.loads(asked.stdout)["data"]["members"]["alive"] == count


def programs(build: pathlib.Path) -> dict:
    """Name → of a number of nodes, a context manager that yields a Mesh."""
    one, all_others = (lambda count: 1), (lambda count: count - 1)
    return {
        "ours": functools.partial(told_mesh, build / "bin/mesh_gossip", one),
        "iroh-gossip": functools.partial(
            told_mesh, ROOT / "build/bench/gossip_peer/release/gossip_peer", one),
        "memberlist": functools.partial(
            told_mesh, ROOT / "build/bench/memberlist/bench_memberlist", all_others),
        "meshhost": functools.partial(host_mesh, build, "change"),
        "meshhost-500ms": functools.partial(host_mesh, build, "interval:500ms"),
    }
