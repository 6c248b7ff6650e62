"""Primary keys, unique constraints and foreign keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.spelling import did_you_mean
from schemagen.schema import types as t
from schemagen.schema.model import Action, Deferrable, ForeignKey, PrimaryKey, Unique
from schemagen.schema.rule_state import RuleState
from schemagen.schema.type_spellings import on_postgres
from schemagen.spec.constraint_definition import PrimaryKeySpec, SetNullSpec
from schemagen.spec.definition import AppendOnlySpec

from .columns import unknown_column
from .context import CONFLICT
from .places import namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.types import Type
    from schemagen.spec.column_definition import ColumnSpec
    from schemagen.spec.constraint_definition import ForeignKeySpec
    from schemagen.spec.index_definition import IndexSpec

    from .column_types import ColumnTypes
    from .context import Context, Draft, Names

NO_ON_DELETE = "SG111"
UNKNOWN_TABLE = "SG203"
NOT_UNIQUE = "SG205"
TYPE_MISMATCH = "SG208"
IMPOSSIBLE_ACTION = "SG209"
REPEATED_COLUMN = "SG210"
BAD_TOUCH = "SG211"
UNIQUE_TWICE = "SG218"
DOT_IN_TARGET = "SG219"

_DEFERRABLE = {
    None: Deferrable.NO,
    "false": Deferrable.NO,
    "true": Deferrable.IMMEDIATE,
    "immediate": Deferrable.IMMEDIATE,
    "deferred": Deferrable.DEFERRED,
}
_MOMENTS = (t.DayType, t.Time)


def check_columns(names: list[str], draft: Draft, at: Origin, context: Context) -> bool:
    """Whether every name is a column of the table, and none stands twice; what is wrong is reported."""
    fine = True
    for number, name in enumerate(names):
        if unknown_column(name, draft, at.child(number), context):
            fine = False
        elif name in names[:number]:
            context.reporter.error(REPEATED_COLUMN, f"`{name}` is named twice", at.child(number))
            fine = False
    return fine


def key_columns(draft: Draft) -> tuple[str, ...]:
    """The columns of the primary key as written; empty where there is none."""
    written = draft.spec.primary_key
    if isinstance(written, PrimaryKeySpec):
        return tuple(written.columns)
    if written:
        return tuple(written)
    return tuple(name for name, spec in draft.spec.columns.items() if spec.primary_key)


def resolve_primary_key(draft: Draft, context: Context) -> PrimaryKey | None:
    """The primary key of a table, or None where it has none."""
    flagged = [name for name, spec in draft.spec.columns.items() if spec.primary_key]
    written = draft.spec.primary_key
    at = draft.origin.child("primary_key")
    columns = list(key_columns(draft))
    if written and flagged:
        where = draft.origin.child("columns", flagged[0], "primary_key")
        context.reporter.error(
            CONFLICT, "the primary key is written twice", where, key=True, related=[("and here", at)]
        )
    elif len(flagged) > 1:
        where = draft.origin.child("columns", flagged[1], "primary_key")
        hint = f"a key of several columns is written once for the table: `primary_key: [{', '.join(flagged)}]`"
        context.reporter.error(CONFLICT, "two columns are the primary key", where, key=True, hint=hint)
    if not columns:
        if draft.spec.sqlite.without_rowid:
            where, hint = draft.origin.child("sqlite", "without_rowid"), "give the table a primary key"
            message = f"`{draft.name}` has no primary key, and SQLite stores a table without rowids by it"
            context.reporter.error(CONFLICT, message, where, key=True, hint=hint)
        return None
    if written:
        listed = at.child("columns") if isinstance(written, PrimaryKeySpec) else at
        if not check_columns(columns, draft, listed, context):
            return None
    if isinstance(written, PrimaryKeySpec) and written.name:
        return PrimaryKey(written.name, tuple(columns))
    return PrimaryKey(_relation_name(draft, draft.naming.primary_key(draft.name), "", at, context), tuple(columns))


def resolve_uniques(draft: Draft, names: Names, context: Context) -> tuple[Unique, ...]:
    """The unique constraints of a table: those of single columns, then the listed ones."""
    found = []
    for column, spec in draft.spec.columns.items():
        if spec.unique:
            at = draft.origin.child("columns", column, "unique")
            found.append(Unique(_unique_name(draft, [column], at, context), (column,), origin=at))
    for number, written in enumerate(draft.spec.unique):
        at = draft.origin.child("unique", number)
        if check_columns(written.columns, draft, at.child("columns"), context):
            name = written.name or _unique_name(draft, written.columns, at, context)
            columns = tuple(written.columns)
            found.append(Unique(name, columns, written.description, at, nulls_distinct=written.nulls_distinct))
    for unique in found:
        names.taken.setdefault(unique.name.lower(), draft.origin)
    _report_doubles(found, draft, context)
    return tuple(found)


def _report_doubles(uniques: list[Unique], draft: Draft, context: Context) -> None:
    """Of two keys on the same columns PostgreSQL makes one in CREATE TABLE, but both where one is added (measured)."""
    primary_key = draft.origin.child("primary_key") if draft.spec.primary_key else draft.origin
    seen = {key_columns(draft): ("the primary key", primary_key)}
    for unique in uniques:
        if unique.origin is None:
            continue
        what, first = seen.setdefault(unique.columns, (f"`{unique.name}`", unique.origin))
        if first != unique.origin:
            message = f"{what} keeps ({', '.join(unique.columns)}) unique already"
            related = [("the first one", first)]
            hint = "remove this one: PostgreSQL leaves it out of a new table"
            context.reporter.error(UNIQUE_TWICE, message, unique.origin, key=True, related=related, hint=hint)


def _unique_name(draft: Draft, columns: list[str], at: Origin, context: Context) -> str:
    return _relation_name(draft, draft.naming.unique(draft.name, *columns), "unique", at, context)


def _relation_name(draft: Draft, parts: Iterable[str], seed: str, at: Origin, context: Context) -> str:
    """The name of a key: on SQLite no other part of the schema minds it."""
    return context.relations.derive(parts, seed, at, namespace_of(draft))


@dataclass(frozen=True, slots=True)
class _Reference:
    """A foreign key as written, from a column's shorthand or the table's list."""

    columns: list[str]
    parent: str
    parent_columns: list[str]
    written: ColumnSpec | ForeignKeySpec
    name: str | None
    description: str
    origin: Origin
    target: Origin
    parent_at: Origin


def _references(draft: Draft) -> list[_Reference]:
    found = []
    for column, spec in draft.spec.columns.items():
        if spec.references:
            parent, _, parent_column = spec.references.partition(".")
            at = draft.origin.child("columns", column)
            target = at.child("references")
            name = spec.foreign_key_name
            found.append(_Reference([column], parent, [parent_column], spec, name, "", at, target, target))
    for number, key in enumerate(draft.spec.foreign_keys):
        at = draft.origin.child("foreign_keys", number)
        target = at.child("references", "table")
        found.append(
            _Reference(
                key.columns, key.references.table, key.references.columns, key, key.name, key.description, at, target,
                at.child("references", "columns"),
            )
        )  # fmt: skip
    return found


def resolve_foreign_keys(draft: Draft, types: ColumnTypes, names: Names, context: Context) -> tuple[ForeignKey, ...]:
    """The foreign keys of a table: those of single columns, then the listed ones."""
    found = []
    for reference in _references(draft):
        if _resolves(reference, draft, types, context):
            found.append(_foreign_key(reference, draft, names))
    return tuple(found)


def _foreign_key(reference: _Reference, draft: Draft, names: Names) -> ForeignKey:
    written = reference.written
    seed = f"{reference.parent}({','.join(reference.parent_columns)})"
    derived = draft.naming.foreign_key(draft.name, *reference.columns)
    name = reference.name or names.derive(derived, seed, reference.origin)
    state = RuleState(written.state or RuleState.VALID)
    return ForeignKey(
        name=name,
        columns=tuple(reference.columns),
        parent=reference.parent,
        parent_columns=tuple(reference.parent_columns),
        on_delete=Action(_action_of(written, "on_delete") or "no action"),
        on_update=Action(written.on_update or "no action"),
        deferrable=_DEFERRABLE[written.deferrable],
        enforced=written.enforced and state is not RuleState.NOT_ENFORCED,
        touch=written.touch,
        relationship=written.relationship,
        inverse=written.inverse,
        description=reference.description,
        origin=reference.origin,
        set_null=tuple(written.on_delete.set_null) if isinstance(written.on_delete, SetNullSpec) else (),
        state=state,
    )


def _action_of(written: ColumnSpec | ForeignKeySpec, event: str) -> str | None:
    """What a key says of an event, also where it says it of some columns."""
    said = getattr(written, event)
    return "set null" if isinstance(said, SetNullSpec) else said


def _resolves(reference: _Reference, draft: Draft, types: ColumnTypes, context: Context) -> bool:
    fine = check_columns(reference.columns, draft, reference.origin.child("columns"), context)
    parent = context.drafts.get(reference.parent)
    if parent is None:
        if not context.incomplete:
            hint = _nearest_target(reference, context)
            message = f"there is no table `{reference.parent}`"
            context.reporter.error(UNKNOWN_TABLE, message, reference.target, hint=hint)
        return False
    if len(reference.columns) != len(reference.parent_columns):
        message = f"{len(reference.columns)} columns refer to {len(reference.parent_columns)}"
        context.reporter.error(TYPE_MISMATCH, message, reference.parent_at, key=True, hint="pair each with one")
        return False
    for name in reference.parent_columns:
        fine = not unknown_column(name, parent, reference.parent_at, context) and fine
    if not fine or _has_dot(reference, parent, context):
        return False
    _check_unique_target(reference, parent, context)
    _check_types(reference, draft, parent, types, context)
    _check_actions(reference, draft, context)
    _check_state(reference, context)
    _check_touch(reference, parent, types, context)
    return True


def _has_dot(reference: _Reference, parent: Draft, context: Context) -> bool:
    """Report a target that models cannot name: SQLAlchemy's ``ForeignKey`` cuts ``table.column`` at every dot."""
    columns = (parent.spec.columns[name].name for name in reference.parent_columns)
    dotted = next((name for name in (parent.spec.name, *columns) if name and "." in name), None)
    if dotted is not None:
        message = f"nothing can refer to `{dotted}`: models take its dot for the border of table and column"
        hint = "leave the reference out, or give it a name without a dot"
        context.reporter.error(DOT_IN_TARGET, message, reference.parent_at, hint=hint)
    return dotted is not None


def _nearest_target(reference: _Reference, context: Context) -> str | None:
    near = did_you_mean(reference.parent, context.drafts)
    if near and len(reference.parent_columns) == 1:
        is_short = reference.target == reference.parent_at
        return near.replace("`?", f".{reference.parent_columns[0]}`?") if is_short else near
    return near


def _check_unique_target(reference: _Reference, parent: Draft, context: Context) -> None:
    wanted = set(reference.parent_columns)
    keys = [set(key_columns(parent)), *(set(u.columns) for u in parent.spec.unique)]
    keys += [{name} for name, spec in parent.spec.columns.items() if spec.unique]
    keys += [_key_of_index(index) for index in parent.spec.indexes if index.unique]
    if wanted in keys or context.reporter.is_damaged_inside(parent.origin) or not reference.written.enforced:
        return
    names = ", ".join(reference.parent_columns)
    message = f"`{reference.parent}` ({names}) is not unique, so nothing can refer to it"
    hint = f"refer to its primary key, or give it `unique: [{{columns: [{names}]}}]`"
    context.reporter.error(NOT_UNIQUE, message, reference.parent_at, hint=hint)


def _key_of_index(index: IndexSpec) -> set[str]:
    """The columns that a unique index makes a key, whatever its order; empty where it is none on one of the engines."""
    is_plain = index.where is None and index.only is None and index.method == "btree"
    names: set[str] = set()
    for element in index.columns if is_plain else ():
        if isinstance(element, str):
            names.add(element.split()[0])
        elif element.column is None or element.opclass or element.collation:
            return set()
        else:
            names.add(element.column)
    return names


def _check_types(reference: _Reference, draft: Draft, parent: Draft, types: ColumnTypes, context: Context) -> None:
    for name, parent_name in zip(reference.columns, reference.parent_columns, strict=True):
        own, other = types.of(draft.name, name), types.of(parent.name, parent_name)
        if own is None or other is None or joinable(own, other):
            continue
        column = draft.origin.child("columns", name)
        at = column.child("type") if draft.spec.columns[name].type is not None else column
        context.reporter.error(
            TYPE_MISMATCH,
            f"`{draft.name}.{name}` is {own}, but `{parent.name}.{parent_name}`, to which it refers, is {other}",
            at,
            hint="leave the type out: a foreign-key column takes its parent's",
            related=[("the parent column", parent.origin.child("columns", parent_name))],
        )


def joinable(own: Type, other: Type) -> bool:
    """Whether one foreign key may join two columns; what the language does not know is the engines' to judge."""
    own, other = on_postgres(own), on_postgres(other)
    return isinstance(own, t.Native) or isinstance(other, t.Native) or _family(own) == _family(other)


def _family(type_: Type) -> object:
    """Types that one foreign key may join."""
    if isinstance(type_, t.IntegerType):
        return "integer"
    if isinstance(type_, t.TextType):
        return "text"
    return t.Jsonb if isinstance(type_, t.Json) else type(type_)


def _check_actions(reference: _Reference, draft: Draft, context: Context) -> None:
    written = reference.written
    at = reference.origin
    if written.enforced and written.on_delete is None:
        message = f"`on_delete` is missing on the reference to `{reference.parent}`"
        hint = "write cascade, restrict, set null, set default or no action: a cascade is never an accident"
        context.reporter.error(NO_ON_DELETE, message, at, key=True, hint=hint)
    if written.on_delete == "cascade" and isinstance(draft.spec.append_only, AppendOnlySpec):
        message = f"`on_delete: cascade` deletes rows, but `{draft.name}` refuses deletes"
        context.reporter.error(IMPOSSIBLE_ACTION, message, at.child("on_delete"), hint="use restrict or no action")
    if isinstance(written.on_delete, SetNullSpec) and not _check_some(reference, draft, context):
        return
    for key in ("on_delete", "on_update"):
        action = _action_of(written, key)
        some = written.on_delete.set_null if key == "on_delete" and isinstance(written.on_delete, SetNullSpec) else None
        where = at.child(key)
        for name in some or reference.columns:
            column = draft.spec.columns[name]
            if context.reporter.is_damaged(draft.origin.child("columns", name)):
                continue
            if action == "set null" and not (column.nullable and name not in key_columns(draft)):
                message = f"`{key}: set null`, but `{name}` can't be NULL"
                context.reporter.error(IMPOSSIBLE_ACTION, message, where, hint=f"write `nullable: true` on `{name}`")
            if action == "set default" and column.default is None:
                message = f"`{key}: set default`, but `{name}` has no default"
                context.reporter.error(IMPOSSIBLE_ACTION, message, where, hint=f"give `{name}` a default")
            updates = action in {"set null", "set default"} or (key == "on_update" and action == "cascade")
            if updates and (draft.spec.append_only or column.immutable):
                refused = "the table is append_only" if draft.spec.append_only else f"`{name}` is immutable"
                message = f"`{key}: {action}` updates rows, but {refused}"
                hint = "use cascade, restrict or no action" if key == "on_delete" else "use restrict or no action"
                context.reporter.error(IMPOSSIBLE_ACTION, message, where, hint=hint)


def _check_state(reference: _Reference, context: Context) -> None:
    if reference.written.state and not reference.written.enforced:
        message = "`enforced: false` makes no constraint, so it has no state"
        hint = "leave one of the two out"
        context.reporter.error(CONFLICT, message, reference.origin.child("state"), key=True, hint=hint)


def _check_some(reference: _Reference, draft: Draft, context: Context) -> bool:
    """Whether SET NULL of some columns names columns of the key, and not all of them."""
    written = reference.written.on_delete
    assert isinstance(written, SetNullSpec)  # noqa: S101  (its caller has looked)
    at = reference.origin.child("on_delete", "set_null")
    if not check_columns(written.set_null, draft, at, context):
        return False
    for number, name in enumerate(written.set_null):
        if name not in reference.columns:
            hint = f"name some of {', '.join(reference.columns)}"
            context.reporter.error(
                IMPOSSIBLE_ACTION, f"`{name}` is not a column of this key", at.child(number), hint=hint
            )
            return False
    if len(written.set_null) == len(reference.columns):
        message = "these are all columns of the key"
        context.reporter.error(IMPOSSIBLE_ACTION, message, at, hint="write `on_delete: set null`")
        return False
    return True


def _check_touch(reference: _Reference, parent: Draft, types: ColumnTypes, context: Context) -> None:
    touched = reference.written.touch
    if touched is None:
        return
    at = reference.origin.child("touch")
    if unknown_column(touched, parent, at, context):
        return
    column = parent.spec.columns[touched]
    if parent.spec.append_only or column.immutable or column.generated:
        message = f"`{parent.name}.{touched}` can't be updated, so nothing can touch it"
        context.reporter.error(BAD_TOUCH, message, at)
    elif column.on_row_update is None and not isinstance(types.of(parent.name, touched), (*_MOMENTS, type(None))):
        message = f"`{parent.name}.{touched}` holds no time"
        context.reporter.error(BAD_TOUCH, message, at, hint="give it a timestamp type, or `on_row_update: {sql: …}`")
