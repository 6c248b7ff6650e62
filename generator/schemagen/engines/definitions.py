"""What a table is made of on one engine, by name: the form in which two versions of a table are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from schemagen.changes.renames import mentions
from schemagen.schema.rule_state import RuleState

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping

    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.schema.triggers import Trigger

    from .standard import StandardDialect

ConstraintKind = Literal["PRIMARY KEY", "UNIQUE", "CHECK", "FOREIGN KEY"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """A named constraint: its definition without the name, and the columns that it is on, as far as it lists them.

    The definition ends with the state, unless it is kept for every row.
    """

    name: str
    kind: ConstraintKind
    definition: str
    columns: tuple[str, ...] = ()
    foreign_key: ForeignKey | None = None
    nulls_distinct: bool = True
    state: RuleState = RuleState.VALID

    @property
    def is_kept_for_all(self) -> bool:
        """Whether the rows that are there have to keep it."""
        return self.state is RuleState.VALID


def constraints(dialect: StandardDialect, named: Table, defined: Table) -> tuple[Constraint, ...]:
    """The constraints of a table: names from one version of it, definitions from the same under other names."""
    found: list[Constraint] = []
    if named.primary_key and defined.primary_key:
        columns = defined.primary_key.columns
        definition = dialect.primary_key_clause(defined)
        found.append(Constraint(named.primary_key.name, "PRIMARY KEY", definition, columns))
    for before, unique in zip(named.uniques, defined.uniques, strict=True):
        definition = dialect.unique_clause(unique) + dialect.conflict(defined, "unique", unique.columns)
        found.append(Constraint(before.name, "UNIQUE", definition, unique.columns, None, unique.nulls_distinct))
    for was, check in zip(dialect.checks(named), dialect.checks(defined), strict=True):
        found.append(Constraint(was.name, "CHECK", dialect.check_clause(check), state=check.state))
    for old, key in zip(dialect.foreign_keys(named), dialect.foreign_keys(defined), strict=True):
        definition = dialect.foreign_key_clause(key)
        found.append(Constraint(old.name, "FOREIGN KEY", definition, key.columns, key, state=key.state))
    return tuple(found)


def indexes(dialect: StandardDialect, named: Table, defined: Table) -> dict[str, str]:
    """The indexes of a table by name, each as the statement that would make it under an empty name."""
    from dataclasses import replace

    names = {id(after): before.name for before, after in zip(named.indexes, defined.indexes, strict=True)}
    return {
        names[id(index)]: dialect.create_index(defined, replace(index, name="_")).sql
        for index in dialect.indexes(defined)
    }


def columns(dialect: StandardDialect, table: Table) -> dict[str, str]:
    """The columns of a table by name, each as it stands in CREATE TABLE."""
    return {
        column.name: f"{dialect.quote(column.name)} {dialect.column_type(column, table)}"
        f" {dialect.column_rest(column, table)}".rstrip()
        for column in table.columns
    }


def trigger_text(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[str, ...]:
    """Everything that makes a trigger."""
    return tuple(statement.sql for statement in dialect.create_trigger(trigger, schema))


def changed_triggers(
    dialect: StandardDialect,
    before: Mapping[str, tuple[Trigger, Schema]],
    after: Mapping[str, tuple[Trigger, Schema]],
    columns: Container[str] = (),
    renamed: Collection[str] = (),
) -> tuple[list[Trigger], list[Trigger]]:
    """The triggers to drop and those to make, each by name with the schema that it belongs to.

    Those that guard or fill one of ``columns`` are recreated, even where they stay as they are; so are those that name
    one of ``renamed``, as the engine has written other names into some of them.
    """

    def same(name: str) -> bool:
        trigger, _ = before[name]
        if trigger.foreign_key is None and trigger.column in columns:
            return False
        text = trigger_text(dialect, *before[name])
        return text == trigger_text(dialect, *after[name]) and not mentions("\n".join(text), renamed)

    kept = {name for name in before.keys() & after.keys() if same(name)}
    dropped = [trigger for name, (trigger, _) in before.items() if name not in kept]
    return dropped, [trigger for name, (trigger, _) in after.items() if name not in kept]
