"""A table's primary key, foreign keys and unique constraints as a spec has them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.schema.model import Action, Deferrable
from schemagen.schema.rule_state import RuleState

from .losses import Effect
from .table_builder import NO_WORD

if TYPE_CHECKING:
    from schemagen.engines.catalog import CatalogForeignKey, CatalogPrimaryKey, CatalogTable, CatalogUnique

    from .table_builder import TableDraft

OWN_ORDER = "the specs keep the columns, not how this key compares or orders them"

_DEFERRABLE = {Deferrable.IMMEDIATE: "immediate", Deferrable.DEFERRED: "deferred"}


def import_primary_key(draft: TableDraft) -> CatalogPrimaryKey | None:
    """Say the primary key; the one that the spec will build."""
    key = draft.table.primary_key
    if key is None:
        return None
    expected = replace(key, deferrable=Deferrable.NO, details="")
    if expected != key and draft.dialect == "sqlite":
        draft.lose(Effect.CHANGED, f"primary key, {key.details}", OWN_ORDER, is_rule="collate" in key.details)
    elif expected != key:
        draft.lose(Effect.LEFT_OUT, "primary key", _details(key))
    name = draft.given("primary key", key.name, draft.naming.primary_key(draft.own.table))
    if name is None:
        expected = replace(expected, name=None)
    conflict = {} if "autoincrement" in draft.table.options else draft.conflict("primary key", key.columns)
    if not (name or conflict) and len(key.columns) == 1:
        draft.columns[key.columns[0]]["primary_key"] = True
    elif name or conflict:
        draft.spec["primary_key"] = {"columns": draft.own.of(key.columns), **(name or {}), **conflict}
    else:
        draft.spec["primary_key"] = draft.own.of(key.columns)
    return expected


def import_foreign_key(draft: TableDraft, key: CatalogForeignKey) -> CatalogForeignKey | None:
    """Say a foreign key; the one that the spec will build, or None where it cannot be said."""
    what = f"foreign key {key.name or ', '.join(key.columns)}"
    parent = draft.catalog.get(key.parent)
    reason = "" if parent else f"{key.parent} is not imported"
    if parent and len(key.columns) != len(key.parent_columns):
        reason = f"{key.parent} has no primary key of as many columns"
    elif parent and not _is_unique(parent, key.parent_columns):
        reason = f"{key.parent} ({', '.join(key.parent_columns)}) is not unique"
    if reason:
        draft.lose(Effect.LEFT_OUT, what, reason)
        return None
    expected = _possible_actions(draft, replace(key, details=""), what)
    if key.details:
        draft.lose(Effect.LEFT_OUT, f"{what}, {key.details}", NO_WORD)
    name = draft.given(what, key.name, draft.naming.foreign_key(draft.own.table, *draft.own.of(key.columns)))
    _say_foreign_key(draft, expected, name or {})
    return expected if name is not None else replace(expected, name=None)


def _possible_actions(draft: TableDraft, key: CatalogForeignKey, what: str) -> CatalogForeignKey:
    for event in ("on_delete", "on_update"):
        action = getattr(key, event)
        if action in {Action.SET_NULL, Action.SET_DEFAULT} and not _can_be_set(draft, key, action):
            reason = f"{action} cannot work, as a column of it is NOT NULL or without a default: it is refused"
            draft.lose(Effect.CHANGED, f"{what}, {event.replace('_', ' ')}", reason, is_rule=True)
            key = (
                replace(key, on_delete=Action.NO_ACTION)
                if event == "on_delete"
                else replace(key, on_update=Action.NO_ACTION)
            )
    return key


def _can_be_set(draft: TableDraft, key: CatalogForeignKey, action: Action) -> bool:
    if action is Action.SET_NULL:
        return all("nullable" in draft.columns[name] for name in key.set_null or key.columns)
    return all("default" in draft.columns[name] for name in key.columns)


def _say_foreign_key(draft: TableDraft, key: CatalogForeignKey, name: dict[str, str]) -> None:
    parent, emptied = draft.keys[key.parent], key.set_null or draft.behaviour.emptied(key)
    rest: dict[str, Any] = {"on_delete": {"set_null": draft.own.of(emptied)} if emptied else str(key.on_delete)}
    if key.on_update is not Action.NO_ACTION:
        rest["on_update"] = str(key.on_update)
    if key.deferrable is not Deferrable.NO:
        rest["deferrable"] = _DEFERRABLE[key.deferrable]
    if key.state is not RuleState.VALID:
        rest["state"] = key.state.replace(" ", "_")
    if touched := draft.behaviour.touches.get((key.columns, key.parent)):
        rest["touch"] = parent.column(touched)
    column = draft.columns[key.columns[0]]
    if len(key.columns) == 1 and "references" not in column:
        if _has_type_of_parent(draft, key):
            column.pop("type", None)
        column.update({"references": f"{parent.table}.{parent.column(key.parent_columns[0])}"})
        column.update({"foreign_key_name": name["name"]} if name else {})
        column.update(rest)
        return
    target = {"table": parent.table, "columns": parent.of(key.parent_columns)}
    written = {"columns": draft.own.of(key.columns), "references": target, **rest, **name}
    draft.spec.setdefault("foreign_keys", []).append(written)


def _has_type_of_parent(draft: TableDraft, key: CatalogForeignKey) -> bool:
    """Whether a spec may leave the type of a column out; SQLite's says too little of what its values are."""
    parent = draft.catalog.get(key.parent)
    if parent is None or draft.dialect == "sqlite" or draft.plain:
        return False
    own, other = (
        next((column.type for column in table.columns if column.name == name), None)
        for table, (name,) in ((draft.table, key.columns), (parent, key.parent_columns))
    )
    return own == other


def import_uniques(draft: TableDraft) -> tuple[CatalogUnique, ...]:
    """Say the unique constraints; those that the spec will build."""
    expected: list[CatalogUnique] = []
    kept = {draft.table.primary_key.columns} if draft.table.primary_key else set()
    for unique in draft.table.uniques:
        if f"constraint {unique.name}" in draft.as_objects:
            expected.append(unique)
            continue
        what = f"unique constraint {unique.name or ', '.join(unique.columns)}"
        if unique.columns in kept:
            draft.lose(Effect.LEFT_OUT, what, "another key on the same columns keeps them unique")
            continue
        kept.add(unique.columns)
        if unique.details and draft.dialect == "sqlite":
            draft.lose(Effect.CHANGED, f"{what}, {unique.details}", OWN_ORDER, is_rule="collate" in unique.details)
        elif unique.deferrable is not Deferrable.NO or unique.details:
            draft.lose(Effect.LEFT_OUT, f"{what}, {_details(unique)}", NO_WORD)
        name = draft.given(what, unique.name, draft.naming.unique(draft.own.table, *draft.own.of(unique.columns)))
        made = replace(unique, deferrable=Deferrable.NO, details="")
        expected.append(made if name is not None else replace(made, name=None))
        column = draft.columns[unique.columns[0]]
        is_value = not unique.nulls_distinct or unique.name in draft.completing
        nulls = {"nulls_distinct": False} if is_value else {}
        nulls |= draft.conflict("unique", unique.columns)
        if len(unique.columns) == 1 and not (name or nulls) and "unique" not in column:
            column["unique"] = True
        else:
            draft.spec.setdefault("unique", []).append(
                {"columns": draft.own.of(unique.columns), **nulls, **(name or {})}
            )
    return tuple(expected)


def _details(key: CatalogPrimaryKey | CatalogUnique) -> str:
    """What the language has no word for of a key."""
    when = "" if key.deferrable is Deferrable.NO else str(key.deferrable)
    return ", ".join(filter(None, (when, key.details)))


def _is_unique(parent: CatalogTable, columns: tuple[str, ...]) -> bool:
    wanted = set(columns)
    keys = [set(parent.primary_key.columns)] if parent.primary_key else []
    keys += [set(unique.columns) for unique in parent.uniques]
    keys += [
        {element.column for element in index.elements if element.column}
        for index in parent.indexes
        if index.unique and index.predicate is None and all(element.column for element in index.elements)
    ]
    return wanted in keys
