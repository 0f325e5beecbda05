#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What telemetry costs 18 hosts: none, spans to a collector, spans by way of an observer.

  bench/telemetry.py --build build/release [--jaeger PATH] [--rounds 3] [--seconds 30] [--json FILE]

Each round runs every way in turn, with a fresh lab that tells its full state every 500 ms, so that
there is something to follow: "off" follows no message, "collector" and "mesh" one in 1,024 as a host
does by itself, "heavy" one in 8 to a collector. An observer is there in all of them and not counted.
The collector is Jaeger where one is given, else a sink that takes everything. CPU is the hosts' own,
from /proc, so that others' load changes it little; compare within a run.
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

HOSTS = 18
OFF = ["telemetry.trace_one_in=0"]


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    taken = 0

    def do_POST(self):
        Sink.taken += len(self.rfile.read(int(self.headers["Content-Length"])))
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


def cpu_and_rss(pid):
    """Milliseconds of CPU so far, and resident KiB."""
    spent = sum(int(task.read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return spent / 1e6, int(status.split("VmRSS:")[1].split()[0])


def probe(meshctl, socket):
    done = subprocess.run([meshctl, "--json", "--socket", socket, "probe"], capture_output=True, text=True)
    return json.loads(done.stdout)["data"]


def measure(build, sets, observer_sets, seconds, settle):
    meshctl = build / "bin" / "meshctl"
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="mhb-"))
    lab = scratch / "lab"
    words = [word for each in ["digest.emit=interval:500ms", *sets] for word in ("--set", each)]
    words += [word for each in observer_sets for word in ("--observer-set", each)]
    try:
        up = subprocess.run([meshctl, "--json", "lab", "up", "--nodes", str(HOSTS), "--dir", lab, *words],
                            capture_output=True, text=True)
        if up.returncode:
            sys.exit(up.stdout + up.stderr)
        nodes = json.loads(up.stdout)["data"]["nodes"]
        pids = [node["process"]["pid"] for node in nodes]
        time.sleep(settle)
        before = [cpu_and_rss(pid) for pid in pids]
        sent_before = sum(probe(meshctl, node["socket"])["transport"]["bytes_sent"] for node in nodes)
        began = time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - began
        after = [cpu_and_rss(pid) for pid in pids]
        probes = [probe(meshctl, node["socket"]) for node in nodes]
        return {
            "cpu_ms_per_s": sum(b[0] - a[0] for a, b in zip(before, after)) / took,
            "rss_kib_per_host": statistics.mean(rss for _, rss in after),
            "mesh_kb_per_s": (sum(each["transport"]["bytes_sent"] for each in probes) - sent_before) / took / 1000,
            "spans_exported": sum(each.get("otlp", {}).get("exported", 0) for each in probes)}
    finally:
        subprocess.run([meshctl, "lab", "down", "--dir", lab], capture_output=True)
        shutil.rmtree(scratch, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--jaeger", help="a jaeger 2 binary; without it a sink")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--settle", type=float, default=15)
    parser.add_argument("--json", type=pathlib.Path)
    asked = parser.parse_args()
    runs = {}
    with collector(asked.jaeger) as where:
        to_collector = [f"telemetry.otlp={where}"]
        ways = {"off": OFF, "collector": to_collector, "mesh": ["telemetry.otlp=mesh"],
                "heavy": [*to_collector, "telemetry.trace_one_in=8"]}
        for number in range(asked.rounds):
            order = list(ways)
            for way in order[number % len(order):] + order[:number % len(order)]:
                figures = measure(asked.build, ways[way], to_collector if way == "mesh" else [], asked.seconds,
                                  asked.settle)
                print(way, {name: round(value, 2) for name, value in figures.items()}, file=sys.stderr, flush=True)
                runs.setdefault(way, []).append(figures)
    medians = {way: {name: statistics.median(run[name] for run in all_of_way) for name in all_of_way[0]}
               for way, all_of_way in runs.items()}
    print(f"{'':<10} {'CPU ms/s':>10} {'x off':>7} {'ms/s a host':>12} {'RSS KiB':>9} {'kB/s':>8} {'spans':>7}")
    off = medians["off"]
    for way, figures in medians.items():
        more = (figures["cpu_ms_per_s"] - off["cpu_ms_per_s"]) / HOSTS
        print(f"{way:<10} {figures['cpu_ms_per_s']:>10.1f} {figures['cpu_ms_per_s'] / off['cpu_ms_per_s']:>7.3f} "
              f"{more:>+12.3f} {figures['rss_kib_per_host']:>9.0f} {figures['mesh_kb_per_s']:>8.1f} "
              f"{figures['spans_exported']:>7.0f}")
    if asked.json:
        asked.json.write_text(json.dumps({"runs": runs, "medians": medians}, indent=2) + "\n")


if __name__ == "__main__":
    main()
