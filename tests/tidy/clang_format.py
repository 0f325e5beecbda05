#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every C and C++ file is formatted as .clang-format says.

    clang_format.py [ROOT]

Versions of clang-format differ in what they make of the same rules, so only Debian 12's counts;
without it the exit code is 77, which ctest shows as "skipped".
"""
import pathlib
import re
import shutil
import subprocess
import sys

from source_tree import sources

VERSION = "14"
SKIPPED = 77
DIRS = ("host", "sdk", "plugins", "tests", "bench")


def find_clang_format() -> str | None:
    for name in (f"clang-format-{VERSION}", "clang-format"):
        program = shutil.which(name)
        if program is None:
            continue
        banner = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
        if re.search(rf"version {VERSION}\.", banner):
            return program
    return None


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    program = find_clang_format()
    if program is None:
        print(f"skipped: clang-format {VERSION} is not installed (apt-get install clang-format)")
        return SKIPPED
    files = [file for folder in DIRS for file in sources(root / folder)]
    if not files:
        print(f"no sources below {root}")
        return 1
    run = subprocess.run([program, "--dry-run", "-Werror", "--style=file", *files])
    print(f"clang-format: {len(files)} files")
    return 1 if run.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
