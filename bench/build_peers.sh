#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the peers that are not ours: quinn and iroh-gossip with cargo, iroh's binding with npm,
# memberlist with go. Versions are pinned by the lock files beside them. What is missing here is
# skipped with a word.
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$bench")

if command -v cargo >/dev/null; then
    cargo build --release --locked \
        --manifest-path "$bench/peers/quinn/Cargo.toml" --target-dir "$root/build/bench/quinn"
    cargo build --release --locked --manifest-path "$root/tests/interop/gossip_peer/Cargo.toml" \
        --target-dir "$root/build/bench/gossip_peer"
else
    echo "no cargo: quinn and iroh-gossip are not built"
fi

if command -v cargo >/dev/null; then
    python3 -B "$root/tests/interop/build_iroh_relay.py" "$root/build/bench/iroh_relay"
fi

if command -v go >/dev/null; then
    (cd "$bench/peers/memberlist" && go build -o "$root/build/bench/memberlist/bench_memberlist" .)
else
    echo "no go: memberlist is not built"
fi

if command -v npm >/dev/null; then
    npm ci --prefix "$bench/peers/iroh" --no-audit --no-fund
else
    echo "no npm: iroh is not installed"
fi
