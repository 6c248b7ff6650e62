"""Indexes and checks, with their derived names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.schema.full_text import METHOD
from schemagen.schema.index import Index, IndexElement, Nulls
from schemagen.schema.model import Check
from schemagen.schema.names import type_check_name
from schemagen.schema.rule_state import RuleState

from .columns import report_collation, unknown_column
from .context import CONFLICT
from .domain_columns import on_column, sqlite_condition
from .full_text import full_text_indexes
from .keys import check_columns
from .places import namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.types import Type
    from schemagen.spec.index_definition import ElementSpec, IndexSpec

    from .context import Context, Draft, Names, ResolvedSql
    from .domain_columns import Domain

BAD_INDEX = "SG212"


def resolve_checks(draft: Draft, types: dict[str, Type], names: Names, context: Context) -> tuple[Check, ...]:
    """The checks of a table: those written on columns, then the table's."""
    found = []
    for column, spec in draft.spec.columns.items():
        if spec.check is not None:
            at = draft.origin.child("columns", column, "check")
            resolved = context.sql(spec.check, draft.in_sql(types), at, is_condition=True)
            if resolved:
                found.append(Check(_check_name(draft, column, names, at), resolved.sql, origin=at))
        if domain := context.domain_of(types[column]):
            found += _of_domain(domain, draft, column, names)
    for key, written in draft.spec.checks.items():
        at = draft.origin.child("checks", key)
        in_sql = draft.in_sql(types)
        state = RuleState(written.state or RuleState.VALID)
        only = written.only if state is RuleState.VALID else "postgres"
        resolved = context.sql(written.sql, in_sql, at.child("sql"), only=only, is_condition=True)
        if only != written.only == "sqlite":
            message = "a check of SQLite alone has no state: SQLite keeps a rule for every row"
            context.reporter.error(CONFLICT, message, at.child("state"), key=True, hint="leave it out")
        elif resolved:
            name = written.name or _check_name(draft, key, names, at)
            found.append(Check(name, resolved.sql, written.description, origin=at, state=state))
    return tuple(found)


def _of_domain(domain: Domain, draft: Draft, column: str, names: Names) -> Iterator[Check]:
    """The conditions of a domain as checks of its column on SQLite."""
    at = draft.origin.child("columns", column)
    for check in domain.checks:
        sql = sqlite_condition(check, draft.column_called(column))
        if sql:
            name = names.derive(("ck", draft.name, column, check.name), "domain", at)
            there = check.sql.postgres and on_column(check.sql.postgres, draft.column_called(column))
            yield Check(name, sql, check.description, there, at)


def _check_name(draft: Draft, key: str, names: Names, at: Origin) -> str:
    return names.derive(draft.naming.check(draft.name, key), "check", at)


def reserve_type_checks(draft: Draft, names: Names) -> None:
    """Keep the names of the checks that types imply, so that no other constraint takes them."""
    for column in draft.spec.columns:
        name = type_check_name(draft.name, column)
        names.taken.setdefault(name.lower(), draft.origin.child("columns", column))


def resolve_indexes(draft: Draft, types: dict[str, Type], context: Context) -> tuple[Index, ...]:
    """The indexes of a table: those of single columns, then the listed ones."""
    found = []
    for column, spec in draft.spec.columns.items():
        if spec.index:
            at = draft.origin.child("columns", column, "index")
            name = context.relations.derive(draft.naming.index(draft.name, column), "", at)
            found.append(Index(name, (IndexElement(column),), origin=at))
    for number, written in enumerate(draft.spec.indexes):
        index = _resolve_index(written, draft, types, draft.origin.child("indexes", number), context)
        if index:
            found.append(index)
        else:
            context.reporter.damage(draft.origin.child("indexes", number))
    return (*found, *full_text_indexes(draft, types, context))


def _resolve_index(
    written: IndexSpec, draft: Draft, types: dict[str, Type], at: Origin, context: Context
) -> Index | None:
    elements: list[IndexElement] = []
    mentioned: list[str] = []
    for number, element in enumerate(written.columns):
        where = at.child("columns", number)
        resolved = _element(element, written, draft, types, where, context)
        if resolved is None:
            return None
        elements.append(resolved[0])
        mentioned.extend(resolved[1])
    if not check_columns(written.include, draft, at.child("include"), context):
        return None
    predicate: ResolvedSql | None = None
    if written.where is not None:
        predicate = context.sql(
            written.where,
            draft.in_sql(types),
            at.child("where"),
            only=written.only,
            is_condition=True,
            is_immutable=True,
        )
        if predicate is None:
            return None
    method = written.method.lower()
    if method == METHOD:
        hint = f"write `full_text: [{{columns: [{', '.join(mentioned)}]}}]` in the table"
        context.reporter.error(BAD_INDEX, "PostgreSQL has no such access method", at.child("method"), hint=hint)
    if written.unique and method != "btree":
        context.reporter.error(BAD_INDEX, f"a {method} index can't be unique", at.child("unique"), key=True)
    if not (written.unique or written.nulls_distinct):
        where = at.child("nulls_distinct")
        context.reporter.error(BAD_INDEX, "only a unique index takes NULL for a value", where, key=True)
    return Index(
        name=_index_name(written, draft, tuple(dict.fromkeys(mentioned)), at, context),
        elements=tuple(elements),
        unique=written.unique,
        where=predicate.sql if predicate else None,
        method=method,
        include=tuple(written.include),
        only=written.only,
        description=written.description,
        reason=written.reason,
        origin=at,
        nulls_distinct=written.nulls_distinct,
        postgres=(written.name or "") if _is_of_several_schemas(written, draft, context) else "",
    )


def _is_of_several_schemas(written: IndexSpec, draft: Draft, context: Context) -> bool:
    """Whether an index has the name of another one, which only PostgreSQL can tell apart by their schemas."""
    return bool(namespace_of(draft)) and len(context.relations.claimed.get((written.name or "").lower(), ())) > 1


def _index_name(written: IndexSpec, draft: Draft, columns: tuple[str, ...], at: Origin, context: Context) -> str:
    if written.name and _is_of_several_schemas(written, draft, context):
        return context.relations.derive((namespace_of(draft), written.name), "schema", at)
    if written.name:
        return written.name
    seed = repr((written.columns, written.unique, written.where, written.method, written.include, written.only))
    return context.relations.derive(draft.naming.index(draft.name, *columns), seed, at)


def _element(
    element: str | ElementSpec,
    index: IndexSpec,
    draft: Draft,
    types: dict[str, Type],
    at: Origin,
    context: Context,
) -> tuple[IndexElement, tuple[str, ...]] | None:
    """An element and the columns that it mentions."""
    if isinstance(element, str):
        name, *order = element.split()
        known = not unknown_column(name, draft, at, context)
        return (IndexElement(name, descending=" ".join(order).lower() == "desc"), (name,)) if known else None
    if index.only != "sqlite":
        report_collation(element.collation, at.child("collation"), context)
    options: dict[str, Any] = {
        "descending": element.order == "desc",
        "nulls": Nulls(element.nulls) if element.nulls else None,
        "opclass": element.opclass,
        "collation": element.collation,
    }
    if element.column is not None and element.sql is None:
        known = not unknown_column(element.column, draft, at.child("column"), context)
        return (IndexElement(element.column, **options), (element.column,)) if known else None
    if element.sql is not None and element.column is None:
        in_sql = draft.in_sql(types)
        resolved = context.sql(element.sql, in_sql, at.child("sql"), only=index.only, is_immutable=True)
        return (IndexElement(sql=resolved.sql, **options), draft.keys_of(resolved.columns)) if resolved else None
    context.reporter.error(BAD_INDEX, "an element has either `column` or `sql`", at)
    return None
