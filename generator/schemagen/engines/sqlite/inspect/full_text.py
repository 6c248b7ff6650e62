"""The full-text indexes of a SQLite database: FTS5 tables that read a table through a view and a table of its keys."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog import CatalogIndex, CatalogIndexElement
from schemagen.schema.full_text import METHOD, kept_names, key_table, rows_view

from .tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_FTS5 = re.compile(
    r"CREATE VIRTUAL TABLE .* USING fts5\((?P<texts>text\d+(?:, text\d+)*), content='(?:[^']|'')+', "
    r"content_rowid='doc', tokenize='unicode61 remove_diacritics 0'\)"
)
_ROWS = re.compile(
    rf"CREATE VIEW .* AS SELECT d\.doc AS doc, (?P<texts>r\..+) FROM {_NAME} AS d JOIN (?P<table>{_NAME}) AS r ON .+"
)
_TEXT = re.compile(rf"r\.(?P<column>{_NAME}) AS (?P<text>text\d+)")


class FullTextIndexes:
    """The indexes by table, in lower case, and the names of all that SQLite keeps for them.

    What lacks a part, or has another form, is none: its parts are shown as what they are.
    """

    def __init__(self, objects: Iterable[Any]) -> None:
        texts = {name: (kind, sql) for kind, name, _, sql in objects if kind in {"table", "view"}}
        self.by_table: defaultdict[str, list[CatalogIndex]] = defaultdict(list)
        self.kept: set[str] = set()
        for name, (_, sql) in texts.items():
            found = _index(name, sql, texts)
            if found:
                table, index = found
                self.by_table[table.lower()].append(index)
                self.kept |= {name, *kept_names(name)}


def _index(name: str, sql: str, texts: Mapping[str, tuple[str, str]]) -> tuple[str, CatalogIndex] | None:
    """The table and the index that a virtual table is; None for any other."""
    made = _FTS5.fullmatch(sql)
    kind, view = texts.get(rows_view(name), ("", ""))
    rows = _ROWS.fullmatch(view)
    if made is None or rows is None or kind != "view" or texts.get(key_table(name), ("",))[0] != "table":
        return None
    columns = {one["text"]: _bare(one["column"]) for one in _TEXT.finditer(rows["texts"])}
    if list(columns) != made["texts"].split(", "):
        return None
    elements = tuple(map(CatalogIndexElement, columns.values()))
    return _bare(rows["table"]), CatalogIndex(name, elements, method=METHOD)


def _bare(name: str) -> str:
    (token,) = tokens(name)
    return token.name
