"""Specs whose tables and columns have names in the database that are not identifiers."""

from __future__ import annotations

import copy
import re
from typing import Any
from zlib import crc32

Data = dict[str, Any]

_ENDINGS = ("-1", " (€)", ": 100%", "'s", ' "x"', "é", "?", " {0} %s", " and so on")
_ONE_IN = 4
_TOKEN = re.compile(r"'(?:[^']|'')*'|(?:::\s*)?\"(?:[^\"]|\"\")*\"|(?:::\s*)?:?[A-Za-z_]\w*(?:\s*\()?|.", re.DOTALL)
_SQL = frozenset({"sql", "check", "where", "postgres", "sqlite"})


def with_database_names(spec: Data, salt: str, number: int = 0) -> Data:
    """The same spec, in which one key in four has a name of its own, everywhere the same.

    Args:
        spec: plain data without such names.
        salt: decides which keys have one.
        number: of the spec among its successors; half of the names are others in each.
    """
    keys = {key for name, table in spec["tables"].items() for key in (name, *table["columns"])}
    names = {key: name for key in sorted(keys) if (name := _name(key, salt, number))}
    named = _in_sql(copy.deepcopy(spec), names)
    for key, table in named["tables"].items():
        if key in names:
            table["name"] = names[key]
        for own, column in table["columns"].items():
            if own in names:
                column["name"] = names[own]
    renamed: Data = named
    return renamed


def _name(key: str, salt: str, number: int) -> str | None:
    chance = crc32(f"{salt}/{key}".encode())
    if chance % _ONE_IN:
        return None
    place = chance // _ONE_IN + (number if chance // _ONE_IN % 2 else 0)
    return f"{key[:40]}{_ENDINGS[place % len(_ENDINGS)]}"


def _in_sql(part: Any, names: dict[str, str], key: str = "") -> Any:
    if isinstance(part, dict):
        return part if key == "type" else {own: _in_sql(value, names, own) for own, value in part.items()}
    if isinstance(part, list):
        return [_in_sql(item, names) for item in part]
    is_sql = key in _SQL and isinstance(part, str)
    return _TOKEN.sub(lambda token: _renamed(token[0], names), part) if is_sql else part


def _renamed(token: str, names: dict[str, str]) -> str:
    name = names.get(token.strip('"'))
    return '"' + name.replace('"', '""') + '"' if name else token
