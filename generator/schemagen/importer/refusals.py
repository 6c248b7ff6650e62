"""What an engine refuses of a table, and which part of the table is to blame: that part is left out, not the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from schemagen.schema.naming import Naming

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from schemagen.engines.catalog import CatalogCheck, CatalogColumn, CatalogForeignKey, CatalogSql, CatalogTable


_NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_SIGNS = r"[-+*/<>=~!@#%^&|`?]+"
_AT_POSITION = re.compile(rf"{_NAME}(?:\.{_NAME})*|{_SIGNS}")
_SIGN = _SIGNS.removesuffix("+")
_QUOTED = re.compile(r'"([^"]+)"')
_INDEX = re.compile(rf"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})", re.IGNORECASE)
_PATH = re.compile(r"\(tables\.\w+\.(?P<rest>[\w.]+)\)$")
_OF_COLUMN = {"default": "default of {}", "generated": "generated column {}", "collation": "collation of {}"}
_UNKNOWN_TO_SQLITE = re.compile(
    r"(?:no such|unknown) function:? (\w+)|no such collation sequence: (\w+)|use of (\w+)\(\)|function (\w+) in"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that an engine refuses: its words, the names or operators that it may not know, and the statement."""

    words: str
    unknown: tuple[str, ...] = ()
    statement: str = ""

    def __str__(self) -> str:
        """For the report."""
        return f"{self.words} in {' '.join(self.statement.split())[:300]}" if self.statement else self.words


def refusal(error: Exception, statement: str) -> Refusal:
    """What an engine's error says of a statement.

    Args:
        error: of sqlite3 or psycopg.
        statement: what was run.
    """
    words = " ".join(str(error).split())
    diagnosis: Any = getattr(error, "diag", None)
    if diagnosis is None:
        return Refusal(words, unknown_to_sqlite(words), statement)
    first = " ".join((diagnosis.message_primary or words).split())
    position = diagnosis.statement_position
    at = _AT_POSITION.match(statement, int(position) - 1) if position else None
    quoted = _QUOTED.search(first)
    names = (at[0] if at else "", quoted[1] if quoted else "")
    return Refusal(first, tuple(filter(None, names)), statement)


def unknown_to_sqlite(words: str) -> tuple[str, ...]:
    """The function or collation that SQLite's words say it does not know, or cannot call here."""
    match = _UNKNOWN_TO_SQLITE.search(words)
    return tuple(filter(None, match.groups())) if match else ()


def suspects(table: CatalogTable, found: Refusal) -> list[str]:
    """The parts of a table that a refusal speaks of, in the words of the report; none where it is the table itself."""
    match = _INDEX.match(found.statement.strip())
    if match:
        name = match["name"].strip('"').replace('""', '"')
        if any(index.name == name for index in table.indexes):
            return [f"index {name}"]
    if blamed := _at_path(table, found.words):
        return blamed
    words = [_word(name) for name in found.unknown]
    return [what for what, texts in _parts(table) if any(word.search(text) for word in words for text in texts)]


def _at_path(table: CatalogTable, words: str) -> list[str]:
    """The part of a table that a diagnostic of its spec stands at; none where it is a part that can't go alone."""
    match = _PATH.search(words)
    section, name, key = (*match["rest"].split("."), "", "")[:3] if match else ("", "", "")
    blamed: list[str] = []
    if section == "indexes" and name.isdigit():
        listed = [index for index in table.indexes if index.method == "btree" or not index.unique]
        blamed = [f"index {index.name}" for number, index in enumerate(listed) if number == int(name)]
    elif section == "checks" or key == "check":
        blamed = [f"check {check.name or check.expression}" for check in _checks(table, name)]
    elif section == "foreign_keys" or key in {"references", "foreign_key_name", "on_delete", "on_update"}:
        blamed = [_foreign_key(found) for found in table.foreign_keys if found.columns == (name,)]
    elif section == "columns" and key in _OF_COLUMN:
        blamed = [_OF_COLUMN[key].format(name)]
    return [what for what in blamed if what in dict(_parts(table))]


def _checks(table: CatalogTable, key: str) -> Iterator[CatalogCheck]:
    """The checks that stand under a key of the spec: their name, without what a derived one begins with."""
    for number, check in enumerate(table.checks, start=1):
        derived = {naming.check_key(table.name, check.name or "") for naming in Naming}
        if key in {check.name, f"check_{number}"} | derived:
            yield check


def _foreign_key(key: CatalogForeignKey) -> str:
    return f"foreign key {key.name or ', '.join(key.columns)}"


def _word(name: str) -> re.Pattern[str]:
    """A name or an operator that stands alone."""
    beside = _SIGN if re.fullmatch(_SIGNS, name) else r'[\w."]'
    return re.compile(rf"(?<!{beside}){re.escape(name)}(?!{beside})", re.IGNORECASE)


def without(table: CatalogTable, dropped: Collection[str]) -> CatalogTable:
    """A table without some parts, named as ``suspects`` names them."""
    if not dropped:
        return table
    columns = [_column_without(column, dropped) for column in table.columns]
    return replace(
        table,
        columns=tuple(columns),
        checks=tuple(c for c in table.checks if f"check {c.name or c.expression}" not in dropped),
        indexes=tuple(index for index in table.indexes if f"index {index.name}" not in dropped),
        foreign_keys=tuple(key for key in table.foreign_keys if _foreign_key(key) not in dropped),
    )


def _column_without(column: CatalogColumn, dropped: Collection[str]) -> CatalogColumn:
    if f"default of {column.name}" in dropped:
        column = replace(column, default=None)
    if f"generated column {column.name}" in dropped:
        column = replace(column, generated=None, virtual=False)
    if f"collation of {column.name}" in dropped:
        column = replace(column, collation=None)
    return column


def _parts(table: CatalogTable) -> Iterator[tuple[str, list[str]]]:
    """What of a table has SQL of its own, and the texts of it."""
    for column in table.columns:
        if column.default:
            yield f"default of {column.name}", _texts(column.default)
        if column.generated:
            yield f"generated column {column.name}", _texts(column.generated)
        if column.collation:
            yield f"collation of {column.name}", [column.collation]
    for check in table.checks:
        yield f"check {check.name or check.expression}", _texts(check.expression)
    for key in table.foreign_keys:
        yield _foreign_key(key), []
    for index in table.indexes:
        texts = [text for element in index.elements for text in _texts(element.expression)]
        words = [word for element in index.elements for word in (element.collation, element.opclass) if word]
        yield f"index {index.name}", [*texts, *words, *_texts(index.predicate)]


def _texts(found: CatalogSql | None) -> list[str]:
    return [found.canonical, found.written] if found else []
