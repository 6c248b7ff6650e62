"""Where in a generated file an engine refuses it: the statement, and what a guard on SQLite has found otherwise."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

from .scripts import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Run = Callable[[str], list[tuple[Any, ...]]]

_UNMET = "SELECT fact, expected, found FROM _schemagen_guard WHERE found IS NOT NULL AND found IS NOT expected"


def sqlite_statements(text: str) -> Iterator[str]:
    """The statements of a file for SQLite; a trigger is one, though it has semicolons."""
    pending = ""
    for piece in statements(text):
        pending += f"{piece};"
        if sqlite3.complete_statement(pending):
            yield pending.removesuffix(";")
            pending = ""
    if pending:
        yield pending


def refused_statement(run: Run, pieces: Iterable[str], refusals: type[Exception]) -> tuple[str, tuple[str, ...]]:
    """Run a transactional file that was refused once more, statement by statement, and undo it.

    Args:
        run: runs one statement.
        pieces: the statements of the file; the last one ends its transaction, and is not run again.
        refusals: what ``run`` raises.

    Returns:
        The statement that is refused, and each fact that the guard has found otherwise.
    """
    *body, refused = list(pieces) or [""]
    unmet: list[tuple[Any, ...]] = []
    for piece in body:
        try:
            run(piece)
        except refusals:
            refused = piece
            with suppress(refusals):
                unmet = run(_UNMET)
            break
    with suppress(refusals):
        run("ROLLBACK")
    return refused, tuple(f"{fact}: {found} instead of {expected}" for fact, expected, found in unmet)
