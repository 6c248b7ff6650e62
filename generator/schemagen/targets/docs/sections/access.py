"""Sections "Query patterns & access paths" and "Indexing strategy"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import code_span
from schemagen.schema.access_paths import paths, serves
from schemagen.schema.types import TimestampType
from schemagen.targets.docs import words
from schemagen.targets.docs.markdown import bullets, codes, fence, joined, sentence, table
from schemagen.targets.docs.notes import gathered

from .tables import index_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.schema.dialect import Sql
    from schemagen.schema.index import Index
    from schemagen.schema.model import Document, Schema, Table
    from schemagen.schema.query import Query
    from schemagen.targets.docs.overview import Overview


@dataclass(frozen=True, slots=True)
class QuerySection:
    """One query pattern in finished Markdown."""

    heading: str
    description: str
    facts: str
    sql: str


@dataclass(frozen=True, slots=True)
class Access:
    """The query patterns, the paths that keys serve without one, and how rows are ordered."""

    queries: tuple[QuerySection, ...]
    paths: str
    ordering: str


@dataclass(frozen=True, slots=True)
class Indexing:
    """The indexing strategy in finished Markdown; what does not apply is empty."""

    strategy: str
    sql: str
    uncovered: str


def access(document: Document, tables: Sequence[Table], queries: Sequence[Query], overview: Overview) -> Access:
    """Everything that the section says of one document's queries and tables."""
    return Access(
        tuple(_query(query, overview) for query in queries),
        "" if queries else bullets(line for item in tables for line in _paths(item, overview)),
        gathered("ordering", document.notes, tables) or _ordering(tables),
    )


def in_both(sql: Sql, overview: Overview) -> str:
    """An SQL text in fenced blocks: one where the engines run the same, else one each with its name."""
    if sql.postgres is not None and sql.postgres == sql.sqlite:
        return f"On both engines:\n\n{fence('sql', sql.postgres)}"
    parts = []
    for engine in overview.dialects:
        text = sql.for_dialect(engine.name)
        parts.append(f"{engine.title}:\n\n{fence('sql', text)}" if text is not None else f"Not on {engine.title}.")
    return "\n\n".join(parts)


def p95(milliseconds: float) -> str:
    """``200 ms``."""
    return f"{milliseconds:,.10g} ms"


def _query(query: Query, overview: Overview) -> QuerySection:
    facts = []
    if query.tables:
        facts.append(f"Tables: {codes(query.tables)}{' (a write)' if query.writes else ''}.")
    if query.parameters:
        given = joined([f"`:{item.name}` ({code_span(str(item.type))})" for item in query.parameters])
        facts.append(f"Parameters: {given}.")
    if query.uses:
        facts.append(f"Served by: {joined([_path(name, query, overview) for name in query.uses])}.")
    if query.p95_ms is not None:
        facts.append(f"Latency target: p95 under {p95(query.p95_ms)}.")
    description = sentence(query.description) or f"{'Writes' if query.writes else 'Reads'} {codes(query.tables)}."
    return QuerySection(f"`{query.name}`", description, bullets(facts), in_both(query.sql, overview))


def _path(name: str, query: Query, overview: Overview) -> str:
    """What a ``uses`` names: the index, unique constraint or primary key, with its table and columns."""
    for table_name in query.tables:
        subject = overview.schema.by_name.get(table_name)
        if subject is None:
            continue
        if subject.primary_key and subject.primary_key.name == name:
            return f"primary key `{name}` of `{table_name}` ({codes(subject.primary_key.columns)})"
        for unique in subject.uniques:
            if unique.name == name:
                return f"unique constraint `{name}` of `{table_name}` ({codes(unique.columns)})"
        for index in subject.indexes:
            if index.name == name:
                return f"index `{name}` of `{table_name}` ({index_columns(index, overview)})"
    return f"`{name}`"


def _paths(subject: Table, overview: Overview) -> list[str]:
    lines = []
    if subject.primary_key:
        lines.append(
            f"One {words.noun(subject)} by {codes(subject.primary_key.columns)}: `{subject.primary_key.name}`."
        )
    lines += [f"One {words.noun(subject)} by {codes(item.columns)}: `{item.name}`." for item in subject.uniques]
    lines += [
        f"Rows of `{subject.name}` by {index_columns(item, overview)}: `{item.name}`." for item in subject.indexes
    ]
    return lines


def _ordering(tables: Sequence[Table]) -> str:
    timestamps = [
        f"`{item.name}.{column.name}`"
        for item in tables
        for column in item.columns
        if isinstance(column.type, TimestampType)
    ]
    if not timestamps:
        return "Only ORDER BY sets an order: neither engine promises one without it."
    return (
        "Only ORDER BY sets an order. Timestamps sort by time as they are stored on both engines; the default `now()` "
        "has microseconds on PostgreSQL, where it is the time of the transaction, and milliseconds on SQLite, where it "
        "is the time of the statement. Rows of one time need a second column, such as the key, to keep their order."
    )


def indexing(tables: Sequence[Table], overview: Overview) -> Indexing:
    """Everything that the section says of one document's tables."""
    rows = [row for item in tables for row in _strategy(item, overview)]
    return Indexing(
        table(("Index", "On", "Kind", "Serves", "Rationale"), rows) if rows else "",
        _index_sql(tables, overview),
        bullets(line for item in tables for line in _uncovered(item, overview.schema)),
    )


def _strategy(subject: Table, overview: Overview) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    if key := subject.primary_key:
        why = f"Finds one {words.noun(subject)}; keeps the key unique."
        rows.append(
            (
                f"`{key.name}`",
                f"`{subject.name}` ({codes(key.columns)})",
                "primary key",
                _serves(subject, key.name, overview),
                why,
            )
        )
    for unique in subject.uniques:
        why = sentence(unique.description) or f"Keeps {codes(unique.columns)} unique."
        on = f"`{subject.name}` ({codes(unique.columns)})"
        rows.append((f"`{unique.name}`", on, "unique constraint", _serves(subject, unique.name, overview), why))
    for index in subject.indexes:
        on = f"`{subject.name}` ({index_columns(index, overview)})"
        rows.append(
            (f"`{index.name}`", on, words.index_kind(index), _serves(subject, index.name, overview), _rationale(index))
        )
    return rows


def _serves(subject: Table, name: str, overview: Overview) -> str:
    return codes(query.name for query in overview.used_by.get((subject.name, name), ()))


def _rationale(index: Index) -> str:
    parts = [sentence(index.description), sentence(index.reason)]
    plain = [element.column for element in index.elements if element.column]
    if index.method == "btree" and len(plain) == len(index.elements) > 1:
        parts.append(
            f"Rows with one {codes(plain[:1])} stand together, in the order of {codes(plain[1:])}: "
            "one index filters and sorts."
        )
    if index.is_full_text:
        parts.append(f"Finds rows by words of {codes(plain)}.")
    if index.where:
        parts.append("Holds only the rows of its condition, so it is small and cheap to keep.")
    if index.include:
        parts.append(
            f"Carries {codes(index.include)} along on PostgreSQL, so a query can be answered from the index alone."
        )
    if any(element.sql for element in index.elements) and not index.completes:
        parts.append("Serves conditions on exactly this expression.")
    if index.unique:
        parts.append("Keeps the values unique.")
    return " ".join(filter(None, parts)) or f"Finds rows by {codes(plain)} without a scan."


def _index_sql(tables: Sequence[Table], overview: Overview) -> str:
    texts = []
    for engine in overview.dialects:
        statements = [engine.create_index(item, index).sql for item in tables for index in engine.indexes(item)]
        texts.append("\n".join(f"{statement};" for statement in statements))
    postgres, sqlite = texts
    if postgres == sqlite:
        return f"On both engines:\n\n{fence('sql', postgres)}" if postgres else ""
    named = zip(overview.dialects, texts, strict=True)
    return "\n\n".join(
        f"{engine.title}:\n\n{fence('sql', text)}" if text else f"{engine.title}: none." for engine, text in named
    )


def _uncovered(subject: Table, schema: Schema) -> list[str]:
    """Foreign keys that no key or index serves: a delete of the parent reads the whole child table."""
    ways = paths(subject)
    return [
        f"`{subject.name}` ({codes(key.columns)}) has no index of its own: "
        f"deleting a row of `{key.parent}` reads all of `{subject.name}`."
        for key in subject.enforced_foreign_keys
        if not any(serves(way, key, schema) for way in ways)
    ]
