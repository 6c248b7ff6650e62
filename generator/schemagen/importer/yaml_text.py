"""Spec data → YAML that people read: a line a column, a line an index, prose and long SQL quoted.

Values of :class:`Plain` stand as they are; other texts are quoted wherever YAML or the next editor could read them
otherwise, as an unquoted comma inside ``{…}``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schemagen.base.escape import visible
from schemagen.schema.scalars import Plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BARE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.+-]*(\([0-9]*\))?(\[\])?( [A-Za-z0-9_.+-]+(\(\))?)*")
_NUMBER = re.compile(r"[0-9.+-][0-9._+-]*([eE][+-]?[0-9]+)?|0[xob].*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}

_LAST_OF_FOUR_DIGITS = 0xFFFF

_SECTIONS = frozenset({"types", "tables"})
_AS_BLOCK = frozenset({"columns", "checks"})
_FLOW_KEYS_OF_TABLE = frozenset({"primary_key", "sqlite", "volume"})


def document(spec: Mapping[str, Any]) -> str:
    """One spec file as YAML.

    Args:
        spec: in the language's own keys; texts of ``tables`` in the order in which they are to stand.
    """
    lines = [f"{key}: {flow(value)}" for key, value in spec.items() if key not in _SECTIONS]
    if "types" in spec:
        lines += ["", "types:", *(f"  {_key(name)}: {flow(type_)}" for name, type_ in spec["types"].items())]
    if spec["tables"]:
        lines += ["", "tables:"]
    for name, table in spec["tables"].items():
        lines += [f"  {_key(name)}:", *("    " + line for line in _table(table)), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def attached(head: Mapping[str, Any], sections: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """A spec file of views and objects: a key a line, long SQL as a block."""
    lines = [f"{key}: {flow(value)}" for key, value in head.items()]
    for section, items in sections.items():
        if items:
            lines += ["", f"{section}:"]
        for name, item in items.items():
            lines += [f"  {_key(name)}:", *(line for key, value in item.items() for line in _part(key, value, "    "))]
    return "\n".join(lines) + "\n"


def _part(key: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and key in {"sql", "drop"}:
        yield f"{indent}{key}:"
        for engine, text in value.items():
            yield from _part(engine, text, f"{indent}  ")
    elif isinstance(value, str) and _is_block(value):
        yield f"{indent}{key}: |-"
        yield from (f"{indent}  {line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{indent}{key}: {flow(value)}"


def _is_block(text: str) -> bool:
    """Whether a text reads the same as a block: lines of visible characters, none with spaces at its end."""
    lines = text.split("\n")
    plain = all(visible(line) == line and line == line.rstrip() and "\t" not in line for line in lines)
    return len(lines) > 1 and plain and not lines[0].startswith(" ") and bool(lines[0]) and bool(lines[-1])


def flow(value: Any) -> str:  # noqa: PLR0911  (a line a kind)
    """A value on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case Plain():
            return str(value)
        case int() | float():
            return repr(value)
        case str():
            return _text(value)
        case dict():
            return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(flow(item) for item in value) + "]"


def _table(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if key in _AS_BLOCK:
            yield f"{key}:"
            width = max(len(_key(name)) for name in value)
            yield from (f"  {f'{_key(name)}:':<{width + 1}} {flow(item)}" for name, item in value.items())
        elif isinstance(value, list) and key not in _FLOW_KEYS_OF_TABLE:
            yield f"{key}:"
            yield from (f"  - {flow(item)}" for item in value)
        else:
            yield f"{key}: {flow(value)}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) and name.lower() not in _WORDS else _quoted(name)


def _text(text: str) -> str:
    bare = _BARE.fullmatch(text) and text.lower() not in _WORDS and not _NUMBER.fullmatch(text)
    return text if bare and "[" not in text else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(character) or _shown(character) for character in text) + '"'


def _shown(character: str) -> str:
    if visible(character) == character:
        return character
    point = ord(character)
    return f"\\u{point:04x}" if point <= _LAST_OF_FOUR_DIGITS else f"\\U{point:08x}"
