"""What a change of the specs does, for whoever reviews it: each change with its verdict on both engines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import SchemagenError
from schemagen.base.layout import LOCK_FILE
from schemagen.changes import changes as c
from schemagen.changes.attached import ChangeAttached, CreateAttached, DropAttached, differs
from schemagen.changes.conversions import conversion_of
from schemagen.changes.diff import evolve
from schemagen.changes.domains import AlterDomain, CreateDomain, DropDomain
from schemagen.changes.renames import renames_of
from schemagen.changes.rollbacks import orphaning_keys, rollback_losses, rollback_stops
from schemagen.changes.safety import RULES, losses, losses_of_part
from schemagen.changes.type_definitions import (
    AddExtension,
    AddSchema,
    AlterType,
    CreateType,
    DropSchema,
    DropType,
    LeaveExtension,
    MoveType,
)
from schemagen.migrations.change_build import change_steps, new_steps
from schemagen.migrations.first_build import first_build
from schemagen.migrations.git import Repository
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads_from
from schemagen.schema.model import Schema

from .left_out import of_rebuilt
from .review_marks import Marks, marks
from .review_queries import query_changes

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from schemagen.changes.diff import Evolution
    from schemagen.changes.migration import Step
    from schemagen.changes.safety import Loss
    from schemagen.engines.offenders import Stop
    from schemagen.engines.verdicts import Verdicts
    from schemagen.migrations.lock import Lock
    from schemagen.resolve.loaded import Loaded

    from .pipeline import Options
    from .review_queries import QueryChange
    from .review_waits import Wait


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One change: to which table, what in words, how each engine makes it, what it loses and what has to be allowed.

    ``reversible`` says whether a rollback brings back the catalog and every value; ``notes`` are the losses in words,
    ``stops`` the rows before which the migration stops, with the queries that find them; ``marks`` tells whose table it
    is, and what is tagged of what changes.
    """

    table: str
    change: str
    postgres: str
    sqlite: str
    reversible: bool = True
    notes: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = ()
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True, slots=True)
class Script:
    """The SQL of one migration on one engine, as its file has it."""

    migration: str
    engine: str
    sql: str


@dataclass(frozen=True, slots=True)
class DeleteChange:
    """What deleting a row of a table did, and does now, in sentences of Markdown."""

    table: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulesLost:
    """Rules of an imported database that its specs do not say, and that go with a table which SQLite recreates."""

    table: str
    rules: tuple[str, ...]
    allow: str


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that changes from ``base`` to the specs, and the migrations that a build would make of it.

    ``written`` are migrations that are there already, and not in ``base``; ``migrations`` then are what is left to do.
    ``also_rebuilt`` are tables that SQLite recreates because of another one, ``rules_lost`` what goes with tables that
    it recreates and has to be allowed; ``rollback_losses`` what rolling back drops of what has come since,
    ``rollback_stops`` of which rows that stops; ``queries``
    those that find their rows otherwise (none on a first build, where all are new); ``waits`` says who waits meanwhile,
    ``scripts`` are the migrations themselves.
    """

    base: str
    written: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()
    changes: tuple[Reviewed, ...] = ()
    also_rebuilt: tuple[str, ...] = ()
    rules_lost: tuple[RulesLost, ...] = ()
    rollback_losses: tuple[str, ...] = ()
    rollback_stops: tuple[str, ...] = ()
    deletes: tuple[DeleteChange, ...] = ()
    queries: tuple[QueryChange, ...] = ()
    waits: tuple[Wait, ...] = ()
    scripts: tuple[Script, ...] = ()


def review(options: Options, revision: str | None = None, *, sql: bool = True) -> Review:
    """Compare the specs with the lock, or with the lock of a git revision; writes nothing.

    Args:
        options: where the project is.
        revision: whose lock to compare with, instead of the one in the output.
        sql: whether the migrations themselves are a part of the review.

    Raises:
        SchemagenError: with every mistake in the specs, SG40x for a lock that cannot be used, SG412 for a revision that
            cannot be read.
    """
    from .pipeline import load

    content, name = _base(options, revision)
    base = loads_from(name, content) if content is not None else None
    loaded = load(options, content)
    if loaded.failed:
        raise SchemagenError(loaded.diagnostics, loaded.sources)
    reviewed = _review(loaded, base, name)
    if revision and base:
        reviewed = _continued(reviewed, loaded, base, options)
    return reviewed if sql else replace(reviewed, scripts=())


def _continued(review: Review, loaded: Loaded, base: Lock, options: Options) -> Review:
    """The same on a branch whose lock goes on from the base: some migrations are written, perhaps all."""
    content = lock_content(options.tree)
    lock = loads_from(f"{options.output}/{LOCK_FILE}", content) if content else None
    if lock is None or lock.migrations[: len(base.migrations)] != base.migrations:
        return review
    written = [each.step() for each in lock.migrations[len(base.migrations) :]]
    planned = _planned(loaded, lock)
    scripts = _scripts((*written, *planned))
    return replace(review, written=_identifiers(written), migrations=_identifiers(planned), scripts=scripts)


def _planned(loaded: Loaded, base: Lock | None) -> tuple[Step, ...]:
    """The migrations that a build would make."""
    if base is None:
        return first_build(loaded.schema)
    evolution = evolve(base.schema, loaded.schema, renames_of(base.schema, loaded.schema))
    own = new_steps(loaded.steps, base.steps, loaded.sources)
    earlier = tuple(each for each in loaded.steps if each not in own)
    number = len(base.migrations) + 1
    return change_steps(evolution, number, losses(evolution), own, earlier, loaded.sources).steps


def _identifiers(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(step.identifier for step in steps)


def _scripts(steps: Iterable[Step]) -> tuple[Script, ...]:
    return tuple(
        Script(migration.identifier, title, "\n\n".join(f"{statement.sql};" for statement in migration.statements))
        for step in steps
        for title, migration in (("PostgreSQL", step.postgres), ("SQLite", step.sqlite))
        if migration.statements
    )


def _base(options: Options, revision: str | None) -> tuple[bytes | None, str]:
    """The content of the lock to compare with, and what it is called; None where there is none yet."""
    name = f"{options.output}/{LOCK_FILE}"
    if revision is None:
        content = lock_content(options.tree)
    else:
        repository = Repository(options.output)
        content = repository.read(repository.commit(revision), LOCK_FILE)
        name = f"{revision}:{name}"
    return content, name


def _review(loaded: Loaded, base: Lock | None, name: str) -> Review:
    from schemagen.engines.verdicts import Verdicts

    from .review_waits import waits

    old = base.schema if base else Schema(())
    evolution = evolve(old, loaded.schema, renames_of(old, loaded.schema))
    verdicts = Verdicts(evolution)
    steps = _planned(loaded, base)
    altered = {change.new.name for change in evolution.altered}
    return Review(
        base=name if base else f"nothing: there is no {name}",
        migrations=_identifiers(steps),
        changes=tuple(_reviewed(evolution, verdicts)),
        also_rebuilt=tuple(name for name in verdicts.rebuilt if name not in altered),
        rules_lost=tuple(_rules_lost(base, evolution)) if base else (),
        rollback_losses=rollback_losses(evolution),
        rollback_stops=rollback_stops(evolution),
        deletes=tuple(_deletes(evolution)),
        queries=tuple(query_changes(evolution)) if base else (),
        waits=tuple(waits(evolution, verdicts)) if base else (),
        scripts=_scripts(steps),
    )


def _rules_lost(base: Lock, evolution: Evolution) -> Iterator[RulesLost]:
    for table, rules in of_rebuilt(base, evolution).items():
        yield RulesLost(table, rules, f"{RULES}{table}")


def _reviewed(evolution: Evolution, verdicts: Verdicts) -> Iterator[Reviewed]:
    """Each change with what it means."""
    from schemagen.engines.offenders import stops
    from schemagen.engines.verdicts import OnPostgres, OnSqlite, of_attached

    orphaning = {(change.old.name, key.name) for change, key in orphaning_keys(evolution.back)}
    lost = {loss.allow: loss for loss in losses(evolution)}
    for change in evolution.changes:
        match change:
            case c.AlterTable():
                for part in change.parts:
                    verdict = verdicts.on_postgres(change, part), verdicts.on_sqlite(change, part)
                    found = _with_losses(
                        change.new.name,
                        part.describe(),
                        *verdict,
                        losses_of_part(part, change),
                        returns=_returns(change, part, orphaning),
                    )
                    found = replace(found, stops=tuple(stops(change, part, evolution)))
                    yield replace(found, marks=marks(evolution, change, part))
            case AddExtension(name) | LeaveExtension(name) | AddSchema(name) | DropSchema(name):
                is_made = not isinstance(change, LeaveExtension)
                how = OnPostgres.CATALOG if is_made else OnPostgres.NOTHING
                yield _with_losses(name, change.describe(), how, OnSqlite.NOTHING, ())
            case CreateDomain() | DropDomain() | AlterDomain():
                name = change.new.name if isinstance(change, AlterDomain) else change.type.name
                how = OnPostgres.REWRITES if getattr(change, "is_rebuilt", False) else OnPostgres.CATALOG
                yield _with_losses(name, change.describe(), how, OnSqlite.NOTHING, ())
            case MoveType():
                yield _with_losses(change.new.name, change.describe(), OnPostgres.CATALOG, OnSqlite.NOTHING, ())
            case CreateType() | DropType():
                yield _with_losses(change.type.name, change.describe(), OnPostgres.CATALOG, OnSqlite.NOTHING, ())
            case AlterType():
                how = OnPostgres.REWRITES if change.is_rebuilt else OnPostgres.CATALOG
                yield _with_losses(change.new.name, change.describe(), how, OnSqlite.NOTHING, ())
            case CreateAttached() | ChangeAttached() | DropAttached():
                item = change.new if isinstance(change, ChangeAttached) else change.item
                own = [
                    lost[word] for word in (f"drop:{item.name}",) if isinstance(change, DropAttached) and word in lost
                ]
                postgres = of_attached(change)
                sqlite = OnSqlite.IN_PLACE if differs(change, "sqlite") else OnSqlite.NOTHING
                yield _with_losses(item.name, change.describe(), postgres, sqlite, own)
            case _:
                table = change.new if isinstance(change, c.RenameTable) else change.table.name
                own = [lost[f"drop:{table}"]] if isinstance(change, c.DropTable) else []
                found = _with_losses(table, change.describe(), OnPostgres.CATALOG, OnSqlite.IN_PLACE, own)
                yield replace(found, marks=marks(evolution, change))


def _returns(change: c.AlterTable, part: c.Part, orphaning: Container[tuple[str, str]]) -> bool:
    """Whether a rollback can bring back what was, if the rows are as before."""
    match part:
        case c.DropConstraint(constraint):
            return (change.new.name, constraint.name) not in orphaning
        case c.AlterColumn(old, new):
            return conversion_of(old, new) is None
    return True


def _with_losses(
    table: str, change: str, postgres: str, sqlite: str, found: Iterable[Loss], *, returns: bool = True
) -> Reviewed:
    needed = tuple(found)
    return Reviewed(
        table,
        change,
        postgres,
        sqlite,
        reversible=returns and not any(loss.lost for loss in needed),
        notes=tuple(loss.lost for loss in needed if loss.lost),
        allow=tuple(loss.allow for loss in needed),
    )


def _deletes(evolution: Evolution) -> Iterator[DeleteChange]:
    """Where a delete reaches other rows than before."""
    from schemagen.targets.docs.words import delete_sentences

    for table in evolution.new.tables:
        was = evolution.renames.continued_table(table.name, evolution.old)
        if was is None:
            continue
        before = delete_sentences(evolution.old.table(was), evolution.old)
        after = delete_sentences(table, evolution.new)
        if before != after:
            yield DeleteChange(table.name, tuple(before), tuple(after))
