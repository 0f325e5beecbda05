# SPDX-License-Identifier: Apache-2.0
"""Builds a peer of the crates that its Cargo.lock names; cargo knows what is there already.

Usage: build_rust_peer.py PEER DIRECTORY, where PEER is a folder beside this file. Status 77,
"skipped" to ctest, where cargo is missing or is older than the crates need.
"""
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
CARGO_MIN = (1, 91)  # as iroh 1.4 says


def version_of(cargo):
    said = subprocess.run([cargo, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return tuple(int(part) for part in said.split()[1].split("-")[0].split(".")[:2])


def main():
    cargo = shutil.which("cargo")
    if cargo is None or version_of(cargo) < CARGO_MIN:
        print(f"skipped: needs cargo {'.'.join(map(str, CARGO_MIN))}")
        return SKIPPED
    peer, directory = sys.argv[1:]
    return subprocess.run(
        [cargo, "build", "--release", "--locked", "--target-dir", directory],
        cwd=pathlib.Path(__file__).parent / peer, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
