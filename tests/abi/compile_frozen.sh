#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# compile_frozen.sh <gcc|clang> <standard> <include directory> <frozen asserts>. 77: no such compiler.
set -eu
compiler=$1 standard=$2 include=$3 frozen=$4
case $standard in
c++*) compiler=$(echo "$compiler" | sed 's/gcc/g++/; s/clang/clang++/') language=c++ ;;
*) language=c ;;
esac
if ! command -v "$compiler" >/dev/null; then
    echo "skipped: $compiler is not installed"
    exit 77
fi
exec "$compiler" -x "$language" -std="$standard" -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
    -I"$include" "$frozen"
