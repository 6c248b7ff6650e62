"""What PostgreSQL can compare and index by itself: its default operator classes ("11.10. Operator Classes")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.spec.constraint_definition import PrimaryKeySpec

from .context import CONFLICT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.types import Type

    from .context import Context, Draft

BAD_INDEX = "SG212"

_INDEXABLE: dict[str, tuple[type[Type], ...]] = {
    "gin": (t.Jsonb, t.Array),
    "gist": (),
    "hnsw": (),
    "ivfflat": (t.Vector,),
    "spgist": (t.TextType,),
    "brin": (
        t.TextType,
        t.NumberType,
        t.TemporalType,
        t.Uuid,
        t.Bytea,
    ),
}
"""The types of the language that an access method has a default operator class for; btree and hash: all but json."""


_BROUGHT_BY = {"gin": "btree_gin", "gist": "btree_gist"}
"""Extensions that bring default operator classes for what btree can compare (PostgreSQL, "F.7. btree_gin", "F.8")."""


_OF_VECTORS = "vector"
"""The extension that brings vectors, with operator classes for hnsw and ivfflat (pgvector 0.8, "Indexing")."""


def report_incomparable(draft: Draft, types: dict[str, Type], context: Context) -> None:
    """Report the keys and indexes that PostgreSQL refuses to make over the types of their columns.

    And the types whose extension no file names.
    """
    for name, type_ in types.items():
        if isinstance(type_, t.Vector) and _OF_VECTORS not in context.extensions:
            hint = f"write `extensions: [{_OF_VECTORS}]` at the top of the file"
            at = draft.origin.child("columns", name)
            context.reporter.error(CONFLICT, f"{type_} is a type of pgvector's extension", at, hint=hint)
    for kind, column, at in _keys(draft):
        if column in types and _is_json(types[column]):
            message = f"PostgreSQL can't compare {types[column]}, so `{column}` can be in no {kind}"
            context.reporter.error(CONFLICT, message, at, hint=_WRITE_JSONB)
    for method, column, at in _indexed(draft):
        if column in types and not _has_operator_class(types[column], method, context.extensions):
            message = f"PostgreSQL has no {method} operator class for {types[column]} by itself"
            context.reporter.error(BAD_INDEX, message, at, hint=_way_out(types[column]))


_WRITE_JSONB = "write `type: jsonb`, which can be compared"


def _way_out(type_: Type) -> str:
    if isinstance(type_, t.Vector):
        return "name an `opclass`: vector_cosine_ops for <=>, vector_l2_ops for <->, vector_l1_ops for <+>"
    return (
        _WRITE_JSONB
        if _is_json(type_)
        else "use btree, name an `opclass`, or write `extensions: [btree_gist]` or `[btree_gin]` in the file"
    )


def _is_json(type_: Type) -> bool:
    return isinstance(type_.element if isinstance(type_, t.Array) else type_, t.Json)


def _has_operator_class(type_: Type, method: str, extensions: Collection[str]) -> bool:
    """Whether an index needs no `opclass`; what the language does not know is the engine's to judge."""
    if isinstance(type_, t.Native) or (_BROUGHT_BY.get(method) in extensions and not _is_json(type_)):
        return True
    known = _INDEXABLE.get(method)
    return not _is_json(type_) and (known is None or isinstance(type_, known))


def _keys(draft: Draft) -> Iterator[tuple[str, str, Origin]]:
    """The kind of every key, each of its columns, and the place that makes it one."""
    spec = draft.spec
    for name, column in spec.columns.items():
        at = draft.origin.child("columns", name)
        if column.primary_key:
            yield "primary key", name, at.child("primary_key")
        if column.unique:
            yield "unique constraint", name, at.child("unique")
        if column.references and column.enforced and column.type is not None:
            yield "foreign key", name, at.child("references")
    written = spec.primary_key
    at = draft.origin.child("primary_key")
    if isinstance(written, PrimaryKeySpec):
        yield from _named("primary key", written.columns, at.child("columns"))
    else:
        yield from _named("primary key", written or [], at)
    for number, unique in enumerate(spec.unique):
        yield from _named("unique constraint", unique.columns, draft.origin.child("unique", number, "columns"))
    for number, key in enumerate(spec.foreign_keys):
        if key.enforced:
            yield from _named("foreign key", key.columns, draft.origin.child("foreign_keys", number, "columns"))


def _named(kind: str, columns: list[str], at: Origin) -> Iterator[tuple[str, str, Origin]]:
    yield from ((kind, name, at.child(number)) for number, name in enumerate(columns))


def _indexed(draft: Draft) -> Iterator[tuple[str, str, Origin]]:
    """The method of every index of PostgreSQL's, and each of its columns that names no operator class."""
    for name, column in draft.spec.columns.items():
        if column.index:
            yield "btree", name, draft.origin.child("columns", name, "index")
    for number, index in enumerate(draft.spec.indexes):
        if index.only == "sqlite":
            continue
        for place, element in enumerate(index.columns):
            at = draft.origin.child("indexes", number, "columns", place)
            if isinstance(element, str):
                yield index.method.lower(), element.split()[0], at
            elif element.column and not element.opclass:
                yield index.method.lower(), element.column, at
