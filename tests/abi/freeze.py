#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Freezes what a minor of the plugin ABI is.

    freeze.py freeze HEADER           the static asserts of the header's own minor, on standard output
    freeze.py anchors HEADER          one exported variable for every struct, for abidiff
    freeze.py padding FROZEN HEADER   fields that slipped in where an older plugin's struct_size covers them

`freeze` is run once for each minor, into tests/abi/abi_MAJOR_MINOR.c; the file is never edited after
that. It is compiled against the header of every later minor: what no longer compiles is a break.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from abi_header import Header, read_header

PRELUDE = """\
/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Made by tests/abi/freeze.py from mesh/plugin.h {minor}, and never edited: what stops compiling here breaks
 * plugins that were built with {minor}. docs/abi.md says what may change, and as what. C11 and C++17. */
#include <mesh/plugin.h>

#ifdef __cplusplus
#include <string_view>
#include <type_traits>
#define IS(object, ...)     std::is_same<std::decay<decltype(object)>::type, __VA_ARGS__>::value
#define IS_TYPE(type, ...)  std::is_same<type, __VA_ARGS__>::value
#define IS_TEXT(id, text)   (std::string_view(id) == text)
#else
#define IS(object, ...)     _Generic((object), __VA_ARGS__: 1, default: 0)
#define IS_TYPE(type, ...)  _Generic((type)0, __VA_ARGS__: 1, default: 0)
#define IS_TEXT(id, text)   (sizeof(id) == sizeof(text)) /* C++ compares the letters */
#endif
#define IN(s, f)            (((s *)0)->f)
#define FIELD(s, f, at, size, ...)                                                                  \\
  MESH_ASSERT(offsetof(s, f) == (at) && sizeof(IN(s, f)) == (size), #s "." #f " moved or changed size"); \\
  MESH_ASSERT(IS(IN(s, f), __VA_ARGS__), #s "." #f " changed its type or signature")
#define FROZEN(s, size)     MESH_ASSERT(sizeof(s) == (size), #s " is frozen and changed size")
#define GROWS(s, size)      MESH_ASSERT(sizeof(s) >= (size), #s " shrank")
#define CONSTANT(c, value)  MESH_ASSERT((c) == (value), #c " changed value")
#define ID(id, text)        MESH_ASSERT(IS_TEXT(id, text), #id " changed id")
#define TYPE(t, ...)        MESH_ASSERT(IS_TYPE(t, __VA_ARGS__), #t " became another type")
"""

NOTE = """\

/* The entry function and the ELF note: the same in every major. */
MESH_ASSERT(IS(&mesh_plugin_entry, const mesh_plugin *(*)(uint32_t) MESH_NOEXCEPT), "mesh_plugin_entry changed");
MESH_PLUGIN_NOTE("role=frozen\\n");
#define NOTE_AT(f)          offsetof(__typeof__(mesh_plugin_note_), f)
MESH_ASSERT(NOTE_AT(namesz) == 0 && NOTE_AT(descsz) == 4 && NOTE_AT(type) == 8, "the note's header changed");
MESH_ASSERT(NOTE_AT(name) == 12 && NOTE_AT(magic) == 20 && NOTE_AT(major) == 24, "the note changed");
MESH_ASSERT(NOTE_AT(built) == 26 && NOTE_AT(min) == 28 && NOTE_AT(text) == 32, "the note changed");
"""


def measure(header: Header, include: pathlib.Path) -> dict[str, int]:
    """Sizes, offsets and values, asked of a compiler: "mesh_str", "mesh_str.len" -> 8, "mesh_str.len size" -> 8."""
    lines = []
    for struct in header.structs:
        lines.append(f'SAY("{struct.name}", sizeof(struct {struct.name}));')
        for field in struct.fields:
            what = f"{struct.name}.{field.name}"
            lines.append(f'SAY("{what}", offsetof(struct {struct.name}, {field.name}));')
            lines.append(f'SAY("{what} size", sizeof(((struct {struct.name} *)0)->{field.name}));')
    lines += [f'SAY("{name}", {name});' for name in header.constants]
    program = "\n".join([
        "#include <mesh/plugin.h>", "#include <stdio.h>",
        '#define SAY(what, value) printf("%s=%lld\\n", what, (long long)(value))',
        "int main(void) {", *lines, "return 0; }"])
    with tempfile.TemporaryDirectory() as scratch:
        source, binary = pathlib.Path(scratch, "measure.c"), pathlib.Path(scratch, "measure")
        source.write_text(program, encoding="utf-8")
        subprocess.run(["cc", "-std=c11", f"-I{include}", "-o", binary, source], check=True)
        said = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    return {name: int(value) for name, value in (line.split("=") for line in said.splitlines())}


def include_dir(path: pathlib.Path) -> pathlib.Path:
    """A header is included as mesh/plugin.h, so it lies in a directory of that name."""
    if path.parent.name != "mesh":
        sys.exit(f"{path}: expected .../mesh/plugin.h")
    return path.parent.parent


def decayed(kind: str, is_array: bool) -> str:
    return f"{kind} *" if is_array else kind


def minor_of(path: pathlib.Path) -> str:
    text = path.read_text(encoding="utf-8")
    return ".".join(re.search(rf"#define MESH_ABI_{part} (\d+)", text)[1] for part in ("MAJOR", "MINOR"))


def freeze(path: pathlib.Path) -> str:
    header = read_header(path)
    known = measure(header, include_dir(path))
    out = [PRELUDE.replace("{minor}", minor_of(path))]
    out += [f"TYPE({name}, {base});" for name, base in header.typedefs.items()]
    for struct in header.structs:
        out.append("")
        guard = "FROZEN" if struct.is_frozen else "GROWS"
        out.append(f"{guard}({struct.name}, {known[struct.name]});")
        for field in struct.fields:
            what = f"{struct.name}.{field.name}"
            kind = decayed(field.type, field.is_array)
            out.append(f"FIELD({struct.name}, {field.name}, {known[what]}, {known[what + ' size']}, {kind});")
    out.append("")
    out += [f"CONSTANT({name}, {spell(known[name])});" for name in header.constants]
    out.append("")
    out += [f'ID({name}, "{text}");' for name, text in header.ids.items()]
    return "\n".join(out) + NOTE


def spell(value: int) -> str:
    return f"{value}u" if value > 0x7FFFFFFF else str(value)


def anchors(path: pathlib.Path) -> str:
    """Tables hang behind `const void *`, where no tool that follows types from exported symbols sees them."""
    lines = ["#include <mesh/plugin.h>"]
    for struct in read_header(path).structs:
        lines.append(f"MESH_EXPORT const struct {struct.name} *mesh_abi_{struct.name};")
    return "\n".join(lines) + "\n"


def slipped_in(frozen: pathlib.Path, path: pathlib.Path) -> list[str]:
    """An older plugin's struct_size says that it has what lies before its end, padding and all."""
    text = frozen.read_text(encoding="utf-8")
    sizes = {name: int(size) for name, size in re.findall(r"^(?:GROWS|FROZEN)\((\w+), (\d+)\);", text, re.MULTILINE)}
    old = set(re.findall(r"^FIELD\((\w+, [\w.]+),", text, re.MULTILINE))
    header = read_header(path)
    known = measure(header, include_dir(path))
    return [
        f"{struct.name}.{field.name} lies in what was padding: append it after byte {sizes[struct.name]}"
        for struct in header.structs if struct.name in sizes
        for field in struct.fields
        if f"{struct.name}, {field.name}" not in old and known[f"{struct.name}.{field.name}"] < sizes[struct.name]]


def main(words: list[str]) -> int:
    match words:
        case ["freeze", path]:
            print(freeze(pathlib.Path(path)), end="")
        case ["anchors", path]:
            print(anchors(pathlib.Path(path)), end="")
        case ["padding", frozen, path]:
            found = slipped_in(pathlib.Path(frozen), pathlib.Path(path))
            print(*found, sep="\n", end="\n" if found else "")
            return 1 if found else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
