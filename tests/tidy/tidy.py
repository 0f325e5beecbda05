#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks properties of the source tree that no compiler checks.

    tidy.py [ROOT]

Layers: a module includes only what its row in ROOT/layers.toml allows, and nothing goes in circles.
Purity: a sans-IO module has no clock, socket, thread or randomness of its own.
C ABI:  the plugin header includes the freestanding C headers only.
Bans:   what is wrong anywhere.
"""
import pathlib
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from source_tree import sources

INCLUDE = re.compile(r'^\s*#\s*include\s+(?P<quote>["<])(?P<name>[^">]+)[">]', re.MULTILINE)

C_ABI_HEADERS = {"stdint.h", "stddef.h", "stdbool.h", "cstdint", "cstddef"}

# Each ban: what is banned, and what to do instead.
Bans = Mapping[re.Pattern[str], str]

GCC12 = "GCC 12 destroys this temporary twice: name it, then std::move it"
BANS_EVERYWHERE: Bans = {
    re.compile(r"co_await[^;{]*\[[^\]\n]+\]\s*(mutable\s*)?[({]"): GCC12,
    re.compile(r"co_await[^;{]*[(,]\s*\{"): GCC12,
    re.compile(r"\bFIXME\b"): "resolve before merging",
    re.compile(r"using namespace std;"): "qualify",
    re.compile(r"\bstd::endl\b"): "'\\n'",
}
BANS_WITHOUT_IO: Bans = {
    re.compile(r"<boost/asio|<boost/beast"): "move it to the driver",
    re.compile(r"<(thread|mutex|atomic|future|condition_variable|iostream|fstream)>"):
        "single threaded and silent",
    re.compile(r"\b(system_clock|steady_clock|high_resolution_clock)\b|::now\(\)|\btime\(nullptr\)"):
        "take `time_point now` as an argument",
}
BANS_WHERE_PURE: Bans = {
    re.compile(r"<random>"): "base::prng",
    re.compile(r"std::(unordered_map|unordered_set)\b"):
        "iteration order must not depend on addresses: boost::container::flat_map or std::map",
    re.compile(r"std::(shuffle|sample|uniform_\w+_distribution|random_device|mt19937\w*)"):
        "base::prng (the std algorithms are implementation defined)",
}


@dataclass(frozen=True)
class Rules:
    """What layers.toml says."""
    allow: dict[str, list[str]]  # module -> the modules that it may include
    pure: set[str]               # modules whose runs are repeatable from a seed
    no_io: set[str]              # modules that touch neither kernel nor clock; the pure ones, too
    c_abi_dirs: list[str]

    @staticmethod
    def load(root: pathlib.Path) -> "Rules":
        table = tomllib.loads((root / "layers.toml").read_text(encoding="utf-8"))
        pure = set(table["pure"]["modules"])
        no_io = pure | set(table["pure"]["no_io"])
        return Rules(table["allow"], pure, no_io, table["c_abi"]["dirs"])

    def module_of(self, path: str) -> str | None:
        """The module that `path` belongs to; of nested ones, the innermost."""
        holders = (module for module in self.allow if path.startswith(module + "/"))
        return max(holders, key=len, default=None)


@dataclass(frozen=True)
class Include:
    name: str
    is_ours: bool  # written with quotes
    place: str     # "file:line"

    @property
    def path(self) -> str:
        return "host/" + self.name


@dataclass(frozen=True)
class Source:
    path: str  # relative to the root
    text: str
    module: str | None

    def place(self, position: int) -> str:
        return f"{self.path}:{self.text.count(chr(10), 0, position) + 1}"

    def includes(self) -> Iterator[Include]:
        for match in INCLUDE.finditer(self.text):
            yield Include(match["name"], match["quote"] == '"', self.place(match.start()))


def read_sources(root: pathlib.Path, rules: Rules) -> Iterator[Source]:
    for file in sources(root):
        path = file.relative_to(root).as_posix()
        yield Source(path, file.read_text(encoding="utf-8"), rules.module_of(path))


def check_layers(source: Source, rules: Rules) -> Iterator[str]:
    if source.module is None:
        return
    for include in source.includes():
        target = rules.module_of(include.path) if include.is_ours else None
        if target not in (None, source.module, *rules.allow[source.module]):
            yield f"{include.place}: {source.module} may not include {target}"


def check_c_abi(source: Source, rules: Rules) -> Iterator[str]:
    in_abi = any(source.path.startswith(folder + "/") for folder in rules.c_abi_dirs)
    if not (in_abi and source.path.endswith(".h")):
        return
    for include in source.includes():
        if include.is_ours or include.name not in C_ABI_HEADERS:
            allowed = ", ".join(sorted(C_ABI_HEADERS))
            yield f"{include.place}: the C ABI may include only {allowed}, not {include.name}"


def check_bans(source: Source, rules: Rules) -> Iterator[str]:
    bans = dict(BANS_EVERYWHERE)
    if source.module in rules.no_io:
        bans |= BANS_WITHOUT_IO
    if source.module in rules.pure:
        bans |= BANS_WHERE_PURE
    for pattern, instead in bans.items():
        for match in pattern.finditer(source.text):
            yield f"{source.place(match.start())}: '{match[0]}' is banned here: {instead}"


def find_cycle(edges: Mapping[str, Iterable[str]]) -> list[str] | None:
    """One cycle of the graph, its first node again at the end; None when there is none."""
    finished: set[str] = set()
    for root in edges:
        path = {root: iter(sorted(edges[root]))}  # from the root to where we are, in order
        while path:
            node = next(reversed(path))
            onward = next(path[node], None)
            if onward is None:
                finished.add(node)
                del path[node]
            elif onward in path:
                nodes = list(path)
                return nodes[nodes.index(onward):] + [onward]
            elif onward not in finished:
                path[onward] = iter(sorted(edges.get(onward, ())))
    return None


def check_cycle(where: str, edges: Mapping[str, Iterable[str]]) -> Iterator[str]:
    if cycle := find_cycle(edges):
        yield f"{where}: cycle {' -> '.join(cycle)}"


def check_tree(root: pathlib.Path) -> list[str]:
    """The problems of the tree below `root`, one line each."""
    rules = Rules.load(root)
    problems: list[str] = []
    includes: dict[str, list[str]] = {}
    for source in read_sources(root, rules):
        for check in (check_layers, check_c_abi, check_bans):
            problems += check(source, rules)
        if source.module:
            includes[source.path] = [include.path for include in source.includes() if include.is_ours]
    problems += check_cycle("layers.toml", rules.allow)
    problems += check_cycle("includes", includes)
    return problems


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    problems = check_tree(root)
    print(*problems, f"tidy: {len(problems)} problem(s)", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
