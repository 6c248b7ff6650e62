"""Changes of a table's columns on PostgreSQL: new ones and what fills them, types, defaults, NOT NULL, numbering."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schemagen.changes.conversions import fill_of_nulls
from schemagen.changes.migration import Statement
from schemagen.engines import definitions
from schemagen.engines.standard import enclosed
from schemagen.schema.model import LiteralDefault
from schemagen.schema.names import bounded_name

from . import statements as sql
from .dialect import POSTGRES, declared_type, identity_kind
from .made_rows import POSTGRES_ROWS
from .numbering import add_numbering, change_numbering, drop_numbering
from .retyping import retype
from .tables import expression

if TYPE_CHECKING:
    from schemagen.changes.changes import AlterTable
    from schemagen.schema.model import Column, Table

    from .tables import TablePlan


def column_changes(plan: TablePlan, *, online: bool) -> ColumnChanges:
    """The statements for the columns of a table; ``online`` says whether others read and write meanwhile."""
    changes = ColumnChanges(plan, online)
    changes.collect()
    return changes


def fill_of(column: Column) -> str | None:
    """What the existing rows take that ADD COLUMN cannot give them without rewriting the table; None for nothing."""
    if column.generated or column.identity or (column.by_domain and column.backfill is None):
        return None
    if column.backfill is not None:
        return column.backfill.postgres
    if column.default is None or isinstance(column.default, LiteralDefault):
        return None
    return column.default.postgres


@dataclass
class ColumnChanges:
    """The statements of the transaction, and those that are to be run after it."""

    plan: TablePlan
    online: bool
    now: list[Statement] = field(default_factory=list)
    later: list[Statement] = field(default_factory=list)

    @property
    def change(self) -> AlterTable:
        """What changes in the table."""
        return self.plan.change

    @property
    def table(self) -> Table:
        """The table as it will be."""
        return self.plan.change.new

    def collect(self) -> None:
        """Fill the lists."""
        continued = {name for name, _ in self.change.columns}
        plain = [column for column in self.table.columns if not expression(column)]
        computed = [column for column in self.table.columns if expression(column)]
        for column in (*plain, *computed):
            before = self.change.moved.column(column.name) if column.name in continued else None
            if before and column.name not in self.plan.recreated:
                self._alter_column(before, column)
                continue
            if before and not expression(column):
                self._store(before, column)
            else:
                self._add_column(column)
            described = POSTGRES.column_description(self.table, column)
            self.now += [Statement(described)] if described else []

    def _store(self, before: Column, column: Column) -> None:
        """Make a plain column of a virtual one: recreated, and filled at once, as its values were there before."""
        name = POSTGRES.quote(column.name)
        self.now.append(Statement(f"ALTER TABLE {self.plan.name} ADD COLUMN {self._definition(_bare(column))}"))
        value = f"CAST({enclosed(POSTGRES.text_of(before.generated))} AS {declared_type(before.type)})"
        made = value if before.type == column.type else POSTGRES_ROWS.converted(value, before, column)
        self.now += sql.backfill_at_once(self.plan.name, name, made)
        self._set_default(column)
        if not column.nullable:
            self.now.append(Statement(f"ALTER TABLE {self.plan.name} ALTER COLUMN {name} SET NOT NULL"))

    def _add_column(self, column: Column) -> None:
        fill = fill_of(column)
        if column.virtual and self.online and not column.nullable:
            self._add_as(_bare(column))
            self._set_not_null(column, "")  # ADD COLUMN would read every row, under its lock
            return
        if fill is None or (not self.online and column.backfill is None):
            self._add_as(column)
            return
        marked = self.online and column.nullable  # NULL is a value that somebody may set afterwards
        if marked:
            self.now.append(sql.add_marked_column(self.table.name, column.name, self._definition(_bare(column))))
        else:
            self._add_as(_bare(column))
        if column.default is not None:
            self._set_default(column)
        if marked:
            by = self.table.partition is not None
            self.later += sql.backfill_marked(self.table.name, column.name, fill, partitioned=by)
        elif column.nullable:
            self.now += sql.backfill_at_once(self.plan.name, POSTGRES.quote(column.name), fill)
        else:
            self._set_not_null(column, fill)

    def _add_as(self, column: Column) -> None:
        definition = self._definition(column)
        self.now.append(Statement(f"ALTER TABLE {self.plan.name} ADD COLUMN IF NOT EXISTS {definition}"))

    def _definition(self, column: Column) -> str:
        return definitions.columns(POSTGRES, replace(self.table, columns=(column,)))[column.name]

    def _alter_column(self, before: Column, column: Column) -> None:
        name = POSTGRES.quote(column.name)
        alter = f"ALTER TABLE {self.plan.name} ALTER COLUMN {name}"
        if expression(before) and not expression(column):
            self.now.append(Statement(f"{alter} DROP EXPRESSION IF EXISTS"))
        if before.identity and not column.identity:
            self.now += drop_numbering(self.table.name, column.name)
        old_default, new_default = POSTGRES.default(before), POSTGRES.own_default(column)
        if before.by_domain and column.by_domain and before.default == column.default:
            old_default = None
        retyped = column.name in self.plan.retyped
        if old_default is not None and (retyped or new_default is None) and not expression(before):
            self.now.append(Statement(f"{alter} DROP DEFAULT"))
        if retyped:
            self.now += retype(self.table, before, column, online=self.online)
        if new_default is not None and (new_default != old_default or retyped):
            self._set_default(column)
        if not before.nullable and column.nullable:
            self.now.append(Statement(f"{alter} DROP NOT NULL"))
            left_over = _helper(self.change.old, dict(self.change.columns)[column.name])
            self.now.append(sql.drop_constraint(self.plan.name, left_over))
        if before.nullable and not column.nullable:
            found = fill_of_nulls(before, column)
            self._set_not_null(column, POSTGRES.text_of(found) if found and found.postgres else "")
        self._number(before, column)

    def _number(self, before: Column, column: Column) -> None:
        if column.identity and not before.identity:
            waits = self.online and before.nullable  # for the values of the rows that have NULL
            (self.later if waits else self.now).append(add_numbering(self.table.name, column))
        elif column.identity and before.serial != column.serial:
            self.now.append(change_numbering(self.table.name, column))
        elif before.always != column.always and column.identity:
            name = POSTGRES.quote(column.name)
            kind = identity_kind(column)
            self.now.append(Statement(f"ALTER TABLE {self.plan.name} ALTER COLUMN {name} SET GENERATED {kind}"))

    def _set_default(self, column: Column) -> None:
        default = POSTGRES.own_default(column)
        if default is not None:
            name = POSTGRES.quote(column.name)
            self.now.append(Statement(f"ALTER TABLE {self.plan.name} ALTER COLUMN {name} SET DEFAULT {default}"))

    def _set_not_null(self, column: Column, fill: str) -> None:
        name, table = POSTGRES.quote(column.name), self.table.name
        if self.online and not self.change.proof_of_not_null(column.name):
            helper, by = _helper(self.table, column.name), self.table.partition is not None
            self.later += sql.set_not_null(table, name, helper, fill, partitioned=by)
            return
        self.now += sql.backfill_at_once(self.plan.name, name, fill) if fill else ()
        self.now.append(Statement(f"ALTER TABLE {self.plan.name} ALTER COLUMN {name} SET NOT NULL"))


def _bare(column: Column) -> Column:
    """A column as it is before its rows are filled."""
    return replace(column, nullable=True, default=None)


def _helper(table: Table, column: str) -> str:
    """The check by which NOT NULL is validated; it stays where a row refuses it, until the rollback."""
    return bounded_name("schemagen", table.name, column, "not_null")
