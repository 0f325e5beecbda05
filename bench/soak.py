#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An idle mesh on a busy machine: does any host take a live one for dead?

  bench/soak.py --build build/dev [--hosts 18] [--minutes 60] [--load 80] [--json FILE]

One process a CPU burns the given share of it. Every half minute each host is asked how many deaths and
false alarms it counted and whom it sees dead or stale, and what its auditor found. Nobody dies here, so
any death is a false one. Ends with 1 where there was one, or where a host's books do not agree.
"""
import argparse
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import time

SLICE_SECONDS = 0.02  # short enough to spread the load, long enough to keep a host waiting
ASK_EVERY_SECONDS = 30
COUNTED = ("deaths", "false_alarms", "stale", "dead", "reports_taken", "reports_refuted")


def burn(share):
    """Uses this share of one CPU until it is ended."""
    while True:
        until = time.monotonic() + SLICE_SECONDS * share
        while time.monotonic() < until:
            pass
        time.sleep(SLICE_SECONDS * (1 - share))


def cpu_times():
    """(busy, all) of the machine, in ticks since its start."""
    with open("/proc/stat") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


class Lab:
    def __init__(self, build, hosts):
        self.program = str(build / "bin" / "meshctl")
        self.name = f"soak-{os.getpid()}"
        lab = self.ask("lab", "up", "--nodes", str(hosts), "--name", self.name, "--within", "5m")
        self.hosts = {node["name"]: node["socket"] for node in lab["nodes"]}

    def ask(self, *words):
        done = subprocess.run([self.program, "--json", "--timeout", "60s", *words], capture_output=True)
        answer = json.loads(done.stdout)
        if "data" not in answer:
            raise SystemExit(f"meshctl {' '.join(words)}: {answer['error']['message']}")
        return answer["data"]

    def counts(self):
        """What all hosts counted, added up, and the names of those whose books do not agree."""
        total, unwell = dict.fromkeys(COUNTED, 0), []
        for name, socket in self.hosts.items():
            peers = self.ask("--socket", socket, "probe")["peers"]
            for key in COUNTED:
                total[key] += peers[key]
            unwell += [f"{name}: {finding}" for finding in self.ask("--socket", socket, "doctor")["unwell"]]
        return total, unwell

    def down(self):
        subprocess.run([self.program, "lab", "down", "--name", self.name], stdout=subprocess.DEVNULL)


def soak(lab, minutes):
    """Yields a sample each half minute until the time is over."""
    began, last = time.monotonic(), cpu_times()
    while time.monotonic() - began < minutes * 60:
        time.sleep(ASK_EVERY_SECONDS)
        now = cpu_times()
        load = 100 * (now[0] - last[0]) / (now[1] - last[1])
        last = now
        counts, unwell = lab.counts()
        yield {"seconds": round(time.monotonic() - began), "load": round(load, 1), **counts, "unwell": unwell}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    options.add_argument("--hosts", type=int, default=18)
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--load", type=float, default=80, help="percent of every CPU")
    options.add_argument("--json", type=pathlib.Path)
    chosen = options.parse_args()
    burners = [multiprocessing.Process(target=burn, args=(chosen.load / 100,), daemon=True)
               for _ in range(os.cpu_count())]
    lab = Lab(chosen.build, chosen.hosts)
    samples = []
    try:
        for burner in burners:
            burner.start()
        for sample in soak(lab, chosen.minutes):
            samples.append(sample)
            print(json.dumps(sample), flush=True)
            if chosen.json:
                chosen.json.write_text(json.dumps({"hosts": chosen.hosts, "samples": samples}))
    finally:
        lab.down()
    last = samples[-1]
    load = sum(sample["load"] for sample in samples) / len(samples)
    print(f"{last['seconds'] / 60:.0f} min, {chosen.hosts} hosts, load {load:.0f} % (least {min(s['load'] for s in samples)} %): "
          f"{last['deaths']} false deaths, {last['false_alarms']} false alarms")
    sys.exit(1 if last["deaths"] or any(sample["unwell"] for sample in samples) else 0)


if __name__ == "__main__":
    main()
