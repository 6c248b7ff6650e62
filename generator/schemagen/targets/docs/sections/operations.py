"""Sections "Scalability & performance" and "Schema evolution & versioning"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import markdown
from schemagen.schema.types import Bytea, Char, JsonType, Text, Varchar
from schemagen.targets.docs import words
from schemagen.targets.docs.markdown import blocks, bullets, codes, link, prose, shortened, table
from schemagen.targets.docs.notes import gathered
from schemagen.targets.docs.overview import migration_file
from schemagen.targets.docs.sizes import growth_table, largest_sentence, row_table, sizes_of

from .access import p95

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.schema.model import Column, Document, Table
    from schemagen.schema.partition import Partition
    from schemagen.schema.query import Query
    from schemagen.targets.docs.overview import Overview
    from schemagen.targets.docs.sizes import Sizes

_MOST_NAMES = 20
_NO_VOLUME = (
    "The spec states no number of rows for these tables; multiply the table above by the rows you expect. "
    "Both engines read a row by its key in a time that hardly grows with the table."
)


@dataclass(frozen=True, slots=True)
class Scalability:
    """The section in finished Markdown; performance and scalability are empty without a note."""

    latency: str
    row_sizes: str
    growth: str
    size_limits: str
    performance: str
    scalability: str
    partitioning: str
    archiving: str


@dataclass(frozen=True, slots=True)
class Evolution:
    """The section in finished Markdown."""

    version: str
    change_log: str
    extensibility: str
    evolution: str


def scalability(
    document: Document, tables: Sequence[Table], queries: Sequence[Query], overview: Overview
) -> Scalability:
    """Everything that the section says of one document."""
    sizes = sizes_of(tables, overview.postgres, overview.sqlite)
    return Scalability(
        latency=_latency(queries),
        row_sizes=row_table(sizes) if sizes else "",
        growth=_growth(sizes),
        size_limits=_size_limits(document, tables),
        performance=gathered("performance", document.notes, tables),
        scalability=gathered("scalability", document.notes, tables),
        partitioning=blocks(_divided(tables), gathered("partitioning", document.notes, tables)) or _partitioning(sizes),
        archiving=gathered("archiving", document.notes, tables) or _archiving(sizes),
    )


def _latency(queries: Sequence[Query]) -> str:
    rows = [
        (f"`{query.name}`", f"under {p95(query.p95_ms)}", codes(query.uses))
        for query in queries
        if query.p95_ms is not None
    ]
    if rows:
        return table(("Query pattern", "p95", "Served by"), rows)
    return (
        "No query pattern of this document states a target; the strategy above names the index behind each access path."
    )


def _growth(sizes: Sequence[Sizes]) -> str:
    stated = growth_table(sizes)
    return blocks(stated, largest_sentence(sizes)) or _NO_VOLUME


def _size_limits(document: Document, tables: Sequence[Table]) -> str:
    lines = [
        f"`{item.name}.{column.name}`: {limit}."
        for item in tables
        for column in item.columns
        if (limit := _limit(column))
    ]
    unlimited = [f"`{item.name}.{column.name}`" for item in tables for column in item.columns if _is_unlimited(column)]
    if unlimited:
        lines.append(
            "No limit but the engine's (1 GB per value on PostgreSQL, 256 MB of jsonb; 1 billion bytes on SQLite): "
            f"{shortened(unlimited, _MOST_NAMES)}."
        )
    noted = gathered("size_limits", document.notes, tables)
    computed = bullets(lines) or "No column of these tables varies in size beyond its type."
    return blocks(noted, computed)


def _limit(column: Column) -> str:
    match column.type:
        case Varchar(length=int(length)) | Text(max_length=int(length)):
            return f"at most {length:,} characters"
        case Char(length=length):
            return f"at most {length:,} characters, padded on PostgreSQL"
    return ""


def _is_unlimited(column: Column) -> bool:
    return isinstance(column.type, (Text, Varchar, JsonType, Bytea)) and not _limit(column)


def _divided(tables: Sequence[Table]) -> str:
    """How PostgreSQL divides tables; SQLite has each as one."""
    return bullets(
        f"`{item.name}` is one table on SQLite, and on PostgreSQL partitioned by {words.division(by)}."
        for item in tables
        if (by := item.partition)
    )


def _partitioning(sizes: Sequence[Sizes]) -> str:
    largest = largest_sentence(sizes)
    return f"No table is partitioned. {largest}".rstrip()


def _archiving(sizes: Sequence[Sizes]) -> str:
    kept = bullets(_detached(size.table, size.table.partition) for size in sizes if _is_of_times(size.table))
    if kept:
        return kept
    growing = [size.table.name for size in sizes if size.table.volume and size.table.volume.growth_per_month]
    reported = f" The tables that grow: {codes(growing)}." if growing else ""
    return f"Rows stay where they are until they are deleted; no table has an archive.{reported}"


def _is_of_times(item: Table) -> bool:
    return item.partition is not None and item.partition.period is not None


def _detached(item: Table, by: Partition | None) -> str:
    """How the oldest rows of a table leave it: with their partition, which keeps the rules of the table."""
    period = by.period if by else ""
    kept = "append-only" if item.append_only else "with its immutable columns"
    return (
        f"A {period} of `{item.name}` leaves it with its partition on PostgreSQL: "
        f"`ALTER TABLE {item.name} DETACH PARTITION … CONCURRENTLY` leaves a table of its own, {kept} as before, which "
        "can be dumped and dropped. SQLite deletes its rows."
    )


def evolution(document: Document, tables: Sequence[Table], overview: Overview) -> Evolution:
    """Everything that the section says of one document."""
    return Evolution(
        version=_version(document, overview),
        change_log=_change_log(document, tables, overview),
        extensibility=_extensibility(document, tables),
        evolution=gathered("evolution", document.notes, tables),
    )


def _version(document: Document, overview: Overview) -> str:
    which = (
        f"This document describes version {markdown(document.version)}."
        if document.version
        else "This document has no version."
    )
    if not overview.steps:
        return which
    guide = link("the migrations guide", overview.tree.relative("migrations/README.md", f"docs/{document.name}.md"))
    return f"{which} The database is at this schema when every migration of {guide} has been run."


def _change_log(document: Document, tables: Iterable[Table], overview: Overview) -> str:
    found = {(step.number, change): step for item in tables for step, change in overview.changes.get(item.name, ())}
    rows = []
    for (_, change), step in sorted(found.items(), key=lambda pair: pair[0][0]):
        files = [
            link(engine.title, overview.tree.relative(migration_file(step, engine.name), f"docs/{document.name}.md"))
            for engine in overview.dialects
        ]
        rows.append((f"`{step.identifier}`", prose(change), ", ".join(files)))
    return table(("Migration", "Change", "Files"), rows) if rows else "No migration names these tables yet."


def _extensibility(document: Document, tables: Sequence[Table]) -> str:
    noted = gathered("future", document.notes, tables)
    open_columns = [
        f"`{item.name}.{column.name}`"
        for item in tables
        for column in item.columns
        if isinstance(column.type, JsonType)
    ]
    if open_columns:
        computed = (
            f"New attributes fit without a migration into the JSON columns: {shortened(open_columns, _MOST_NAMES)}."
        )
    else:
        computed = "No table has a JSON column, so every new attribute is a column of its own, added as below."
    return blocks(noted, computed)
