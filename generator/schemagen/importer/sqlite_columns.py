"""The language's types for SQLite's columns, by evidence: the declared type, and the check that would stand beside it.

A type is taken only where SQLite's declared type and check of it are exactly what the database has. The comment that
our migrations put into a column's definition (``/* [varchar(20)] … */``) decides between types that look alike on
SQLite; one behind its comma may be another column's by now, and decides only where a check proves it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.engines.dialects import SQLITE
from schemagen.engines.sqlite.inspect.tokens import Kind, catalog_sql, significant, tokens
from schemagen.schema import types as t
from schemagen.schema.model import Column, PrimaryKey, SqliteOptions, Table
from schemagen.schema.names import type_check_name
from schemagen.schema.type_spellings import known_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.engines.catalog import CatalogCheck, CatalogColumn, CatalogTable

    from .spec_keys import TableKeys

_HINT = re.compile(r"\[(?P<type>[^\[\]]+(?:\[\])?)\]\s*(?P<rest>.*)", re.DOTALL)

_ON_POSTGRES = re.compile(
    r"(inet|cidr|macaddr8?|tsvector|tsquery|money|xml|oid|pg_lsn|bit( varying)?|point|line|lseg|box|path|polygon|circle"
    r"|int[48](multi)?range|num(multi)?range|ts(tz)?(multi)?range|date(multi)?range|citext|hstore|ltree|geometry|geography"
    r"|vector|halfvec|timetz|(time|timestamp)(\(\d\))? with(out)? time zone|interval .*)(\(.*\))?(\[\])*"
)
"""Types that the language does not know and people give to PostgreSQL's side of a column."""

_PLAIN: tuple[t.Type, ...] = (
    t.Integer(), t.Text(), t.Boolean(), t.Timestamp(), t.TimestampTz(), t.Uuid(), t.Date(), t.Time(), t.Jsonb(),
    t.BigInt(), t.SmallInt(), t.Double(), t.Real(), t.Numeric(), t.Bytea(), t.Array(t.Text()),
)  # fmt: skip
"""Types without arguments; of those that look alike on SQLite, the first is taken."""

_WITH_ARGUMENTS = re.compile(r"(VARCHAR|CHAR|NUMERIC|DECIMAL)\((\d+)(?:,(\d+))?\)")
_LENGTH = re.compile(r"length \( \S+ \) <= (\d+)")
_DIGITS = re.compile(r"abs \( .+? \) < 1e(\d+) and .* round \( .+? , (\d+) \)")

_AFFINITIES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("INT",), "bigint", "int"),
    (("JSON",), "jsonb", "dict"),
    (("UUID", "GUID"), "uuid", "uuid.UUID"),
    (("CHAR", "CLOB", "TEXT", "STRING"), "text", "str"),
    (("BLOB", "BINARY"), "bytea", "bytes"),
    (("REAL", "FLOA", "DOUB"), "double precision", "float"),
    (("BOOL",), "boolean", "bool"),
    (("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"), "timestamptz", "datetime.datetime"),
    (("DATETIME", "TIMESTAMP"), "timestamp", "datetime.datetime"),
    (("DATE",), "date", "datetime.date"),
    (("TIME",), "time", "datetime.time"),
    (("NUM", "DEC", "MONEY"), "numeric", "decimal.Decimal"),
)
"""What PostgreSQL calls a type that the language does not know by SQLite's name of it (SQLite, "Datatypes", 3.1)."""


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column's type, the check of the database that is implied by it, and the comment without our type hint."""

    type: t.Type
    check: CatalogCheck | None
    comment: str


@dataclass(frozen=True, slots=True)
class TypedTable:
    """How a table is made on SQLite, and its columns."""

    options: SqliteOptions
    columns: dict[str, TypedColumn]


def typed_table(table: CatalogTable, keys: TableKeys) -> TypedTable:
    """The types of a table's columns, with the options under which most of them are the language's own."""
    strict, without_rowid = "strict" in table.options, "without rowid" in table.options
    tries = []
    for parity in (True, False):
        options = SqliteOptions(strict, without_rowid, parity)
        found = {column.name: _typed(column, table, options, keys) for column in table.columns}
        native = sum(isinstance(column.type, t.Native) for column in found.values())
        proved = sum(column.check is not None for column in found.values())
        tries.append((native, not parity if strict or proved else parity, TypedTable(options, found)))
    return min(tries, key=lambda one: one[:2])[2]


def _typed(column: CatalogColumn, table: CatalogTable, options: SqliteOptions, keys: TableKeys) -> TypedColumn:
    hint, comment = _split_comment(column.comment)
    trusted = not hint or column.comment_is_inside
    if not hint and any(_split_comment(other.comment)[0] for other in table.columns):
        hint = column.type  # our migrations leave a type out where the declared one says it
    implied = type_check_name(keys.table, keys.column(column.name))
    checks = [check for check in table.checks if check.name in {None, implied}]
    named = any(check.name == implied for check in checks)
    numbered = "autoincrement" in table.options and table.primary_key and table.primary_key.columns == (column.name,)
    key = PrimaryKey("key", (column.name,)) if numbered else None
    for candidate, alone in _candidates(column, checks, hint, trusted=trusted):
        made = Column(column.name, candidate, nullable=column.nullable, identity=key is not None)
        beside = Table(table.name, (made,), key, sqlite=options)
        if _declared(SQLITE.column_type(made, beside)) != column.type:
            continue
        if SQLITE.collation(made, beside) not in {None, column.collation}:
            continue
        wanted = SQLITE.type_check(beside, made)
        if wanted is None and not named and alone:
            return TypedColumn(candidate, None, comment)
        if wanted is not None:
            canonical = catalog_sql(wanted.sql).canonical
            found = [check for check in checks if check.expression.canonical == canonical]
            if found:
                return TypedColumn(candidate, found[0], comment)
    return TypedColumn(_native(column.type, hint if trusted else ""), None, comment)


def _declared(type_: str) -> str:
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(type_.upper().split()))


def _split_comment(comment: str) -> tuple[str, str]:
    """The type that our migrations put before a column's description, and the description; other words are not type."""
    match = _HINT.fullmatch(comment)
    is_hint = match and (match["type"] == "enum" or known_type(match["type"]) or _ON_POSTGRES.fullmatch(match["type"]))
    return (match["type"], match["rest"]) if match and is_hint else ("", comment)


def _candidates(
    column: CatalogColumn, checks: Sequence[CatalogCheck], hint: str, *, trusted: bool
) -> Iterator[tuple[t.Type, bool]]:
    """Types that a column may have, the likeliest first, and whether each may be taken where no check proves it."""
    limits = [int(match[1]) for check in checks if (match := _LENGTH.search(_about(check, column)))]
    hinted = known_type(hint)
    if hinted:
        yield from ((t.Text(limit), trusted) for limit in limits if isinstance(hinted, t.Text))
        yield hinted, trusted
    yield from ((candidate, True) for candidate in _likely(column, checks, limits))


def _likely(column: CatalogColumn, checks: Sequence[CatalogCheck], limits: Sequence[int]) -> Iterator[t.Type]:
    """Types that the declaration and the checks speak for."""
    yield from (t.Enum(values) for check in checks if (values := _enum_values(check, column.name)))
    if column.collation == "RTRIM":
        yield from (t.Char(limit) for limit in limits)
    yield from (t.Varchar(limit) for limit in limits)
    yield from (t.Text(limit) for limit in limits)
    for check in checks:
        if match := _DIGITS.search(_about(check, column)):
            scale = int(match[2])
            yield t.Numeric(int(match[1]) + scale, scale)
    if match := _WITH_ARGUMENTS.fullmatch(column.type):
        yield from _sized(match[1], int(match[2]), int(match[3] or 0))
    yield from _PLAIN


def _sized(keyword: str, first: int, second: int) -> Iterator[t.Type]:
    if keyword == "VARCHAR" and 1 <= first <= t.MAX_CHARACTERS:
        yield t.Varchar(first)
    elif keyword == "CHAR" and 1 <= first <= t.MAX_CHARACTERS:
        yield t.Char(first)
    elif second <= first <= t.MAX_PRECISION and first:
        yield t.Numeric(first, second)


def _about(check: CatalogCheck, column: CatalogColumn) -> str:
    """A check's text if it speaks of a column; else nothing."""
    name = catalog_sql(SQLITE.quote(column.name)).canonical
    text = check.expression.canonical
    return text if name in text.split() else ""


def _enum_values(check: CatalogCheck, column: str) -> tuple[str, ...]:
    """The values of ``column IN ('a', 'b')``; none where a check says something else."""
    found = significant(tokens(check.expression.written))
    while found and found[0].is_symbol("(") and found[-1].is_symbol(")"):
        found = found[1:-1]
    head, values = found[:3], found[3:-1]
    if len(head) < 3 or head[0].name.lower() != column.lower() or not head[1].is_word("IN"):  # noqa: PLR2004
        return ()
    texts = [token for token in values if not token.is_symbol(",")]
    if not all(token.kind is Kind.STRING for token in texts):
        return ()
    return tuple(dict.fromkeys(token.name for token in texts))


def _native(declared: str, hint: str) -> t.Native:
    postgres, python = next(
        ((postgres, python) for words, postgres, python in _AFFINITIES if any(word in declared for word in words)),
        ("text", "str"),
    )
    if match := re.search(r"\((\d+)(?:,(\d+))?\)", declared):
        if postgres == "text" and int(match[1]):
            postgres = f"varchar({match[1]})"
        elif postgres == "numeric" and int(match[1]):
            postgres += match[0]
    if hint and hint != "enum":
        postgres, python = hint, "str"
    return t.Native(postgres, declared, python)
