#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a mesh of 18 processes costs, at rest and while all of them broadcast, beside its peers.

    sudo bench/mesh.py [--rounds 3] [--programs ours,iroh-gossip,memberlist,meshhost] [--json FILE]

What each figure means, and how to build what is measured: bench/README.md.
"""
import argparse
import contextlib
import json
import os
import pathlib
import statistics
import sys
import time

from runner import machine
from runner.mesh_programs import ROOT, Failed, Mesh, programs

ROUNDS_MAX = 20
PAYLOAD = 200  # bytes
BROADCAST_EVERY = 0.5  # seconds, each node
STRAGGLERS_S = 2  # what the last messages get to arrive
FIGURES = {
    "joined_ms": ("ms until all are joined", 0),
    "idle_cpu_percent": ("% of a core, at rest", 3),
    "idle_datagrams": ("UDP datagrams/s, at rest", 1),
    "idle_bytes": ("IP bytes/s, at rest", 0),
    "busy_cpu_percent": ("% of a core, broadcasting", 2),
    "busy_datagrams": ("UDP datagrams/s, broadcasting", 0),
    "busy_bytes": ("IP bytes/s, broadcasting", 0),
    "delivered": ("of the messages delivered", 4),
    "p50_ms": ("ms until heard, p50", 2),
    "p99_ms": ("ms until heard, p99", 2),
    "pss_mib": ("MiB PSS a process", 2),
    "rss_mib": ("MiB RSS a process", 2),
    "other_load_percent": ("% of a core used by others", 0),
}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=18)
    parser.add_argument("--rounds", type=int, default=3, help=f"at most {ROUNDS_MAX}")
    parser.add_argument("--programs", default="", help="all that are built, when not given")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--settle", type=float, default=30, help="seconds before the first look")
    parser.add_argument("--seconds", type=float, default=60, help="of each look")
    parser.add_argument("--json", type=pathlib.Path, help="where to write all of it")
    asked = parser.parse_args()
    asked.rounds = min(max(asked.rounds, 1), ROUNDS_MAX)
    return asked


class Look:
    """What the mesh and the network did since it was made."""

    def __init__(self, mesh: Mesh):
        self.mesh = mesh
        self.wall, self.busy = time.monotonic(), machine.busy_seconds()
        self.cpu, self.network = self._cpu(), machine.network_counters()

    def _cpu(self) -> float:
        return sum(machine.process_cpu_ns(pid) for pid in self.mesh.pids) / 1e9

    def figures(self, name: str) -> dict[str, float]:
        wall, cpu = time.monotonic() - self.wall, self._cpu() - self.cpu
        now = machine.network_counters()
        return {
            f"{name}_cpu_percent": cpu / wall * 100,
            f"{name}_datagrams": (now["datagrams"] - self.network["datagrams"]) / wall,
            f"{name}_bytes": (now["bytes"] - self.network["bytes"]) / wall,
            "other_load_percent": machine.load_percent(self.busy, self.wall, cpu),
        }


def broadcast(mesh: Mesh, seconds: float) -> dict[str, float]:
    """Everybody says something every half second, on clocks out of step with each other."""
    rounds = int(seconds / BROADCAST_EVERY)
    for node in mesh.nodes:
        mesh.latencies(node)
    look = Look(mesh)
    calls = [
        (node, node.begin(
            "pulse", topic=mesh.topic, name=f"p{index}", bytes=PAYLOAD, count=rounds,
            every_ms=int(BROADCAST_EVERY * 1e3),
            phase_ms=int(BROADCAST_EVERY * 1e3 * index / len(mesh.nodes))))
        for index, node in enumerate(mesh.nodes)]
    time.sleep(rounds * BROADCAST_EVERY)
    figures = look.figures("busy")
    for node, call in calls:
        node.end(call)
    time.sleep(STRAGGLERS_S)
    heard = sorted(us for node in mesh.nodes for us in mesh.latencies(node))
    sent = rounds * len(mesh.nodes) * (len(mesh.nodes) - 1)
    figures["delivered"] = len(heard) / sent
    for percent in (50, 99):
        figures[f"p{percent}_ms"] = heard[len(heard) * percent // 100] / 1e3
    return figures


def measure(make: contextlib.AbstractContextManager, asked: argparse.Namespace) -> dict[str, float]:
    with make as mesh:
        figures = {"joined_ms": mesh.joined_s * 1e3}
        time.sleep(asked.settle)
        look = Look(mesh)
        time.sleep(asked.seconds)
        figures |= look.figures("idle")
        memory = [machine.process_memory(pid) for pid in mesh.pids]
        for kind in ("pss", "rss"):
            figures[f"{kind}_mib"] = statistics.mean(of[f"{kind}_kib"] / 1024 for of in memory)
        if mesh.nodes:
            figures |= broadcast(mesh, asked.seconds)
        return figures


def table(runs: list[dict], names: list[str]) -> None:
    """Medians over the rounds."""
    print(" " * 34 + "".join(name.rjust(14) for name in names))
    for figure, (title, decimals) in FIGURES.items():
        cells = []
        for name in names:
            values = [run["figures"][figure] for run in runs
                      if run["program"] == name and figure in run["figures"]]
            cells.append(f"{statistics.median(values):,.{decimals}f}" if values else "–")
        print(title.ljust(34) + "".join(cell.rjust(14) for cell in cells))


def main() -> int:
    asked = parse()
    if os.geteuid() != 0:
        print("bench/mesh.py counts what the whole network sends, so it needs one of its own: "
              "run it as root", file=sys.stderr)
        return 6
    machine.enter_own_network()
    wanted = asked.programs.split(",") if asked.programs else list(programs(asked.build))
    runs = []
    for round_ in range(asked.rounds):
        turn = round_ % len(wanted)
        for name in wanted[turn:] + wanted[:turn]:
            make = programs(asked.build)[name]
            try:
                runs.append({"program": name, "figures": measure(make(asked.nodes), asked)})
                print(f"round {round_ + 1}: {name}", file=sys.stderr)
            except (Failed, AssertionError, OSError) as error:
                print(f"round {round_ + 1}: {name}: {error}", file=sys.stderr)
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine.describe(), "runs": runs}, indent=1))
    table(runs, wanted)
    return 0 if runs else 1


if __name__ == "__main__":
    sys.exit(main())
