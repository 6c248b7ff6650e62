"""Backfills: of a column that is new its value, of one whose type changes what becomes of the old value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.spelling import did_you_mean
from schemagen.changes.conversions import stored_type
from schemagen.schema.types import unnamed
from schemagen.sql.other_rows import reads_other_rows, tables_read

from .context import BAD_SQL, mentioned, own_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.dialect import Sql
    from schemagen.schema.model import Column, Table
    from schemagen.schema.types import Type
    from schemagen.spec.sql_definition import SqlByEngine

    from .context import Context, Draft

_STEP = "or write a step, which stands between what a change adds and what it drops: `schemagen new NAME`"


def resolve_backfill(name: str, draft: Draft, types: Mapping[str, Type], context: Context) -> Sql | None:
    """The backfill of a column on both engines; what does not translate is reported, and None.

    One that the lock holds has done its work, and stays as it is there: its column may have another type since. It is
    looked at as little where there is no old value, as in a history that begins: only its names have to be right.
    """
    written = draft.spec.columns[name].backfill
    if written is None:
        return None
    at = draft.origin.child("columns", name, "backfill", "sql")
    table = _held_table(draft, context)
    before = _held_column(name, draft, table)
    if before and before.backfill and _is_same(written.sql, before.backfill):
        return before.backfill
    texts = own_texts(written.sql, None)
    is_converted = before and stored_type(before.type) != stored_type(types[name])
    if reads_other_rows(texts.postgres) or reads_other_rows(texts.sqlite):
        return _over_tables(name, draft, types, at, context, is_converted=bool(is_converted))
    if before and is_converted:
        return _conversion(written.sql, (name, before.type), draft, types, at, context)
    in_sql = draft.in_sql(types)
    if draft.column_called(name) in mentioned(texts.postgres or "", in_sql) and not (table and before is None):
        return _unused(written.sql, in_sql, types[name]) or texts
    columns = {other: type_ for other, type_ in types.items() if other != name or not table or before}
    resolved = context.sql(written.sql, draft.in_sql(columns), at, result=types[name])
    return resolved.sql if resolved else None


def _is_same(written: str | SqlByEngine, held: Sql) -> bool:
    return held.postgres == written.strip() if isinstance(written, str) else held == own_texts(written, None)


def _conversion(
    written: str | SqlByEngine,
    old: tuple[str, Type],
    draft: Draft,
    types: Mapping[str, Type],
    at: Origin,
    context: Context,
) -> Sql | None:
    """An expression over the old row: the column's own name is its old value, the others are those that stay."""
    name, type_ = old
    table = _held_table(draft, context)
    kept = {
        other: now
        for other, now in types.items()
        if (held := _held_column(other, draft, table)) and stored_type(held.type) == stored_type(now)
    }
    readable = {**kept, name: unnamed(type_)}
    texts = own_texts(written, None)
    said = mentioned(f"{texts.postgres} {texts.sqlite}", draft.in_sql(types))
    changing = [other for other in draft.keys_of(said) if other not in readable]
    if changing:
        message = f"what becomes of `{name}` can't depend on `{changing[0]}`, which changes in the same build"
        context.reporter.error(BAD_SQL, message, at, hint="change the one in this build, the other in the next")
        return None
    resolved = context.sql(written, draft.in_sql(readable), at, result=unnamed(types[name]))
    return resolved.sql if resolved else None


def _over_tables(
    name: str, draft: Draft, types: Mapping[str, Type], at: Origin, context: Context, *, is_converted: bool
) -> Sql | None:
    """An expression over the own row and over tables that are there before the build, and stay."""
    backfill = draft.spec.columns[name].backfill
    assert backfill is not None  # noqa: S101  (its caller has it)
    written = backfill.sql
    if is_converted:  # PostgreSQL, "ALTER TABLE": USING takes no subquery
        message = f"what becomes of the old values of `{name}` can't be read from other rows"
        context.reporter.error(
            BAD_SQL, message, at, hint=f"fill a new column and drop this one in a later build, {_STEP}"
        )
        return None
    table = _held_table(draft, context)
    if _misread(written, draft, at, context):
        return None
    if table is None:  # there are no rows that it could fill
        return own_texts(written, None)
    is_there = draft.column_called(name) in table.by_name
    columns = draft.in_sql({other: type_ for other, type_ in types.items() if other != name or is_there})
    if not isinstance(written, str):
        found = context.sql(written, columns, at)
        return found.sql if found else None
    from schemagen.sql import SqlError
    from schemagen.sql.other_rows import value_over_tables

    tables = context.held.by_name if context.held else {}
    try:
        return value_over_tables(written, draft.called, columns, tables, types[name])
    except SqlError as problem:
        context.reporter.error(BAD_SQL, str(problem), at, hint=problem.hint, offset=problem.offset)
        return None


def _misread(written: str | SqlByEngine, draft: Draft, at: Origin, context: Context) -> bool:
    """Report a table that a subquery can't read, because the build makes, drops or renames it."""
    texts = own_texts(written, None)
    read = (*tables_read(texts.postgres or "", "postgres"), *tables_read(texts.sqlite or "", "sqlite"))
    held = context.held.by_name if context.held and _held_table(draft, context) else None
    drafts = {each.called: each for each in context.drafts.values()}
    for name in dict.fromkeys(read):
        if name not in drafts:
            if context.incomplete:
                continue
            gone = held and name in held
            hint = f"drop it in a later build, {_STEP}" if gone else did_you_mean(name, drafts)
            message = f"table `{name}` goes in the same build" if gone else f"there is no table `{name}`"
        elif held is not None and name not in held:
            before = drafts[name].spec.renamed_from
            how = "gets this name" if before in held else "is made"
            message, hint = f"table `{name}` {how} in the same build", f"read it in a later build, {_STEP}"
        else:
            continue
        context.reporter.error(BAD_SQL, f"the backfill can't read it: {message}", at, hint=hint)
        return True
    return False


def _unused(written: str | SqlByEngine, types: Mapping[str, Type], result: Type) -> Sql | None:
    """An expression over an old value that there is not: as it is translated, if it can be."""
    if not isinstance(written, str):
        return None
    from schemagen.sql import SqlError, expression

    try:
        return expression(written, types, result=result).sql
    except SqlError:
        return None


def _held_table(draft: Draft, context: Context) -> Table | None:
    held = context.held
    if held is None:
        return None
    return held.by_name.get(draft.called) or held.by_key.get(draft.spec.renamed_from or draft.name)


def _held_column(name: str, draft: Draft, table: Table | None) -> Column | None:
    if table is None:
        return None
    called, before = draft.column_called(name), draft.spec.columns[name].renamed_from
    return table.by_name.get(called) or table.by_key.get(before or name)
