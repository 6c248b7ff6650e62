"""What types of other databases and languages are called here: only mistakes are looked up in it."""

from __future__ import annotations

import re

OTHER_ENGINES: dict[str, str] = {
    **dict.fromkeys(("datetime", "datetime2", "datetimeoffset", "smalldatetime"), "timestamptz"),
    **dict.fromkeys(("tinyint", "tinyint unsigned", "byte", "int16"), "smallint"),
    **dict.fromkeys(("mediumint", "mediumint unsigned", "smallint unsigned", "int32", "year"), "integer"),
    **dict.fromkeys(("int unsigned", "integer unsigned", "unsigned int", "long", "int64"), "bigint"),
    **dict.fromkeys(("bigint unsigned", "uint64"), "numeric(20,0)"),
    **dict.fromkeys(("string", "str", "tinytext", "mediumtext", "longtext", "ntext", "clob", "nclob"), "text"),
    **dict.fromkeys(("nvarchar", "varchar2", "nvarchar2"), "text"),
    **dict.fromkeys(("double", "float64"), "double precision"),
    "float32": "real",
    **dict.fromkeys(("blob", "tinyblob", "mediumblob", "longblob", "binary", "varbinary", "image", "bytes"), "bytea"),
    **dict.fromkeys(("number", "money", "smallmoney", "currency"), "numeric(12,2)"),
    **dict.fromkeys(("guid", "uniqueidentifier"), "uuid"),
    **dict.fromkeys(("object", "dict"), "jsonb"),
}
"""Spellings of MySQL, SQL Server, Oracle, SQLite and programming languages, each with the type to write."""

_LENGTHS = {"nvarchar": "varchar", "varchar2": "varchar", "nvarchar2": "varchar", "number": "numeric"}
"""Those whose arguments mean the same here."""

_CALL = re.compile(r"(?P<name>[a-z0-9 ]+?) ?\( ?(?P<arguments>[0-9]+( ?, ?[0-9]+)?) ?\)(?P<rest> [a-z]+)?")
_ENUM = re.compile(r"enum\s*\((?P<values>[^()]*)\)", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+( [\w-]+)*")


def usual_spelling(text: str) -> str | None:
    """The type to write for another database's, such as ``varchar(20)`` for ``NVARCHAR(20)``; None if none is known."""
    spelling = " ".join(text.lower().split())
    if spelling.endswith("[]"):
        element = usual_spelling(spelling[:-2])
        return f"{element}[]" if element else None
    call = _CALL.fullmatch(spelling)
    if call is None:
        return OTHER_ENGINES.get(spelling)
    if call["name"] in _LENGTHS:
        return f"{_LENGTHS[call['name']]}({call['arguments'].replace(' ', '')})"
    if spelling == "tinyint(1)":
        return "boolean"  # MySQL, "Numeric Data Type Syntax": BOOL is a synonym of it
    return OTHER_ENGINES.get(call["name"] + (call["rest"] or ""))


def enum_list(text: str) -> str | None:
    """The list that ``enum(a, b)`` means, as YAML has it: ``[a, b]``; None if the text is no such type."""
    match = _ENUM.fullmatch(text.strip())
    if match is None:
        return None
    values = [value.strip().strip("'\"") for value in match["values"].split(",")]
    return f"[{', '.join(values)}]" if all(map(_WORD.fullmatch, values)) else None
