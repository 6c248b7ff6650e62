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
from schemagen.verify.expected_rejections import is_fair
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
    from schemagen.verify.recorded_changes import RecordedChanges
    from schemagen.verify.report import Section
    from schemagen.verify.snapshots import Snapshot
    from schemagen.verify.subject import Subject

SHARES_OF_NULLS = (0.3, 0.0)
"""Rows with NULLs first; where a rollback cannot take them, rows without any go further back."""

MOST_FIRST = 16
"""A first build makes a table a migration; it is walked in at most so many strides."""


@dataclass(frozen=True, slots=True)
class Stride:
    """Migrations that are run one after the other, and the rollbacks that undo them; ``statements`` are the lock's."""

    scripts: tuple[Path, ...]
    rollbacks: tuple[Path, ...]
    told: RecordedChanges
    statements: str

    @property
    def name(self) -> str:
        """As a report calls it."""
        first, last = self.scripts[0].name, self.scripts[-1].name
        return first if first == last else f"{first} to {last}"

    def after(self, other: Stride) -> Stride:
        """This one as the continuation of another of the first build."""
        told = self.told
        told.tables.made |= other.told.tables.made
        return Stride(other.scripts + self.scripts, self.rollbacks + other.rollbacks, told, "")


def prove_rows_kept(subject: Subject, _: Database) -> None:
    """Fill every table, then go back and forth over each migration, from the newest on."""
    _prove_repeatable(subject)
    for nulls in SHARES_OF_NULLS:
        with subject.engine.database() as database, subject.section(Claim.ROWS) as section:
            migrate(database, subject.output)
            put_in(database, subject, subject.material.few(nulls))
            refused = _Walk(subject, database, section).back_to_the_first()
        if not refused:
            return
    section.remark(f"the rollback of {refused} refuses the rows that were made, so those before it had none to keep")


def _prove_repeatable(subject: Subject) -> None:
    """The newest migration changes no row when it is run again; there are no NULLs that a backfill might fill."""
    scripts = migration_scripts(subject.output, subject.dialect.name)[-1:]
    with subject.engine.database() as database, subject.section(Claim.ROWS) as section:
        migrate(database, subject.output)
        put_in(database, subject, subject.material.few(0.0))
        before = snapshot(database)
        for script in scripts:
            with suppress(StatementError):  # where it has stopped, what counts is that nothing has changed
                database.run_script(script)
            _unchanged(section, database, f"{script.name} run again", before, script)


def put_in(database: Database, subject: Subject, rows: dict[str, list[Row]]) -> None:
    """Insert rows at once where all can be, else those that can be; a touch may set two to one moment."""
    statements = [
        insert(database.dialect, subject.schema.table(name), [row]) for name, listed in rows.items() for row in listed
    ]
    database.run("BEGIN")
    for statement in statements:
        database.attempt(statement, subject.schema, settle=False)
    if database.unsettled(subject.schema) is None:
        database.run("COMMIT")
        return
    database.run("ROLLBACK")
    for statement in statements:
        database.run("BEGIN")
        database.attempt(statement, subject.schema)
        database.run("COMMIT")


def strides(subject: Subject) -> list[Stride]:
    """All migrations in their order: a second half with its first, those of a first build in a few strides."""
    content = lock_content(subject.output)
    records = {record.number: record for record in loads(content).migrations} if content else {}
    dialect = subject.dialect.name
    told = _in_database(subject, list(records.values()))
    found: list[Stride] = []
    for script in migration_scripts(subject.output, dialect):
        record = records.get(number_of(script))
        own = record.postgres if record and dialect == "postgres" else record.sqlite if record else None
        statements = "\n".join(own.statements) if own else ""
        rollback = rollback_of(script)
        if found and is_undone_by_the_one_before(rollback):
            first = found[-1]
            found[-1] = Stride((*first.scripts, script), first.rollbacks, first.told, first.statements + statements)
        else:
            changes = told.get(number_of(script)) or recorded_changes(())
            found.append(Stride((script,), (rollback,), changes, statements))
    return list(_joined(found))


def _in_database(subject: Subject, records: list[MigrationRecord]) -> dict[int, RecordedChanges]:
    """What each migration did, with the names that tables have in the database."""
    told = {record.number: recorded_changes(record.changes) for record in records}
    if subject.dialect.name == "postgres":
        after = names_in_postgres(subject.schema)
        for record in sorted(records, key=lambda each: -each.number):
            before = names_before(record.changes, after)
            told[record.number] = told[record.number].named(before, after)
            after = before
    return told


def _joined(found: list[Stride]) -> Iterator[Stride]:
    first = next((place for place, one in enumerate(found) if not one.told.makes_tables_alone), len(found))
    size = -(-first // MOST_FIRST) or 1
    for start in range(0, first, size):
        joined, *others = found[start : min(first, start + size)]
        for other in others:
            joined = other.after(joined)
        yield joined
    yield from found[first:]


class _Walk:
    """One database with rows, led back and forth."""

    def __init__(self, subject: Subject, database: Database, section: Section) -> None:
        self.subject = subject
        self.database = database
        self.section = section
        self.strides = strides(subject)
        is_postgres = subject.dialect.name == "postgres"
        self.schema = as_in_postgres(subject.schema) if is_postgres else subject.schema

    def back_to_the_first(self) -> str:
        """Go as far back as rollbacks take the rows: what was refused, if anything."""
        since = self.subject.focus.migration if self.subject.focus else 0
        for stride in reversed(self.strides):
            if number_of(stride.scripts[-1]) <= since:
                break
            before = snapshot(self.database)
            if not any(table.rows for table in before.tables.values()):
                break
            older = self._back(stride, before)
            if older is None:
                return stride.name
            self._forth(stride, before, older)
        return ""

    def _back(self, stride: Stride, before: Snapshot) -> Snapshot | None:
        """What the rollback leaves; None where it is refused."""
        if self._run(stride, stride.rollbacks, f"rollback of {stride.name}", before) < len(stride.rollbacks):
            return None
        after = snapshot(self.database)
        self._compare(stride, f"the rollback of {stride.name}", before, after, back=True)
        return after

    def _forth(self, stride: Stride, newer: Snapshot, older: Snapshot) -> None:
        """Run the migration on the rows that its rollback has left, and roll it back again."""
        filling = fill_again(self.database, self.schema, stride.told, stride.statements, (older, newer))
        unfilled = snapshot(self.database) if filling else older
        before = snapshot(self.database, filling) if filling else older
        done = self._run(stride, stride.scripts, stride.name, unfilled)
        if done == len(stride.scripts):
            after = snapshot(self.database)
            self._compare(stride, stride.name, before, after, back=False)
            if stride.told.is_step:
                self._run(stride, stride.scripts, f"{stride.name} run again", after)
                _unchanged(self.section, self.database, f"{stride.name} run again", after, stride.scripts[0])
            self._run(stride, stride.rollbacks, f"second rollback of {stride.name}", after)
        elif done:
            self._run(stride, stride.rollbacks, f"rollback of {stride.name} half-way", snapshot(self.database))
            _unchanged(
                self.section,
                self.database,
                f"{stride.name}, which was refused and rolled back",
                unfilled,
                stride.scripts[0],
            )

    def _run(self, stride: Stride, files: Iterable[Path], what: str, before: Snapshot) -> int:
        """Run files: how many ran. One that is refused has to have a reason in the rows; the first has done nothing."""
        done = 0
        for file in files:
            try:
                self.database.run_script(file)
            except StatementError as error:
                if not is_fair(error, stride.told, before.catalog):
                    self.section.fails(what, "it takes the rows", error.told, f"{error.file}: {error.statement}")
                elif not done:
                    _unchanged(self.section, self.database, f"{what}, which was refused", before, file)
                break
            done += 1
        return done

    def _compare(self, stride: Stride, what: str, before: Snapshot, after: Snapshot, *, back: bool) -> None:
        if stride.told.is_step:
            return  # which rows it changes is its author's business
        older, newer = (after, before) if back else (before, after)
        for found in compared(stride.told, older, newer):
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
