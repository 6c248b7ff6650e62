"""Triggers that the language has words for, recognised by their names and by what our own ones say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemagen.engines.catalog import CatalogSql
from schemagen.engines.sqlite.inspect.tokens import Kind, catalog_sql, tokens
from schemagen.schema.full_text import EVENTS, METHOD
from schemagen.schema.names import bounded_name, row_update_name
from schemagen.schema.places import local_name, schema_of
from schemagen.schema.triggers import REFUSING_DELETES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.engines.catalog import CatalogForeignKey, CatalogTable, CatalogTrigger
    from schemagen.schema.dialect import DialectName

    from .spec_keys import TableKeys

_NAME = r'"(?:[^"]|"")+"|\w+'
_SQLITE_FILL = re.compile(rf"UPDATE (?P<table>{_NAME}) SET (?P<column>{_NAME}) = \((?P<sql>.*?)\)\s+WHERE ", re.DOTALL)
_POSTGRES_FILL = re.compile(rf"NEW\.(?P<column>{_NAME}) := (?P<sql>.*);\s+RETURN NEW;", re.DOTALL)
_POSTGRES_TOUCH = re.compile(
    rf"UPDATE (?:(?P<schema>{_NAME})\.)?(?P<table>{_NAME}) SET (?P<column>{_NAME}) = (?P<sql>.*?)\s+WHERE ", re.DOTALL
)
_USUAL_TRIGGER = re.compile(
    rf"CREATE TRIGGER (?:{_NAME}) BEFORE UPDATE ON \S+ FOR EACH ROW EXECUTE FUNCTION "
    r"[\w.\"]+\((?:'(?P<argument>\w+)')?\)"
)
_MOMENT = (
    r"(?:now|clock_timestamp|transaction_timestamp|statement_timestamp)\(\)(?: AT TIME ZONE 'UTC')?"
    r"|CURRENT_TIMESTAMP|LOCALTIMESTAMP|timezone\('utc'(?:::text)?, now\(\)\)"
)
_USUAL_BODY = re.compile(
    rf"\s*BEGIN\s+NEW\.(?P<column>{_NAME})\s*:?=\s*(?P<sql>{_MOMENT})\s*;\s*RETURN NEW\s*;\s*END\s*;?\s*",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_IN_UTC = "now() AT TIME ZONE 'UTC'"
_SET_NULL = re.compile(rf"AFTER DELETE ON \S+ .*UPDATE (?:{_NAME}) SET (?P<changes>.*?)\s+WHERE ", re.DOTALL)
_EMPTIED = re.compile(rf"(?P<column>{_NAME}) = NULL(?:, |\Z)")


@dataclass(slots=True)
class Behaviour:
    """What the triggers of a table do, in the language's words, and the triggers that are none of ours."""

    append_only: bool = False
    keeps_rows: bool = False
    immutable: set[str] = field(default_factory=set)
    row_updates: dict[str, CatalogSql] = field(default_factory=dict)
    touches: dict[tuple[tuple[str, ...], str], str] = field(default_factory=dict)
    set_null: dict[tuple[tuple[str, ...], str], tuple[str, ...]] = field(default_factory=dict)
    usual: dict[str, CatalogTrigger] = field(default_factory=dict)
    foreign: tuple[CatalogTrigger, ...] = ()

    def emptied(self, key: CatalogForeignKey) -> tuple[str, ...]:
        """The columns that a trigger on the parent sets to NULL, where SQLite's key says no action."""
        return self.set_null.get((key.columns, key.parent), ())


def behaviour(
    table: CatalogTable, dialect: DialectName, keys: Mapping[str, TableKeys], tables: Mapping[str, CatalogTable]
) -> Behaviour:
    """What a table's triggers do, and those that stand on its parents for it; the names of ours are made of keys."""
    found = Behaviour()
    if dialect == "sqlite":
        for key in table.foreign_keys:
            for trigger in tables[key.parent].triggers if key.parent in tables else ():
                if columns := _emptied(trigger, keys[table.name], key):
                    found.set_null[key.columns, key.parent] = columns
    theirs = {
        trigger.name for trigger in table.triggers if dialect == "sqlite" and _is_of_child(trigger, table, keys, tables)
    }
    found.foreign = tuple(
        trigger
        for trigger in table.triggers
        if trigger.name not in theirs and not _recognised(trigger, table, dialect, keys[table.name], found)
    )
    return found


def _is_of_child(
    trigger: CatalogTrigger, parent: CatalogTable, keys: Mapping[str, TableKeys], tables: Mapping[str, CatalogTable]
) -> bool:
    """Whether a trigger empties columns of a child of its table."""
    return trigger.name.endswith("_set_null") and any(
        key.parent == parent.name and _emptied(trigger, keys[child.name], key)
        for child in tables.values()
        for key in child.foreign_keys
    )


def _emptied(trigger: CatalogTrigger, child: TableKeys, key: CatalogForeignKey) -> tuple[str, ...]:
    """The columns of a child that a trigger on its parent sets to NULL; none of another trigger."""
    made = _SET_NULL.search(trigger.definition.written)
    if made is None or trigger.name != bounded_name("trg", child.table, *child.of(key.columns), "set_null"):
        return ()
    columns = tuple(_bare(one["column"]) for one in _EMPTIED.finditer(made["changes"]))
    return columns if set(columns) < set(key.columns) else ()


def _recognised(
    trigger: CatalogTrigger, table: CatalogTable, dialect: DialectName, keys: TableKeys, found: Behaviour
) -> bool:
    kept = (index.name for index in table.indexes if index.method == METHOD)
    if trigger.name in {f"{name}_{event}" for name in kept for event in EVENTS}:
        return True
    if trigger.name == bounded_name("trg", keys.table, "append_only"):
        found.append_only = True
        return True
    if trigger.name in {bounded_name("trg", keys.table, kind) for kind in REFUSING_DELETES}:
        found.keeps_rows = True
        return True
    for column in table.columns:
        if trigger.name == bounded_name("trg", keys.table, keys.column(column.name), "immutable"):
            found.immutable.add(column.name)
            return True
        if trigger.name == row_update_name(keys.table, keys.column(column.name)):
            filled = (_SQLITE_FILL if dialect == "sqlite" else _POSTGRES_FILL).search(_text(trigger, dialect))
            if filled:
                found.row_updates[column.name] = _sql(filled["sql"], dialect)
            return filled is not None
    touched = any(_touches(trigger, keys, key, dialect, found) for key in table.foreign_keys)
    return touched or (dialect == "postgres" and _fills(trigger, table, found))


def _fills(trigger: CatalogTrigger, table: CatalogTable, found: Behaviour) -> bool:
    """Whether a trigger is the usual one that refreshes a column at each UPDATE."""
    filled = usual_row_update(trigger)
    if filled is None or filled[0] in found.row_updates or all(column.name != filled[0] for column in table.columns):
        return False
    name, sql = filled
    found.row_updates[name] = CatalogSql(sql, sql)
    found.usual[name] = trigger
    return True


def usual_row_update(trigger: CatalogTrigger) -> tuple[str, str] | None:
    """The column that a trigger of PostgreSQL sets to the present moment at each UPDATE, and the moment.

    None for a trigger that does anything else.
    """
    made = _USUAL_TRIGGER.fullmatch(trigger.definition.written)
    head, _, body = trigger.function.partition("\n")
    if made is None:
        return None
    if made["argument"]:
        return (made["argument"], "now()") if head.split()[:2] == ["moddatetime", "c"] else None
    filled = _USUAL_BODY.fullmatch(_COMMENT.sub("", body))
    if filled is None:
        return None
    sql = _IN_UTC if filled["sql"].lower().startswith("timezone") else filled["sql"]
    return _bare(filled["column"]), sql


def _touches(
    trigger: CatalogTrigger, keys: TableKeys, key: CatalogForeignKey, dialect: DialectName, found: Behaviour
) -> bool:
    name = bounded_name("trg", keys.table, *keys.of(key.columns), "touch")
    names = [f"{name}_{event}" for event in EVENTS] if dialect == "sqlite" else [name]
    if trigger.name not in names:
        return False
    filled = (_SQLITE_FILL if dialect == "sqlite" else _POSTGRES_TOUCH).search(_text(trigger, dialect))
    if filled is None or _bare(filled["table"]) != local_name(key.parent):
        return False
    if dialect == "postgres" and (filled["schema"] and _bare(filled["schema"])) != (schema_of(key.parent) or None):
        return False
    found.touches[key.columns, key.parent] = _bare(filled["column"])
    return True


def _text(trigger: CatalogTrigger, dialect: DialectName) -> str:
    return trigger.definition.written if dialect == "sqlite" else trigger.function


def _sql(text: str, dialect: DialectName) -> CatalogSql:
    return catalog_sql(text) if dialect == "sqlite" else CatalogSql(text, text)


def _bare(name: str) -> str:
    (token,) = tokens(name)
    return token.name if token.kind is Kind.QUOTED else name
