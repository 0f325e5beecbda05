# SPDX-License-Identifier: Apache-2.0
"""Installs the iroh that package-lock.json names under a directory, unless it is there already.

Usage: install_iroh.py DIRECTORY. Status 77, "skipped" to ctest, where Node.js or npm is missing.
"""
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
SOURCE = pathlib.Path(__file__).parent
LOCK = "package-lock.json"


def main():
    target = pathlib.Path(sys.argv[1])
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        print(f"skipped: needs {' and '.join(missing)}")
        return SKIPPED
    wanted = (SOURCE / LOCK).read_bytes()
    installed = target / "installed.json"
    if installed.exists() and installed.read_bytes() == wanted:
        return 0
    target.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", LOCK):
        shutil.copy(SOURCE / name, target)
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    status = subprocess.run(npm, cwd=target, check=False).returncode
    if status == 0:
        installed.write_bytes(wanted)
    return status


if __name__ == "__main__":
    sys.exit(main())
