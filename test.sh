#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test that this machine can run. The last lines
# are ctest's summary. Arguments go to ctest (-R, -L, ...).
#
#   ./test.sh                the whole suite
#   ./test.sh --sanitize     unit, simulator and corpus tests under ASan and UBSan
set -euo pipefail
cd "$(dirname "$0")"
source cmake/debian-packages.sh

preset=dev
only=()
if [[ ${1-} == --sanitize ]]; then
    shift
    preset=asan
    only=(-L '^(unit|sim|fuzz-corpus)$')
fi

need_packages "${packages_to_build[@]}" "${packages_to_test[@]}"
# A real iroh is the peer of the interop tests; its package needs Node.
command -v node >/dev/null || need_packages nodejs
command -v npm >/dev/null || need_packages npm
# Debian starts these servers where it installs them, if systemd runs: there they are not ours to install.
if [[ ! -d /run/systemd/system ]]; then
    need_packages coturn miniupnpd nftables || echo "without coturn and miniupnpd what needs them is skipped"
fi
# The dashboard's tools want a later Node than Debian 12 has; where it is, its tests need a browser.
if node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' && ! command -v chromium >/dev/null; then
    need_packages chromium || echo "without Chromium the dashboard's tests in a browser are skipped"
fi

echo "building the preset $preset"
cmake --preset "$preset"
cmake --build --preset "$preset" -j "$(nproc)" -- --quiet
exec ctest --preset "$preset" -j "$(nproc)" "${only[@]}" "$@"
