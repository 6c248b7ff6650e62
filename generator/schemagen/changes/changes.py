"""Changes as data: what differs between two schemas, in words, what it loses, and what it takes to allow that.

A change knows no dialect. Renames stand beside the tables: everything in a change is named as in the schema that the
part belongs to (``old`` as before, ``new`` as after).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from schemagen.schema.model import Action, Deferrable, ForeignKey, Unique
from schemagen.schema.rule_state import RuleState

from . import wording
from .attached import AttachedChange
from .conversions import conversion_of
from .places import ChangePlace as ChangePlace  # noqa: PLC0414  (for those who import it from here)
from .type_definitions import TypeDefinitionChange, is_rebuilt

if TYPE_CHECKING:
    from schemagen.schema.index import Index
    from schemagen.schema.model import Check, Column, PrimaryKey, SqliteOptions, Table
    from schemagen.schema.partition import Partition
    from schemagen.schema.triggers import Trigger

ConstraintKind = Literal["primary key", "unique constraint", "check", "foreign key", "index"]


@dataclass(frozen=True, slots=True)
class CreateTable:
    """A table that was not there."""

    table: Table

    def describe(self) -> str:
        """In words."""
        return f"create table {self.table.name}"


@dataclass(frozen=True, slots=True)
class DropTable:
    """A table that is gone."""

    table: Table

    def describe(self) -> str:
        """In words."""
        indexes = [wording.index_text(index) for index in self.table.indexes]
        return f"drop table {self.table.name}" + (f" with {', '.join(indexes)}" if indexes else "")


@dataclass(frozen=True, slots=True)
class RenameTable:
    """A table under another name; ``old`` and ``new`` are its names."""

    old: str
    new: str

    def describe(self) -> str:
        """In words."""
        return f"rename table {self.old} to {self.new}"


@dataclass(frozen=True, slots=True)
class AddColumn:
    """A column that was not there."""

    column: Column

    def describe(self) -> str:
        """In words."""
        column = self.column
        said = [column.type.described, *([] if column.nullable else ["NOT NULL"])]
        said += [wording.numbering(column)] if column.identity else []
        said += [f"default {wording.default_text(column.default)}"] if column.default else []
        said += [f"generated {wording.sql_text(column.generated)}"] if column.generated else []
        said += ["virtual"] if column.virtual else []
        said += [f"rows that are there get {wording.sql_text(column.backfill)}"] if column.backfill else []
        return f"add column {column.name} ({', '.join(said)})"


@dataclass(frozen=True, slots=True)
class DropColumn:
    """A column that is gone."""

    column: Column

    def describe(self) -> str:
        """In words."""
        return f"drop column {self.column.name}"


@dataclass(frozen=True, slots=True)
class RenameColumn:
    """A column under another name."""

    old: str
    new: str

    def describe(self) -> str:
        """In words."""
        return f"rename column {self.old} to {self.new}"


@dataclass(frozen=True, slots=True)
class RenameLabels:
    """The labels of an enum type are called otherwise, (new, old), and so are the values of a column of it."""

    column: str
    labels: tuple[tuple[str, str], ...]

    def describe(self) -> str:
        """In words."""
        said = ", ".join(f"{old} to {new}" for new, old in self.labels)
        return f"rename values of column {self.column}: {said}"


@dataclass(frozen=True, slots=True)
class AlterColumn:
    """A column that differs in anything but its name and its triggers; ``old`` has the new name already."""

    old: Column
    new: Column

    def describe(self) -> str:
        """In words, one aspect after the other."""
        old, new, said = self.old, self.new, []
        if old.type.described != new.type.described:
            by = ", values by the backfill" if conversion_of(old, new) else ""
            said.append(f"type {old.type.described} → {new.type.described}{by}")
        elif old.type != new.type and is_rebuilt(old.type, new.type):
            said.append(f"values of what {new.type.described} is now")
        if old.nullable != new.nullable:
            said.append("may be NULL" if new.nullable else "can't be NULL")
        if old.default != new.default:
            said.append(f"default {wording.default_change(old.default, new.default)}")
        if old.generated != new.generated:
            how = "generated" if new.generated else "not generated"
            both = old.generated and new.generated
            said.append(f"{'expression' if both else how} {wording.from_to(old.generated, new.generated)}")
        if old.virtual != new.virtual and new.generated:
            said.append("computed when it is read" if new.virtual else "computed when it is written")
        if (old.identity, old.serial, old.always) != (new.identity, new.serial, new.always):
            said.append(wording.numbering(new) or "no identity")
        if old.collation != new.collation:
            database = "of the database"
            said.append(f"collation {old.collation or database} → {new.collation or database}")
        return f"alter column {new.name}: {', '.join(said)}"


@dataclass(frozen=True, slots=True)
class ReplacePrimaryKey:
    """Another primary key; None where there was or is none."""

    old: PrimaryKey | None
    new: PrimaryKey | None

    def describe(self) -> str:
        """In words."""
        was = f"({', '.join(self.old.columns)})" if self.old else ""
        if self.new is None:
            return f"drop the primary key {was}"
        now = f"({', '.join(self.new.columns)})"
        return f"replace the primary key {was} → {now}" if self.old else f"add a primary key {now}"


@dataclass(frozen=True, slots=True)
class AddConstraint:
    """A unique constraint, check or enforced foreign key that was not there."""

    constraint: Unique | Check | ForeignKey

    def describe(self) -> str:
        """In words."""
        return f"add {_constraint(self.constraint)}"


@dataclass(frozen=True, slots=True)
class DropConstraint:
    """A unique constraint, check or enforced foreign key that is gone."""

    constraint: Unique | Check | ForeignKey

    def describe(self) -> str:
        """In words."""
        return f"drop {_constraint(self.constraint)}"


@dataclass(frozen=True, slots=True)
class ChangeState:
    """A check or foreign key that is kept for other rows than before."""

    old: Check | ForeignKey
    new: Check | ForeignKey

    def describe(self) -> str:
        """In words."""
        kind = "foreign key" if isinstance(self.new, ForeignKey) else "check"
        if self.is_validated:
            return f"validate {kind} {self.new.name}"
        return f"{kind} {self.new.name}: {self.old.state} → {self.new.state}"

    @property
    def is_validated(self) -> bool:
        """Whether it was kept for new rows, and is for all from now on."""
        return self.old.state is RuleState.NOT_VALID and self.new.state is RuleState.VALID


@dataclass(frozen=True, slots=True)
class AddIndex:
    """An index that was not there."""

    index: Index

    def describe(self) -> str:
        """In words."""
        return f"add {wording.index_text(self.index)}"


@dataclass(frozen=True, slots=True)
class DropIndex:
    """An index that is gone."""

    index: Index

    def describe(self) -> str:
        """In words."""
        return f"drop {wording.index_text(self.index)}"


@dataclass(frozen=True, slots=True)
class RenameConstraint:
    """The same constraint or index under another name."""

    kind: ConstraintKind
    old: str
    new: str

    def describe(self) -> str:
        """In words."""
        return f"rename {self.kind} {self.old} to {self.new}"


@dataclass(frozen=True, slots=True)
class AddTrigger:
    """A trigger that was not there, or not in this form."""

    trigger: Trigger

    def describe(self) -> str:
        """In words."""
        return f"add trigger {self.trigger.name}"


@dataclass(frozen=True, slots=True)
class DropTrigger:
    """A trigger that is gone, or is about to take another form."""

    trigger: Trigger

    def describe(self) -> str:
        """In words."""
        return f"drop trigger {self.trigger.name}"


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """Another way of making the table on SQLite."""

    old: SqliteOptions
    new: SqliteOptions

    def describe(self) -> str:
        """In words."""
        return f"change how SQLite stores the table: {_stored(self.old)} → {_stored(self.new)}"


@dataclass(frozen=True, slots=True)
class ChangePartition:
    """Another way of dividing the rows among partitions; None where they are, or were, in one table."""

    old: Partition | None
    new: Partition | None

    def describe(self) -> str:
        """In words."""
        return f"change the partitioning: {_divided(self.old)} → {_divided(self.new)}"


def _divided(by: Partition | None) -> str:
    return f"by {by.describe()}" if by else "none"


def _stored(options: SqliteOptions) -> str:
    said = ["strict" if options.strict else "not strict"]
    said += ["without rowid"] if options.without_rowid else []
    said += map(str, options.on_conflict)
    return ", ".join([*said, *([] if options.parity else ["without parity"])])


def _constraint(constraint: Unique | Check | ForeignKey) -> str:
    """Its kind and name, with the columns of a key, what a foreign key does, and what a check demands."""
    match constraint:
        case ForeignKey():
            parent = f"{constraint.parent} ({', '.join(constraint.parent_columns)})"
            actions = [f"on delete {constraint.deletion}"]
            actions += [] if constraint.on_update is Action.NO_ACTION else [f"on update {constraint.on_update}"]
            actions += [] if constraint.deferrable is Deferrable.NO else [f"deferrable {constraint.deferrable}"]
            columns = ", ".join(constraint.columns)
            return f"foreign key {constraint.name} ({columns}) → {parent}, {', '.join(actions)}{_state(constraint)}"
        case Unique():
            nulls = "" if constraint.nulls_distinct else ", nulls not distinct"
            return f"unique constraint {constraint.name} ({', '.join(constraint.columns)}){nulls}"
    return f"check {constraint.name} {wording.check_text(constraint)}{_state(constraint)}"


def _state(rule: Check | ForeignKey) -> str:
    return "" if rule.state is RuleState.VALID else f", {rule.state}"


Part = (
    AddColumn
    | DropColumn
    | RenameColumn
    | RenameLabels
    | AlterColumn
    | ReplacePrimaryKey
    | AddConstraint
    | DropConstraint
    | ChangeState
    | AddIndex
    | DropIndex
    | RenameConstraint
    | AddTrigger
    | DropTrigger
    | ChangeOptions
    | ChangePartition
    | ChangePlace
)


@dataclass(frozen=True, slots=True)
class AlterTable:
    """Everything that changes in one table.

    ``old`` is the table as it was, ``moved`` the same under the new names of tables and columns (its constraints and
    indexes still have their old ones), ``new`` as it will be; ``columns`` maps each new column's name to the old name
    of the column that it continues.
    """

    old: Table
    moved: Table
    new: Table
    parts: tuple[Part, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()

    def describe(self) -> str:
        """In words."""
        return f"alter table {self.new.name}: {'; '.join(part.describe() for part in self.parts)}"

    @property
    def pairs(self) -> tuple[tuple[Column, Column], ...]:
        """The columns that go on, as they are before and after."""
        continued = {name for name, _ in self.columns}
        kept = (column for column in self.new.columns if column.name in continued)
        return tuple((self.moved.column(column.name), column) for column in kept)

    @property
    def added_columns(self) -> tuple[Column, ...]:
        """The columns that were not there."""
        continued = {name for name, _ in self.columns}
        return tuple(column for column in self.new.columns if column.name not in continued)

    @property
    def dropped_columns(self) -> tuple[Column, ...]:
        """The columns that go, as they are called after the renames."""
        continued = {name for name, _ in self.columns}
        return tuple(column for column in self.moved.columns if column.name not in continued)

    def proof_of_not_null(self, column: str) -> str | None:
        """The name, before, of a check that says of a column what NOT NULL says."""
        for old, moved in zip(self.old.checks, self.moved.checks, strict=True):
            if (moved.sql.postgres or "").replace('"', "").strip("() ").lower() == f"{column} is not null".lower():
                return old.name
        return None

    @property
    def renamed_labels(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """The columns whose values are called otherwise, each with the (new, old) labels."""
        return {part.column: part.labels for part in self.parts if isinstance(part, RenameLabels)}

    @property
    def converted(self) -> tuple[Column, ...]:
        """The columns, as they will be, whose values a backfill converts."""
        return tuple(after for before, after in self.pairs if conversion_of(before, after))


Change = CreateTable | DropTable | RenameTable | AlterTable | TypeDefinitionChange | AttachedChange
