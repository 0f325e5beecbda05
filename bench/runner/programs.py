# SPDX-License-Identifier: Apache-2.0
"""Who is measured, by which command, and what each of them is asked to do."""
import dataclasses
import pathlib

BENCH = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCH.parent


@dataclasses.dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    built_by: str
    verbs: frozenset[str]
    smaller: int = 1  # divides the counts, for one that is slow by its binding

    def is_built(self) -> bool:
        return all(pathlib.Path(word).exists() for word in self.command if "/" in word)


@dataclasses.dataclass(frozen=True)
class Measure:
    """One line of the table: a verb, and how much of it."""

    name: str
    verb: str
    count: int
    concurrency: int = 1
    smaller_counts: bool = True  # False: the count matters to the result

    def arguments(self, program: Program) -> list[str]:
        count = self.count // program.smaller if self.smaller_counts else self.count
        return [self.verb, "--count", str(count), "--concurrency", str(self.concurrency)]


MEASURES = (
    Measure("hs", "hs", 400),
    Measure("hs8", "hs", 800, concurrency=8),
    Measure("hs_resumed", "hs_resumed", 400),
    Measure("pp", "pp", 8000),
    Measure("bulk", "bulk", 512),
    Measure("hold", "hold", 200, smaller_counts=False),
)

NATIVE = frozenset({"hs", "hs_resumed", "pp", "bulk", "hold"})


def programs(build: pathlib.Path) -> tuple[Program, ...]:
    quinn = ROOT / "build/bench/quinn/release/bench_quinn"
    iroh = BENCH / "peers/iroh"
    return (
        Program("ours", (str(build / "bin/bench_transport"),), "cmake -DMESH_BENCH=ON", NATIVE),
        Program(
            "bare",
            (str(build / "bin/bench_bare"),),
            "cmake -DMESH_BENCH=ON",
            NATIVE - {"hs_resumed"},
        ),
        Program("quinn", (str(quinn),), "bench/build_peers.sh", NATIVE),
        Program(
            "iroh-js",
            ("node", str(iroh / "bench_iroh.js")),
            "bench/build_peers.sh",
            NATIVE - {"hs"},
            smaller=8,
        ),
        Program(
            "limit",
            (str(build / "bin/bench_limit"),),
            "cmake -DMESH_BENCH=ON",
            frozenset({"pp", "bulk"}),
        ),
    )
