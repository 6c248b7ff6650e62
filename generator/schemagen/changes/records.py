"""What the history keeps of a change: the sentence that was written of it, and its effect as data.

A sentence is kept as it was written, as the number of a revision is a hash of it, and files once written stay as they
are. Only people read it: what a program asks of an earlier change is in its effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from schemagen.schema.places import HERE, Place

from . import changes as c
from .attached import ChangeAttached, CreateAttached, DropAttached, is_partition
from .conversions import conversion_of
from .type_changes import keeps_values
from .type_definitions import AddSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.schema.model import Column


@dataclass(frozen=True, slots=True)
class TableCreated:
    """A table that was not there before."""

    keyword: ClassVar[str] = "create_table"
    table: str


@dataclass(frozen=True, slots=True)
class TableDropped:
    """A table that is not there after."""

    keyword: ClassVar[str] = "drop_table"
    table: str


@dataclass(frozen=True, slots=True)
class TableRenamed:
    """A table under another name."""

    keyword: ClassVar[str] = "rename_table"
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TableAltered:
    """A table with other columns or rules, under its new name.

    ``renamed`` has (old, new) names of columns. ``altered`` are all columns that differ in anything else; the values of
    those in ``converted`` may be others, those in ``retyped`` take another type and keep their values.
    ``constrained`` says that other rows may fit than before; ``moved_from`` is where PostgreSQL had it,
    if elsewhere.
    """

    keyword: ClassVar[str] = "alter_table"
    table: str
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    altered: tuple[str, ...] = ()
    converted: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()
    constrained: bool = False
    moved_from: Place = HERE


@dataclass(frozen=True, slots=True)
class ForeignKeyAdded:
    """A foreign key to a table that is created after its own."""

    keyword: ClassVar[str] = "add_foreign_key"
    table: str


@dataclass(frozen=True, slots=True)
class PartitionChanged:
    """A table with one partition more or less on PostgreSQL, whose rows go with it."""

    keyword: ClassVar[str] = "change_partition"
    table: str


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step of the author's own, which changes rows."""

    keyword: ClassVar[str] = "run_step"
    step: str


@dataclass(frozen=True, slots=True)
class SchemaAdded:
    """A schema of PostgreSQL that no table was in before."""

    keyword: ClassVar[str] = "add_schema"
    schema: str


Effect = (
    TableCreated
    | TableDropped
    | TableRenamed
    | TableAltered
    | ForeignKeyAdded
    | PartitionChanged
    | StepRun
    | SchemaAdded
)


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change that a migration has made; without an effect it is one of types, views, objects or descriptions."""

    text: str
    effect: Effect | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it is about: of a rename the old and the new name."""
        match self.effect:
            case TableRenamed(old, new):
                return (old, new)
            case StepRun() | SchemaAdded() | None:
                return ()
        return (self.effect.table,)


def record_of(change: c.Change, stops: Iterable[str] = ()) -> ChangeRecord:
    """What is kept of a change, with the reasons for which its migration stops before it."""
    return ChangeRecord("; stops if ".join((change.describe(), *stops)), effect_of(change))


def schemas_of(changes: Iterable[ChangeRecord]) -> tuple[str, ...]:
    """The schemas of PostgreSQL that some changes have put tables in."""
    return tuple(dict.fromkeys(change.effect.schema for change in changes if isinstance(change.effect, SchemaAdded)))


def effect_of(change: c.Change) -> Effect | None:  # noqa: PLR0911  (a table of cases)
    """What a change does to tables."""
    match change:
        case AddSchema(name):
            return SchemaAdded(name)
        case c.CreateTable(table):
            return TableCreated(table.name)
        case c.DropTable(table):
            return TableDropped(table.name)
        case c.RenameTable(old, new):
            return TableRenamed(old, new)
        case c.AlterTable():
            return _effect_of_parts(change)
        case CreateAttached(item) | DropAttached(item) | ChangeAttached(new=item) if is_partition(item):
            return PartitionChanged(item.partition_of)
    return None


def _effect_of_parts(change: c.AlterTable) -> TableAltered:
    parts = change.parts
    pairs = [(part.old, part.new) for part in parts if isinstance(part, c.AlterColumn)]
    relabelled = tuple(part.column for part in parts if isinstance(part, c.RenameLabels))
    return TableAltered(
        change.new.name,
        added=tuple(part.column.name for part in parts if isinstance(part, c.AddColumn)),
        dropped=tuple(part.column.name for part in parts if isinstance(part, c.DropColumn)),
        renamed=tuple((part.old, part.new) for part in parts if isinstance(part, c.RenameColumn)),
        altered=tuple(dict.fromkeys((*relabelled, *(new.name for _, new in pairs)))),
        converted=tuple(dict.fromkeys((*relabelled, *_converted(pairs)))),
        retyped=tuple(new.name for old, new in pairs if old.type != new.type and not _is_converted(old, new)),
        constrained=any(isinstance(part, _CONSTRAINING) for part in parts),
        moved_from=next((part.old for part in parts if isinstance(part, c.ChangePlace)), HERE),
    )


_CONSTRAINING = (c.AddConstraint, c.DropConstraint, c.ChangeState, c.AddColumn, c.DropColumn)


def _converted(pairs: Iterable[tuple[Column, Column]]) -> Iterator[str]:
    return (new.name for old, new in pairs if _is_converted(old, new))


def _is_converted(old: Column, new: Column) -> bool:
    """Whether a column's values may be others afterwards."""
    return conversion_of(old, new) is not None or not keeps_values(old.type, new.type) or old.generated != new.generated
