# SPDX-License-Identifier: Apache-2.0
"""Medians, ratios within a round, and the table."""
import collections
import statistics

# figure: (unit, decimals). What is not here is in the JSON only.
SHOWN = {
    "p50_us": ("µs p50", 0),
    "p99_us": ("µs p99", 0),
    "per_second": ("/s", 0),
    "client_cpu_us_each": ("µs CPU client", 0),
    "server_cpu_us_each": ("µs CPU server", 0),
    "mib_per_second": ("MiB/s", 0),
    "client_cpu_s_per_gib": ("CPU-s/GiB client", 2),
    "server_cpu_s_per_gib": ("CPU-s/GiB server", 2),
    "server_kib_each": ("KiB PSS/conn server", 1),
    "client_kib_each": ("KiB PSS/conn client", 1),
    "cpu_percent": ("% of a core", 4),
    "pss_mib": ("MiB PSS", 2),
    "rss_mib": ("MiB RSS", 2),
}

# (measure, figure, peer or None, limit, is a ceiling): what we hold ourselves to.
GOALS = (
    ("hs", "p50_us", "bare", 1.1, True),
    ("hs8", "per_second", "quinn", 1.0, False),
    ("hs8", "per_second", "bare", 0.95, False),
    ("pp", "p50_us", "quinn", 1.0, True),
    ("pp", "p50_us", "bare", 1 / 0.95, True),
    ("bulk", "mib_per_second", "quinn", 1.3, False),
    ("bulk", "mib_per_second", "bare", 0.9, False),
    ("hold", "server_kib_each", None, 60, True),
    ("idle_host", "cpu_percent", None, 0.03, True),
    ("idle_host", "pss_mib", None, 6.5, True),
)


def collect(runs: list[dict]) -> dict:
    """(measure, figure) → program → the figure of each round, None where it failed."""
    table = collections.defaultdict(dict)
    for run in runs:
        for figure, value in run.get("figures", {}).items():
            rounds = table[run["measure"], figure].setdefault(run["program"], {})
            rounds[run["round"]] = value
    return table


def ratio(ours: dict, peer: dict) -> float | None:
    """The median over rounds of ours by theirs in the same round."""
    both = [ours[key] / peer[key] for key in ours if peer.get(key)]
    return statistics.median(both) if both else None


def summarize(runs: list[dict]) -> list[dict]:
    rows = []
    for (measure, figure), by_program in collect(runs).items():
        ours = by_program.get("ours", {})
        rows.append({
            "measure": measure,
            "figure": figure,
            "median": {name: statistics.median(v.values()) for name, v in by_program.items()},
            "min": {name: min(v.values()) for name, v in by_program.items()},
            "max": {name: max(v.values()) for name, v in by_program.items()},
            "ours_by": {
                name: ratio(ours, rounds) for name, rounds in by_program.items() if name != "ours"
            },
        })
    return rows


def judge(rows: list[dict]) -> list[dict]:
    """Every goal that was measured, met or not."""
    by_key = {(row["measure"], row["figure"]): row for row in rows}
    verdicts = []
    for measure, figure, peer, limit, is_ceiling in GOALS:
        row = by_key.get((measure, figure))
        if row is None:
            continue
        value = row["ours_by"].get(peer) if peer else row["median"].get("ours")
        if value is None:
            continue
        verdicts.append({
            "measure": measure,
            "figure": figure,
            "by": peer,
            "value": value,
            "limit": limit,
            "is_ceiling": is_ceiling,
            "met": value <= limit if is_ceiling else value >= limit,
        })
    return verdicts


def cell(row: dict, name: str, decimals: int) -> str:
    if name not in row["median"]:
        return "–"
    median, low, high = (row[key][name] for key in ("median", "min", "max"))
    if low == high:
        return f"{median:.{decimals}f}"
    return f"{median:.{decimals}f} ({low:.{decimals}f}–{high:.{decimals}f})"


def print_table(rows: list[dict]) -> None:
    """Median (lowest–highest) of each program, and the median of our ratio to each peer."""
    names = list(dict.fromkeys(name for row in rows for name in row["median"]))
    names.sort(key=lambda name: name != "ours")
    peers = [name for name in names if name != "ours"]
    heads = ["", *names, *(f"ours/{name}" for name in peers)]
    lines = [heads]
    for row in rows:
        if row["figure"] not in SHOWN:
            continue
        unit, decimals = SHOWN[row["figure"]]
        ratios = (row["ours_by"].get(name) for name in peers)
        lines.append([
            f"{row['measure']} {unit}",
            *(cell(row, name, decimals) for name in names),
            *("–" if value is None else f"{value:.2f}" for value in ratios),
        ])
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for first, *rest in lines:
        aligned = (word.rjust(width) for word, width in zip(rest, widths[1:]))
        print(first.ljust(widths[0]), *aligned, sep="  ")


def print_goals(verdicts: list[dict]) -> None:
    for each in verdicts:
        sign = "≤" if each["is_ceiling"] else "≥"
        by = f" × {each['by']}" if each["by"] else ""
        word = "met " if each["met"] else "MISS"
        print(
            f"{word}  {each['measure']} {each['figure']}: {each['value']:.3g}{by}"
            f" (goal {sign} {each['limit']:.3g}{by})"
        )
