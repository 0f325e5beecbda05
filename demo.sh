#!/usr/bin/env bash
# Installs what is missing, builds, boots five hosts, one of each role, connects them, shows what
# each sees, and stops them all on Ctrl-C. Leaves nothing behind but the build.
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
    *) sed -n '2,8s/^# \?//p' "$0"; exit 2 ;;
esac

build=${MESHHOST_DEMO_BUILD-}
unset MESHHOST_DEMO_BUILD  # the hosts would refuse it as a setting they do not know
if [[ -z $build ]]; then
    source cmake/debian-packages.sh
    need_packages "${packages_to_build[@]}"
    build=build/release
    echo "building (some minutes the first time)"
    cmake --preset release -DBUILD_TESTING=OFF >/dev/null
    cmake --build --preset release -j "$(nproc)"
fi

roles=(broker gateway compute registry bridge)
run=$(mktemp -d -t meshhost-demo-XXXXXX)
hosts=()

stop_all() {
    trap - EXIT INT TERM
    ((${#hosts[@]})) && kill -TERM "${hosts[@]}" 2>/dev/null || true
    wait || true
    rm -rf "$run"
}
trap stop_all EXIT
trap 'echo; echo "stopping"; stop_all; exit 0' INT TERM

ctl() { "$build/bin/meshctl" --socket "$run/$1.sock" "${@:2}"; }

# Asks until it succeeds: $1 seconds at most, and only while the host $2 lives.
await() {
    local limit=$((SECONDS + $1))
    until "${@:3}"; do
        ((SECONDS < limit)) && kill -0 "$2" 2>/dev/null || return 1
        read -rt 0.1 <> <(:) || true
    done
}

announced() { grep -q '^ready' "$run/$1.out"; }
sees_all() { ctl "$1" peers 2>/dev/null | grep -q "4 peers: 4 alive"; }

# Not in the foreground's process group: Ctrl-C is this script's to pass on, in order.
set -m
peers=()
for role in "${roles[@]}"; do
    name=$role-01
    "$build/bin/meshhost" --plugin "$build/plugins/$role.so" --name "$name" --instance "$name" \
        --data-dir "$run/$name" --set "admin.socket=$run/$role.sock" "${peers[@]}" \
        >"$run/$role.out" 2>"$run/$role.log" </dev/null &
    hosts+=($!)
    if ! await 30 "$!" announced "$role"; then
        echo "$name did not start:" >&2
        cat "$run/$role.log" >&2
        exit 1
    fi
    peers+=(--peer "$(sed -n 's/^ticket *//p' "$run/$role.out")")
    echo "started $name  $(sed -n 's/^id *//p' "$run/$role.out")"
done
set +m

for i in "${!roles[@]}"; do
    role=${roles[i]}
    if ! await 30 "${hosts[i]}" sees_all "$role"; then
        echo "$role-01 does not see the other four:" >&2
        ctl "$role" peers >&2 || true
        exit 1
    fi
done

for role in "${roles[@]}"; do
    echo
    ctl "$role" status | head -n 2
    ctl "$role" peers
done

$once && exit 0
echo
echo "five hosts are running. Ask one of them from another terminal:"
echo "  $build/bin/meshctl --socket $run/broker.sock status"
echo "Ctrl-C stops them."
wait
