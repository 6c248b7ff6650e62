"""What SQLite does otherwise than PostgreSQL, in sentences for the document: only what the schema at hand uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.engines.base import Difference
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.model import Deferrable
from schemagen.schema.rule_state import RuleState

from . import types as sqlite_types
from .triggers import filled_by_updates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.engines.standard import StandardDialect
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, ForeignKey, Schema, Table

BYTE_ORDER = frozenset({"C", "POSIX", "ucs_basic"})
"""Collations of PostgreSQL that compare as SQLite's BINARY does: byte by byte."""


_BY_TYPE: dict[type[t.Type], str] = {
    t.Uuid: "SQL on SQLite has to write UUIDs in lower case with dashes; PostgreSQL reads other spellings too.",
    t.TimestampTz: (
        "SQL on SQLite has to write timestamps in UTC as 2024-01-31T12:00:00.000000Z; PostgreSQL reads offsets, "
        "infinity and years outside 1 to 9999 too. SQLite's clock has milliseconds."
    ),
    t.Timestamp: (
        "SQL on SQLite has to write 2024-01-31T12:00:00.000000; PostgreSQL reads other spellings, infinity and years "
        "outside 1 to 9999 too. SQLite's clock has milliseconds."
    ),
    t.Date: "SQLite takes the years 1 to 9999, written 2024-01-31; PostgreSQL reads other spellings and infinity too.",
    t.Time: "SQL on SQLite has to write 12:00:00.000000; PostgreSQL reads other spellings and 24:00:00 too.",
    t.Real: (
        "SQLite keeps 8 bytes, so values have more digits there than PostgreSQL's 4 bytes keep. "
        "SQL on PostgreSQL may write NaN, which SQLite turns into NULL."
    ),
    t.Double: "SQL on PostgreSQL may write NaN, which SQLite turns into NULL.",
    t.Varchar: "PostgreSQL cuts spaces off that make a value too long; SQLite refuses it.",
    t.Char: "PostgreSQL pads values with spaces to their full length; SQLite compares them without final spaces.",
    t.Interval: "SQLite keeps the text of an interval as it is, does not check it, and sorts it as text.",
    t.Json: "PostgreSQL cannot compare json values; SQLite compares their text.",
    t.Jsonb: (
        "SQLite keeps and compares JSON as it was written; PostgreSQL drops white space and repeated keys, sorts keys, "
        "compares values, and refuses the character \\u0000."
    ),
    t.Vector: (
        "SQL on SQLite has to write the bytes of the numbers, 4 each and the lowest first; NaN and infinity, which "
        "PostgreSQL refuses, are refused by the models alone. Distances need the connections of the models."
    ),
    t.Array: (
        "SQLite keeps arrays as JSON text: their elements are not checked, may contain NUL, and array operators do not "
        "exist."
    ),
    t.Native: "The type is written for each engine; nothing makes both accept the same values.",
}


_OF_WORDS = (
    "SQLite needs FTS5; 3.40 refuses changes of the table after `PRAGMA trusted_schema = OFF`, which 3.54 allows.",
    "SQLite's INSERT OR REPLACE leaves the old words in the index: write ON CONFLICT DO UPDATE.",
    (
        "Emoji and symbols of late, numbers such as ½ ² ①, combining marks, soft hyphens, the Greek final sigma and "
        "some rare letters: a search for one, or for a word that has one, may find rows on one engine alone."
    ),
    "PostgreSQL doesn't find words of more than 2,046 bytes, nor phrases behind the 16,383rd word of a text.",
    "What somebody types ends at a NUL on SQLite; drivers of PostgreSQL refuse one, as in every text.",
    "PostgreSQL ignores the case of A to Z alone where its database has LC_CTYPE C.",
)
"""What differs outside of the searches that were found to be the same, and what SQLite needs."""

_FOLDS_CASE = re.compile(r"\b(lower|upper)\s*\(|\bilike\b", re.IGNORECASE)
_LETTERS = "lower(), upper() and ILIKE know no letters beyond A to Z on SQLite: É and é differ there."


def _folds_case(sql: Sql | None) -> bool:
    return sql is not None and sql.sqlite is not None and _FOLDS_CASE.search(sql.postgres or "") is not None


def _is_clock_of_session(sql: object) -> bool:
    if not isinstance(sql, Sql):
        return False
    return "'now'" in (sql.sqlite or "") and "at time zone" not in (sql.postgres or "").lower()


def sqlite_differences(schema: Schema, dialect: StandardDialect) -> tuple[Difference, ...]:
    """Every difference, in the order of tables; columns of a table that share a sentence share a line."""
    return tuple(difference for table in schema.tables for difference in _of_table(table, dialect))


_CONFLICTS: dict[str, str] = {
    "replace": "On SQLite a row that breaks {kind} takes the place of the one that is there, or the default of NULL.",
    "ignore": "SQLite leaves out a row that breaks {kind}, without an error.",
    "fail": "A statement on SQLite that breaks {kind} keeps what it has written before.",
    "rollback": "A row that breaks {kind} rolls back the whole transaction on SQLite.",
}


def _of_table(table: Table, dialect: StandardDialect) -> Iterator[Difference]:
    by_text: dict[str, list[str]] = {}
    for column in table.columns:
        for text in _of_column(table, column):
            by_text.setdefault(text, []).append(column.name)
    for text, names in by_text.items():
        yield Difference(table.name, ", ".join(names), text)
    for check in table.checks:
        if check.state is not RuleState.VALID:
            text = f"This check is {check.state} on PostgreSQL; SQLite has no such state, and no such check."
            yield Difference(table.name, check.name, text)
        elif check.sql.sqlite is None:
            yield Difference(table.name, check.name, "This check does not exist on SQLite.")
        elif _folds_case(check.sql):
            yield Difference(table.name, check.name, _LETTERS)
    yield from (
        Difference(table.name, key.name, text) for key in table.foreign_keys for text in _of_foreign_key(table, key)
    )
    yield from (
        Difference(table.name, index.name, text) for index in table.indexes for text in _of_index(index, dialect)
    )
    yield from (
        Difference(table.name, ", ".join(rule.columns), _CONFLICTS[rule.action].format(kind=rule.kind.upper()))
        for rule in table.sqlite.on_conflict
    )
    filled = filled_by_updates(table)
    if len(filled) > 1:
        text = "An UPDATE on SQLite that sets none but these columns refreshes none of them."
        yield Difference(table.name, ", ".join(filled), text)
    if not table.sqlite.parity:
        yield Difference(
            table.name, table.name, "SQLite does not check that values fit their types (`sqlite: {parity: false}`)."
        )


def _of_column(table: Table, column: Column) -> Iterator[str]:
    by_type = _BY_TYPE.get(type(column.type))
    if by_type:
        yield by_type
    if t.without_precision(column.type) != column.type:
        yield f"PostgreSQL rounds to {t.second_decimals(column.type)} decimals of a second; SQLite refuses more."
    if isinstance(column.type, t.Time) and t.second_decimals(column.type) < t.MAX_SECOND_DECIMALS:
        yield "PostgreSQL rounds the last moment of a day to 24:00:00, which Python can't read."
    if isinstance(column.type, t.Numeric):
        yield f"{_of_numeric(column.type)} SQL on PostgreSQL may write NaN."
    if isinstance(column.type, t.TextType):
        yield from _of_characters(column)
    yield from _of_key(table, column)
    if _folds_case(column.generated):
        yield _LETTERS
    if any(isinstance(sql, Sql) and sql.sqlite is None for sql in (column.default, column.generated)):
        yield "SQLite has no default or generated value here."
    if any(_is_clock_of_session(sql) for sql in (column.default, column.on_row_update)) and isinstance(
        column.type, (t.Date, t.Time, t.Timestamp)
    ):
        yield "PostgreSQL takes the current time in the time zone of the session, SQLite in UTC."
    if column.on_row_update and column.on_row_update.sqlite is None:
        yield "An UPDATE does not refresh this on SQLite."


def _of_numeric(type_: t.Numeric) -> str:
    if not sqlite_types.keeps_digits(type_):
        return "SQLite keeps a binary number of 8 bytes: digits beyond the 15th are lost."
    over_precise = f"PostgreSQL rounds a value with more than {type_.scale} decimals; SQLite refuses it."
    if not sqlite_types.is_narrower(type_):
        return over_precise
    limit = f"{10 ** (sqlite_types.REAL_DIGITS - type_.scale):,}"
    return f"SQLite keeps 15 digits, so it refuses values of {limit} and more that {type_} could hold. {over_precise}"


def _of_characters(column: Column) -> Iterator[str]:
    if column.collation is None:
        yield "SQLite sorts text by its bytes, PostgreSQL by the database's collation; `collation: C` makes it equal."
    elif column.collation not in BYTE_ORDER:
        yield f"SQLite has no collation {column.collation}: it compares and sorts bytes."


def _of_key(table: Table, column: Column) -> Iterator[str]:
    key = table.primary_key
    only_key = key is not None and key.columns == (column.name,)
    if column.identity and (not only_key or table.sqlite.without_rowid):
        yield "SQLite numbers rows only in a primary key of one column: an INSERT has to give this value."
    elif column.identity:
        yield "An INSERT on SQLite that gives NULL for this key gets the next number; PostgreSQL refuses it."
    elif sqlite_types.is_row_number(table, column) and column.default:
        yield "SQLite never uses the default of this key: an INSERT that leaves it out gets the next number."
    elif sqlite_types.is_row_number(table, column):
        yield "An INSERT on SQLite that leaves this key out gets the next number; PostgreSQL refuses it."
    if column.always:
        yield "SQLite takes a number that a statement gives; PostgreSQL does by OVERRIDING SYSTEM VALUE alone."


def _of_foreign_key(table: Table, key: ForeignKey) -> Iterator[str]:
    if key.state is RuleState.NOT_VALID:
        yield "On PostgreSQL rows that were there before this key may break it; SQLite has no such state."
    if key.state is RuleState.NOT_ENFORCED:
        yield "PostgreSQL's catalog has this foreign key, and keeps it for no row; SQLite has none."
    if key.enforced and key.deferrable is not Deferrable.NO:
        yield "SQLite has no SET CONSTRAINTS: `PRAGMA defer_foreign_keys = ON` defers every key of a transaction."
    if key.touch and key.parent == table.name:
        yield (
            "A change refreshes all ancestors on PostgreSQL, and on SQLite with `PRAGMA recursive_triggers = ON`; "
            "else only the nearest ones."
        )


def _of_index(index: Index, dialect: StandardDialect) -> Iterator[str]:
    if index.is_full_text:
        yield from _OF_WORDS
        return
    if not dialect.supports(index):
        kind = "" if index.method == "btree" else f" of kind {index.method}"
        yield f"This index{kind} does not exist on SQLite."
        return
    if any(_folds_case(sql) for sql in (*(element.sql for element in index.elements), index.where)):
        yield _LETTERS
    if index.include:
        yield f"The index does not hold {', '.join(index.include)} on SQLite, which has no INCLUDE."
    if any(element.nulls for element in index.elements):
        yield "SQLite always keeps NULLs before other values."
    if any(element.opclass for element in index.elements):
        yield "SQLite has no operator classes."
    if any(element.collation not in {None, *BYTE_ORDER} for element in index.elements):
        yield "The index compares bytes on SQLite, which does not have its collation."
