#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What telemetry costs a host, by halves: of 18 hosts of one mesh nine have it and nine do not.

  bench/telemetry.py --build build/release [--jaeger PATH] [--rounds 2] [--seconds 40] [--json FILE]

Two runs of whole meshes one after the other differ by a tenth whatever they do: what a machine does
meanwhile is more than what is to be measured. So the two sides run in the same mesh at the same time; in the
next lab they change places, since a hub works more than a leaf. All hosts tell their full state every 500 ms,
so that there is something to follow. "off" follows no message, remembers 64 spans and exports nothing;
"collector" and "mesh" follow one message in 1,024 as a host does by itself and export by HTTP or by way of
the observer; "heavy" one in 8. The collector is Jaeger where one is given, else a sink that takes everything.
CPU is the hosts' own, from /proc; "told" is what their own meters say telemetry took (`meshctl probe`, cpu_ns).
"""
import argparse
import contextlib
import http.server
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CAST = [*(f"broker-{i:02}" for i in (1, 2)), *(f"gateway-{i:02}" for i in (1, 2)), "bridge-01",
        *(f"registry-{i:02}" for i in (1, 2)), *(f"compute-{i:02}" for i in range(1, 12))]
OFF = {"trace_one_in": 0, "flight_kept": 64}


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def collector(jaeger):
    """Where it listens: "http://127.0.0.1:PORT"."""
    if not jaeger:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        return
    with tempfile.TemporaryDirectory() as directory:
        with open(f"{directory}/log", "w") as log:
            process = subprocess.Popen([jaeger], stdout=log, stderr=log)
            time.sleep(3)
            try:
                yield "http://127.0.0.1:4318"
            finally:
                process.kill()
                process.wait()


def cpu_ms(pid):
    spent = sum(int(task.read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return spent / 1e6


def pss_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0])


class Lab:
    """Nine hosts with `settings` of [telemetry], nine with OFF; the first half is on if `is_first`."""

    def __init__(self, build, settings, observer, is_first):
        self.meshctl = build / "bin" / "meshctl"
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="mhb-"))
        self.dir = self.scratch / "lab"
        try:
            self.start(settings, observer, is_first)
        except BaseException:
            self.close()
            raise

    def start(self, settings, observer, is_first):
        names = {True: [], False: []}
        words = [word for each in observer for word in ("--observer-set", each)]
        for number, name in enumerate(CAST):
            is_on = (number % 2 == 0) == is_first
            names[is_on].append(name)
            for key, value in (settings if is_on else OFF).items():
                words += ["--host-set", f"{name}:telemetry.{key}={value}"]
        up = self.ctl("up", "--nodes", len(CAST), "--set", "digest.emit=interval:500ms", *words)
        nodes = {node["name"]: node for node in up["nodes"]}
        self.on, self.off = ([nodes[name] for name in names[is_on]] for is_on in (True, False))

    def ctl(self, verb, *words):
        done = subprocess.run([self.meshctl, "--json", "lab", verb, *map(str, words), "--dir", self.dir],
                              capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise SystemExit(done.stdout + done.stderr)
        return json.loads(done.stdout)["data"]

    def probe(self, node):
        done = subprocess.run([self.meshctl, "--json", "--socket", node["socket"], "probe"],
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["data"]

    def close(self):
        subprocess.run([self.meshctl, "lab", "down", "--dir", self.dir], capture_output=True)
        shutil.rmtree(self.scratch, ignore_errors=True)


def read(lab, nodes):
    probes = [lab.probe(node) for node in nodes]
    count = lambda section, name: sum(each.get(section, {}).get(name, 0) for each in probes)  # noqa: E731
    return {"cpu_ms": sum(cpu_ms(node["process"]["pid"]) for node in nodes), "told_ns": count("telemetry", "cpu_ns"),
            "sent": count("transport", "bytes_sent"), "exported": count("otlp", "exported")}


def measure(build, settings, observer, is_first, seconds, settle):
    """Of each half, a host's share: CPU and its own word in ms/s, PSS in KiB, kB/s sent, spans exported."""
    lab = Lab(build, settings, observer, is_first)
    try:
        time.sleep(settle)
        before = {side: read(lab, nodes) for side, nodes in (("on", lab.on), ("off", lab.off))}
        began = time.monotonic()
        time.sleep(seconds)
        after = {side: read(lab, nodes) for side, nodes in (("on", lab.on), ("off", lab.off))}
        took = time.monotonic() - began
        figures = {}
        for side, nodes in (("on", lab.on), ("off", lab.off)):
            more = {name: after[side][name] - before[side][name] for name in before[side]}
            figures[side] = {
                "cpu": more["cpu_ms"] / took / len(nodes), "told": more["told_ns"] / 1e6 / took / len(nodes),
                "kb": more["sent"] / took / 1000 / len(nodes), "exported": more["exported"],
                "pss": statistics.mean(pss_kib(node["process"]["pid"]) for node in nodes)}
        return figures
    finally:
        lab.close()


def mean(runs, side, name):
    return statistics.mean(run[side][name] for run in runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--jaeger", help="a jaeger 2 binary; without it a sink")
    parser.add_argument("--rounds", type=int, default=2, help="of two labs each, the halves changed")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--settle", type=float, default=12)
    parser.add_argument("--json", type=pathlib.Path)
    asked = parser.parse_args()
    runs = {}
    with collector(asked.jaeger) as where:
        ways = {"nothing": (OFF, []), "collector": ({"otlp": where}, []),
                "mesh": ({"otlp": "mesh"}, [f"telemetry.otlp={where}"]),
                "heavy": ({"otlp": where, "trace_one_in": 8}, [])}
        for _ in range(asked.rounds):
            for way, (settings, observer) in ways.items():
                for is_first in (True, False):
                    figures = measure(asked.build, settings, observer, is_first, asked.seconds, asked.settle)
                    print(way, {side: {name: round(value, 3) for name, value in all_of.items()}
                                for side, all_of in figures.items()}, file=sys.stderr, flush=True)
                    runs.setdefault(way, []).append(figures)
    print(f"{'a host':<10} {'CPU ms/s':>9} {'off':>7} {'more':>7} {'told':>7} {'PSS KiB':>8} {'off':>7} "
          f"{'kB/s':>6} {'off':>6} {'spans':>7}")
    for way, each in runs.items():
        on, off = mean(each, "on", "cpu"), mean(each, "off", "cpu")
        print(f"{way:<10} {on:>9.3f} {off:>7.3f} {on - off:>+7.3f} {mean(each, 'on', 'told'):>7.3f} "
              f"{mean(each, 'on', 'pss'):>8.0f} {mean(each, 'off', 'pss'):>7.0f} {mean(each, 'on', 'kb'):>6.1f} "
              f"{mean(each, 'off', 'kb'):>6.1f} {mean(each, 'on', 'exported'):>7.0f}")
    if asked.json:
        asked.json.write_text(json.dumps(runs, indent=2) + "\n")


if __name__ == "__main__":
    main()
