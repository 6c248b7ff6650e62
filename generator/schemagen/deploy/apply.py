"""Run what is pending on a database, or take it back: one migration at a time, each recorded with what it did."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from schemagen.databases.servers import failure
from schemagen.databases.urls import scrubbed

from .chain import SQLALCHEMY_NAMES
from .connection import migrating
from .position import OTHER_RUNNER, Known, has_catalog_of, position, refuse_other_catalog, version_of
from .superseded import former, take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import sqlalchemy as sa

    from schemagen.base.diagnostics import SchemagenError
    from schemagen.databases.servers import Server
    from schemagen.schema.dialect import DialectName

    from .chain import Chain
    from .position import Position
    from .target import Target

STOPPED = "SG492"
NOT_THERE = "SG493"

_HELD_UP = frozenset({"55P03", "40P01"})
"""A lock that was not to be had in time, a deadlock (PostgreSQL, "Appendix A. PostgreSQL Error Codes")."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a database is to be brought: a number, None for the newest or, ``down``, for the one before.

    ``adopt`` is the migration that a database without a version table is said to have.
    """

    to: int | None = None
    down: bool = False
    adopt: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The migrations to run, in order; ``adopted`` has to be recorded first."""

    numbers: tuple[int, ...]
    down: bool = False
    adopted: int | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """A migration that was run, or taken back, and how long it took."""

    number: int
    name: str
    seconds: float


def plan(target: Target, chain: Chain, goal: Goal, server: Server | None = None) -> Course:
    """What has to be run; nothing is written.

    Raises:
        SchemagenError: SG488 where another runner keeps the history, SG489 to SG491 for a database whose place is
            another one or is not known, SG493 for a goal that cannot be reached so.
    """
    where = position(target, chain, server)
    if where.runner and where.known is not Known.RECORDED:
        table, runner = where.runner
        message = f"{target.shown} has the table {table}: {runner} keeps its history"
        hint = "go on with that runner (`schemagen export` writes its files), or drop that table if it is of no use"
        raise failure(OTHER_RUNNER, message, hint)
    adopted = _adopted(target, chain, goal, where, server)
    if where.known is Known.RECORDED:
        refuse_other_catalog(target, chain, where.number)
    return Course(_numbers(target, chain, goal, adopted or where.number), goal.down, adopted)


def _adopted(target: Target, chain: Chain, goal: Goal, where: Position, server: Server | None) -> int | None:
    """The migration that has to be recorded; several may leave the same catalog."""
    number = goal.adopt or 0
    if where.known is Known.FOUND and 0 < number <= chain.head:
        alike = number == where.number or has_catalog_of(target.catalog(chain.schemas), chain, number, server)
        return number if alike else _refuse_adoption(target, chain, where.number, number)
    if goal.adopt is not None:
        _refuse_adoption(target, chain, where.number, goal.adopt)
    if where.known is Known.FOUND:
        message = f"{target.shown} has no version table; its catalog is that of {chain.title(where.number)}"
        raise failure(NOT_THERE, message, f"`--adopt {where.number}` records that, and goes on from there")
    return None


def _refuse_adoption(target: Target, chain: Chain, at: int, number: int) -> NoReturn:
    message = f"{target.shown} is at {chain.title(at)}, so {number} cannot be recorded"
    raise failure(NOT_THERE, message, "record what its catalog is; where a version table stands, leave `--adopt` out")


def _numbers(target: Target, chain: Chain, goal: Goal, at: int) -> tuple[int, ...]:
    to = goal.to if goal.to is not None else max(at - 1, 0) if goal.down else chain.head
    if not 0 <= to <= chain.head:
        known = f"they are 1 to {chain.head}, and 0 for an empty database"
        raise failure(NOT_THERE, f"there is no migration {to}", known)
    if to < at and not goal.down:
        message = f"the database is at {chain.title(at)}, which is after {to}"
        lost = "; ".join(rollback_losses(chain, range(at, to, -1), target.dialect))
        hint = f"`--down` takes it back{f', which loses {lost}' if lost else ''}"
        raise failure(NOT_THERE, message, hint)
    if to > at and goal.down:
        message = f"the database is at {chain.title(at)}, which is before {to}"
        raise failure(NOT_THERE, message, "leave `--down` out to go on")
    return tuple(range(at, to, -1)) if goal.down else tuple(range(at + 1, to + 1))


def rollback_losses(chain: Chain, numbers: Iterable[int], dialect: DialectName) -> list[str]:
    """What taking migrations back drops, each once."""
    found = (chain.half(number, dialect) for number in numbers)
    return list(dict.fromkeys(loss for one in found for loss in one.rollback_losses))


def apply(
    target: Target,
    chain: Chain,
    goal: Goal,
    *,
    server: Server | None = None,
    ran: Callable[[Ran], None],
    waiting: Callable[[], None],
) -> Course:
    """Bring a database to a goal.

    Args:
        target: the database.
        chain: the migrations.
        goal: where to.
        server: where PostgreSQL's side is made if there is no version table; None is the embedded server.
        ran: is called after each migration.
        waiting: is called once where another ``apply`` runs on the database.

    Returns:
        What had to be run.

    Raises:
        SchemagenError: as of :func:`plan`; SG492 for a migration that was stopped, SG452 for a lost connection.
    """
    if not target.exists:
        plan(target, chain, goal, server)  # what is refused makes no file
    with migrating(target, waiting) as connection:
        if goal.down and goal.to is None and (course := _back_to_the_chain(connection, target, chain, ran)):
            return course
        course = plan(target, chain, goal, server)  # again and now for good: another `apply` may have ended just now
        if course.adopted:
            _record(connection, chain, course.adopted)
        for number in course.numbers:
            began = time.monotonic()
            if _run(connection, target, chain, number, down=course.down):
                ran(Ran(number, chain.records[number - 1].identifier, time.monotonic() - began))
    return course


def _back_to_the_chain(
    connection: sa.Connection, target: Target, chain: Chain, ran: Callable[[Ran], None]
) -> Course | None:
    """Take back what a rebase has recreated, until the database is at a migration of the chain; None for others."""
    from sqlalchemy.exc import SQLAlchemyError

    done: list[int] = []
    while (version := _version(target)) and version not in chain.revisions.values():
        one = former(chain.output, chain.lock, version)
        if one is None:
            return None
        number = int(version.partition("_")[0])
        try:
            seconds = take_back(connection, target, one)
        except SQLAlchemyError as error:
            words = scrubbed(_words(_refusal(error).orig), target.source)
            message = f"the rollback of {version}, which a rebase recreated, was stopped: {words}"
            is_whole = SQLALCHEMY_NAMES[target.dialect] not in one.outside
            kept = "nothing of it was kept" if is_whole else "what it had done stays, and it goes on from there"
            raise failure(STOPPED, message, f"{kept}: correct what keeps it from running") from error
        ran(Ran(number, f"{version} (recreated by a rebase)", seconds))
        done.append(number)
    return Course(tuple(done), down=True) if done else None


def _version(target: Target) -> str | None:
    with target.reader() as reader:
        return version_of(reader)


def _record(connection: sa.Connection, chain: Chain, number: int) -> None:
    from alembic.runtime.migration import MigrationContext

    with connection.begin():
        MigrationContext.configure(connection).stamp(chain.script, chain.revisions[number])


def _run(connection: sa.Connection, target: Target, chain: Chain, number: int, *, down: bool) -> bool:
    """Run one migration, or take it back; whether there was something to do."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        if target.dialect == "postgres":
            return _migrate(connection, chain, number, down=down)
        with connection.begin():  # it takes the lock, so what the version table says then is true to the end
            return _migrate(connection, chain, number, down=down)
    except SQLAlchemyError as error:
        raise _stopped(_refusal(error), target, chain, number, down=down) from error


def _migrate(connection: sa.Connection, chain: Chain, number: int, *, down: bool) -> bool:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    script = chain.script
    wanted = chain.revisions.get(number - 1, "base") if down else chain.revisions[number]
    from_here = chain.revisions.get(number if down else number - 1)
    steps: list[Any] = []

    def choose(heads: Any, _context: Any) -> Any:
        """The steps of Alembic's own plan, if the database still is where they begin."""
        if heads == ((from_here,) if from_here else ()):
            find = script._downgrade_revs if down else script._upgrade_revs  # noqa: SLF001  (as Alembic's commands do)
            steps.extend(find(wanted, heads[0] if down else heads))
        return steps

    options = {"fn": choose, "transaction_per_migration": True, "transactional_ddl": True}
    context = MigrationContext.configure(connection, opts=options)
    with Operations.context(context):
        context.run_migrations()
    return bool(steps)


def _refusal(error: BaseException) -> Any:
    """What the engine has refused: the error that came first, where clearing up after it has failed too."""
    from sqlalchemy.exc import DBAPIError

    while not isinstance(error, DBAPIError):
        if error.__context__ is None:
            raise error
        error = error.__context__
    return error


def _stopped(error: Any, target: Target, chain: Chain, number: int, *, down: bool) -> SchemagenError:
    """What is said of a migration that an engine has refused, or whose connection was lost."""
    statements = chain.statements(number, target.dialect, down=down)
    at = statements.index(error.statement) + 1 if error.statement in statements else 0
    place = f" at statement {at} of {len(statements)}" if at else ""
    is_whole = chain.half(number, target.dialect).transactional
    kept = "nothing of it was kept" if is_whole else "what it had done stays, and `schemagen apply` goes on from there"
    words = scrubbed(_words(error.orig), target.source)
    state = getattr(error.orig, "sqlstate", "")
    if error.connection_invalidated or state is None:
        hint = f"{kept}: run it again when the server answers; its log tells why it ended the connection"
    elif state in _HELD_UP:
        hint = f"{kept}: another session holds what it needs; run it again"
    else:
        hint = f"{kept}: correct what keeps it from running, then run it again"
    what = "the rollback of " if down else ""
    return failure(STOPPED, f"{what}{chain.title(number)} was stopped{place}: {words}", hint)


def _words(error: Any) -> str:
    """What an engine says, with the details that PostgreSQL has."""
    diagnosis = getattr(error, "diag", None)
    said = [diagnosis.message_primary, diagnosis.message_detail] if diagnosis else []
    return " ".join(": ".join(filter(None, said)).split()) or " ".join(str(error).split())
