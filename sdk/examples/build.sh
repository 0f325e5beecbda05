#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh LANGUAGE [COMPILER]: builds the example in c, cpp, rust or go into ticker.so in the current
# directory, with the SDK that pkg-config finds. What it runs it prints.
set -eu
language=${1:?"usage: build.sh c|cpp|rust|go [COMPILER]"}
source=$(cd "$(dirname "$0")/$language" && pwd)
cflags=$(pkg-config --cflags mesh-sdk)
libs=$(pkg-config --libs mesh-sdk)
map=$(pkg-config --variable=plugin_map mesh-sdk)
set -f # the flags are words, not patterns

case $language in
c)
    set -x
    ${2:-cc} -std=c11 -O2 -Wall -Wextra -Werror $cflags "$source/ticker.c" $libs -o ticker.so
    ;;
cpp)
    set -x
    ${2:-c++} -std=c++17 -O2 -Wall -Wextra -Werror $cflags "$source/ticker.cpp" $libs -o ticker.so
    ;;
rust)
    set -x
    ${2:-rustc} --edition 2021 --crate-type cdylib -O -C link-arg=-Wl,-z,now "$source/src/lib.rs" -o ticker.so
    ;;
go)
    out=$PWD/ticker.so
    cd "$source"
    set -x
    CGO_ENABLED=1 CGO_CFLAGS="-O2 $cflags" ${2:-go} build -buildmode=c-shared \
        -ldflags "-extldflags '-Wl,-z,now -Wl,--version-script=$map'" -o "$out" .
    rm -f "${out%.so}.h" # cgo writes one beside it
    ;;
*)
    echo "build.sh: no example in $language: c, cpp, rust or go" >&2
    exit 2
    ;;
esac
