"""Query patterns: resolved against the schema, translated, and tied to the indexes that serve them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.spelling import did_you_mean
from schemagen.schema.query import Parameter, Query
from schemagen.schema.types import Text
from schemagen.spec.sql_definition import SqlByEngine

from .context import names_in, own_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.dialect import Sql
    from schemagen.schema.model import Table
    from schemagen.spec.definition import QuerySpec

    from .context import Context

BAD_QUERY = "SG302"
UNKNOWN_INDEX = "SG213"
NOT_SEARCHABLE = "SG228"

_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")
_WRITES = re.compile(r"(?i)\b(insert|update|delete)\b")


def resolve_query(
    name: str, written: QuerySpec, tables: Mapping[str, Table], document: str, origin: Origin, context: Context
) -> Query | None:
    """One query pattern; None where its SQL does not resolve."""
    found = _parse(name, written, tables, document, origin, context)
    if found is None:
        return None
    _check_uses(found, tables, origin, context)
    return replace(found, uses=tuple(_as_called(name, found, tables) for name in found.uses))


def _as_called(name: str, query: Query, tables: Mapping[str, Table]) -> str:
    """The index that a query names by what PostgreSQL calls it."""
    indexes = (index for table in query.tables for index in tables[table].indexes)
    return next((index.name for index in indexes if index.postgres == name), name)


def _parse(
    name: str, written: QuerySpec, tables: Mapping[str, Table], document: str, origin: Origin, context: Context
) -> Query | None:
    uses = _listed(written.uses)
    if isinstance(written.sql, SqlByEngine) or written.only:
        sql = own_texts(written.sql, written.only)
        at = origin.child("sql", "postgres") if isinstance(written.sql, SqlByEngine) else origin.child("sql")
        if _is_wrong(sql, tables, at, context):
            return None
        text = sql.postgres or sql.sqlite or ""
        return Query(
            name=name,
            sql=sql,
            description=written.description,
            uses=uses,
            p95_ms=written.p95_ms,
            parameters=tuple(Parameter(found, Text()) for found in dict.fromkeys(_PARAMETER.findall(text))),
            tables=tuple(word for word in names_in(text) if word in tables),
            writes=_WRITES.match(text.strip()) is not None,
            document=document,
            origin=origin,
        )
    from schemagen.sql import SqlError, query  # heavy, and not needed by specs without queries
    from schemagen.sql.errors import SearchError

    try:
        parsed = query(written.sql, tables)
    except SqlError as problem:
        if not context.incomplete:
            at = origin.child("sql")
            code = NOT_SEARCHABLE if isinstance(problem, SearchError) else BAD_QUERY
            context.reporter.error(code, str(problem), at, hint=problem.hint, offset=problem.offset)
        return None
    return Query(
        name=name,
        sql=parsed.sql,
        description=written.description,
        uses=uses,
        p95_ms=written.p95_ms,
        parameters=parsed.parameters,
        tables=parsed.tables,
        writes=parsed.writes,
        result=parsed.result,
        document=document,
        origin=origin,
    )


def _is_wrong(sql: Sql, tables: Mapping[str, Table], origin: Origin, context: Context) -> bool:
    """Whether PostgreSQL can't read its own text, or the schema lacks its names; reported, if no file is missing."""
    if sql.postgres is None:
        return False
    from schemagen.sql.grammar import statement_error
    from schemagen.sql.own_text import misnamed_in_query

    problem = statement_error(sql.postgres) or misnamed_in_query(sql.postgres, tables)
    if problem and not context.incomplete:
        context.reporter.error(BAD_QUERY, str(problem), origin, hint=problem.hint, offset=problem.offset)
    return problem is not None


def _listed(uses: str | list[str] | None) -> tuple[str, ...]:
    if uses is None:
        return ()
    return (uses,) if isinstance(uses, str) else tuple(uses)


def _check_uses(query: Query, tables: Mapping[str, Table], origin: Origin, context: Context) -> None:
    known = [name for table in query.tables for name in _access_paths(tables[table])]
    if any(_is_damaged(tables[name], context) for name in query.tables if tables[name].key in context.drafts):
        return
    for number, name in enumerate(query.uses):
        if name in known:
            continue
        at = origin.child("uses")
        hint = did_you_mean(name, known) or (f"there are {', '.join(known)}" if known else None)
        message = f"`{name}` is not an index, unique constraint or primary key of {_spoken(query.tables)}"
        context.reporter.error(UNKNOWN_INDEX, message, at if len(query.uses) == 1 else at.child(number), hint=hint)


def _is_damaged(table: Table, context: Context) -> bool:
    """Whether a table, or one of the indexes that it should have, is known to be wrong."""
    origin, draft = table.origin, context.drafts[table.key]
    listed = (("indexes", len(draft.spec.indexes)), ("full_text", len(draft.spec.full_text)))
    parts = [origin.child(key, number) for key, length in listed for number in range(length)] if origin else []
    return any(context.reporter.is_damaged(part) for part in (origin, *parts))


def _spoken(names: Iterable[str]) -> str:
    return " and ".join(f"`{name}`" for name in names) or "this query's tables"


def _access_paths(table: Table) -> list[str]:
    paths = [name for index in table.indexes for name in (index.postgres, index.name) if name]
    paths += [unique.name for unique in table.uniques]
    return paths + ([table.primary_key.name] if table.primary_key else [])
