"""Expressions of a database as a spec has them: PostgreSQL's text, or a text for each engine.

A spec's SQL is PostgreSQL's. From PostgreSQL it is taken as printed; from SQLite a PostgreSQL text is looked for whose
translation is what the database has. What has no equal on the other engine stays on its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemagen.sql import SqlError, expression
from schemagen.verify.sqlite_text import catalog_sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.model import DialectName
    from schemagen.types import Type
    from schemagen.verify.catalog import CatalogSql

Columns = "Mapping[str, Type]"

_MOMENTS = ("now()", "current_date", "gen_random_uuid()", "clock_timestamp()", "localtimestamp", "localtime")


@dataclass(frozen=True, slots=True)
class Written:
    """An expression as it stands in a spec.

    ``only`` names the one engine that has it; ``columns`` are those it reads, as far as they are known.
    """

    sql: str | dict[str, str]
    only: DialectName | None = None
    columns: tuple[str, ...] = ()


class PostgresExpressions:
    """Expressions as PostgreSQL prints them.

    Args:
        plain: whether to keep every text as it was printed, even where a shorter one means the same.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self._plain = plain

    def condition(self, found: CatalogSql, columns: Mapping[str, Type]) -> Written:
        """A check, predicate or index expression."""
        text = self._unprinted(found.canonical)
        try:
            return Written(text, columns=expression(text, columns).columns)
        except SqlError:
            return Written(text, only="postgres")

    def value(self, found: CatalogSql, columns: Mapping[str, Type], result: Type) -> Written:
        """A default or a generated column; without an equal on SQLite it is NULL there."""
        text = self._unprinted(found.canonical)
        try:
            expression(text, columns, result=result)
        except SqlError:
            return Written({"postgres": text, "sqlite": "NULL"}, only="postgres")
        return Written(text)

    def _unprinted(self, text: str) -> str:
        bare = without_outer_brackets(text)
        return bare if self._plain else _any_of_varchars(bare)


class SqliteExpressions:
    """Expressions as SQLite keeps them: the text that somebody wrote."""

    def condition(self, found: CatalogSql, columns: Mapping[str, Type]) -> Written:
        """A check, predicate or index expression."""
        for text in _postgres_texts(found):
            try:
                made = expression(text, columns)
            except SqlError:
                continue
            if made.sql.sqlite is not None and catalog_sql(made.sql.sqlite).canonical == found.canonical:
                return Written(text, columns=made.columns)
        return Written(without_outer_brackets(found.written), only="sqlite")

    def value(self, found: CatalogSql, columns: Mapping[str, Type], result: Type) -> Written:
        """A default or a generated column; without an equal on PostgreSQL it is NULL there."""
        for text in (*_postgres_texts(found), *_MOMENTS):
            try:
                made = expression(text, columns, result=result)
            except SqlError:
                continue
            if made.sql.sqlite is not None and catalog_sql(made.sql.sqlite).canonical == found.canonical:
                return Written(text)
        text = without_outer_brackets(found.written)
        return Written({"postgres": "NULL", "sqlite": text}, only="sqlite")


def without_outer_brackets(text: str) -> str:
    """A text without round brackets around the whole of it."""
    stripped = text.strip()
    while stripped.startswith("(") and _closes_at_the_end(stripped):
        stripped = stripped[1:-1].strip()
    return stripped


def _closes_at_the_end(text: str) -> bool:
    depth = 0
    quote = ""
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return position == len(text) - 1
    return False


_ANY = re.compile(
    r"\((?P<column>\"(?:[^\"]|\"\")+\"|\w+)\)::text = ANY \(\(ARRAY\[(?P<items>"
    r"'(?:[^']|'')*'::character varying(?:, '(?:[^']|'')*'::character varying)*)\]\)::text\[\]\)"
)


def _any_of_varchars(text: str) -> str:
    """``c IN ('a', 'b')`` for what PostgreSQL makes of it on a varchar: its print, run again, prints otherwise."""
    return _ANY.sub(lambda match: f"{match['column']} IN ({match['items'].replace('::character varying', '')})", text)


def _postgres_texts(found: CatalogSql) -> Iterator[str]:
    """What PostgreSQL's text may have been: the same, or what sqlglot makes of SQLite's."""
    text = without_outer_brackets(found.written)
    yield text
    from sqlglot import errors, transpile  # heavy, and most expressions are the same on both engines

    try:
        made: list[Any] = transpile(text, read="sqlite", write="postgres")
    except errors.SqlglotError:
        return
    if len(made) == 1 and made[0] and made[0] != text:
        yield made[0]
