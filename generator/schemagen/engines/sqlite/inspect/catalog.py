"""The catalog of a SQLite database, by a handful of queries over its pragmas and its schema text."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog import (
    OUR_TABLES,
    Catalog,
    CatalogCheck,
    CatalogColumn,
    CatalogForeignKey,
    CatalogIndex,
    CatalogIndexElement,
    CatalogObject,
    CatalogOwn,
    CatalogPrimaryKey,
    CatalogSql,
    CatalogTable,
    CatalogTrigger,
    CatalogUnique,
)
from schemagen.schema.model import Action, Deferrable

from .full_text import FullTextIndexes
from .schema_text import ParsedTable, parse_index, parse_table
from .tokens import catalog_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = Any
"""One row of a pragma, by position; its columns are named in the query."""

_OBJECTS = (
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
)
_TABLES = "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'"
_COLUMNS = """
    SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
    FROM pragma_table_list m, pragma_table_xinfo(m.name) c
    WHERE m.schema = 'main' AND m.type = 'table' ORDER BY m.name, c.cid"""
_KEYS = """
    SELECT m.name, f.id, f."table", f."from", f."to", f.on_update, f.on_delete
    FROM pragma_table_list m, pragma_foreign_key_list(m.name) f
    WHERE m.schema = 'main' AND m.type = 'table' ORDER BY m.name, f.id, f.seq"""
_INDEXES = """
    SELECT m.tbl_name, m.name, i."unique", x.name, x."desc", x.coll, m.sql
    FROM sqlite_schema m, pragma_index_list(m.tbl_name) i, pragma_index_xinfo(m.name) x
    WHERE m.type = 'index' AND m.sql IS NOT NULL AND i.name = m.name AND x.key ORDER BY m.name, x.seqno"""

_IDENTIFIER = r'(?:"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[A-Za-z_][\w$]*)'
_VIEW = re.compile(
    rf"\s*CREATE\s+VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?{_IDENTIFIER}\s*"
    rf"(?:\(\s*{_IDENTIFIER}(?:\s*,\s*{_IDENTIFIER})*\s*\)\s*)?AS\b",
    re.IGNORECASE,
)

_BLANKS = re.compile(r" ?([(),]) ?")
"""Where a declared type may have spaces that mean nothing, as in ``NUMERIC (10, 2)``."""

_VIRTUAL, _STORED = 2, 3  # the values of pragma_table_xinfo.hidden for generated columns


def read_sqlite(connection: sqlite3.Connection) -> Catalog:
    """Everything that the main database of a connection holds.

    Args:
        connection: an open connection; nothing is written, and no transaction of its own is left open.

    Raises:
        sqlite3.DatabaseError: when the file is not a database or cannot be read.
    """
    return _Reader(connection).catalog()


class _Reader:
    """All rows of all pragmas, by table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        cursor.row_factory = None
        objects: list[Row] = cursor.execute(_OBJECTS).fetchall()
        self.full_text = FullTextIndexes(objects)
        self.objects = [row for row in objects if row[1] not in self.full_text.kept]
        self.kinds: dict[str, Row] = {row[0]: row for row in cursor.execute(_TABLES)}
        self.columns = _by_table(cursor.execute(_COLUMNS))
        self.keys = _by_table(cursor.execute(_KEYS))
        self.indexes = _by_table(cursor.execute(_INDEXES))
        self.triggers = _by_table((row[2].lower(), row[1], row[3]) for row in self.objects if row[0] == "trigger")
        self.names = {name.lower(): name for name in self.columns}
        views = [row[1] for row in self.objects if row[0] == "view"]
        self.view_columns = {name: _view_columns(cursor, name) for name in views}

    def catalog(self) -> Catalog:
        tables = [row for row in self.objects if row[0] == "table" and row[1] not in OUR_TABLES]
        plain = [row for row in tables if self.kinds[row[1]][1] == "table"]
        return Catalog(
            dialect="sqlite",
            version=sqlite3.sqlite_version,
            tables=tuple(self._table(name, parse_table(sql)) for _, name, _, sql in plain),
            others=tuple(self._others()),
            own=tuple(self._own()),
        )

    def _own(self) -> Iterable[CatalogOwn]:
        """The views by their SELECT, the triggers by their text."""
        for kind, name, table, sql in self.objects:
            if kind == "trigger":
                yield CatalogOwn("trigger", name, sql, table=table)
            elif kind == "view" and (made := _VIEW.match(sql)):
                yield CatalogOwn("view", name, sql[made.end() :].strip(), columns=self.view_columns.get(name, ()))

    def _others(self) -> Iterable[CatalogObject]:
        views = {row[1] for row in self.objects if row[0] == "view"}
        for kind, name, table, sql in self.objects:
            if kind == "table" and self.kinds[name][1] in {"virtual", "shadow"}:
                yield CatalogObject(f"{self.kinds[name][1]} table", name, catalog_sql(sql))
            elif kind == "view" or (kind == "trigger" and table in views):
                yield CatalogObject(kind, name, catalog_sql(sql), table if kind == "trigger" else None)

    def _table(self, name: str, parsed: ParsedTable) -> CatalogTable:
        _, _, without_rowid, strict = self.kinds[name]
        rows = self.columns[name]
        columns = self._columns(name, parsed, never_null=bool(strict or without_rowid))
        options = parsed.options | ({"strict"} if strict else set()) | ({"without rowid"} if without_rowid else set())
        return CatalogTable(
            name=name,
            columns=columns,
            primary_key=_primary_key(rows, parsed),
            foreign_keys=self._foreign_keys(name, parsed),
            uniques=tuple(
                CatalogUnique(key.name, _actual(key.columns, self.columns[name]), Deferrable.NO, key.details)
                for key in parsed.uniques
            ),
            checks=tuple(CatalogCheck(check.name, check.expression) for check in parsed.checks),
            indexes=(*_indexes(self.indexes[name], columns), *self.full_text.by_table[name.lower()]),
            triggers=tuple(CatalogTrigger(row[1], _trigger_definition(row[2])) for row in self.triggers[name.lower()]),
            options=frozenset(options),
            conflicts=tuple(sorted(replace(rule, columns=_actual(rule.columns, rows)) for rule in parsed.conflicts)),
            comment=parsed.comment,
        )

    def _columns(self, name: str, parsed: ParsedTable, *, never_null: bool) -> tuple[CatalogColumn, ...]:
        """The columns; a key is never NULL in STRICT and WITHOUT ROWID tables, nor is an alias of the rowid."""
        rows = self.columns[name]
        alias = _is_rowid_alias(rows)
        return tuple(
            CatalogColumn(
                name=column,
                type=_BLANKS.sub(r"\1", " ".join(declared.upper().split())),
                nullable=not (not_null or (key and (never_null or alias))),
                default=None if default is None else catalog_sql(default),
                generated=said.generated,
                virtual=hidden == _VIRTUAL,
                collation=said.collation.upper() if said.collation else None,
                comment=said.comment,
                comment_is_inside=said.comment_is_inside,
            )
            for (_, column, declared, not_null, default, key, hidden), said in zip(rows, parsed.columns, strict=True)
        )

    def _foreign_keys(self, name: str, parsed: ParsedTable) -> tuple[CatalogForeignKey, ...]:
        """The foreign keys in the order of the text; the pragma numbers them from the last one."""
        groups: dict[int, list[Row]] = defaultdict(list)
        for row in self.keys[name]:
            groups[row[1]].append(row)
        found = []
        for said, number in zip(parsed.references, sorted(groups, reverse=True), strict=True):
            rows = groups[number]
            parent = self.names.get(rows[0][2].lower(), rows[0][2])
            found.append(
                CatalogForeignKey(
                    name=said.name,
                    columns=_actual([row[3] for row in rows], self.columns[name]),
                    parent=parent,
                    parent_columns=self._parent_columns(parent, [row[4] for row in rows]),
                    on_delete=Action(rows[0][6].lower()),
                    on_update=Action(rows[0][5].lower()),
                    deferrable=said.deferrable,
                )
            )
        return tuple(found)

    def _parent_columns(self, parent: str, written: Sequence[str | None]) -> tuple[str, ...]:
        rows = self.columns.get(parent, [])
        return _actual([column for column in written if column is not None], rows) or _key_columns(rows)


def _view_columns(cursor: sqlite3.Cursor, name: str) -> tuple[str, ...]:
    """The columns of a view; none of one that reads what is not there."""
    try:
        return tuple(row[0] for row in cursor.execute("SELECT name FROM pragma_table_xinfo(?) ORDER BY cid", (name,)))
    except sqlite3.Error:
        return ()


def _by_table(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _actual(written: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """Names as the table has them; SQLite takes them in any case."""
    names = {row[1].lower(): row[1] for row in rows}
    return tuple(names.get(name.lower(), name) for name in written)


def _key_columns(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(row[1] for row in sorted((row for row in rows if row[5]), key=lambda row: row[5]))


def _is_rowid_alias(rows: Sequence[Row]) -> bool:
    """Whether the only key column is an INTEGER PRIMARY KEY (SQLite, "ROWIDs and the INTEGER PRIMARY KEY")."""
    return [row[2].upper() for row in rows if row[5]] == ["INTEGER"]


def _primary_key(rows: Sequence[Row], parsed: ParsedTable) -> CatalogPrimaryKey | None:
    if parsed.primary_key is None:
        return None
    return CatalogPrimaryKey(parsed.primary_key.name, _key_columns(rows), Deferrable.NO, parsed.primary_key.details)


def _indexes(rows: Sequence[Row], columns: Sequence[CatalogColumn]) -> Iterable[CatalogIndex]:
    own = {column.name: column.collation for column in columns if column.collation}
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[1]].append(row)
    for name, elements in groups.items():
        said = parse_index(elements[0][6])
        yield CatalogIndex(
            name=name,
            elements=tuple(
                CatalogIndexElement(
                    column=column,
                    expression=text if column is None else None,
                    descending=bool(descending),
                    collation=None if collation.upper() == own.get(column, "BINARY") else collation.upper(),
                )
                for text, (_, _, _, column, descending, collation, _) in zip(said.elements, elements, strict=True)
            ),
            unique=bool(elements[0][2]),
            predicate=said.predicate,
        )


def _trigger_definition(sql: str) -> CatalogSql:
    found = catalog_sql(sql)
    return CatalogSql(found.canonical.replace("if not exists ", "", 1), found.written)
