"""A table's checks and indexes as a spec has them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.resolve.domain_columns import on_column
from schemagen.schema.full_text import METHOD
from schemagen.schema.names import MAX_BYTES, is_database_name, is_identifier
from schemagen.schema.rule_state import RuleState
from schemagen.schema.scalars import Plain
from schemagen.sql import SqlError, expression

from .full_text import UNLIMITED, import_full_text
from .losses import Effect
from .spec_keys import as_identifier
from .table_builder import NO_NAME, NO_WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.engines.catalog import CatalogCheck, CatalogIndex, CatalogIndexElement

    from .expressions import Written
    from .table_builder import TableDraft


def import_checks(draft: TableDraft) -> tuple[CatalogCheck, ...]:
    """Say the checks that no type implies; all that the spec will build."""
    expected = list(draft.evidence.implied)
    for number, check in enumerate(draft.table.checks, start=1):
        if check in draft.evidence.implied:
            continue
        if f"constraint {check.name}" in draft.as_objects:
            expected.append(check)
            continue
        what = f"check {check.name or check.expression}"
        made = replace(check, details="")
        if made != check:
            draft.lose(Effect.CHANGED, what, check.details)
        written = draft.expressions.condition(check.expression, draft.evidence.types)
        if check.state is RuleState.VALID:
            draft.note_engine(written, what)
        else:
            draft.lose(Effect.ONE_ENGINE, what, f"it is {check.state}, and SQLite keeps a check for every row")
        sayable = _say_check(draft, check, number, written, what)
        expected.append(made if sayable else replace(made, name=None))
    return tuple(expected)


def _say_check(draft: TableDraft, check: CatalogCheck, number: int, written: Written, what: str) -> bool:
    """Write a check; whether its name could be said."""
    sayable = check.name is None or is_database_name(check.name)
    if not sayable:
        draft.lose(Effect.CHANGED, what, NO_NAME)
    of = draft.own.table
    name = check.name if sayable and check.name else "_".join(draft.naming.check(of, f"check_{number}"))
    derived = draft.naming.check_key(of, name)
    key = derived if derived and is_identifier(derived) else name
    if not is_identifier(key):
        key = as_identifier(name)[: MAX_BYTES - len("_".join(draft.naming.check(of, "")))]
    if not key or key in draft.spec.get("checks", {}):
        key = f"{key or 'check'}_{number}"
    column = draft.columns.get(draft.own.name_of(key))
    is_plain = not written.only and check.state is RuleState.VALID
    if column is not None and key == derived and is_plain and "check" not in column:
        column["check"] = written.sql
        return sayable
    spec: dict[str, Any] = {"sql": written.sql}
    if key != derived or (draft.plain and check.name):
        spec["name"] = name
    if check.state is not RuleState.VALID:
        spec |= {"sql": written.own, "state": check.state.replace(" ", "_")}
    elif written.only:
        spec["only"] = written.only
    draft.spec.setdefault("checks", {})[key] = spec
    return sayable


def say_domain_checks(draft: TableDraft) -> None:
    """Write the conditions of domains as checks of their columns on SQLite; on PostgreSQL the type has them."""
    for column in draft.table.columns:
        domain = draft.evidence.domains.get(column.type)
        if domain and domain.spec is not None:
            continue  # the domain says them
        for number, condition in enumerate(domain.checks if domain else (), start=1):
            types = {column.name: domain.base} if domain else {}
            try:
                made = expression(on_column(condition, column.name), types).sql.sqlite
            except SqlError:
                what = f"check {condition} of domain {column.type} on {column.name}"
                draft.lose(Effect.ONE_ENGINE, what, "SQLite has no equal of it that we know")
                continue
            plain = re.sub(r"\W", "_", f"{column.name}_{column.type}", flags=re.ASCII)
            key = plain if number == 1 else f"{plain}_{number}"
            draft.spec.setdefault("checks", {})[key] = {"sql": made, "only": "sqlite"}


def import_indexes(draft: TableDraft) -> Iterator[CatalogIndex]:
    """Say the indexes of a table that are not half of a unique rule; all that the spec will build."""
    halves = set(draft.completing.values())
    for index in draft.table.indexes:
        is_said = index.name in halves or f"index {index.name}" in draft.as_objects
        if expected := index if is_said else import_full_text(draft, index) or _import_index(draft, index):
            yield expected


def _import_index(draft: TableDraft, index: CatalogIndex) -> CatalogIndex | None:
    """Say an index; the one that the spec will build, or None where it cannot be said."""
    what = f"index {index.name}"
    if index.details:
        draft.lose(Effect.LEFT_OUT, f"{what}, {index.details}", NO_WORD)
    if not index.valid:
        draft.lose(Effect.CHANGED, what, "it is invalid, from a build that failed; the specs build it")
    if index.method == METHOD or (index.unique and index.method != "btree"):
        reason = UNLIMITED if index.method == METHOD else f"a {index.method} index cannot be unique in the language"
        draft.lose(Effect.LEFT_OUT, what, reason)
        return None
    elements = [draft.condition(element.expression) for element in index.elements]
    predicate = draft.condition(index.predicate)
    only = any(written and written.only for written in (*elements, predicate))
    spec: dict[str, Any] = {
        "columns": [_element(draft, *pair, only=only) for pair in zip(index.elements, elements, strict=True)]
    }
    if index.unique:
        spec["unique"] = True
    if not index.nulls_distinct or index.name in draft.completing:
        spec["nulls_distinct"] = False
    if predicate:
        spec["where"] = predicate.own if only else predicate.sql
    if index.method != "btree":
        spec["method"] = index.method
    if index.include:
        spec["include"] = draft.own.of(index.include)
    if only:
        spec["only"] = draft.dialect
        draft.lose(Effect.ONE_ENGINE, what, f"{draft.other_engine} has no equal of its expression that we know")
    columns = [
        name
        for element, written in zip(index.elements, elements, strict=True)
        for name in (written.columns if written else (element.column or "",))
    ]
    name = draft.given(what, index.name, draft.naming.index(draft.own.table, *dict.fromkeys(draft.own.of(columns))))
    _say_index(draft, index, spec, name or {})
    expected = replace(
        index, details="", valid=True, elements=tuple(_sayable_element(draft, element) for element in index.elements)
    )
    return expected if name is not None else replace(expected, name="")


def _element(draft: TableDraft, element: CatalogIndexElement, written: Written | None, *, only: bool) -> Any:
    spec: dict[str, Any] = {"column": draft.own.column(element.column)} if element.column is not None else {}
    if written:
        spec["sql"] = written.own if only else written.sql
    if element.descending:
        spec["order"] = "desc"
    if element.nulls:
        spec["nulls"] = str(element.nulls)
    if element.opclass:
        spec["opclass"] = element.opclass
    if element.collation and draft.dialect == "postgres":
        spec["collation"] = element.collation
    if set(spec) <= {"column", "order"}:
        return Plain(f"{spec['column']}{' desc' * element.descending}")
    return spec


def _sayable_element(draft: TableDraft, element: CatalogIndexElement) -> CatalogIndexElement:
    if draft.dialect == "postgres" or element.collation is None:
        return element
    what = f"collation {element.collation} of an index of {element.column or element.expression}"
    draft.lose(Effect.LEFT_OUT, what, "a collation of SQLite's has no word in the language")
    return replace(element, collation=None)


def _say_index(draft: TableDraft, index: CatalogIndex, spec: dict[str, Any], name: dict[str, str]) -> None:
    first = index.elements[0].column
    plain = first is not None and spec == {"columns": [draft.own.column(first)]} and not name
    if plain and "index" not in draft.columns[first or ""]:
        draft.columns[first or ""]["index"] = True
        return
    draft.spec.setdefault("indexes", []).append({**spec, **name})
