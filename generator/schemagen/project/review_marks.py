"""What a change meets that readers are reported of: whose table it is, and which tagged columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.changes import changes as c
from schemagen.changes.renames import mentions
from schemagen.schema.index import Index
from schemagen.schema.model import Check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.changes.diff import Evolution
    from schemagen.schema.model import Column, ForeignKey, Table, Unique


@dataclass(frozen=True, slots=True)
class Marks:
    """The group, team and tags of a table, and what is tagged of what changes, as in ``users.email: pii``."""

    group: str = ""
    team: str = ""
    tags: tuple[str, ...] = ()
    tagged: tuple[str, ...] = ()


def marks(evolution: Evolution, change: c.Change, part: c.Part | None = None) -> Marks:
    """What a change of a table, or a part of one, meets; nothing of what is not a table."""
    match change:
        case c.CreateTable(table) | c.DropTable(table):
            return _marks(table, table.columns)
        case c.RenameTable(_, name):
            table = evolution.new.table(name)
            return _marks(table, table.columns)
        case c.AlterTable(_, _, table) if part is not None:
            names = set(_names(part, table))
            gone = [each for each in change.moved.columns if each.name not in table.by_name]
            return _marks(table, [each for each in (*table.columns, *gone) if each.name in names])
    return Marks()


def _marks(table: Table, columns: Iterable[Column]) -> Marks:
    met = tuple(f"{table.name}.{column.name}: {', '.join(column.tags)}" for column in columns if column.tags)
    return Marks(table.group, table.team, table.tags, met)


def _names(part: c.Part, table: Table) -> Iterable[str]:
    """The columns that a part of a change is about, under their old and new names."""
    found: Iterable[str] = ()
    match part:
        case c.AddColumn(column) | c.DropColumn(column):
            found = (column.name,)
        case c.AlterColumn(old, new):
            found = (old.name, new.name)
        case c.RenameColumn(before, after):
            found = (before, after)
        case c.RenameLabels(name):
            found = (name,)
        case c.ReplacePrimaryKey(old_key, new_key):
            found = (name for key in (old_key, new_key) if key for name in key.columns)
        case (
            c.AddConstraint(item)
            | c.DropConstraint(item)
            | c.ChangeState(_, item)
            | c.AddIndex(item)
            | c.DropIndex(item)
        ):
            found = _read(item, table)
        case c.AddTrigger(trigger) | c.DropTrigger(trigger):
            found = (trigger.column,)
    return found


def _read(item: Unique | Check | ForeignKey | Index, table: Table) -> Iterator[str]:
    """The columns of a rule or an index, and those that its SQL speaks of."""
    match item:
        case Check(sql=condition):
            spoken = [condition]
        case Index():
            yield from item.columns
            spoken = [sql for sql in (item.where, *(element.sql for element in item.elements)) if sql]
        case _:
            yield from item.columns
            spoken = []
    texts = [sql.postgres or sql.sqlite or "" for sql in spoken]
    yield from (name for name in table.by_name if any(mentions(text, [name]) for text in texts))
