"""What the records of a migration say of tables and columns: made, dropped, renamed, or with other values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schemagen.changes import records as r

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(slots=True)
class Moves:
    """Names that are made, dropped, and renamed from old to new."""

    made: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)

    def pairs(self, old: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The old and the new name of everything that is there before and after."""
        after = set(new)
        taken = self.made | set(self.renamed.values())
        for name in old:
            if name in self.renamed:
                if self.renamed[name] in after:
                    yield name, self.renamed[name]
            elif name in after and name not in self.dropped and name not in taken:
                yield name, name


@dataclass(slots=True)
class RecordedChanges:
    """One migration. ``columns`` has every table that is altered, by its new name.

    ``changed`` are the columns whose values may become others, ``retyped`` those that take another type and keep them,
    ``touched`` the names of all columns that are spoken of, ``constrained`` the tables that other rows may now fit.
    """

    tables: Moves = field(default_factory=Moves)
    columns: defaultdict[str, Moves] = field(default_factory=lambda: defaultdict(Moves))
    changed: set[tuple[str, str]] = field(default_factory=set)
    retyped: set[tuple[str, str]] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    constrained: set[str] = field(default_factory=set)
    divided: set[str] = field(default_factory=set)
    """The tables of which a partition comes or goes on PostgreSQL, with its rows."""
    is_step: bool = False
    """Whether it is a step of the author's own, which changes rows."""

    def named(self, before: Mapping[str, str], after: Mapping[str, str]) -> RecordedChanges:
        """The same under other names of tables, those of before and after the migration."""

        def new(table: str) -> str:
            return after.get(table, table)

        tables, columns = self.tables, {new(table): moves for table, moves in self.columns.items()}
        old = {name: tables.renamed.get(name, name) for name in before}
        renamed = {before[name]: new(now) for name, now in old.items() if before[name] != new(now)}
        return replace(
            self,
            tables=Moves(set(map(new, tables.made)), {before.get(one, one) for one in tables.dropped}, renamed),
            columns=defaultdict(Moves, columns),
            changed={(new(table), column) for table, column in self.changed},
            retyped={(new(table), column) for table, column in self.retyped},
            constrained=set(map(new, self.constrained)),
        )

    @property
    def makes_tables_alone(self) -> bool:
        """Whether it is one of those that a first build is made of."""
        return not (self.tables.dropped or self.tables.renamed or self.columns or self.is_step)


def recorded_changes(changes: Iterable[r.ChangeRecord]) -> RecordedChanges:
    """What the changes of a record in the lock do."""
    found = RecordedChanges()
    for change in changes:
        match change.effect:
            case r.TableCreated(table):
                found.tables.made.add(table)
            case r.TableDropped(table):
                found.tables.dropped.add(table)
            case r.TableRenamed(old, new):
                found.tables.renamed[old] = new
            case r.TableAltered() as altered:
                _note(found, altered)
            case r.PartitionChanged(table):
                found.divided.add(table)
            case r.StepRun():
                found.is_step = True
    return found


def _note(found: RecordedChanges, altered: r.TableAltered) -> None:
    table, columns = altered.table, found.columns[altered.table]
    columns.made |= set(altered.added)
    columns.dropped |= set(altered.dropped)
    columns.renamed |= dict(altered.renamed)
    found.changed |= {(table, name) for name in altered.converted}
    found.retyped |= {(table, name) for name in altered.retyped}
    found.touched |= {*altered.added, *altered.dropped, *altered.altered}
    found.touched |= {name for pair in altered.renamed for name in pair}
    if altered.constrained:
        found.constrained.add(table)
