#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test that this machine can run: first the
# unit, simulator and corpus tests under ASan and UBSan, then the whole suite. The last lines are
# ctest's summary of the whole suite. Arguments go to that last ctest (-R, -L, ...).
set -euo pipefail
cd "$(dirname "$0")"
source cmake/debian-packages.sh

need_packages "${packages_to_build[@]}" "${packages_to_test[@]}"
# A real iroh is the peer of the interop tests; its package needs Node.
command -v node >/dev/null || need_packages nodejs
command -v npm >/dev/null || need_packages npm

jobs=$(nproc)
echo "== build with sanitizers"
cmake --preset asan >/dev/null
cmake --build --preset asan -j "$jobs" -- --quiet
echo "== build"
cmake --preset dev >/dev/null
cmake --build --preset dev -j "$jobs" -- --quiet

failed=0
echo "== unit, simulator and corpus tests under ASan and UBSan"
ctest --preset asan -j "$jobs" -L '^(unit|sim|fuzz-corpus)$' --progress || failed=1
echo "== the whole suite"
ctest --preset dev -j "$jobs" --progress "$@" || failed=1
exit "$failed"
