#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures our transport and its peers side by side, round by round, on loopback.

    bench/run.py [--rounds 3] [--only hs,bulk] [--programs ours,bare,quinn] [--json FILE]

What each figure means, and how to build what is measured: bench/README.md.
"""
import argparse
import json
import pathlib
import statistics
import sys

from runner import machine, summary
from runner.measuring import Failed, run_idle_host, run_measure
from runner.programs import MEASURES, ROOT, programs

IDLE_HOST = "idle_host"
ROUNDS_MAX = 20


def parse() -> argparse.Namespace:
    names = [measure.name for measure in MEASURES] + [IDLE_HOST]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="at most %d" % ROUNDS_MAX)
    parser.add_argument("--only", default=",".join(names), help="of: " + ", ".join(names))
    parser.add_argument("--programs", default="", help="all that are built, when not given")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--idle-seconds", type=float, default=60, help="of the idle host")
    parser.add_argument("--patience", type=float, default=10, help="seconds to wait for quiet")
    parser.add_argument("--json", type=pathlib.Path, help="where to write all of it")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    asked = parser.parse_args()
    asked.rounds = min(max(asked.rounds, 1), ROUNDS_MAX)
    asked.only = asked.only.split(",")
    if unknown := set(asked.only) - set(names):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    return asked


def choose(asked: argparse.Namespace) -> list:
    wanted = asked.programs.split(",") if asked.programs else None
    chosen = []
    for program in programs(asked.build):
        if wanted is not None and program.name not in wanted:
            continue
        if program.is_built():
            chosen.append(program)
        else:
            print(f"not measured: {program.name} is not built ({program.built_by})")
    return chosen


def run_all(asked: argparse.Namespace, chosen: list) -> list[dict]:
    """Every measure of a round for every program before the next; each round starts with
    another program, so that none is always first."""
    runs = []

    def note(round_, name, measure, result):
        runs.append({"measure": measure, "program": name, **result, "round": round_})
        load = result.get("other_load_percent")
        state = result.get("error") or f"other load {load:.0f} %"
        print(f"round {round_ + 1}: {measure} {name}: {state}", file=sys.stderr)

    def attempt(round_, name, measure, run):
        try:
            note(round_, name, measure, run())
        except (Failed, OSError, ValueError) as error:
            note(round_, name, measure, {"error": str(error)})

    for round_ in range(asked.rounds):
        turn = round_ % max(len(chosen), 1)
        for measure in (each for each in MEASURES if each.name in asked.only):
            for program in chosen[turn:] + chosen[:turn]:
                if measure.verb in program.verbs:
                    attempt(
                        round_,
                        program.name,
                        measure.name,
                        lambda p=program, m=measure: run_measure(p, m, asked.patience),
                    )
    if IDLE_HOST in asked.only:
        attempt(
            0,
            "ours",
            IDLE_HOST,
            lambda: run_idle_host(asked.build, asked.idle_seconds, asked.patience),
        )
    return runs


def print_loads(loads: list[float]) -> None:
    if not loads:
        return
    median = statistics.median(loads)
    print(f"other load: median {median:.0f} %, at most {max(loads):.0f} % of one core")
    if median > machine.QUIET_PERCENT:
        print("that is too loud: believe no latency and no rate below, and repeat it")
    print()


def main() -> int:
    asked = parse()
    machine.enter_own_network()
    chosen = choose(asked)
    runs = run_all(asked, chosen)
    rows = summary.summarize(runs)
    verdicts = summary.judge(rows)

    where = machine.describe()
    print(f"\n{where['cpus']} × {where['cpu']}, Linux {where['kernel']}; {asked.rounds} rounds")
    print_loads([run["other_load_percent"] for run in runs if "other_load_percent" in run])
    for run in (run for run in runs if "error" in run):
        print(f"failed: {run['measure']} {run['program']}: {run['error']}")
    summary.print_table(rows)
    print()
    summary.print_goals(verdicts)
    if asked.json:
        document = {"machine": where, "runs": runs, "summary": rows, "goals": verdicts}
        asked.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    failed = any("error" in run for run in runs)
    missed = any(not each["met"] for each in verdicts)
    return 1 if failed or (asked.check and missed) else 0


if __name__ == "__main__":
    sys.exit(main())
