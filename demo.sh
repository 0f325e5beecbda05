#!/usr/bin/env bash
# Installs what is missing, builds, boots 18 hosts that know one of them, waits until every one has
# heard every other's digest, shows what they see, and stops them all on Ctrl-C. Leaves nothing
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
count=18
run=$(mktemp -d -t meshhost-demo-XXXXXX)
names=()
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
hears_all() { ctl "$1" peers 2>/dev/null | grep -q "$((count - 1)) peers: $((count - 1)) alive"; }

# start NAME ROLE [ARGUMENT...]
start() {
    "$build/bin/meshhost" --plugin "$build/plugins/$2.so" --name "$1" --instance "$1" \
        --data-dir "$run/$1" --set "admin.socket=$run/$1.sock" "${@:3}" \
        >"$run/$1.out" 2>"$run/$1.log" </dev/null &
    names+=("$1")
    hosts+=($!)
}

ready() {
    await 30 "$2" announced "$1" && return
    echo "$1 did not start:" >&2
    cat "$run/$1.log" >&2
    exit 1
}

# Not in the foreground's process group: Ctrl-C is this script's to pass on, in order.
set -m
first=${roles[0]}-01
start "$first" "${roles[0]}"
ready "$first" "${hosts[0]}"
ticket=$(sed -n 's/^ticket *//p' "$run/$first.out")
echo "started $first  $(sed -n 's/^id *//p' "$run/$first.out")"
for ((i = 1; i < count; i++)); do
    role=${roles[i % ${#roles[@]}]}
    start "$(printf '%s-%02d' "$role" $((i / ${#roles[@]} + 1)))" "$role" --peer "$ticket"
done
set +m
for i in "${!names[@]}"; do
    ready "${names[i]}" "${hosts[i]}"
done
echo "started $((count - 1)) more, which know only $first"

for i in "${!names[@]}"; do
    if ! await 60 "${hosts[i]}" hears_all "${names[i]}"; then
        echo "${names[i]} does not hear the other $((count - 1)):" >&2
        ctl "${names[i]}" peers >&2 || true
        exit 1
    fi
    if [[ -t 1 ]]; then printf '\rhear all others: %d of %d' $((i + 1)) "$count"; fi
done
if [[ -t 1 ]]; then echo; else echo "hear all others: $count of $count"; fi

echo
printf '%-14s %-10s %s\n' NODE HEARS NEIGHBORS
for name in "${names[@]}"; do
    printf '%-14s %-10s %s\n' "$name" "$(ctl "$name" peers | tail -n 1 | cut -d: -f1)" \
        "$(ctl "$name" status | sed -n 's/^gossip *//p')"
done
last=${names[-1]}
echo
ctl "$last" status | head -n 2
ctl "$last" peers

$once && exit 0
echo
echo "$count hosts are running. Ask one of them from another terminal:"
echo "  $build/bin/meshctl --socket $run/$first.sock status"
echo "Ctrl-C stops them."
wait
