# SPDX-License-Identifier: Apache-2.0
"""mesh/plugin.h, read: its structs and fields, enum constants, macros and extension ids.

Not a C parser: it knows the forms that the header is written in, and refuses others by name, so
that nothing new goes unseen.
"""
import pathlib
import re
from dataclasses import dataclass, field

# Say what this build is, and may change with a minor.
NOT_FROZEN = {"MESH_ABI_MINOR", "MESH_ABI_MINOR_MIN", "MESH_ABI_VERSION"}
# Passed by value, in arrays, or the head of others, though the header does not call it frozen.
EMBEDDED = {"mesh_event"}


@dataclass(frozen=True)
class Field:
    name: str          # "as.i64" in a union
    type: str          # as C writes it without the name: "mesh_status (*)(...) MESH_NOEXCEPT"
    is_array: bool = False


@dataclass
class Struct:
    name: str
    is_frozen: bool
    fields: list[Field] = field(default_factory=list)


@dataclass
class Header:
    structs: list[Struct]
    constants: list[str]      # enumerators, then macros
    ids: dict[str, str]       # MESH_EXT_LOG -> "mesh.log/1"
    typedefs: dict[str, str]  # mesh_ns -> int64_t


class Unreadable(Exception):
    """The header is written in a form that is not known here."""


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)


def split_at(text: str, separator: str) -> list[str]:
    """Splits outside of parentheses and braces."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += char in "({["
        depth -= char in ")}]"
        if char == separator and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part for part in (" ".join(part.split()) for part in (*parts, text[start:])) if part]


def read_fields(body: str, prefix: str = "") -> list[Field]:
    fields = []
    for declaration in split_at(body, ";"):
        if union := re.fullmatch(r"union \{(.*)\} (\w+)", declaration):
            fields += read_fields(union[1], f"{union[2]}.")
        elif function := re.fullmatch(r"(.+?)\(\*(\w+)\)(\(.*\)) MESH_NOEXCEPT", declaration):
            fields.append(Field(prefix + function[2], f"{function[1].strip()} (*){function[3]} MESH_NOEXCEPT"))
        else:
            fields += read_variables(declaration, prefix)
    return fields


def read_variables(declaration: str, prefix: str) -> list[Field]:
    """`const char *name, *unit` and `uint8_t a[16], b[8]`"""
    first, *others = split_at(declaration, ",")
    match = re.fullmatch(r"(.*?[\w*])\s*\b(\w+)(\[\w+\])?", first)
    if not match:
        raise Unreadable(declaration)
    base = match[1].rstrip("* ") if others else match[1]
    fields = [Field(prefix + match[2], match[1].strip(), match[3] is not None)]
    for other in others:
        more = re.fullmatch(r"(\*?)\s*(\w+)(\[\w+\])?", other)
        if not more:
            raise Unreadable(declaration)
        fields.append(Field(prefix + more[2], f"{base} {more[1]}".strip(), more[3] is not None))
    return fields


def read_header(path: pathlib.Path) -> Header:
    text = path.read_text(encoding="utf-8")
    joined = text.replace("\\\n", " ")
    frozen = set(re.findall(r"struct (\w+)\s*\{[^;{}]*/\* FROZEN|struct (\w+)[^\n]*/\* FROZEN", text))
    frozen = {name for pair in frozen for name in pair if name} | EMBEDDED
    bare = without_comments(joined)
    macros = re.findall(r"^#define (MESH_\w+) +(.+)$", bare, re.MULTILINE)
    code = re.sub(r"^#.*$", "", bare, flags=re.MULTILINE)

    structs = []
    for name, body in re.findall(r"struct (\w+)\s*\{((?:[^{}]|\{[^{}]*\})*)\}", code):
        structs.append(Struct(name, name in frozen, read_fields(body)))
    constants = []
    for body in re.findall(r"\benum \{(.*?)\}", code, re.DOTALL):
        constants += [part.split("=")[0].strip() for part in split_at(body, ",")]
    ids = {name: value.strip('" ') for name, value in macros if value.startswith('"')}
    numeric = r"\(*(uint32_t\))?[\w(). |]*\d.*"
    constants += [name for name, value in macros
                  if name not in ids and name not in NOT_FROZEN and re.fullmatch(numeric, value)]
    typedefs = dict((name, base) for base, name in re.findall(r"typedef (u?int\d+_t) +(\w+);", code))
    return Header(structs, constants, ids, typedefs)
