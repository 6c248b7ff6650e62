"""Changes of views and objects of one's own, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from schemagen.base.graph import reachable
from schemagen.schema.dialect import DIALECTS
from schemagen.schema.objects import OwnObject
from schemagen.sql.own_partitions import is_same_partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema
    from schemagen.schema.objects import Attached


@dataclass(frozen=True, slots=True)
class CreateAttached:
    """A view or an object that was not there."""

    item: Attached

    def describe(self) -> str:
        """In words."""
        return f"create {self.item.kind} {self.item.name}"


@dataclass(frozen=True, slots=True)
class ChangeAttached:
    """A view or an object that is another one now."""

    old: Attached
    new: Attached

    def describe(self) -> str:
        """In words."""
        return f"change {self.new.kind} {self.new.name}"


@dataclass(frozen=True, slots=True)
class DropAttached:
    """A view or an object that is gone."""

    item: Attached

    def describe(self) -> str:
        """In words."""
        return f"drop {self.item.kind} {self.item.name}"


AttachedChange = CreateAttached | ChangeAttached | DropAttached


def attached_changes(old: Schema, new: Schema) -> Iterator[AttachedChange]:
    """What differs among the views and objects of two schemas; descriptions do not."""
    before = {item.name: item for item in old.attached}
    after = {item.name: item for item in new.attached}
    for name, item in after.items():
        if name not in before:
            yield CreateAttached(item)
        elif not same(before[name], item):
            yield ChangeAttached(before[name], item)
    yield from (DropAttached(item) for name, item in reversed(before.items()) if name not in after)


def same(old: Attached, new: Attached) -> bool:
    """Whether each engine has the same of both."""
    return all(old.definition(dialect) == new.definition(dialect) for dialect in DIALECTS)


def differs(change: AttachedChange, dialect: DialectName) -> bool:
    """Whether an engine has something to do for a change."""
    if isinstance(change, ChangeAttached):
        return change.old.definition(dialect) != change.new.definition(dialect)
    return change.item.definition(dialect) is not None


def is_partition(item: Attached) -> TypeGuard[OwnObject]:
    """Whether an object holds rows of a table, which go with it."""
    return isinstance(item, OwnObject) and item.kind == "partition"


def tables_of(items: Iterable[Attached], schema: Schema) -> set[str]:
    """The tables that views and objects stand on, over any number of others."""
    needs: Mapping[str, tuple[str, ...]] = {item.name: item.needs for item in schema.attached}
    return reachable([item.name for item in items], lambda name: needs.get(name, ())) & schema.by_name.keys()


def stays(change: AttachedChange) -> bool:
    """Whether a partition keeps its rows: it has other bounds, or is only taken out of its table."""
    if isinstance(change, ChangeAttached):
        return is_partition(change.old) and is_partition(change.new) and is_same_partition(change.old, change.new)
    return isinstance(change.item, OwnObject) and not (change.item.drop.postgres or "").upper().startswith("DROP TABLE")


def is_sequence(item: Attached) -> bool:
    """Whether an object counts: what it counted goes with it."""
    return isinstance(item, OwnObject) and item.kind == "sequence"
