#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh OUTPUT: the golden plugin of 1.0, with the header of 1.0. The committed golden_x86_64.so was
# made by this; it is made once and stays.
set -eu
here=$(dirname "$0")
${CC:-cc} -std=c11 -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden \
    -Wl,-z,now -Wl,-z,defs -Wl,-z,relro -Wl,-z,noexecstack -Wl,--build-id=none -s \
    -I"$here" "$here/golden.c" -o "$1"
chmod go-w "$1"
