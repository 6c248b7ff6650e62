"""Section "Relationships & integrity": cardinality, foreign keys, cascades and how orphans are prevented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import markdown
from schemagen.schema.model import Deferrable
from schemagen.targets.docs import words
from schemagen.targets.docs.markdown import bullets, codes, joined, sentence, shortened, table
from schemagen.targets.docs.notes import gathered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.schema.model import Document, ForeignKey, Schema, Table
    from schemagen.targets.docs.overview import Overview

_HARD_DELETES = (
    "Deletes are hard: a DELETE removes the row, and what refers to it follows the rules above. "
    "No table is told to keep deleted rows."
)


@dataclass(frozen=True, slots=True)
class Integrity:
    """The section in finished Markdown; what does not apply is empty."""

    cardinality: str
    foreign_keys: str
    cascades: str
    orphans: str
    loose: str
    soft_deletes: str


def integrity(document: Document, tables: Sequence[Table], overview: Overview) -> Integrity:
    """Everything that the section says of one document's tables."""
    schema = overview.schema
    return Integrity(
        cardinality=bullets(_cardinalities(tables, schema)),
        foreign_keys=_foreign_keys(document, tables, overview),
        cascades=bullets(_cascades(tables, overview)),
        orphans=bullets(_orphans(tables, schema)),
        loose=bullets(_loose(tables)),
        soft_deletes=gathered("soft_deletes", document.notes, tables) or _HARD_DELETES,
    )


def _cardinalities(tables: Sequence[Table], schema: Schema) -> list[str]:
    own = {item.name for item in tables}
    lines = [words.cardinality(item, key, schema) for item in tables for key in item.foreign_keys]
    for item in tables:
        outside = [pair for pair in schema.children(item.name) if pair[0].name not in own]
        lines += [words.cardinality(child, key, schema) for child, key in outside]
    return lines + [line for item in tables if (line := words.many_to_many(item))]


def _cascades(tables: Sequence[Table], overview: Overview) -> list[str]:
    schema = overview.schema
    parents = {
        item.name for item in tables if item.keeps_rows or any(key.enforced for _, key in schema.children(item.name))
    }
    lines = [f"**`{item.name}`**: {' '.join(overview.deletes[item.name])}" for item in tables if item.name in parents]
    if alone := [f"`{item.name}`" for item in tables if item.name not in parents]:
        lines.append(
            f"Nothing refers to a row of {joined(alone, 'or')} by an enforced key: deleting one removes that row alone."
        )
    return lines


def _foreign_keys(document: Document, tables: Sequence[Table], overview: Overview) -> str:
    rows = []
    for item in tables:
        for key in item.enforced_foreign_keys:
            target = f"{overview.link_to(key.parent, document)} ({codes(key.parent_columns)})"
            columns = f"`{item.name}` ({codes(key.columns)})"
            rows.append((columns, target, key.deletion, str(key.on_update), _when(key), _why(item, key)))
    return table(("Foreign key", "References", "On delete", "On update", "Checked", "Why"), rows) if rows else ""


def _why(item: Table, key: ForeignKey) -> str:
    return sentence(key.description or item.column(key.columns[0]).description)


def _when(key: ForeignKey) -> str:
    return "at commit" if key.deferrable is Deferrable.DEFERRED else "at once"


def _orphans(tables: Sequence[Table], schema: Schema) -> list[str]:
    keys = [(item, key) for item in tables for key in item.enforced_foreign_keys]
    if not keys:
        return []
    required = [_full_name(item, key) for item, key in keys if not words.is_optional(item, key)]
    optional = [_full_name(item, key) for item, key in keys if words.is_optional(item, key)]
    lines = [
        "Both engines refuse a row whose parent does not exist, and act on a parent's delete as the table above says."
    ]
    if required:
        lines.append(f"A row always has its parent: {shortened(required)} {_are(required)} NOT NULL.")
    if optional:
        lines.append(f"A row may stand without a parent, with NULL there: {shortened(optional)}.")
    late = [_full_name(item, key) for item, key in keys if schema.is_late(item, key)]
    if late:
        lines.append(f"Part of a cycle, so its parent table is created later: {shortened(late)}.")
    lines.append("SQLite keeps foreign keys only on a connection that ran `PRAGMA foreign_keys = ON`.")
    return lines


def _are(items: Sequence[str]) -> str:
    return "is" if len(items) == 1 else "are"


def _full_name(item: Table, key: ForeignKey) -> str:
    if len(key.columns) == 1:
        return f"`{item.name}.{key.columns[0]}`"
    return f"`{item.name}` ({codes(key.columns)})"


def _loose(tables: Sequence[Table]) -> list[str]:
    lines = []
    for item in tables:
        for key in item.foreign_keys:
            if not key.enforced:
                why = sentence(key.description)
                how = "by a constraint that PostgreSQL does not enforce" if key.is_declared else "without a constraint"
                lines.append(f"{_full_name(item, key)} refers to `{words.reference(key)}` {how}. {why}".rstrip())
        lines += [
            f"`{item.name}.{column.name}` refers to {markdown(column.external_reference)}, outside this database."
            for column in item.columns
            if column.external_reference
        ]
    return lines
