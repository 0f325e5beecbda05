#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an observer of 1,000 hosts holds above a host that merely knows them.

  bench/observer.py --build build/release [--nodes 1000] [--links 10] [--seconds 120] [--json FILE]

`bench_observer` is the observer's own code over a mesh that is made up: every host answers at once, with
numbers that move: all of them, every two seconds. A browser watches, and asks for each of the API's views
afterwards. MiB of PSS, from /proc/PID/smaps_rollup, above what the process holds before it has a
dashboard: while nobody looks, in the median while somebody does, at most, and after each view. And ms of a core that questions on the picture take, at least.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "integration"))
from dashboard_client import Dashboard  # noqa: E402

QUESTIONS = ("snapshot", "nodes", "nodes?where=cpu>10+name~1&sort=-cpu", "nodes?where=path:relayed", "edges",
             "edges?where=path:direct+cpu>1")
VIEWS = ("boots", "plugins", "traces", "history", "telemetry")


def pss_mib(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0]) / 1024


def cpu_s(pid):
    return sum(int(task.read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def least_cpu_s(dashboard, pid, question, headers=None):
    """Of eight times: what else it does meanwhile is in the others."""
    def once():
        before = cpu_s(pid)
        status, _, body = dashboard.ask("GET", "/api/v1/" + question, headers=headers)
        if status != 200:
            raise AssertionError(f"{question}: {status} {body[:200]}")
        return cpu_s(pid) - before
    return min(once() for _ in range(8))


def read_frames(stream, counts):
    try:
        while True:
            kind = stream.next()["t"]
            counts[kind] = counts.get(kind, 0) + 1
    except (OSError, ValueError):  # closed meanwhile
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--links", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--json", type=pathlib.Path)
    asked = parser.parse_args()
    process = subprocess.Popen(
        [asked.build / "bin" / "bench_observer", "--nodes", str(asked.nodes), "--links", str(asked.links)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    figures = {"nodes": asked.nodes}
    try:
        plain = json.loads(process.stdout.readline())
        ready = json.loads(process.stdout.readline())
        pid, base = ready["pid"], plain["pss_kib"] / 1024
        figures["plain"] = base
        time.sleep(5)
        figures["nobody_looks"] = pss_mib(pid) - base
        dashboard = Dashboard(ready["link"]).enter()
        counts, most = {}, 0
        with dashboard.stream() as stream:
            threading.Thread(target=read_frames, args=(stream, counts), daemon=True).start()
            began, spent = time.monotonic(), cpu_s(pid)
            samples = []
            while time.monotonic() - began < asked.seconds:
                time.sleep(0.5)
                samples.append(pss_mib(pid) - base)
            figures["cpu_percent"] = 100 * (cpu_s(pid) - spent) / (time.monotonic() - began)
            figures["somebody_looks"] = statistics.median(samples)
            figures["at_most"] = max(samples)
            for question in QUESTIONS:
                figures[f"ms_of_{question}"] = 1000 * least_cpu_s(dashboard, pid, question)
            figures["ms_of_snapshot_packed"] = 1000 * least_cpu_s(dashboard, pid, "snapshot", {"Accept-Encoding": "gzip"})
            edge = dashboard.data("/api/v1/edges?limit=1")["edges"][0]
            figures["ms_of_path"] = 1000 * least_cpu_s(dashboard, pid, f"paths/{edge['a']}/{edge['b']}")
            for view in VIEWS:
                told = dashboard.envelope("/api/v1/" + view)[1]["data"]  # made up, not as schemas say
                figures["after_" + view] = pss_mib(pid) - base
            figures["log_bytes"] = told["observer"]["log_bytes"]
            history = dashboard.data("/api/v1/history")
            figures["looking_back"] = dashboard.ask("GET", f"/api/v1/snapshot?at={history['newest']}")[0]
            figures["after_looking_back"] = pss_mib(pid) - base
        figures["frames"] = counts
        figures["history"] = history
    finally:
        process.stdin.close()
        process.wait()
    for name, value in figures.items():
        print(f"{name:<48} {value if not isinstance(value, float) else round(value, 1)}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
