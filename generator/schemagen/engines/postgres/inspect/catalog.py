"""The catalog of a PostgreSQL database, by a few queries over the system catalogs for each of its schemas."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog import OUR_TABLES, Catalog, CatalogObject, CatalogOwn, CatalogTable
from schemagen.schema.places import USUAL_SCHEMA, PlacedName

from . import queries
from .own_queries import OWN
from .parts import (
    check_of,
    column_of,
    foreign_key_of,
    indexes_of,
    options_of,
    primary_key_of,
    sql_of,
    trigger_of,
    unique_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import psycopg

    from schemagen.engines.catalog import CatalogTrigger

    from .parts import Row

_OF_THE_DATABASE = frozenset({"extension"})
"""Kinds of objects that are in no schema, and are reported with the first."""


def read_postgres(
    connection: psycopg.Connection[Any], schema: str | None = None, others: Collection[str] | None = None
) -> Catalog:
    """Everything that a database holds, tables first.

    Nothing is written, and no lock is taken that a writer would wait for. Names of the first schema are printed without
    it: for the time of the reading it alone is on the search path.

    Args:
        connection: of any isolation and row factory; a transaction that is open stays open.
        schema: the one to read, and no other; None is the connection's current schema, ``public`` where there is none.
        others: which ones to read besides it, of those that the role may use; None means all but PostgreSQL's own and
            those of extensions, and none where a schema is named or the current one is not ``public``.

    Raises:
        psycopg.Error: when the server refuses or goes away.
    """
    from psycopg.rows import dict_row  # the driver is an extra

    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        before = cursor.execute(queries.SURROUNDINGS.encode()).fetchone() or {}
        home = str(schema or before["schema"])
        cursor.execute("SELECT set_config('search_path', quote_ident(%(home)s), true)", {"home": home})
        found = cursor.execute(queries.SCHEMAS.encode(), {"home": home}).fetchall()
        usable = {row["nspname"]: row["usable"] for row in found}
        wanted = [name for name, may_use in usable.items() if name != home and may_use]
        if others is not None:
            wanted = [name for name in wanted if name in others]
        elif schema is not None or home != USUAL_SCHEMA:
            wanted = []
        readers = []
        for name in (home, *wanted):
            hidden = "" if name != home or usable.get(home) else home
            readers.append(_Reader(cursor, name, home, {home, *wanted}, hidden))
        cursor.execute("SELECT set_config('search_path', %(path)s, true)", before)
    version = connection.info.server_version
    return Catalog(
        dialect="postgres",
        version=f"{version // 10000}.{version % 10000}",
        tables=tuple(table for reader in readers for table in reader.tables()),
        others=tuple(other for reader in readers for other in reader.others()),
        own=tuple(own for reader in readers for own in reader.own()),
    )


class _Reader:
    """All rows of all queries over one schema, by table."""

    def __init__(self, cursor: Any, schema: str, home: str, read: Collection[str], hidden: str) -> None:
        self.schema, self.home, self.read = schema, home, read
        self.prefix = "" if self.is_home else cursor.execute(queries.PREFIX, {"schema": schema}).fetchone()["prefix"]
        parameters = {"schema": schema, "prefix": self.prefix}

        def ask(query: str) -> list[Row]:
            found: list[Row] = cursor.execute(query.encode(), parameters).fetchall()
            return [_unqualified(row, hidden) for row in found] if hidden else found

        tables = ask(queries.TABLES)
        self.partitions = frozenset(row["relname"] for row in tables if row["relispartition"])
        """What no catalog shows: a partition is a part of its table, and others make and drop it."""
        self.rows = [row for row in tables if row["relname"] not in OUR_TABLES | self.partitions]
        self.columns = _by_table(ask(queries.COLUMNS))
        self.constraints = _by_table(ask(queries.CONSTRAINTS))
        self.indexes = _by_table(ask(queries.INDEXES))
        self.triggers = _by_table(ask(queries.TRIGGERS))
        self.types = ask(queries.TYPES)
        self.other_rows = [*ask(queries.OTHERS), *self.types]
        self.own_rows = ask(OWN)

    @property
    def is_home(self) -> bool:
        """Whether it is the schema whose names stand alone."""
        return self.schema == self.home

    def name(self, local: str, schema: str | None = None) -> str:
        """What a relation or a type is called: in another schema than the first, after it."""
        place = schema or self.schema
        return local if place == self.home else PlacedName(f"{place}.{local}", place, local)

    def tables(self) -> Iterator[CatalogTable]:
        """The tables."""
        for row in self.rows:
            yield self._table(row)

    def _table(self, row: Row) -> CatalogTable:
        name = row["relname"]
        of_type: dict[str, list[Row]] = defaultdict(list)
        for constraint in self.constraints[name]:
            of_type[constraint["contype"]].append(constraint)
        return CatalogTable(
            name=self.name(name),
            columns=tuple(column_of(column) for column in self.columns[name]),
            primary_key=next((primary_key_of(key) for key in of_type["p"]), None),
            foreign_keys=tuple(foreign_key_of(key, self._parent(key)) for key in of_type["f"]),
            uniques=tuple(unique_of(key) for key in of_type["u"]),
            checks=tuple(check_of(check) for check in of_type["c"]),
            indexes=tuple(indexes_of(self.indexes[name])),
            triggers=tuple(self._trigger(trigger) for trigger in self.triggers[name]),
            options=frozenset(options_of(row)),
            comment=row["comment"] or "",
        )

    def _trigger(self, row: Row) -> CatalogTrigger:
        schema = row["function_schema"]
        function = self.name(row["proname"], schema) if schema in self.read else row["proname"]
        return trigger_of({**row, "proname": function}, self.home)

    def _parent(self, key: Row) -> str:
        """The table that a foreign key refers to; as PostgreSQL prints it where its schema is not read."""
        schema = key["parent_schema"]
        return self.name(key["parent"], schema) if schema in self.read else str(key["parent_text"])

    def others(self) -> Iterator[CatalogObject]:
        """What is not a table."""
        for row in self.other_rows:
            if row["table_name"] not in self.partitions and not (row["kind"] in _OF_THE_DATABASE and not self.is_home):
                table = row["table_name"] and self.name(row["table_name"])
                name = row["name"] if table else self.name(row["name"])
                yield CatalogObject(row["kind"], name, sql_of(row["definition"]), table)
        for constraints in self.constraints.values():
            for row in constraints:
                if row["contype"] == "x" and row["relname"] not in self.partitions:
                    table = self.name(row["relname"])
                    yield CatalogObject("exclusion constraint", row["conname"], sql_of(row["definition"]), table)
        for row in self.rows:
            if row["parents"]:
                definition, name = ", ".join(sorted(options_of(row))), self.name(row["relname"])
                yield CatalogObject("inheritance", name, sql_of(definition), name)

    def own(self) -> Iterator[CatalogOwn]:
        """Views, objects and types."""
        for row in self.own_rows:
            yield self._own(row)
        for row in self.types:
            made = _TYPES[row["kind"]].format(f"{self.prefix}{row['quoted']}", row["definition"])
            yield CatalogOwn("type", self.name(row["name"]), made, comment=row["comment"])

    def _own(self, row: Row) -> CatalogOwn:
        """A view or an object; PostgreSQL prints a function with its schema, which a migration has on its path."""
        head = _HEADS.get(row["kind"], "")
        quoted = '"' + self.schema.replace('"', '""') + '"'
        sql = row["sql"].strip().rstrip(";")
        for schema in (self.schema, quoted) if head and self.is_home else ():
            sql = sql.replace(f"{head} {schema}.", f"{head} ", 1)
        name = row["name"]
        return CatalogOwn(
            kind=row["kind"],
            name=name if row["table_name"] else self.name(name),
            sql=sql,
            shown=(row["shown"] or "").strip().rstrip(";"),
            drop=row["drop"],
            table=row["table_name"] and self.name(row["table_name"]),
            columns=tuple(row["columns"]),
            options=tuple(row["options"]),
            comment=row["comment"],
            indexes=tuple(indexes_of(self.indexes[name])) if row["kind"] == "materialized view" else (),
        )


_QUOTED = re.compile(r"('(?:[^']|'')*')")
_PRINTED = ("type", "default_value", "generated", "expression", "definition", "predicate", "parent_text")
"""The columns of our queries that PostgreSQL prints, with the schema where the role may not use it."""


def _unqualified(row: Row, schema: str) -> Row:
    """A row without the name of the schema before other names, as it is printed to who may use the schema."""
    quoted = '"' + schema.replace('"', '""') + '"'
    prefix = re.compile(rf'(?<![\w"$.])(?:{re.escape(schema)}|{re.escape(quoted)})\.(?=[\w"])')
    return {
        key: "".join(part if part.startswith("'") else prefix.sub("", part) for part in _QUOTED.split(value))
        if key in _PRINTED and isinstance(value, str)
        else value
        for key, value in row.items()
    }


_HEADS = {
    "function": "CREATE OR REPLACE FUNCTION",
    "procedure": "CREATE OR REPLACE PROCEDURE",
    "statistics": "CREATE STATISTICS",
    "index": " ON",
}
"""What stands before a name that PostgreSQL prints with its schema."""

_TYPES = {
    "enum type": "CREATE TYPE {} AS ENUM ({})",
    "composite type": "CREATE TYPE {} AS ({})",
    "range type": "CREATE TYPE {} AS RANGE ({})",
    "domain": "CREATE DOMAIN {} AS {}",
}


def _by_table(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["relname"]].append(row)
    return found
