# SPDX-License-Identifier: Apache-2.0
"""The C and C++ files of the source tree, without what was built or installed into it."""
import os
import pathlib
from collections.abc import Iterator

SUFFIXES = {".hpp", ".cpp", ".h", ".c"}
SKIPPED_DIRS = {".git", "build", "node_modules", "target"}


def sources(root: pathlib.Path) -> Iterator[pathlib.Path]:
    """Every source file below `root`, in a fixed order."""
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(set(subfolders) - SKIPPED_DIRS)
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            if path.suffix in SUFFIXES:
                yield path
