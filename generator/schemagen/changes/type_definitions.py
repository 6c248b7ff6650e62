"""Changes of the named types of a schema: made, dropped, or with other labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.schema.places import in_postgres, place_of
from schemagen.schema.types import Enum, Native

from .domains import DomainChange, dropped_domains, made_domains

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.schema.enum_types import EnumType
    from schemagen.schema.model import Column, Schema
    from schemagen.schema.types import Type

    from .renames import Renames


@dataclass(frozen=True, slots=True)
class CreateType:
    """A named type that was not there."""

    type: EnumType

    def describe(self) -> str:
        """In words."""
        return f"create type {self.type.name} ({', '.join(self.type.labels)})"


@dataclass(frozen=True, slots=True)
class DropType:
    """A named type that is gone."""

    type: EnumType

    def describe(self) -> str:
        """In words."""
        return f"drop type {self.type.name}"


@dataclass(frozen=True, slots=True)
class MoveType:
    """An enum type in another schema of PostgreSQL, or under another name there."""

    old: EnumType
    new: EnumType

    @property
    def name(self) -> str:
        """What specs call it."""
        return self.new.name

    def describe(self) -> str:
        """In words."""
        return f"move type {in_postgres(self.old.name)} to {in_postgres(self.new.name)}"


@dataclass(frozen=True)
class AlterType:
    """An enum type with other labels; ``old`` is as it was, ``renamed`` has (new, old) labels."""

    old: EnumType
    new: EnumType
    renamed: tuple[tuple[str, str], ...] = ()

    @cached_property
    def moved(self) -> tuple[str, ...]:
        """The old labels under their new names."""
        names = {old: new for new, old in self.renamed}
        return tuple(names.get(label, label) for label in self.old.labels)

    @property
    def added(self) -> tuple[str, ...]:
        """The labels that were not there, in their order."""
        return tuple(label for label in self.new.labels if label not in self.moved)

    @property
    def dropped(self) -> tuple[str, ...]:
        """The labels that are gone."""
        return tuple(label for label in self.moved if label not in self.new.labels)

    @property
    def is_rebuilt(self) -> bool:
        """Whether a label is gone or stands elsewhere, which PostgreSQL cannot do to a type that is there."""
        return not extends(self.moved, self.new.labels)

    def describe(self) -> str:
        """In words."""
        said = [f"rename value {old} to {new}" for new, old in self.renamed]
        said += [f"add value {label}" for label in self.added]
        said += [f"drop value {label}" for label in self.dropped]
        kept = [label for label in self.new.labels if label in self.moved]
        if kept != [label for label in self.moved if label in kept]:
            said.append(f"order {', '.join(self.new.labels)}")
        return f"alter type {self.new.name}: {', '.join(said)}"


@dataclass(frozen=True, slots=True)
class AddExtension:
    """An extension that the specs did not name."""

    name: str

    def describe(self) -> str:
        """In words."""
        return f"add extension {self.name}"


@dataclass(frozen=True, slots=True)
class LeaveExtension:
    """An extension that the specs name no more, which stays: others may use it."""

    name: str

    def describe(self) -> str:
        """In words."""
        return f"leave extension {self.name}, which stays until somebody drops it"


@dataclass(frozen=True, slots=True)
class AddSchema:
    """A schema of PostgreSQL that no table was in."""

    name: str

    def describe(self) -> str:
        """In words."""
        return f"add schema {self.name}"


@dataclass(frozen=True, slots=True)
class DropSchema:
    """A schema of PostgreSQL that the specs name no more; it stays where others use it."""

    name: str

    def describe(self) -> str:
        """In words."""
        return f"drop schema {self.name} unless others use it"


Surroundings = AddSchema | DropSchema | AddExtension | LeaveExtension
"""What tables and types are in, or made of, which others may use."""

TypeDefinitionChange = Surroundings | CreateType | DropType | AlterType | MoveType | DomainChange


def extends(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether all old labels are there in their order, so that the others can be added one by one."""
    rest = iter(new)
    return all(label in rest for label in old)


def is_rebuilt(old: Type, new: Type) -> bool:
    """Whether a column stays with a type of this name that has to be recreated."""
    if isinstance(old, Native) and isinstance(new, Native):
        return old != new and old.postgres == new.postgres
    if not (isinstance(old, Enum) and isinstance(new, Enum)):
        return False
    return bool(old.name) and old.name == new.name and not extends(old.values, new.values)


def made_types(old: Schema, new: Schema, renames: Renames) -> Iterator[TypeDefinitionChange]:
    """The schemas, extensions and types that are new, and types that have other labels or rules."""
    yield from (AddSchema(name) for name in new.schemas if name not in old.schemas)
    yield from (AddExtension(name) for name in new.extensions if name not in old.extensions)
    before = {type_.name: type_ for type_ in old.types}
    for type_ in new.types:
        was = before.get(type_.name)
        if was is not None and place_of(was.name) != place_of(type_.name):
            yield MoveType(was, type_)
        if was is None:
            yield CreateType(type_)
        elif was.labels != type_.labels:
            yield AlterType(was, type_, renames.labels_of(type_.name))
    yield from made_domains(old, new)


def dropped_types(old: Schema, new: Schema) -> Iterator[TypeDefinitionChange]:
    """The types, extensions and schemas that are gone."""
    yield from (LeaveExtension(name) for name in old.extensions if name not in new.extensions)
    yield from dropped_domains(old, new)
    kept = {type_.name for type_ in new.types}
    yield from (DropType(type_) for type_ in old.types if type_.name not in kept)
    yield from (DropSchema(name) for name in old.schemas if name not in new.schemas)


def with_new_labels(schema: Schema, changes: Sequence[object]) -> Schema | None:
    """An old schema whose types have the labels that they get without being recreated; None where there are none."""
    grown = {
        change.new.name: _in_old_names(change)
        for change in changes
        if isinstance(change, AlterType) and change.added and not change.is_rebuilt
    }
    if not grown:
        return None

    def column(each: Column) -> Column:
        labels = grown.get(each.type.name) if isinstance(each.type, Enum) else None
        return replace(each, type=Enum(labels, each.type.name)) if labels and isinstance(each.type, Enum) else each

    tables = tuple(replace(table, columns=tuple(map(column, table.columns))) for table in schema.tables)
    types = tuple(replace(type_, labels=grown.get(type_.name, type_.labels)) for type_ in schema.types)
    return replace(schema, tables=tables, types=types)


def _in_old_names(change: AlterType) -> tuple[str, ...]:
    names = dict(change.renamed)
    return tuple(names.get(label, label) for label in change.new.labels)
