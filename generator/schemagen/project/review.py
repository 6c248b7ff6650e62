"""What a change of the specs does, for whoever reviews it: each change with its verdict on both engines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import SchemagenError
from schemagen.base.layout import LOCK_FILE
from schemagen.changes import changes as c
from schemagen.changes.conversions import conversion_of
from schemagen.changes.diff import evolve
from schemagen.changes.renames import renames_of
from schemagen.changes.rollbacks import orphaning_keys, rollback_losses
from schemagen.changes.safety import losses, losses_of_part
from schemagen.migrations.first_build import first_build
from schemagen.migrations.git import Repository
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads_from
from schemagen.migrations.next_build import next_steps
from schemagen.schema.model import Schema

from .review_queries import query_changes

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from schemagen.changes.diff import Evolution
    from schemagen.changes.safety import Loss
    from schemagen.migrations.lock import Lock
    from schemagen.resolve.loaded import Loaded

    from .pipeline import Options
    from .review_queries import QueryChange


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One change: to which table, what in words, how each engine makes it, what it loses and what has to be allowed.

    ``reversible`` says whether a rollback brings back the catalogue and every value; ``notes`` are the losses in words,
    and what makes the migration stop.
    """

    table: str
    change: str
    postgres: str
    sqlite: str
    reversible: bool = True
    notes: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteChange:
    """What deleting a row of a table did, and does now, in sentences of Markdown."""

    table: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that changes from ``base`` to the specs, and the migrations that a build would make of it.

    ``written`` are migrations that are there already, and not in ``base``; ``migrations`` then are what is left to do.
    ``also_rebuilt`` are tables that SQLite makes anew because of another one; ``rollback_losses`` what rolling back
    drops of what has come since; ``queries`` those that find their rows otherwise (none on a first build, where all
    are new).
    """

    base: str
    written: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()
    changes: tuple[Reviewed, ...] = ()
    also_rebuilt: tuple[str, ...] = ()
    rollback_losses: tuple[str, ...] = ()
    deletes: tuple[DeleteChange, ...] = ()
    queries: tuple[QueryChange, ...] = ()


def review(options: Options, revision: str | None = None) -> Review:
    """Compare the specs with the lock, or with the lock of a git revision; writes nothing.

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
    return _continued(reviewed, loaded, base, options) if revision and base else reviewed


def _continued(review: Review, loaded: Loaded, base: Lock, options: Options) -> Review:
    """The same on a branch whose lock goes on from the base: some migrations are written, perhaps all."""
    content = lock_content(options.output)
    lock = loads_from(f"{options.output}/{LOCK_FILE}", content) if content else None
    if lock is None or lock.migrations[: len(base.migrations)] != base.migrations:
        return review
    written = tuple(each.identifier for each in lock.migrations[len(base.migrations) :])
    return replace(review, written=written, migrations=_planned(loaded.schema, lock))


def _planned(schema: Schema, base: Lock | None) -> tuple[str, ...]:
    """The migrations that a build would make."""
    if base is None:
        return tuple(step.identifier for step in first_build(schema))
    evolution = evolve(base.schema, schema, renames_of(base.schema, schema))
    steps = next_steps(evolution, len(base.migrations) + 1, losses(evolution))
    return tuple(step.identifier for step in steps)


def _base(options: Options, revision: str | None) -> tuple[bytes | None, str]:
    """The content of the lock to compare with, and what it is called; None where there is none yet."""
    name = f"{options.output}/{LOCK_FILE}"
    if revision is None:
        content = lock_content(options.output)
    else:
        repository = Repository(options.output)
        content = repository.read(repository.commit(revision), LOCK_FILE)
        name = f"{revision}:{name}"
    return content, name


def _review(loaded: Loaded, base: Lock | None, name: str) -> Review:
    old = base.schema if base else Schema(())
    evolution = evolve(old, loaded.schema, renames_of(old, loaded.schema))
    orphaning = {(change.old.name, key.name) for change, key in orphaning_keys(evolution.back)}
    changes, also_rebuilt = _reviewed(evolution, orphaning)
    return Review(
        base=name if base else f"nothing: there is no {name}",
        migrations=_planned(loaded.schema, base),
        changes=changes,
        also_rebuilt=also_rebuilt,
        rollback_losses=rollback_losses(evolution),
        deletes=tuple(_deletes(evolution)),
        queries=tuple(query_changes(evolution)) if base else (),
    )


def _reviewed(
    evolution: Evolution, orphaning: Container[tuple[str, str]]
) -> tuple[tuple[Reviewed, ...], tuple[str, ...]]:
    """Each change, and the tables that SQLite rebuilds because of others; ``orphaning`` keys may not come back."""
    from schemagen.engines.verdicts import OnPostgres, OnSqlite, Verdicts

    verdicts = Verdicts(evolution)
    found: list[Reviewed] = []
    lost = {loss.allow: loss for loss in losses(evolution)}
    for change in evolution.changes:
        match change:
            case c.AlterTable():
                found += (
                    _with_losses(
                        change.new.name,
                        part.describe(),
                        verdicts.on_postgres(change, part),
                        verdicts.on_sqlite(change, part),
                        losses_of_part(part, change),
                        returns=_returns(change, part, orphaning),
                    )
                    for part in change.parts
                )
            case _:
                table = change.new if isinstance(change, c.RenameTable) else change.table.name
                own = [lost[f"drop:{table}"]] if isinstance(change, c.DropTable) else []
                words = (change.describe(), OnPostgres.CATALOGUE, OnSqlite.IN_PLACE)
                found.append(_with_losses(table, *words, own))
    altered = {change.new.name for change in evolution.altered}
    return tuple(found), tuple(name for name in verdicts.rebuilt if name not in altered)


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
        reversible=returns and all(loss.stops or not loss.lost for loss in needed),
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
