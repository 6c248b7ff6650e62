"""A table's columns as a spec has them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.base.escape import sql_string
from schemagen.changes.renames import mentions
from schemagen.engines.catalog import CatalogSql
from schemagen.engines.sqlite.inspect.tokens import Kind, catalog_sql, significant, tokens
from schemagen.schema import types as t

from .defaults import postgres_literal, sqlite_literal, sqlite_problem
from .losses import Effect
from .table_builder import NO_WORD

if TYPE_CHECKING:
    from schemagen.engines.catalog import CatalogColumn
    from schemagen.engines.sqlite.inspect.tokens import Token

    from .table_builder import TableDraft

_VALUES = ("NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP")
SERIAL = CatalogSql("nextval(its own sequence)")


def import_column(draft: TableDraft, column: CatalogColumn) -> CatalogColumn:
    """Say a column; the one that the spec will build."""
    type_ = draft.evidence.types[column.name]
    domain = draft.evidence.domain(column.name)
    spec = draft.columns[column.name] = {"type": domain.key} if domain and domain.spec else _type_keys(type_)
    expected = replace(_nullable(draft, column, spec), details="")
    if column.details:
        draft.lose(Effect.LEFT_OUT, f"column {column.name}, {column.details}", NO_WORD)
    if column.identity or column.default == SERIAL or _is_autoincrement(draft, column):
        expected = _identity(draft, column, expected, spec, type_)
    elif column.generated:
        expected = _generated(draft, column, expected, spec, type_)
    elif column.default:
        expected = _possible_default(draft, _misquoted(draft, expected))
        if expected.default and draft.evidence.defaults.get(column.type) != expected.default.written:
            spec["default"] = _default(draft, expected.default, type_, column.name)
    if column.collation:
        expected = _collation(draft, column, expected, spec, type_)
    if column.name in draft.behaviour.immutable:
        spec["immutable"] = True
    if found := draft.behaviour.row_updates.get(column.name):
        spec["on_row_update"] = {"sql": draft.value(found, type_, f"on_row_update of {column.name}")}
    return expected


def _nullable(draft: TableDraft, column: CatalogColumn, spec: dict[str, Any]) -> CatalogColumn:
    key = draft.table.primary_key
    if not column.nullable:
        return column
    if key and column.name in key.columns:
        reason = "SQLite lets it be NULL (an old mistake of its own that it keeps); the specs make it NOT NULL"
        draft.lose(Effect.CHANGED, f"primary key column {column.name}", reason)
        return replace(column, nullable=False)
    spec["nullable"] = True
    return column


def _is_autoincrement(draft: TableDraft, column: CatalogColumn) -> bool:
    key = draft.table.primary_key
    return "autoincrement" in draft.table.options and key is not None and key.columns == (column.name,)


def _identity(
    draft: TableDraft, column: CatalogColumn, expected: CatalogColumn, spec: dict[str, Any], type_: t.Type
) -> CatalogColumn:
    what = f"column {column.name}"
    if not isinstance(type_, t.IntegerType):
        draft.lose(Effect.LEFT_OUT, f"{what}, numbering", f"{type_} is not an integer in the language")
        return replace(expected, default=None, identity="", sequence="")
    if column.nullable and draft.dialect == "postgres":
        draft.lose(Effect.LEFT_OUT, f"{what}, numbering", "a column that is numbered can't be NULL in the language")
        return replace(expected, default=None, sequence="")
    spec["identity"] = "serial" if column.default == SERIAL else "always" if column.identity == "always" else True
    if draft.dialect == "sqlite":
        return expected
    if column.sequence:
        draft.lose(Effect.LEFT_OUT, f"{what}, sequence", f"its numbers are the usual ones: not {column.sequence}")
    return replace(expected, sequence="")


def _generated(
    draft: TableDraft, column: CatalogColumn, expected: CatalogColumn, spec: dict[str, Any], type_: t.Type
) -> CatalogColumn:
    if column.generated is None:
        return expected
    spec["generated"] = {"sql": draft.value(column.generated, type_, f"generated column {column.name}")}
    if not column.virtual:
        return expected
    if not _can_be_virtual(draft, column):
        reason = "PostgreSQL has no key or index of a virtual column, so the specs store it when it is written"
        draft.lose(Effect.CHANGED, f"column {column.name}, VIRTUAL", reason, is_rule=True)
        return replace(expected, virtual=False)
    spec["generated"]["stored"] = False
    return expected


def _can_be_virtual(draft: TableDraft, column: CatalogColumn) -> bool:
    """Whether PostgreSQL could keep a virtual column as SQLite does: nothing needs its values stored."""
    table = draft.table
    named = {name for unique in table.uniques for name in unique.columns}
    named |= {name for key in table.foreign_keys for name in key.columns}
    texts = []
    for index in table.indexes:
        named |= {element.column for element in index.elements if element.column} | set(index.include)
        texts += [sql.written for sql in (index.predicate, *(one.expression for one in index.elements)) if sql]
    return column.name not in named and not mentions("\n".join(texts), [column.name])


def _misquoted(draft: TableDraft, column: CatalogColumn) -> CatalogColumn:
    """A column whose default is a text in double quotes or none, which SQLite takes for a text as no name can be."""
    found = significant(tokens(column.default.written)) if column.default and draft.dialect == "sqlite" else []
    if len(found) != 1 or not (found[0].kind is Kind.QUOTED or _is_bare_text(found[0])):
        return column
    kind = "a text in double quotes" if found[0].kind is Kind.QUOTED else "a text without quotes"
    draft.lose(Effect.CHANGED, f"default of {column.name}", f"{kind}; the specs put it in single ones")
    return replace(column, default=catalog_sql(sql_string(found[0].name)))


def _is_bare_text(token: Token) -> bool:
    """Whether SQLite takes a default of one word for a text."""
    return token.kind is Kind.WORD and not token.is_word(*_VALUES)


def _possible_default(draft: TableDraft, column: CatalogColumn) -> CatalogColumn:
    """A column without a default that SQLite keeps but cannot compute, so that no row could be inserted by it."""
    problem = sqlite_problem(column.default) if column.default and draft.dialect == "sqlite" else None
    if problem is None:
        return column
    draft.lose(Effect.LEFT_OUT, f"default of {column.name}", f"SQLite keeps it but cannot compute it: {problem}")
    return replace(column, default=None)


def _default(draft: TableDraft, default: CatalogSql, type_: t.Type, column: str) -> Any:
    if not draft.plain:
        literal = (postgres_literal if draft.dialect == "postgres" else sqlite_literal)(default, type_)
        if literal is not None:
            return literal
    is_needed = not draft.columns[column].get("nullable")
    effect = Effect.NO_DEFAULT if is_needed else Effect.ONE_ENGINE
    return {"sql": draft.value(default, type_, f"default of {column}", effect=effect)}


def _collation(
    draft: TableDraft, column: CatalogColumn, expected: CatalogColumn, spec: dict[str, Any], type_: t.Type
) -> CatalogColumn:
    collation = column.collation or ""
    options = draft.evidence.options
    if options and options.parity and collation == "RTRIM" and isinstance(type_, t.Char):
        return expected
    if draft.dialect == "sqlite" or not isinstance(type_, (t.TextType, t.Native)):
        reason = "a collation of SQLite's has no word in the language" if draft.dialect == "sqlite" else "no text"
        draft.lose(Effect.LEFT_OUT, f"column {column.name}, collation {collation}", reason)
        return replace(expected, collation=None)
    spec["collation"] = collation
    return expected


def _type_keys(type_: t.Type) -> dict[str, Any]:
    match type_:
        case t.Enum(values) if not type_.name:
            return {"enum": list(values)}
        case t.Native(postgres, sqlite, python):
            written = {"postgres": postgres, "sqlite": sqlite}
            return {"type": written if python == "str" else {**written, "python": python}}
        case t.Text(limit) if limit is not None:
            return {"type": "text", "max_length": limit}
    return {"type": str(type_)}
