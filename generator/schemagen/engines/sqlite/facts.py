"""What a migration on SQLite has to find as it was, or must not find yet."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.engines.sqlite.dialect import SQLITE
from schemagen.engines.standard import sql_text
from schemagen.schema.full_text import rows_view
from schemagen.schema.names import folded
from schemagen.schema.triggers import triggers_of_schema
from schemagen.sql.own_statements import made_name

from .guard import Expected, Fact
from .triggers import trigger_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.changes.changes import AlterTable
    from schemagen.changes.halves import Gate
    from schemagen.schema.model import Schema, Table


_PIECE = 300
"""How many characters of a table's text are read at a time, so that the work grows with the text, not its square."""


def count(name: str, before: str, after: str) -> Fact:
    """As many rows as before, under the new name of the table."""
    return Fact(name, f"(SELECT count(*) FROM {SQLITE.quote(before)})", f"(SELECT count(*) FROM {SQLITE.quote(after)})")


def broken(before: str | None, after: str) -> Fact:
    """Rows that refer to nothing: as many as before; none in a table that is recreated."""

    def found(name: str) -> str:
        return f"(SELECT count(*) FROM pragma_foreign_key_check({sql_string(name)}))"

    return Fact(f"broken references of {after}", found(before) if before else "0", found(after), late=Expected.PARENTS)


def complete(gate: Gate) -> Fact:
    """No row for which a step is still to be done."""
    left = f"(SELECT count(*) FROM (\n{gate.rest.sqlite}\n))"
    return Fact(f"rows left for step {gate.step}", "0", left, early=Expected.COMPLETE_STEPS)


def shape(table: Table) -> Fact:
    """The columns of a table, in any order: another table of that name, or one that has changed already, differs."""
    said = sorted(f"{folded(column.name)} {SQLITE.column_type(column, table).upper()}" for column in table.columns)
    name = sql_string(table.name)
    found = (
        "(SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said "
        f"FROM pragma_table_xinfo({name}) ORDER BY said))"
    )
    return Fact(f"columns of {table.name}", sql_string(", ".join(said)), found, early=Expected.COLUMNS)


def rules(tables: Sequence[Table], schema: Schema) -> Fact:
    """No rule of these tables but those that their history gives them: others would be lost when they are recreated.

    What no pragma tells (checks, generated columns, conflict clauses, defaults as they are written) is read from the
    tables' own text, by tokens: case, layout, comments, kinds of quotes and brackets do not count. The known rules come
    from the same query.
    """
    found = sql_text("sqlite/rules.sql.jinja", tables=[sql_string(table.name) for table in tables], length=_PIECE)
    with closing(sqlite3.connect(":memory:")) as empty:
        for table in tables:
            empty.execute(SQLITE.create_table(table, schema)[0].sql)
            for index in SQLITE.indexes(table):
                empty.execute(SQLITE.create_index(table, index).sql)
        known = sorted(rule for (rule,) in empty.execute(found))
    unknown = sql_text("sqlite/unknown_rules.sql.jinja", found=found, known=[sql_string(rule) for rule in known])
    return Fact("no other rules", "NULL", unknown, early=Expected.KNOWN_RULES)


def unconverted(change: AlterTable, schema: Schema) -> Fact:
    """The table is not what it will be: values must not be converted twice."""
    made = SQLITE.create_table(change.new, schema)[0].sql.replace("TABLE IF NOT EXISTS", "TABLE", 1)
    table = f"type = 'table' AND name = {sql_string(change.new.name)}"
    found = f"(SELECT count(*) FROM sqlite_schema WHERE {table} AND sql = {sql_string(made)})"
    return Fact(f"no converted values in {change.new.name}", "0", found, early=Expected.COLUMNS)


def absent(table: Table) -> Fact:
    """The name of a new table is free."""
    found = f"(SELECT count(*) FROM sqlite_schema WHERE name = {sql_string(table.name)} COLLATE NOCASE)"
    return Fact(f"no table {table.name}", "0", found, early=Expected.FREE_NAMES)


def unmanaged(table: Table, schema: Schema) -> Fact:
    """Triggers and indexes that somebody else made, which would go with the table."""
    here = [one for one in triggers_of_schema(schema) if one.stands_on == table.name]
    known = [name for trigger in here for name in trigger_names(trigger, schema)]
    known += [index.name for index in SQLITE.indexes(table)]
    known += [name for own in schema.objects if own.sql.sqlite and (name := made_name(own.sql.sqlite)) is not None]
    found = (
        f"(SELECT count(*) FROM sqlite_schema WHERE tbl_name = {sql_string(table.name)} COLLATE NOCASE "
        "AND type IN ('index', 'trigger') AND sql IS NOT NULL "
        f"AND name NOT IN ({', '.join(map(sql_string, known))}))"
    )
    return Fact(f"no other trigger or index on {table.name}", "0", found, early=Expected.NOBODY_ELSES)


def unmanaged_children(table: Table, schema: Schema) -> Fact:
    """Tables that no spec knows and that refer to this one: their ON DELETE would act on its DROP TABLE."""
    known = {folded(child.name): None for child, _ in schema.children(table.name)}
    names = ", ".join(map(sql_string, {**known, folded(table.name): None}))
    found = (
        "(SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k "
        f"WHERE s.type = 'table' AND lower(k.\"table\") = {sql_string(folded(table.name))} "
        f"AND lower(s.name) NOT IN ({names}))"
    )
    return Fact(f"no other table refers to {table.name}", "0", found, early=Expected.NO_OTHER_CHILDREN)


def views_that_work(old: Schema, new: Schema) -> Fact:
    """Views that no spec knows and that can be read."""
    own = {view.name: None for schema in (old, new) for view in schema.views}
    own |= {
        rows_view(index.name): None
        for schema in (old, new)
        for table in schema.tables
        for index in table.indexes
        if index.is_full_text
    }
    others = f" AND v.name NOT IN ({', '.join(map(sql_string, own))})" if own else ""
    found = (
        "(SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) "
        f"WHERE v.type = 'view'{others})"
    )
    return Fact("views that work", found, found)
