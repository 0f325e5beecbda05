#!/usr/bin/env python3
"""Checks properties of the source tree that no compiler checks: layers, purity, the C ABI, bans."""
import pathlib, re, sys, tomllib
ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
RULES = tomllib.loads((ROOT / "layers.toml").read_text())
ALLOW, C_ABI = RULES["allow"], RULES["c_abi"]["dirs"]
PURE = set(RULES["pure"]["modules"])
NO_IO = PURE | set(RULES["pure"]["no_io"])
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
C_STDLIB = {"stdint.h", "stddef.h", "stdbool.h", "cstdint", "cstddef"}
IO_BANS = {    # where there is no IO: token -> what to do instead
    r"<boost/asio|<boost/beast": "move it to the driver",
    r"<(thread|mutex|atomic|future|condition_variable|iostream|fstream)>": "single threaded and silent",
    r"\b(system_clock|steady_clock|high_resolution_clock)\b|::now\(\)|\btime\(nullptr\)": "take `time_point now` as an argument",
}
PURE_BANS = {  # where a run must be repeatable from its seed
    r"<random>": "base::prng",
    r"std::(unordered_map|unordered_set)\b": "iteration order must not depend on addresses: boost::container::flat_map or std::map",
    r"std::(shuffle|sample|uniform_\w+_distribution|random_device|mt19937\w*)": "base::prng (the std algorithms are implementation defined)",
}
GCC12 = "GCC 12 destroys this temporary twice: name it, then std::move it"
BANS = {r"co_await[^;{]*\[[^\]\n]+\]\s*(mutable\s*)?[({]": GCC12, r"co_await[^;{]*[(,]\s*\{": GCC12,
        r"\bFIXME\b": "resolve before merging", r"using namespace std;": "qualify", r"\bstd::endl\b": "'\\n'"}
errors = []
def module_of(path):                       # longest declared prefix wins
    best = max((m for m in ALLOW if path.startswith(m + "/")), key=len, default=None)
    return best
def line(text, pos): return text.count("\n", 0, pos) + 1
graph = {}
for p in sorted(ROOT.glob("**/*")):
    rel = p.relative_to(ROOT).as_posix()
    if p.suffix not in (".hpp", ".cpp", ".h", ".c") or rel.startswith("build/"): continue
    text, mod = p.read_text(encoding="utf-8"), module_of(rel)
    for m in INCLUDE.finditer(text):
        quote, name = m.groups()
        where = f"{rel}:{line(text, m.start())}"
        if p.suffix == ".h" and any(rel.startswith(d + "/") for d in C_ABI) and (quote == '"' or name not in C_STDLIB):
            errors.append(f"{where}: the C ABI may include only {sorted(C_STDLIB)}, not {name}")
        if quote == '"' and mod:
            target = module_of("host/" + name)
            graph.setdefault(rel, set()).add("host/" + name)
            if target and target != mod and target not in ALLOW[mod]:
                errors.append(f"{where}: {mod} may not include {target}")
    for table, on in ((BANS, True), (IO_BANS, mod in NO_IO), (PURE_BANS, mod in PURE)):
        for pat, why in table.items() if on else ():
            for m in re.finditer(pat, text): errors.append(f"{rel}:{line(text, m.start())}: '{m.group(0)}' is banned here: {why}")
def cycle(nodes, edges):                   # iterative three-colour search
    state = {}
    for root in nodes:
        stack = [(root, iter(sorted(edges.get(root, ()))))] if root not in state else []
        state.setdefault(root, 1)
        while stack:
            node, it = stack[-1]
            for nxt in it:
                if state.get(nxt) == 1: return [n for n, _ in stack] + [nxt]
                if nxt not in state: state[nxt] = 1; stack.append((nxt, iter(sorted(edges.get(nxt, ()))))); break
            else: state[node] = 2; stack.pop()
    return None
for name, (n, e) in {"layers.toml": (ALLOW, ALLOW), "includes": (graph, graph)}.items():
    if c := cycle(n, e): errors.append(f"{name}: cycle {' -> '.join(c)}")
print(*errors, sep="\n"); print(f"tidy: {len(errors)} problem(s)"); sys.exit(bool(errors))
