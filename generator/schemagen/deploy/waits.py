"""What a migration has to wait for, and who waits for it: the table locks of its statements.

Source: PostgreSQL, "13.3. Explicit Locking", and the page of each statement; a test compares with ``pg_locks``. SQLite
has one lock for the whole file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemagen.engines.catalog import Catalog
    from schemagen.migrations.lock import MigrationRecord

MODES = ("ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE")
"""The modes that migrations take, from the weakest on; the first two keep nobody from reading or writing."""

_IDENTIFIER = r'(?:"(?:[^"]|"")+"|\w+)'
_TABLE, _INDEX = rf"(?P<table>{_IDENTIFIER})", rf"(?P<index>{_IDENTIFIER})"
_STATEMENTS = (
    (rf"\bUPDATE {_TABLE} SET", "ROW EXCLUSIVE"),
    (rf"\bCOMMENT ON (?:TABLE|COLUMN) {_TABLE}", "SHARE UPDATE EXCLUSIVE"),
    (rf"\bALTER TABLE {_TABLE} VALIDATE CONSTRAINT", "SHARE UPDATE EXCLUSIVE"),
    (rf"\bCREATE (?:UNIQUE )?INDEX CONCURRENTLY [^;]*? ON {_TABLE}", "SHARE UPDATE EXCLUSIVE"),
    (rf"\bDROP INDEX CONCURRENTLY (?:IF EXISTS )?{_INDEX}", "SHARE UPDATE EXCLUSIVE"),
    (rf"\bCREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)[^;]*? ON {_TABLE}", "SHARE"),
    (rf"\bREFERENCES {_TABLE}", "SHARE ROW EXCLUSIVE"),
    (rf"\bALTER TABLE {_TABLE} ADD CONSTRAINT {_IDENTIFIER} FOREIGN KEY", "SHARE ROW EXCLUSIVE"),
    (rf"\bCREATE (?:OR REPLACE )?TRIGGER [^;]*? ON {_TABLE}", "SHARE ROW EXCLUSIVE"),
    (rf"\bALTER TABLE {_TABLE} (?!VALIDATE|ADD CONSTRAINT {_IDENTIFIER} FOREIGN)", "ACCESS EXCLUSIVE"),
    (rf"\bDROP TRIGGER [^;]*? ON {_TABLE}", "ACCESS EXCLUSIVE"),
    (rf"\bDROP TABLE (?:IF EXISTS )?{_TABLE}", "ACCESS EXCLUSIVE"),
    (rf"\bDROP INDEX (?!CONCURRENTLY)(?:IF EXISTS )?{_INDEX}", "ACCESS EXCLUSIVE"),
    (rf"\bLOCK TABLE {_TABLE} IN ACCESS EXCLUSIVE", "ACCESS EXCLUSIVE"),
)
_PATTERNS = tuple((re.compile(pattern), mode) for pattern, mode in _STATEMENTS)
_DROPPED = re.compile(
    rf"\b(?:DROP TABLE (?:IF EXISTS )?|ALTER TABLE (?=\S+ DROP CONSTRAINT))({_IDENTIFIER})"
    rf"(?: DROP CONSTRAINT (?:IF EXISTS )?({_IDENTIFIER}))?"
)
_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
_COPIED = re.compile(r"CREATE TABLE \S+ AS SELECT (?:rowid AS \S+, )?\* FROM (.+)", re.DOTALL)
"""How a rebuild keeps the rows of a table (``engines.sqlite.rebuild``)."""


def waits(record: MigrationRecord, live: Catalog) -> str:
    """What a migration locks in a database, in words; tables that are not there yet keep nobody waiting."""
    if live.dialect == "sqlite":
        return _on_sqlite(record)
    found: dict[str, list[str]] = {}
    for table, mode in table_locks(record.postgres.statements, live).items():
        found.setdefault(mode, []).append(table)
    words = [f"{mode} on {', '.join(found[mode])}" for mode in reversed(MODES) if mode in found]
    if not record.postgres.transactional:
        words = ["outside a transaction", *(f"for a moment {text}" if "ACCESS" in text else text for text in words)]
    return "; ".join(words) or "waits for nobody"


def table_locks(statements: Iterable[str], live: Catalog) -> dict[str, str]:
    """The strongest lock of each table of a database that statements of PostgreSQL take."""
    owners = {index.name: table.name for table in live.tables for index in table.indexes}
    owners |= {unique.name: table.name for table in live.tables for unique in table.uniques if unique.name}
    taken: dict[str, str] = {}
    for sql in statements:
        if sql.lstrip().startswith(("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")):
            continue  # a function's body does not run now
        plain = _LITERAL.sub("''", sql)
        for table, mode in (*_locks(plain, owners), *_parents_of_dropped(plain, live)):
            if table in live.by_name and MODES.index(mode) >= MODES.index(taken.get(table, MODES[0])):
                taken[table] = mode
    return taken


def _parents_of_dropped(sql: str, live: Catalog) -> Iterator[tuple[str, str]]:
    """A foreign key that goes, with its table or alone, takes triggers from the table that it refers to."""
    for table, constraint in _DROPPED.findall(sql):
        found = live.by_name.get(_unquoted(table))
        for key in found.foreign_keys if found else ():
            if not constraint or key.name == _unquoted(constraint):
                yield key.parent, "ACCESS EXCLUSIVE"


def _locks(sql: str, owners: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for pattern, mode in _PATTERNS:
        for match in pattern.finditer(sql):
            name = _unquoted(match[1])
            yield (owners.get(name, "") if "index" in match.groupdict() else name), mode


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _on_sqlite(record: MigrationRecord) -> str:
    if not record.sqlite.statements:
        return "nothing to do on SQLite"
    rebuilt = [match[1] for sql in record.sqlite.statements if (match := _COPIED.match(sql))]
    copies = f", while it copies {', '.join(map(_unquoted, rebuilt))}" if rebuilt else ""
    return f"the write lock of the file{copies}"
