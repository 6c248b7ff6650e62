"""Where a database is, and what is pending: what each migration waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.engines.catalog import Catalog
from schemagen.engines.spec_names import with_names

from .position import position
from .rows import row_problems
from .waits import waits

if TYPE_CHECKING:
    from schemagen.databases.servers import Server

    from .chain import Chain
    from .position import Position
    from .rows import RowProblem
    from .target import Target

ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Pending:
    """A migration that a database has not run: what it loses, and what it waits for."""

    number: int
    name: str
    waits: str
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """A database beside the chain: ``at`` is the identifier of the newest migration that it has, or empty."""

    engine: str
    shown: str
    position: Position
    at: str
    total: int
    pending: tuple[Pending, ...] = ()
    problems: tuple[RowProblem, ...] = ()


def read_status(target: Target, chain: Chain, server: Server | None = None, *, check_rows: bool = False) -> Status:
    """Read where a database is; nothing is written.

    Args:
        target: the database.
        chain: the migrations.
        server: where PostgreSQL's side is made if there is no version table; None is the embedded server.
        check_rows: ask also whether what is pending may fail on the rows that are there.

    Raises:
        SchemagenError: SG489, SG490 for a database that has another history or none that is known, and for one that
            cannot be reached or read.
    """
    where = position(target, chain, server)
    number = where.number
    return Status(
        engine=_engine(target),
        shown=target.shown,
        position=where,
        at=chain.records[number - 1].identifier if number else "",
        total=chain.head,
        pending=pending(target, chain, number),
        problems=row_problems(target, chain, number) if check_rows else (),
    )


def _engine(target: Target) -> str:
    title = ENGINES[target.dialect]
    if not target.exists:
        return title
    with target.reader() as reader:
        return f"{title} {reader.version}"


def pending(target: Target, chain: Chain, number: int, until: int | None = None) -> tuple[Pending, ...]:
    """The migrations that follow a number, with what each of them waits for in this database."""
    records = chain.after(number, until)
    live = target.catalog(chain.schemas) if records and target.exists else Catalog(target.dialect, "", ())
    named = with_names(live, chain.postgres_names(number))
    return tuple(
        Pending(
            record.number,
            record.identifier,
            waits(record, named),
            chain.half(record.number, target.dialect).losses,
        )
        for record in records
    )
