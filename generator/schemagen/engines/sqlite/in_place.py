"""What SQLite alters where it is: plain columns that come or go (SQLite, "ALTER TABLE")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.changes.renames import mentions
from schemagen.engines import definitions
from schemagen.engines.sqlite.dialect import SQLITE
from schemagen.engines.table_layout import inner_comment

from .rebuild import can_be_added

if TYPE_CHECKING:
    from schemagen.changes.changes import AlterTable
    from schemagen.schema.model import Column, Table


def leaves_no_trace(change: AlterTable) -> bool:
    """Whether the text of a table stays as it is, so that nothing tells whether values have been converted."""
    return _definitions(change.old, change.moved) == _definitions(change.new, change.new)


def can_alter(change: AlterTable) -> bool:
    """Whether the table can be altered where it is: only plain columns come or go."""
    before, after = _definitions(change.old, change.moved), _definitions(change.new, change.new)
    added, dropped = change.added_columns, change.dropped_columns
    come = {(column.name, _column(column, change.new)) for column in added}
    come |= {
        (check.name, f"CHECK ({check.sql})") for column in added if (check := SQLITE.type_check(change.new, column))
    }
    gone = {(column.name, _column(column, change.moved)) for column in dropped}
    if after - before != come or before - after != gone or change.converted or change.renamed_labels:
        return False
    return all(can_be_added(SQLITE, column) for column in added) and all(
        _can_be_dropped(column, change) for column in dropped
    )


def _can_be_dropped(column: Column, change: AlterTable) -> bool:
    """Whether nothing else names a column (SQLite, "ALTER TABLE DROP COLUMN")."""
    table = replace(change.moved, columns=tuple(each for each in change.moved.columns if each != column))
    texts = [definition for _, definition in _definitions(table, table)]
    texts += definitions.indexes(SQLITE, change.moved, change.moved).values()
    return not column.generated and not mentions("\n".join(texts), [column.name])


def _column(column: Column, table: Table) -> str:
    return definitions.columns(SQLITE, table)[column.name]


def added_definition(column: Column, table: Table) -> str:
    """What ADD COLUMN says of a column: its definition, the check of its type, and what it means."""
    check = SQLITE.type_check(table, column)
    suffix = f" CONSTRAINT {SQLITE.quote(check.name)} CHECK ({check.sql})" if check else ""
    comment = inner_comment(SQLITE.column_comment(column, table))
    return f"{_column(column, table)}{suffix}  {comment}".rstrip()


def _definitions(named: Table, defined: Table) -> set[tuple[str, str]]:
    """Everything that stands in CREATE TABLE but the order of it."""
    found = set(definitions.columns(SQLITE, defined).items())
    found |= {(each.name, each.definition) for each in definitions.constraints(SQLITE, named, defined)}
    return found | {("", SQLITE.table_options(defined))}
