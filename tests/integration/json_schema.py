# SPDX-License-Identifier: Apache-2.0
"""What of JSON Schema 2020-12 the observer's schemas use. A keyword that is not known here is an error: nothing of a
schema goes unchecked."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
NO_RULES = {"$schema", "$id", "title", "description"}


def is_of(kind, value):
    if kind in ("integer", "number"):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and (kind == "number" or value == int(value))
    return isinstance(value, TYPES[kind])


class Schemas:
    """`load` gives a schema by its file's name."""

    def __init__(self, load):
        self.load, self.known = load, {}

    def faults(self, name, value):
        """What is wrong with it, in words; empty: it is as the file NAME.json says."""
        return list(self._check(self._get(name + ".json"), value, name))

    def _get(self, file):
        if file not in self.known:
            self.known[file] = self.load(file)
        return self.known[file]

    def _check(self, schema, value, at):
        for key, rule in schema.items():
            if key not in NO_RULES:
                yield from getattr(self, "_" + key.strip("$"))(rule, value, at, schema)

    def _ref(self, rule, value, at, _):
        yield from self._check(self._get(rule), value, at)

    def _type(self, rule, value, at, _):
        if not any(is_of(kind, value) for kind in ([rule] if isinstance(rule, str) else rule)):
            yield f"{at}: {value!r:.200} is no {rule}"

    def _enum(self, rule, value, at, _):
        if value not in rule:
            yield f"{at}: {value!r:.200} is none of {rule}"

    def _const(self, rule, value, at, _):
        yield from self._enum([rule], value, at, _)

    def _minimum(self, rule, value, at, _):
        if isinstance(value, (int, float)) and value < rule:
            yield f"{at}: {value} is below {rule}"

    def _pattern(self, rule, value, at, _):
        if isinstance(value, str) and not re.search(rule, value):
            yield f"{at}: {value!r:.200} is not like {rule}"

    def _anyOf(self, rule, value, at, _):
        if all(list(self._check(each, value, at)) for each in rule):
            yield f"{at}: {value!r:.200} fits none"

    def _required(self, rule, value, at, _):
        if isinstance(value, dict):
            yield from (f"{at}: no {key}" for key in rule if key not in value)

    def _properties(self, rule, value, at, _):
        if isinstance(value, dict):
            for key, inner in rule.items():
                if key in value:
                    yield from self._check(inner, value[key], f"{at}.{key}")

    def _additionalProperties(self, rule, value, at, schema):
        if isinstance(value, dict):
            for key in value.keys() - schema.get("properties", {}).keys():
                if rule is False:
                    yield f"{at}: {key} is not in the schema"
                elif rule is not True:
                    yield from self._check(rule, value[key], f"{at}.{key}")

    def _items(self, rule, value, at, _):
        if isinstance(value, list):
            for i, each in enumerate(value):
                yield from self._check(rule, each, f"{at}[{i}]")
