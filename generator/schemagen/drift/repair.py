"""The SQL that would bring a live database to the specs: as one script, and with each difference what repairs it.

It is reported, never run.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import SchemagenError
from schemagen.changes.diff import evolve
from schemagen.changes.migration import Migration, Statement
from schemagen.changes.placed import as_in_postgres
from schemagen.changes.renames import renames_of
from schemagen.changes.safety import losses
from schemagen.engines.dialects import dialect as dialect_of
from schemagen.engines.postgres.session import BEGIN, NARROW, SUSPEND_TRIGGERS, WIDEN
from schemagen.importer.importing import import_catalog
from schemagen.importer.proof import schema_of
from schemagen.migrations.next_build import next_steps
from schemagen.schema.model import Schema

from .live_schema import LiveSchema, closed, is_whole
from .manual_fixes import by_hand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from schemagen.changes.safety import Loss
    from schemagen.databases.servers import Server
    from schemagen.engines.catalog import Catalog
    from schemagen.engines.catalog_differences import CatalogDifference
    from schemagen.schema.dialect import DialectName


@dataclass(frozen=True, slots=True)
class DifferenceFix:
    """The statements that make one difference go away; where another one has them all, its ``what`` instead."""

    statements: tuple[str, ...] = ()
    fixed_with: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing repairs the difference."""
        return not self.statements and not self.fixed_with


@dataclass(frozen=True, slots=True)
class Repair:
    """What would bring a database to the specs.

    ``refused`` names losses that are not allowed: what they belong to is missing in ``sql``. ``repairs`` has each
    difference that is in it; ``unplanned`` are differences that no statement of ours makes go away, ``by_hand`` those
    that no migration would: an import says them in the same words.
    """

    sql: str = ""
    fixes: Mapping[CatalogDifference, DifferenceFix] = field(default_factory=dict)
    refused: tuple[Loss, ...] = ()
    unplanned: tuple[CatalogDifference, ...] = ()
    by_hand: tuple[CatalogDifference, ...] = ()


def repair(
    live: Catalog,
    wanted: Schema,
    found: Sequence[CatalogDifference],
    allow: Collection[str] = (),
    server: Server | None = None,
) -> Repair:
    """Plan the way from a live database to a schema.

    Args:
        live: the database's catalog.
        wanted: what it should be.
        found: how the two differ.
        allow: what may be lost, in the words of the refusals.
        server: where PostgreSQL's databases are made; None is the embedded server.
    """
    if not found:
        return Repair()
    try:
        imported = schema_of(import_catalog(live, server).files) if live.tables else Schema()
    except SchemagenError:  # the differences are reported all the same
        return Repair(unplanned=tuple(found))
    if live.dialect == "postgres":  # the differences have the names of the database
        wanted, imported = as_in_postgres(wanted), as_in_postgres(imported)
    if not is_whole(LiveSchema(wanted, imported, found).schema):
        return Repair(unplanned=tuple(found))
    planner = _Planner(wanted, imported, live.dialect)
    whole = planner.plan(found)
    refused = whole.refused(allow)
    fixes = dict(planner.fixes(found, whole, allow))
    unplanned = (*whole.unplanned, *(one for one, fix in fixes.items() if fix.is_empty))
    last = {one: sql for one in unplanned if (sql := by_hand(one, wanted, live.dialect))}
    if refused:
        whole = planner.part([one for one, fix in fixes.items() if not fix.is_empty], allow)
    statements = tuple(Statement(text) for sql in last.values() for text in sql)
    more = [Migration(1, "by_hand", live.dialect, statements, ())] if statements else []
    return Repair(
        _script((*whole.migrations, *more)),
        {**fixes, **{one: DifferenceFix(sql) for one, sql in last.items()}},
        refused,
        tuple(one for one in unplanned if one not in last),
        tuple(last),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """The migrations that make some differences go away, and what they lose."""

    migrations: tuple[Migration, ...]
    losses: tuple[Loss, ...]
    unplanned: tuple[CatalogDifference, ...]

    @property
    def statements(self) -> tuple[str, ...]:
        """Every statement that does something, in order; savepoints belong to the script."""
        every = (statement.sql for migration in self.migrations for statement in migration.statements)
        return tuple(sql for sql in every if not sql.startswith("SAVEPOINT "))

    @property
    def snippet(self) -> tuple[str, ...]:
        """The statements as they run by themselves: in a transaction where one of them sets something for it.

        They wait for locks as long as the session lets them; the script is the one to run on a busy database.
        """
        return tuple(sql for migration in self.migrations for sql in _snippet(migration))

    def refused(self, allow: Collection[str]) -> tuple[Loss, ...]:
        """The losses that are not allowed."""
        return tuple(loss for loss in self.losses if loss.allow not in allow)


_OF_THE_SESSION = {BEGIN.sql, NARROW.sql, WIDEN.sql}
"""What a file begins and ends with, which statements that are run by themselves do without."""


def _snippet(migration: Migration) -> tuple[str, ...]:
    every = tuple(statement.sql for statement in migration.statements)
    waits = ("SAVEPOINT ", "SET LOCAL lock_timeout ")
    kept = tuple(sql for sql in every if not sql.startswith(waits) and sql not in _OF_THE_SESSION)
    sets = migration.transactional and any(sql.startswith("SET LOCAL ") or sql == SUSPEND_TRIGGERS.sql for sql in kept)
    return ("BEGIN", *kept, "COMMIT") if sets else kept


class _Planner:
    """Plans for any part of the differences between a wanted schema and an imported one."""

    def __init__(self, wanted: Schema, imported: Schema, dialect: DialectName) -> None:
        self._wanted = wanted
        self._imported = imported
        self._dialect = dialect
        self._children: dict[str, set[str]] = defaultdict(set)
        self._parents: dict[str, set[str]] = defaultdict(set)
        for table in (*wanted.tables, *imported.tables):
            for key in table.foreign_keys:
                self._children[key.parent].add(table.name)
                self._parents[table.name].add(key.parent)

    def plan(self, found: Sequence[CatalogDifference]) -> _Plan:
        """The way to the wanted schema from one that differs from it in what was found."""
        return self._planned(self._wanted, LiveSchema(self._wanted, self._imported, found))

    def part(self, found: Sequence[CatalogDifference], allow: Collection[str]) -> _Plan:
        """The way as far as some differences go; nothing where they cannot be repaired without the others."""
        live = LiveSchema(self._wanted, self._imported, found)
        plan = self._planned(self._wanted, live) if found and is_whole(live.schema) else None
        return plan if plan and not plan.refused(allow) else _Plan((), (), ())

    def fixes(
        self, found: Sequence[CatalogDifference], whole: _Plan, allow: Collection[str]
    ) -> Iterator[tuple[CatalogDifference, DifferenceFix]]:
        """What repairs each difference, table by table; the whole plan where a table's own does not."""
        for names, own in self._groups(found):
            reported: list[tuple[str, frozenset[str]]] = []
            for one, plan in self._plans(self._near(names, own), own, whole):
                statements = frozenset(plan.statements)
                if not statements:
                    yield one, DifferenceFix()
                elif not plan.refused(allow):
                    before = next((what for what, others in reported if statements <= others), "")
                    reported.append((one.what, statements))
                    yield one, DifferenceFix(fixed_with=before) if before else DifferenceFix(plan.snippet)

    def _groups(self, found: Sequence[CatalogDifference]) -> Iterator[tuple[set[str], list[CatalogDifference]]]:
        """The differences of each table in the order in which they are reported; one that is renamed has two names."""
        live = LiveSchema(self._wanted, self._imported, found).schema
        renamed = {old: new for new, old in renames_of(live, self._wanted).tables.items()}
        by_table: dict[str, list[CatalogDifference]] = defaultdict(list)
        for one in sorted(found, key=lambda one: one.sentence()):
            by_table[renamed.get(one.table or "", one.table or "")].append(one)
        for name, own in by_table.items():
            yield {name, *(old for old, new in renamed.items() if new == name)}, own

    def _plans(
        self, wanted: Schema, found: Sequence[CatalogDifference], whole: _Plan
    ) -> Iterator[tuple[CatalogDifference, _Plan]]:
        """A plan for each difference of a table; the table's own for all where theirs are not parts of it.

        So it is where SQLite recreates the table, and where one statement repairs two differences. The whole plan
        stands for a table that cannot be repaired by itself, as where the columns that others refer to have new names.
        """
        lives = [LiveSchema(wanted, self._imported, part) for part in (found, *([one] for one in found))]
        table, *apart = [self._planned(wanted, live) if is_whole(live.schema) else None for live in lives]
        parts = {sql for plan in apart if plan for sql in plan.statements}
        for one, plan in zip(found, apart, strict=True):
            if one in whole.unplanned:
                continue
            if table is None:
                yield one, whole
            elif plan is None or parts != set(table.statements):
                yield one, table
            else:
                yield one, plan

    def _planned(self, wanted: Schema, live: LiveSchema) -> _Plan:
        evolution = evolve(live.schema, wanted, renames_of(live.schema, wanted), converts=False)
        needed = losses(evolution)
        if self._dialect == "sqlite":  # the others tell of locks that PostgreSQL would hold
            needed = tuple(loss for loss in needed if loss.lost or loss.stops)
        migrations = [step.for_dialect(self._dialect) for step in next_steps(evolution, 1, needed)]
        if live.triggers or live.gone:
            first, *rest = migrations or [Migration(1, "repair", self._dialect, (), ())]
            statements = self._with_triggers(first.statements, live, wanted)
            migrations = [replace(first, statements=statements), *rest]
        kept = tuple(migration for migration in migrations if migration.statements)
        return _Plan(kept, needed, tuple(live.unplanned))

    def _with_triggers(
        self, statements: tuple[Statement, ...], live: LiveSchema, wanted: Schema
    ) -> tuple[Statement, ...]:
        """Statements that also make triggers anew: to make one that is there, with whatever text, changes nothing."""
        dialect = dialect_of(self._dialect)
        dropped = [statement for trigger in live.gone for statement in dialect.drop_trigger(trigger, self._imported)]
        dropped += [statement for trigger in live.triggers for statement in dialect.drop_trigger(trigger, wanted)]
        made = [statement for trigger in live.triggers for statement in dialect.create_trigger(trigger, wanted)]
        known = {statement.sql for statement in statements}
        return (
            *(statement for statement in dropped if statement.sql not in known),
            *statements,
            *(statement for statement in made if statement.sql not in known),
        )

    def _near(self, names: set[str], found: Sequence[CatalogDifference]) -> Schema:
        """The wanted schema as far as a change of a table concerns it: with all below it, and their parents.

        Planning each table among all the others would take time that grows with the square of their number. Nothing is
        below one that is missing but what is missing as well.
        """
        below = set(names)
        open_ = [] if all(map(self._is_missing, found)) else [*names]
        while open_:
            new = self._children[open_.pop()] - below
            below |= new
            open_ += new
        near = below.union(*(self._parents[table] for table in below))
        tables = tuple(closed(table, near) for table in self._wanted.tables if table.name in near)
        return Schema(tables, types=self._wanted.types, extensions=self._wanted.extensions)

    def _is_missing(self, found: CatalogDifference) -> bool:
        """Whether a whole table is missing in the database."""
        name = found.table or ""
        return found.what == "table" and name in self._wanted.by_name and name not in self._imported.by_name


_FRAMES: Mapping[DialectName, tuple[str, str]] = {
    "sqlite": ("PRAGMA foreign_keys = ON;\n\nSAVEPOINT schemagen;", "RELEASE schemagen;"),
    "postgres": ("BEGIN;", "COMMIT;"),
}


def _script(migrations: Iterable[Migration]) -> str:
    return "\n".join(line for migration in migrations for line in _lines(migration))


def _lines(migration: Migration) -> Iterator[str]:
    before, after = _FRAMES[migration.dialect]
    if migration.transactional:
        yield f"{before}\n"
    for statement in migration.statements:
        yield f"{statement.sql};\n"
    if migration.transactional:
        yield f"{after}\n"
