# SPDX-License-Identifier: Apache-2.0
"""One server, one client, one verb: what both say and what both cost."""
import contextlib
import json
import os
import pathlib
import resource
import selectors
import subprocess
import tempfile
import time

from . import machine
from .programs import Measure, Program

SERVER_CPU, CLIENT_CPU = 0, 1
READY_SECONDS_MAX = 15
CLIENT_SECONDS_MAX = 180
SERVER_SETTLE_SECONDS = 0.3


class Failed(Exception):
    """A program did not do what it was asked to."""


def pinned(cpu: int, command: list[str]) -> list[str]:
    return ["taskset", "-c", str(cpu % os.cpu_count()), *command]


def first_line(process: subprocess.Popen, seconds: float) -> dict:
    """The JSON a program prints when it is ready."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(seconds):
            raise Failed(f"{process.args}: not ready after {seconds} s")
    line = process.stdout.readline()
    if not line:
        raise Failed(f"{process.args}: ended before it was ready")
    said = json.loads(line)
    if not said.get("ok", True):
        raise Failed(f"{process.args}: {said['error']['message']}")
    return said


@contextlib.contextmanager
def running(command: list[str]):
    """The process and what it printed first; ended with the block."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process, first_line(process, READY_SECONDS_MAX)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def children_cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_client(command: list[str], server_pid: int) -> list[dict]:
    """Its JSON lines; beside each, the server's memory at that moment."""
    client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    lines = []
    deadline = time.monotonic() + CLIENT_SECONDS_MAX
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(client.stdout, selectors.EVENT_READ)
            while selector.select(max(0.0, deadline - time.monotonic())):
                line = client.stdout.readline()
                if not line:
                    break
                lines.append({**json.loads(line), "server": machine.process_memory(server_pid)})
        if client.wait(timeout=max(0.1, deadline - time.monotonic())) != 0:
            raise Failed(f"{command}: exit code {client.returncode}")
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{command}: not done after {CLIENT_SECONDS_MAX} s") from late
    finally:
        if client.poll() is None:
            client.kill()
            client.wait()
        client.stdout.close()
    return lines


def figures_of(measure: Measure, lines: list[dict], server_cpu_us: float) -> dict[str, float]:
    """The named figures of a run; see README.md for what each means."""
    if measure.verb == "hold":
        before, held = lines
        count = held["connections"]

        def each(side: str, key: str) -> float:
            return (held[side][key] - before[side][key]) / count

        return {
            "server_kib_each": each("server", "pss_kib"),
            "server_anonymous_kib_each": each("server", "anonymous_kib"),
            "client_kib_each": each("memory", "pss_kib"),
        }
    (result,) = lines
    if measure.verb == "bulk":
        if result["bytes"] != result["received"]:
            raise Failed(f"bulk: {result['received']} of {result['bytes']} bytes arrived")
        gib = result["bytes"] / 2**30
        return {
            "mib_per_second": result["mib_per_second"],
            "client_cpu_s_per_gib": result["cpu_us"] / 1e6 / gib,
            "server_cpu_s_per_gib": server_cpu_us / 1e6 / gib,
        }
    return {
        "p50_us": result["p50_us"],
        "p99_us": result["p99_us"],
        "per_second": result["per_second"],
        "client_cpu_us_each": result["cpu_us"] / result["count"],
        "server_cpu_us_each": server_cpu_us / result["count"],
    }


def run_measure(program: Program, measure: Measure, patience: float) -> dict:
    """Raises Failed."""
    machine.wait_for_quiet(patience)
    with running(pinned(SERVER_CPU, [*program.command, "server"])) as (server, ready):
        time.sleep(SERVER_SETTLE_SECONDS)
        busy, wall, children = machine.busy_seconds(), time.monotonic(), children_cpu_seconds()
        server_cpu = machine.process_cpu_ns(server.pid)
        options = ["--port", str(ready["port"])]
        if ready["id"]:
            options += ["--id", ready["id"]]
        client = [*program.command, "client", *measure.arguments(program), *options]
        lines = run_client(pinned(CLIENT_CPU, client), server.pid)
        server_cpu_us = (machine.process_cpu_ns(server.pid) - server_cpu) / 1e3
        ours = server_cpu_us / 1e6 + children_cpu_seconds() - children
        return {
            "measure": measure.name,
            "program": program.name,
            "figures": figures_of(measure, lines, server_cpu_us),
            "other_load_percent": machine.load_percent(busy, wall, ours),
        }


def run_idle_host(build: pathlib.Path, seconds: float, patience: float) -> dict:
    """A host that does nothing: its CPU and memory. Raises Failed."""
    machine.wait_for_quiet(patience)
    with tempfile.TemporaryDirectory(prefix="meshhost-bench-") as data_dir:
        host = [str(build / "bin/meshhost"), "--plugin", "compute.so", "--json"]
        with running([*host, "--data-dir", data_dir]) as (process, _ready):
            time.sleep(3)  # what starting left to do
            busy, wall = machine.busy_seconds(), time.monotonic()
            cpu = machine.process_cpu_ns(process.pid)
            time.sleep(seconds)
            used = (machine.process_cpu_ns(process.pid) - cpu) / 1e9
            memory = machine.process_memory(process.pid)
            return {
                "measure": "idle_host",
                "program": "ours",
                "figures": {
                    "cpu_percent": used / (time.monotonic() - wall) * 100,
                    "pss_mib": memory["pss_kib"] / 1024,
                    "rss_mib": memory["rss_kib"] / 1024,
                },
                "other_load_percent": machine.load_percent(busy, wall, used),
            }
