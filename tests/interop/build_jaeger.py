# SPDX-License-Identifier: Apache-2.0
"""Builds Jaeger of the modules that jaeger/go.sum names; go knows what is there already.

Usage: build_jaeger.py DIRECTORY. Status 77, "skipped" to ctest, where go is missing or is older than
Jaeger needs.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
SOURCE = pathlib.Path(__file__).parent / "jaeger"
GO_MIN = (1, 25)  # as Jaeger 1.76 says


def version_of(go):
    said = subprocess.run([go, "version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0, 0)


def main():
    go = shutil.which("go")
    if go is None or version_of(go) < GO_MIN:
        print(f"skipped: needs go {'.'.join(map(str, GO_MIN))}")
        return SKIPPED
    target = pathlib.Path(sys.argv[1]) / "jaeger"
    environment = dict(os.environ, GOFLAGS="-mod=readonly", GOTOOLCHAIN="local", CGO_ENABLED="0")
    return subprocess.run(
        [go, "build", "-p", "2", "-o", target, "github.com/jaegertracing/jaeger/cmd/jaeger"],
        cwd=SOURCE, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
