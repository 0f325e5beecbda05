#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# abidiff.sh SOURCE_DIR: what abidiff makes of the header of 1.0 and today's. A report, and no more: a
# legal append and a break have the same exit status (docs/abi.md). The frozen asserts judge.
# Without anchors it would see nothing: the tables hang behind const void *.
set -eu
source=$1
if ! command -v abidiff >/dev/null; then
    echo "skipped: abidiff is not installed (apt-get install abigail-tools)"
    exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
anchors() { # <directory with mesh/plugin.h> <name>
    python3 -B "$source/tests/abi/freeze.py" anchors "$1/mesh/plugin.h" >"$scratch/$2.c"
    cc -std=c11 -g -fPIC -shared -I"$1" "$scratch/$2.c" -o "$scratch/$2.so"
}
anchors "$source/tests/abi/golden/1.0" old
anchors "$source/sdk/include" new
status=0
abidiff "$scratch/old.so" "$scratch/new.so" || status=$?
echo "abidiff: status $status (4: changed, see above; the frozen asserts say whether it is a break)"
[ $((status & 3)) -eq 0 ] # only when abidiff itself has failed
