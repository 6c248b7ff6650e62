"""Owners of rows: which column says whose a row is, and what may not stand beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.changes.attached import tables_of
from schemagen.engines.attached import belongs_to
from schemagen.schema.owners import is_comparable, names_of
from schemagen.schema.types import TextType

from .columns import unknown_column
from .context import NAME_TAKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.schema.model import Schema, Table
    from schemagen.schema.objects import View
    from schemagen.schema.types import Type

    from .context import Context, Draft

BAD_OWNER = "SG231"
BESIDE_OWNER = "SG232"


def resolve_owner(draft: Draft, types: Mapping[str, Type], context: Context) -> str:
    """The column that owns the rows of a table; empty where none does, or it can't: that is reported."""
    name, at = draft.spec.owner, draft.origin.child("owner")
    if name is None or unknown_column(name, draft, at, context):
        return ""
    problems = list(_obstacles(name, draft, types.get(name)))
    for message, hint in problems:
        context.reporter.error(BAD_OWNER, message, at, hint=hint)
    return "" if problems else name


def _obstacles(name: str, draft: Draft, type_: Type | None) -> Iterator[tuple[str, str]]:
    column = draft.spec.columns[name]
    if column.nullable:
        yield f"`{name}` may be NULL, and a row without an owner would be nobody's", "take `nullable` away from it"
    if column.generated:
        yield f"`{name}` is generated, so no row could be given to its owner", "name the column that is written"
    if type_ is not None and not is_comparable(type_):
        yield f"`{name}` is {type_}, which no owner is", "own rows by a uuid, an integer, a text or a varchar"
    if draft.spec.partition:
        message = f"a query that names a partition of `{draft.name}` would see the rows of every owner"
        yield message, "take `partition` or `owner` away"


def report_beside_owners(schema: Schema, context: Context) -> None:
    """Report policies and views of one's own that would open a table that has an owner."""
    owned = {table.name: table for table in schema.tables if table.owner}
    taken = {
        name.lower()
        for name in (*schema.by_name, *(one.name for one in schema.objects), *(one.name for one in schema.views))
    }
    for table in owned.values():
        if (name := next((each for each in names_of(table) if each.lower() in taken), None)) and table.origin:
            message = f"`{name}` is what enforces the owner of `{table.key}`, and another name of the specs"
            at = table.origin.child("owner")
            context.reporter.error(NAME_TAKEN, message, at, key=True, hint="give the other one another name")
    _report_owned_parents(schema, context)
    _report_other_types(list(owned.values()), context)
    for own in schema.objects:
        found = sorted(belongs_to(own, owned)) if own.kind == "policy" else []
        if found and own.origin:
            message = f"`{own.name}` is a policy of `{found[0]}`, which has an `owner`: one policy would open the other"
            hint = "take `owner` away from the table, or the policy"
            context.reporter.error(BESIDE_OWNER, message, own.origin, key=True, hint=hint)
    for view in schema.views:
        if (read := sorted(tables_of([view], schema) & owned.keys())) and view.origin and _opens(view):
            message = f"`{view.name}` reads `{read[0]}` as whoever made it, who may see the rows of every owner"
            plain = "add `security_invoker: true`"
            hint = "a materialized view keeps them: make it a plain one" if view.materialized else plain
            context.reporter.error(BESIDE_OWNER, message, view.origin, key=True, hint=hint)


def _report_owned_parents(schema: Schema, context: Context) -> None:
    """Report owners that are rows which have an owner themselves: who asks is one value for all tables."""
    for table in schema.tables:
        for key in (each for each in table.foreign_keys if each.columns == (table.owner,) and table.origin):
            owner = schema.table(key.parent).owner
            if owner and key.parent_columns != (owner,) and table.origin:
                message = f"`{table.owner}` leads to `{key.parent}`, whose rows belong to their `{owner}`"
                hint = f"have `{owner}` in `{table.key}` as well, as its owner and as a part of the foreign key"
                context.reporter.error(BAD_OWNER, message, table.origin.child("owner"), hint=hint)


def _report_other_types(owned: list[Table], context: Context) -> None:
    """Report owners of another type than those of the first table: texts of any length are alike."""
    for table in owned[1:]:
        first = owned[0]
        known, type_ = first.column(first.owner).type, table.column(table.owner).type
        are_texts = isinstance(known, TextType) and isinstance(type_, TextType)
        if known != type_ and not are_texts and table.origin:
            message = f"`{table.owner}` is {type_}, and `{first.owner}` of `{first.key}`, an owner as well, is {known}"
            hint = "give both columns one type: who asks is one value for all tables"
            context.reporter.error(BAD_OWNER, message, table.origin.child("owner"), hint=hint)


def _opens(view: View) -> bool:
    return view.sql.postgres is not None and (view.materialized or not view.security_invoker)
