#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns what mesh_sim measured into the tables of docs/gossip.md.

    mesh_sim --rules both --json SCENARIO... | tables.py

Prints one Markdown table a group of scenarios; a cell is "ours / upstream".
"""
import json
import re
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    title: str
    metric: str
    form: str = "{:.2f}"


@dataclass(frozen=True)
class Table:
    title: str
    scenarios: re.Pattern[str]
    columns: list[Column]


def traffic(series: str) -> list[Column]:
    return [
        Column("delivered", f"{series}.delivery", "{:.4g}"),
        Column("redundancy", f"{series}.redundancy"),
        Column("last hop", f"{series}.hops", "{:.1f}"),
        Column("last, ms", f"{series}.last_ms", "{:.0f}"),
        Column("p99, ms", f"{series}.p99_ms", "{:.0f}"),
    ]


PARTS = Column("parts", "overlay.components", "{:.0f}")
DEGREE = Column("degree", "overlay.degree_mean")
WHOLE_AFTER = Column("whole after, s", "overlay.merge_s", "{:.0f}")

TABLES = [
    Table("Broadcasting", re.compile(r"(single|multi|burst)-"), [*traffic("all"), DEGREE]),
    Table(
        "Everybody all the time",
        re.compile(r"clocks-"),
        [
            *traffic("clocks"),
            Column("p50, ms", "clocks.p50_ms", "{:.0f}"),
            Column("grafts", "tree.grafts"),
            Column("prunes", "tree.prunes"),
            Column("announcements", "tree.announcements", "{:.1f}"),
        ],
    ),
    Table(
        "Joining through one contact at the same instant",
        re.compile(r"join-herd-"),
        [Column("whole after, s", "overlay.join_s", "{:.0f}"), *traffic("soon"), DEGREE],
    ),
    Table(
        "Instant death",
        re.compile(r"kill-"),
        [
            Column("first messages delivered", "first.delivery", "{:.3g}"),
            Column("later messages delivered", "later.delivery", "{:.4g}"),
            WHOLE_AFTER,
            Column("nodes outside", "overlay.outside", "{:.0f}"),
        ],
    ),
    Table(
        "Partitions",
        re.compile(r"(one-way-)?partition-"),
        [WHOLE_AFTER, PARTS, Column("delivered afterwards", "after.delivery", "{:.4g}")],
    ),
    Table("Loss", re.compile(r"loss-"), traffic("all")),
    Table("One-way pairs, slow readers", re.compile(r"(one-way-\d|slow)"), [*traffic("during"), PARTS]),
    Table(
        "Crash and return with the same id",
        re.compile(r"restart-"),
        [
            Column("delivered afterwards", "after.delivery", "{:.4g}"),
            PARTS,
            Column("one-sided links", "overlay.one_sided", "{:.0f}"),
        ],
    ),
    Table(
        "Churn",
        re.compile(r"churn-"),
        [
            Column("delivered", "all.delivery", "{:.5g}"),
            Column("table growth", "tables.growth"),
            Column("largest table sum", "tables.entries_max", "{:.0f}"),
            Column("bytes/s a node", "cost.bytes_per_s", "{:.0f}"),
        ],
    ),
    Table(
        "At rest",
        re.compile(r"idle-"),
        [
            Column("bytes/s a node, settled", "cost.quiet_bytes_per_s", "{:.0f}"),
            DEGREE,
            PARTS,
        ],
    ),
]


def cell(result: dict, column: Column) -> str:
    values = []
    for rules in result["rules"].values():
        value = rules["metrics"].get(column.metric)
        values.append("never" if value is None else column.form.format(value))
    return " / ".join(values)


def rows(results: list[dict], table: Table) -> list[str]:
    return [
        f"| {result['title']} ({len(result['seeds'])}) | "
        + " | ".join(cell(result, column) for column in table.columns)
        + " |"
        for result in results
        if table.scenarios.match(result["scenario"])
    ]


def main() -> None:
    results = [json.loads(line) for line in sys.stdin if line.strip()]
    for table in TABLES:
        lines = rows(results, table)
        if not lines:
            continue
        titles = ["scenario (seeds)", *(column.title for column in table.columns)]
        print(f"### {table.title}\n")
        print("| " + " | ".join(titles) + " |")
        print("|---" * len(titles) + "|")
        print("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
