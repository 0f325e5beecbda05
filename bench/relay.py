#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a relay carries, adds and costs, beside iroh's own and coturn as a TURN server.

    sudo bench/relay.py [--rounds 3] [--programs ours,ours-tls,iroh,iroh-tls,coturn] [--json FILE]

What each figure means, and how to build what is measured: bench/README.md.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from runner import machine

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE_S = 60
RELAY_CPU, LOAD_CPU = "0", "1"
TURN_MESSAGES = 10_000  # of each of 4 clients; turnutils_uclient has no other bound
FIGURES = {
    "mib_per_s": ("MiB/s of datagrams", 0),
    "packets_per_s": ("datagrams/s of 1,200 bytes", 0),
    "mib_per_cpu_s": ("MiB for a second of the relay's CPU", 0),
    "p50_us": ("us there and back, p50", 0),
    "p99_us": ("us there and back, p99", 0),
    "client_kib": ("KiB RSS for an idle client", 2),
    "lost_percent": ("% lost", 2),
    "other_load_percent": ("% of a core used by others", 0),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_cpu(cpu: str, *words) -> list[str]:
    return ["taskset", "-c", cpu, *map(str, words)]


class Relay:
    """One that runs, on its CPU."""

    def __init__(self, command, url, port, env=None):
        self.url = url
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, **(env or {})})
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command} does not start")
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    @property
    def cpu(self) -> float:
        return machine.process_cpu_ns(self.process.pid) / 1e9

    @property
    def rss_kib(self) -> int:
        return machine.process_memory(self.process.pid)["rss_kib"]


class Bench:
    def __init__(self, asked, directory: pathlib.Path):
        self.asked, self.directory = asked, directory
        self.load = asked.build / "bin/bench_relay"
        self.authority, self.key = directory / "cert.pem", directory / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", self.key, "-out", self.authority, "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)

    def programs(self) -> list[str]:
        there = ["ours", "ours-tls"]
        if self.asked.iroh_relay.exists():
            there += ["iroh", "iroh-tls"]
        if shutil.which("turnserver") and shutil.which("turnutils_uclient"):
            there.append("coturn")
        wanted = self.asked.programs.split(",") if self.asked.programs else there
        return [name for name in there if name in wanted]

    def start(self, name: str) -> Relay:
        port, other = free_port(), free_port()
        file = self.directory / f"{name}.toml"
        if name == "coturn":
            return Relay(on_cpu(RELAY_CPU, "turnserver", "-n", "-L", "127.0.0.1", "-E", "127.0.0.1", "-p", port,
                                "--no-auth", "--no-tls", "--no-dtls", "--no-cli", "-m", 1,
                                "--allow-loopback-peers", "--pidfile", self.directory / "turn.pid"), str(port), port)
        has_tls = name.endswith("-tls")
        url = f"https://localhost:{port}/" if has_tls else f"http://127.0.0.1:{port}/"
        if name.startswith("ours"):
            file.write_text(
                f'listen = ""\n[tls]\nlisten = "127.0.0.1:{port}"\ncert = "{self.authority}"\nkey = "{self.key}"\n'
                if has_tls else f'listen = "127.0.0.1:{port}"\n')
            return Relay(on_cpu(RELAY_CPU, self.asked.build / "bin/meshrelay", "--config", file), url, port)
        plain = other if has_tls else port
        text = f'http_bind_addr = "127.0.0.1:{plain}"\nenable_metrics = false\n'
        if has_tls:
            text += (f'[tls]\nhttps_bind_addr = "127.0.0.1:{port}"\ncert_mode = "Manual"\n'
                     f'manual_cert_path = "{self.authority}"\nmanual_key_path = "{self.key}"\n')
        file.write_text(text)
        return Relay(on_cpu(RELAY_CPU, self.asked.iroh_relay, "--config-path", file), url, port)

    def ask(self, relay: Relay, *words) -> dict:
        done = subprocess.run(on_cpu(LOAD_CPU, self.load, *words, "--url", relay.url), check=True, text=True,
                              stdout=subprocess.PIPE, timeout=PATIENCE_S + self.asked.seconds,
                              env={**os.environ, "SSL_CERT_FILE": str(self.authority)})
        return json.loads(done.stdout)

    def flood(self, relay: Relay) -> dict[str, float]:
        before = relay.cpu
        said = self.ask(relay, "flood", "--seconds", str(self.asked.seconds))
        mib = said["bytes"] / 2**20
        return {
            "mib_per_s": mib / said["seconds"],
            "packets_per_s": said["datagrams"] / said["seconds"],
            "mib_per_cpu_s": mib / (relay.cpu - before),
            "lost_percent": 100 * said["lost_bytes"] / (said["bytes"] + said["lost_bytes"]),
        }

    def idle(self, relay: Relay) -> dict[str, float]:
        """Of clients that come to a relay that has served two: what the process takes at first is not theirs.
        Before the flood, which leaves memory behind that they would move into."""
        before = relay.rss_kib
        load = subprocess.Popen(
            on_cpu(LOAD_CPU, self.load, "idle", "--clients", self.asked.clients, "--url", relay.url),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "SSL_CERT_FILE": str(self.authority)})
        load.stdout.readline()
        time.sleep(1)
        after = relay.rss_kib
        load.communicate("x")
        return {"client_kib": (after - before) / self.asked.clients}

    def turn(self, relay: Relay) -> dict[str, float]:
        before = relay.cpu
        done = subprocess.run(
            on_cpu(LOAD_CPU, "turnutils_uclient", "-y", "-c", "-m", 4, "-l", 1200, "-n", TURN_MESSAGES, "-z", 0,
                   "-p", relay.url, "127.0.0.1"),
            check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S * 3)
        sent, received = map(int, re.findall(r"tot_send_msgs=(\d+), tot_recv_msgs=(\d+)\n", done.stdout)[-1])
        mib = received * 1200 / 2**20
        # What a second carries is the load's doing, which sends in bursts and waits: CPU alone compares.
        return {"mib_per_cpu_s": mib / (relay.cpu - before), "lost_percent": 100 * (1 - received / sent)}

    def measure(self, name: str) -> dict[str, float]:
        machine.wait_for_quiet(self.asked.patience)
        busy, wall = machine.busy_seconds(), time.monotonic()
        with self.start(name) as relay:
            children = os.times()
            if name == "coturn":
                out = self.turn(relay)
            else:
                out = self.ask(relay, "pp", "--count", "5000")
                out |= self.idle(relay)
                out |= self.flood(relay)
            now = os.times()
            ours = relay.cpu + (now.children_user + now.children_system
                                - children.children_user - children.children_system)
        out["other_load_percent"] = machine.load_percent(busy, wall, ours)
        return out


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--programs", default="", help="all that are there, when not given")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--iroh-relay", type=pathlib.Path, default=ROOT / "build/bench/iroh_relay/bin/iroh-relay")
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5, help="of each flood")
    parser.add_argument("--patience", type=float, default=10, help="seconds to wait for a quiet machine")
    parser.add_argument("--json", type=pathlib.Path, help="where to write all of it")
    return parser.parse_args()


def median(rounds: list[dict], figure: str) -> float | None:
    values = [each[figure] for each in rounds if figure in each]
    return statistics.median(values) if values else None


def ratio(rounds: dict[str, list[dict]], one: str, other: str, figure: str) -> float | None:
    """The median of the ratios within a round."""
    pairs = zip(rounds.get(one, []), rounds.get(other, []))
    values = [a[figure] / b[figure] for a, b in pairs if figure in a and b.get(figure)]
    return statistics.median(values) if values else None


def report(rounds: dict[str, list[dict]]) -> None:
    names = list(rounds)
    print(f"{'':38}" + "".join(f"{name:>12}" for name in names))
    for figure, (title, digits) in FIGURES.items():
        cells = (median(rounds[name], figure) for name in names)
        print(f"{title:38}" + "".join(f"{'':>12}" if each is None else f"{each:>12.{digits}f}" for each in cells))
    for one, other in (("ours", "iroh"), ("ours-tls", "iroh-tls"), ("ours", "coturn")):
        for figure in ("mib_per_cpu_s", "mib_per_s", "p50_us", "client_kib"):
            value = ratio(rounds, one, other, figure)
            if value is not None:
                print(f"{FIGURES[figure][0]}, {one} / {other}: {value:.2f}")


def main() -> int:
    asked = parse()
    machine.enter_own_network()
    rounds: dict[str, list[dict]] = {}
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(asked, pathlib.Path(directory))
        names = bench.programs()
        for index in range(asked.rounds):
            first = index % len(names)  # every round begins with another
            for name in names[first:] + names[:first]:
                rounds.setdefault(name, []).append(bench.measure(name))
                print(f"round {index + 1}: {name}", file=sys.stderr)
    rounds = {name: rounds[name] for name in names}
    report(rounds)
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine.describe(), "rounds": rounds}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
