#!/usr/bin/env bash
# Installs what is missing, builds, boots a lab of 18 hosts that know one of them, waits until every
# one hears every other, shows what one of them sees, and ends them all on Ctrl-C. Leaves nothing
# behind but the build.
#
#   ./demo.sh          until Ctrl-C
#   ./demo.sh --once   stops by itself after showing
#
# MESHHOST_DEMO_BUILD names a build directory to use as it is.
set -euo pipefail
cd "$(dirname "$0")"

once=false
case "${1-}" in
    "") ;;
    --once) once=true ;;
    *) sed -n '2,9s/^# \?//p' "$0"; exit 2 ;;
esac

build=${MESHHOST_DEMO_BUILD-}
if [[ -z $build ]]; then
    source cmake/debian-packages.sh
    need_packages "${packages_to_build[@]}"
    build=build/release
    echo "building (some minutes the first time)"
    cmake --preset release -DBUILD_TESTING=OFF >/dev/null
    cmake --build --preset release -j "$(nproc)"
fi

count=18
run=$(mktemp -d -t meshhost-demo-XXXXXX)
lab=$run/lab
ctl() { "$build/bin/meshctl" "$@"; }

end() {
    trap - EXIT INT TERM
    ctl lab down --dir "$lab" >/dev/null || true
    rm -rf "$run"
}
trap end EXIT
trap 'echo; echo "stopping"; end; exit 0' INT TERM

ctl lab up --nodes "$count" --name demo --dir "$lab" | tee "$run/up"
dashboard=$(sed -n 's/^open  *//p' "$run/up")

last=$(ls -t "$lab"/compute-*.sock | head -n 1)
echo
ctl lab status --dir "$lab"
echo
echo "as $(basename "$last" .sock) sees it:"
ctl --socket "$last" peers
ctl --socket "$last" topology 2>/dev/null || true

$once && exit 0
echo
echo "$count hosts are running. The dashboard (the link opens it once):"
echo "  $dashboard"
echo "From another terminal:"
echo "  $build/bin/meshctl --socket $last status"
echo "  $build/bin/meshctl ui --socket $lab/observer.sock    # another link"
echo "  $build/bin/meshctl lab chaos kill any --dir $lab --expect \"dead within 8s, mesh reconverges within 3s\""
echo "Ctrl-C stops them."
while sleep 1; do :; done
