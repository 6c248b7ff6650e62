"""Section "Database-specific considerations": types, defaults, features, and the differences that remain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import markdown_code
from schemagen.schema import types
from schemagen.schema.names import is_identifier
from schemagen.schema.triggers import rules_of
from schemagen.targets.docs.markdown import NOTHING, blocks, bullets, codes, prose, shortened, table
from schemagen.targets.docs.notes import gathered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.engines.base import Difference
    from schemagen.schema.dialect import Sql
    from schemagen.schema.model import Column, Document, Table
    from schemagen.targets.docs.overview import Overview

_MOST_COLUMNS = 6

_CONCURRENCY = (
    (
        "PostgreSQL: readers and writers do not wait for each other; two writers of one row do. "
        "The default isolation is READ COMMITTED."
    ),
    (
        "SQLite: one writer at a time for the whole file. `PRAGMA journal_mode = WAL` lets readers go on meanwhile, "
        "and `PRAGMA busy_timeout` makes a second writer wait instead of fail. It does not help a transaction that has "
        "read before it writes: begin such a one with BEGIN IMMEDIATE, as `make_engine(url, immediate=True)` does."
    ),
)

REASONS: dict[type[types.Type], str] = {
    types.Uuid: "Made without asking the database, not to be guessed, unique across systems; lower case with dashes.",
    types.Text: "Text of any length; a limit is a check on both engines, which PostgreSQL changes without a rewrite.",
    types.Varchar: "The limit is the type's on PostgreSQL and a check on SQLite, which ignores declared lengths.",
    types.Char: "A fixed length; PostgreSQL pads with spaces.",
    types.Enum: "Text with a check on both engines: sorts as text; a new value needs no new type.",
    types.SmallInt: "16 bits; a check keeps the range on SQLite.",
    types.Integer: "32 bits; a check keeps the range on SQLite.",
    types.BigInt: "64 bits on both engines.",
    types.Numeric: "Exact digits on PostgreSQL; SQLite has no decimals, so checks keep digits and size there.",
    types.Real: "4-byte floating point on PostgreSQL, 8-byte on SQLite.",
    types.Double: "8-byte floating point on both engines.",
    types.Boolean: "SQLite has no boolean: 0 and 1, and a check refuses the rest.",
    types.Date: "ISO 8601 text on SQLite, checked to be a day of the calendar; sorts by time.",
    types.Time: "ISO 8601 text on SQLite, checked; sorts by time.",
    types.Timestamp: "ISO 8601 text with six digits on SQLite, checked; sorts by time.",
    types.TimestampTz: "A timestamp in UTC; ISO 8601 text ending in Z on SQLite, checked; sorts by time.",
    types.Interval: "A span of time; text on SQLite, which cannot calculate with it.",
    types.Json: "Kept as written; SQLite checks that it is valid JSON.",
    types.Jsonb: "Parsed and indexable on PostgreSQL; text that is checked to be valid JSON on SQLite.",
    types.Bytea: "Bytes on both engines.",
    types.Vector: "pgvector's type on PostgreSQL; the bytes of the numbers on SQLite, where a check counts them.",
    types.Array: "A JSON array as text on SQLite, which has no arrays.",
    types.Native: "Written for each engine in the spec.",
}
"""Why each type is kept as it is; every type of the language is here."""

NAMED_ENUM = (
    "A type of its own on PostgreSQL, which sorts by the order of its values; text with a check on SQLite, where the "
    "SQL of the specs sorts and compares by that order and everything else by text."
)


@dataclass(frozen=True, slots=True)
class Engines:
    """The section in finished Markdown; what does not apply is empty."""

    types: str
    expressions: str
    features: str
    timestamps: str
    concurrency: str
    full_text: str
    embeddings: str
    differences: str
    has_unique: bool


def engines(document: Document, tables: Sequence[Table], overview: Overview) -> Engines:
    """Everything that the section says of one document's tables."""
    return Engines(
        types=_types(tables, overview),
        expressions=_expressions(tables, overview),
        features=bullets(_features(tables)),
        timestamps=_timestamps(document, tables),
        concurrency=blocks(gathered("concurrency", document.notes, tables), bullets(_CONCURRENCY)),
        full_text=blocks(gathered("full_text", document.notes, tables), _searches(tables)),
        embeddings=gathered("embeddings", document.notes, tables),
        differences=_differences(tables, overview),
        has_unique=any(item.primary_key or item.uniques for item in tables),
    )


_SEARCH = (
    "`search(c, :words)` finds the rows whose column has every part of `:words` between spaces, in any order; a part "
    "with punctuation inside, such as `well-known` or `3.14`, is a phrase. `search_prefix(c, :words)` takes the last "
    "word for a beginning. Case is ignored, accents are not; nothing that somebody types is an operator or an error, "
    "and there are no stems and no stop words. Rows have no rank: a query orders them by its columns."
)


def _searches(tables: Sequence[Table]) -> str:
    """What is searched, and how; nothing where nothing is."""
    indexes = [(item, index) for item in tables for index in item.indexes if index.is_full_text]
    found = [f"`{item.name}` ({codes(index.columns)}): `{index.name}`." for item, index in indexes]
    return blocks(_SEARCH, bullets(found)) if found else ""


def _types(tables: Sequence[Table], overview: Overview) -> str:
    found: dict[tuple[str, str, str], tuple[Column, list[str]]] = {}
    for item in tables:
        for column in item.columns:
            label = "enum" if isinstance(column.type, types.Enum) and not column.type.name else str(column.type)
            row = (label, overview.postgres.column_type(column, item), overview.sqlite.column_type(column, item))
            found.setdefault(row, (column, []))[1].append(f"`{item.name}.{column.name}`")
    rows = [
        (*map(markdown_code, row), shortened(columns, _MOST_COLUMNS), _reason(column.type))
        for row, (column, columns) in found.items()
    ]
    return table(("Type", "PostgreSQL", "SQLite", "Columns", "Why"), rows) if rows else ""


def _reason(type_: types.Type) -> str:
    return NAMED_ENUM if types.is_named(type_) else REASONS[type(type_)]


def _expressions(tables: Sequence[Table], overview: Overview) -> str:
    """Defaults, generated values and row updates whose text differs between the engines."""
    found: dict[tuple[str, str | None, str | None], list[str]] = {}
    for item in tables:
        for column in item.columns:
            pairs = [("default", overview.postgres.default(column), overview.sqlite.default(column))]
            pairs += [_pair("generated", column.generated), _pair("on row update", column.on_row_update)]
            for pair in pairs:
                if pair[1] != pair[2]:
                    found.setdefault(pair, []).append(_name(item, column))
    rows = [
        (what, _side(postgres), _side(sqlite), shortened(names, _MOST_COLUMNS))
        for (what, postgres, sqlite), names in found.items()
    ]
    return table(("What", "PostgreSQL", "SQLite", "Columns"), rows) if rows else ""


def _pair(what: str, sql: Sql | None) -> tuple[str, str | None, str | None]:
    return (what, sql.postgres, sql.sqlite) if sql else (what, None, None)


def _side(text: str | None) -> str:
    return NOTHING if text is None else markdown_code(text)


def _features(tables: Sequence[Table]) -> list[str]:
    """The features of the engines that these tables use, and where."""
    columns = [(item, column) for item in tables for column in item.columns]
    indexes = [index for item in tables for index in item.indexes]
    found = [
        ("Identity columns, counted by the database", [_name(*pair) for pair in columns if pair[1].identity]),
        (
            "Generated columns, stored",
            [_name(*pair) for pair in columns if pair[1].generated and not pair[1].virtual],
        ),
        ("Generated columns, virtual (PostgreSQL 18)", [_name(*pair) for pair in columns if pair[1].virtual]),
        ("JSON columns", [_name(*pair) for pair in columns if isinstance(pair[1].type, types.JsonType)]),
        ("Arrays on PostgreSQL", [_name(*pair) for pair in columns if isinstance(pair[1].type, types.Array)]),
        ("Partial indexes", [f"`{index.name}`" for index in indexes if index.where]),
        (
            "Indexes on an expression",
            [f"`{index.name}`" for index in indexes if any(part.sql for part in index.elements)],
        ),
        (
            "Full-text indexes: GIN on PostgreSQL, FTS5 on SQLite",
            [f"`{index.name}`" for index in indexes if index.is_full_text],
        ),
        ("Covering indexes on PostgreSQL", [f"`{index.name}`" for index in indexes if index.include]),
        ("Indexes on PostgreSQL alone", [f"`{index.name}`" for index in indexes if index.only == "postgres"]),
        ("Indexes on SQLite alone", [f"`{index.name}`" for index in indexes if index.only == "sqlite"]),
        (
            "Triggers",
            [f"`{trigger.name}`" for item in tables for trigger in rules_of(item)],
        ),
        ("STRICT tables on SQLite", [f"`{item.name}`" for item in tables if item.sqlite.strict]),
        ("WITHOUT ROWID on SQLite", [f"`{item.name}`" for item in tables if item.sqlite.without_rowid]),
    ]
    return [f"{what}: {shortened(names)}." for what, names in found if names]


def _name(item: Table, column: Column) -> str:
    return f"`{item.name}.{column.name}`"


def _timestamps(document: Document, tables: Sequence[Table]) -> str:
    noted = gathered("timestamps", document.notes, tables)
    aware = [
        _name(item, column) for item in tables for column in item.columns if isinstance(column.type, types.TimestampTz)
    ]
    naive = [
        _name(item, column) for item in tables for column in item.columns if isinstance(column.type, types.Timestamp)
    ]
    lines = []
    if aware:
        lines.append(
            "UTC on both engines: PostgreSQL keeps the moment and no zone, SQLite the text "
            "`YYYY-MM-DDTHH:MM:SS.ffffffZ`; "
            f"the models give and take aware values. Columns: {shortened(aware)}."
        )
    if naive:
        lines.append(f"Without a zone, to be read as the application means them: {shortened(naive)}.")
    if not lines:
        lines.append("No column holds a day with a time.")
    return blocks(noted, bullets(lines))


def _differences(tables: Sequence[Table], overview: Overview) -> str:
    found: dict[str, list[str]] = {}
    for item in tables:
        for difference in overview.differences.get(item.name, ()):
            found.setdefault(difference.text, []).extend(_places(difference))
    rows = [(shortened(places, _MOST_COLUMNS), prose(text)) for text, places in found.items()]
    return table(("Where", "How the engines differ"), rows) if rows else ""


def _places(difference: Difference) -> list[str]:
    """Each column or constraint that a difference is about."""
    parts = difference.subject.split(", ")
    if all(map(is_identifier, parts)):
        return [f"`{difference.table}.{part}`" for part in parts]
    return [f"`{difference.table}`: {prose(difference.subject)}"]
