# SPDX-License-Identifier: Apache-2.0
"""The dashboard's own tests, where Node 20.19 or later and Chromium are; else they are skipped (77).

  run.py install      what admin-ui/package-lock.json names
  run.py check        types, lint, units, size, and that dist/ is what the sources make
  run.py mock         every view in a browser against the mock, as it looked too, and a hostile mesh
  run.py mesh         a browser against a lab of 18 real hosts and a relay: every view, the keys, and what is seen of
                      a host, a path, the whole mesh and the observer when they are broken
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from passing_lab import PassingLab

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "admin-ui"
SKIPPED = 77
NODE_LEAST = (20, 19)
HOSTS = 18
MESH_TESTS = ("mesh", "mesh-keys", "mesh-faults")  # in this order: the last leaves nothing as it was


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def need_node():
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        skip("needs node and npm")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    found = tuple(map(int, re.match(r"v(\d+)\.(\d+)", version).groups()))
    if found < NODE_LEAST:
        skip(f"needs Node {'.'.join(map(str, NODE_LEAST))} or later, this is {version}")


def need_browser():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        skip("needs Chromium")
    os.environ["CHROMIUM"] = chromium


def run(*words, **environment):
    print("+", *words, flush=True)
    done = subprocess.run(words, cwd=SOURCE, env={**os.environ, **environment})
    if done.returncode != 0:
        sys.exit(1)


def install():
    """Again only when the lock has changed: the tests of one build directory follow each other."""
    lock = (SOURCE / "package-lock.json").read_text()
    mark = SOURCE / "node_modules" / ".installed"
    if not mark.exists() or mark.read_text() != lock:
        run("npm", "ci", "--no-audit", "--no-fund")
        mark.write_text(lock)


def mesh():
    need_browser()
    meshctl = pathlib.Path(os.environ["MESH_BIN_DIR"]) / "meshctl"
    words = ["--nodes", str(HOSTS), "--seed", "42", "--set", "quic.idle_timeout=3s", "--set", "quic.keep_alive=1s",
             "--relay"]
    with PassingLab(meshctl, *words) as lab:
        for name in MESH_TESTS:
            run("node", "--test", "--test-reporter=spec", f"e2e/{name}.test.mjs", MESHCTL=str(meshctl),
                LAB_NAME=lab.name, XDG_RUNTIME_DIR=str(lab.scratch), NODES=str(HOSTS),
                SHOTS=os.environ.get("SHOTS", str(lab.scratch / "shots")))



def main():
    need_node()
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what == "install":
        install()
    elif what == "check":
        run("npm", "run", "check")
    elif what == "mock":
        need_browser()
        run("npm", "run", "e2e:mock")
    elif what == "mesh":
        mesh()
    else:
        sys.exit(__doc__)


main()
