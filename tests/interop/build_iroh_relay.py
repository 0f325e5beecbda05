# SPDX-License-Identifier: Apache-2.0
"""Has cargo build iroh's own relay server, of one version, under a directory, unless it is there.

Usage: build_iroh_relay.py DIRECTORY; the program is DIRECTORY/bin/iroh-relay. Status 77, "skipped"
to ctest, where cargo is missing.
"""
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
VERSION = "1.4.1"


def main():
    target = pathlib.Path(sys.argv[1])
    if shutil.which("cargo") is None:
        print("skipped: needs cargo")
        return SKIPPED
    return subprocess.run(
        ["cargo", "install", "--quiet", "--locked", "--version", VERSION, "--features", "server",
         "--bin", "iroh-relay", "--root", target, "--target-dir", target / "target", "iroh-relay"],
        check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
