"""Migrations keep every row: each is rolled back and run again on rows, and only what the lock names may go."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.changes.placed import as_in_postgres, names_before, names_in_postgres
from schemagen.databases.memory import insert
from schemagen.databases.refusals import StatementError
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.verify.expected_rejections import is_expected_rejection
from schemagen.verify.recorded_changes import recorded_changes
from schemagen.verify.report import Claim
from schemagen.verify.snapshots import compared, snapshot

from .backfills import fill_again
from .equivalence import is_undone_by_the_one_before, migrate, migration_scripts, number_of, rollback_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.migrations.lock import MigrationRecord
    from schemagen.verify.context import ProofContext
    from schemagen.verify.recorded_changes import RecordedChanges
    from schemagen.verify.report import Section
    from schemagen.verify.snapshots import Snapshot

SHARES_OF_NULLS = (0.3, 0.0)
"""Rows with NULLs first; where a rollback cannot take them, rows without any go further back."""

MOST_FIRST = 16
"""A first build makes a table a migration; it is walked in at most so many strides."""


@dataclass(frozen=True, slots=True)
class MigrationGroup:
    """Migrations that are run one after the other, and the rollbacks that undo them; ``statements`` are the lock's."""

    scripts: tuple[Path, ...]
    rollbacks: tuple[Path, ...]
    reported: RecordedChanges
    statements: str

    @property
    def name(self) -> str:
        """As a report calls it."""
        first, last = self.scripts[0].name, self.scripts[-1].name
        return first if first == last else f"{first} to {last}"

    def after(self, other: MigrationGroup) -> MigrationGroup:
        """This one as the continuation of another of the first build."""
        reported = self.reported
        reported.tables.made |= other.reported.tables.made
        return MigrationGroup(other.scripts + self.scripts, self.rollbacks + other.rollbacks, reported, "")


def prove_rows_kept(context: ProofContext, _: Database) -> None:
    """Fill every table, then go back and forth over each migration, from the newest on."""
    _prove_repeatable(context)
    for nulls in SHARES_OF_NULLS:
        with context.engine.database() as database, context.section(Claim.ROWS) as section:
            migrate(database, context.output)
            put_in(database, context, context.sample_rows.few(nulls))
            refused = _Walk(context, database, section).back_to_the_first()
        if not refused:
            return
    section.remark(f"the rollback of {refused} refuses the rows that were made, so those before it had none to keep")


def _prove_repeatable(context: ProofContext) -> None:
    """The newest migration changes no row when it is run again; there are no NULLs that a backfill might fill."""
    scripts = migration_scripts(context.output, context.dialect.name)[-1:]
    with context.engine.database() as database, context.section(Claim.ROWS) as section:
        migrate(database, context.output)
        put_in(database, context, context.sample_rows.few(0.0))
        before = snapshot(database)
        for script in scripts:
            with suppress(StatementError):  # where it has stopped, what counts is that nothing has changed
                database.run_script(script)
            _unchanged(section, database, f"{script.name} run again", before, script)


def put_in(database: Database, context: ProofContext, rows: dict[str, list[Row]]) -> None:
    """Insert rows at once where all can be, else those that can be; a touch may set two to one time."""
    statements = [
        insert(database.dialect, context.schema.table(name), [row]) for name, listed in rows.items() for row in listed
    ]
    database.run("BEGIN")
    for statement in statements:
        database.attempt(statement, context.schema, settle=False)
    if database.unsettled(context.schema) is None:
        database.run("COMMIT")
        return
    database.run("ROLLBACK")
    for statement in statements:
        database.run("BEGIN")
        database.attempt(statement, context.schema)
        database.run("COMMIT")


def migration_groups(context: ProofContext) -> list[MigrationGroup]:
    """All migrations in their order: a second half with its first, those of a first build in a few strides."""
    content = lock_content(context.output)
    records = {record.number: record for record in loads(content).migrations} if content else {}
    dialect = context.dialect.name
    reported = _in_database(context, list(records.values()))
    found: list[MigrationGroup] = []
    for script in migration_scripts(context.output, dialect):
        record = records.get(number_of(script))
        own = record.postgres if record and dialect == "postgres" else record.sqlite if record else None
        statements = "\n".join(own.statements) if own else ""
        rollback = rollback_of(script)
        if found and is_undone_by_the_one_before(rollback):
            first = found[-1]
            found[-1] = MigrationGroup(
                (*first.scripts, script), first.rollbacks, first.reported, first.statements + statements
            )
        else:
            changes = reported.get(number_of(script)) or recorded_changes(())
            found.append(MigrationGroup((script,), (rollback,), changes, statements))
    return list(_joined(found))


def _in_database(context: ProofContext, records: list[MigrationRecord]) -> dict[int, RecordedChanges]:
    """What each migration did, with the names that tables have in the database."""
    reported = {record.number: recorded_changes(record.changes) for record in records}
    if context.dialect.name == "postgres":
        after = names_in_postgres(context.schema)
        for record in sorted(records, key=lambda each: -each.number):
            before = names_before(record.changes, after)
            reported[record.number] = reported[record.number].named(before, after)
            after = before
    return reported


def _joined(found: list[MigrationGroup]) -> Iterator[MigrationGroup]:
    first = next((place for place, one in enumerate(found) if not one.reported.makes_tables_alone), len(found))
    size = -(-first // MOST_FIRST) or 1
    for start in range(0, first, size):
        joined, *others = found[start : min(first, start + size)]
        for other in others:
            joined = other.after(joined)
        yield joined
    yield from found[first:]


class _Walk:
    """One database with rows, led back and forth."""

    def __init__(self, context: ProofContext, database: Database, section: Section) -> None:
        self.context = context
        self.database = database
        self.section = section
        self.migration_groups = migration_groups(context)
        is_postgres = context.dialect.name == "postgres"
        self.schema = as_in_postgres(context.schema) if is_postgres else context.schema

    def back_to_the_first(self) -> str:
        """Go as far back as rollbacks take the rows: what was refused, if anything."""
        since = self.context.focus.migration if self.context.focus else 0
        for group in reversed(self.migration_groups):
            if number_of(group.scripts[-1]) <= since:
                break
            before = snapshot(self.database)
            if not any(table.rows for table in before.tables.values()):
                break
            older = self._back(group, before)
            if older is None:
                return group.name
            self._forth(group, before, older)
        return ""

    def _back(self, group: MigrationGroup, before: Snapshot) -> Snapshot | None:
        """What the rollback leaves; None where it is refused."""
        if self._run(group, group.rollbacks, f"rollback of {group.name}", before) < len(group.rollbacks):
            return None
        after = snapshot(self.database)
        self._compare(group, f"the rollback of {group.name}", before, after, back=True)
        return after

    def _forth(self, group: MigrationGroup, newer: Snapshot, older: Snapshot) -> None:
        """Run the migration on the rows that its rollback has left, and roll it back again."""
        filling = fill_again(self.database, self.schema, group.reported, group.statements, (older, newer))
        unfilled = snapshot(self.database) if filling else older
        before = snapshot(self.database, filling) if filling else older
        done = self._run(group, group.scripts, group.name, unfilled)
        if done == len(group.scripts):
            after = snapshot(self.database)
            self._compare(group, group.name, before, after, back=False)
            if group.reported.is_step:
                self._run(group, group.scripts, f"{group.name} run again", after)
                _unchanged(self.section, self.database, f"{group.name} run again", after, group.scripts[0])
            self._run(group, group.rollbacks, f"second rollback of {group.name}", after)
        elif done:
            self._run(group, group.rollbacks, f"rollback of {group.name} half-way", snapshot(self.database))
            _unchanged(
                self.section,
                self.database,
                f"{group.name}, which was refused and rolled back",
                unfilled,
                group.scripts[0],
            )

    def _run(self, group: MigrationGroup, files: Iterable[Path], what: str, before: Snapshot) -> int:
        """Run files: how many ran. One that is refused has to have a reason in the rows; the first has done nothing."""
        done = 0
        for file in files:
            try:
                self.database.run_script(file)
            except StatementError as error:
                if not is_expected_rejection(error, group.reported, before.catalog):
                    self.section.fails(what, "it takes the rows", error.reported, f"{error.file}: {error.statement}")
                elif not done:
                    _unchanged(self.section, self.database, f"{what}, which was refused", before, file)
                break
            done += 1
        return done

    def _compare(self, group: MigrationGroup, what: str, before: Snapshot, after: Snapshot, *, back: bool) -> None:
        if group.reported.is_step:
            return  # which rows it changes is its author's business
        older, newer = (after, before) if back else (before, after)
        for found in compared(group.reported, older, newer):
            if found is None:
                self.section.holds()
                continue
            name = found.new if back else found.old
            expected, seen = (found.right, found.left) if back else (found.left, found.right)
            rows = (before.tables[name].rows, after.tables[found.old if back else found.new].rows)
            self.section.fails(f"rows of {name} after {what}", _shown(rows[0], expected), _shown(rows[1], seen), what)


def _unchanged(section: Section, database: Database, what: str, before: Snapshot, file: Path) -> None:
    changed = before.changes(snapshot(database))
    section.equal(what, "nothing has changed", "; ".join(changed) or "nothing has changed", file.name)


def _shown(rows: list[tuple[object, ...]], alone: tuple[dict[str, object], ...]) -> str:
    """How many rows there are, and the first that only this side has."""
    return f"{len(rows)} rows" + (f", among them {alone[0]}" if alone else "")
