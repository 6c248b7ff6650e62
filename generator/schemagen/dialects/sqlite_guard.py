"""The guard of a migration on SQLite: what has to be as before, and a violation that stands until it is.

Facts are written down before anything changes and compared at the end. Each is a row that refers to a row that is not
there, so COMMIT is refused until all are deleted, and they are only deleted together, when every one is as expected.
Where foreign keys are off, the whole transaction is rolled back instead. The table stays: dropping it would clear the
violation of a migration that failed earlier in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.escape import sql_string
from schemagen.migration import Statement
from schemagen.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CREATE = "sqlite/guard.sql.jinja"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a query counts: what it is called, the query before, and the one after (both in parentheses).

    ``early`` facts must hold before anything is changed: ``before`` is what they have to be, ``after`` what they are.
    """

    name: str
    before: str
    after: str
    early: bool = False


def opening(migration: str, facts: Sequence[Fact]) -> Iterator[Statement]:
    """Write down the facts, and stop at once if the database is not the one that the migration is for."""
    yield Statement(render(_CREATE).removesuffix("\n"), "Nothing is committed until everything is found again")
    key = sql_string(migration)
    for fact in facts:
        found = fact.after if fact.early else "NULL"
        yield Statement(
            "INSERT INTO _schemagen_guard (migration, fact, expected, found) "
            f"VALUES ({key}, {sql_string(fact.name)}, {fact.before}, {found})"
        )
    early = f"migration = {key} AND fact IN ({', '.join(sql_string(fact.name) for fact in facts if fact.early)})"
    # Never a rollback here: a shell that goes on after it would run the rest outside of any transaction.
    yield _refusal(f"{early} AND found IS NOT expected")


def closing(migration: str, facts: Sequence[Fact]) -> Iterator[Statement]:
    """Compare, and clear the violation; or refuse, and roll everything back where foreign keys are off."""
    key = sql_string(migration)
    for number, fact in enumerate(fact for fact in facts if not fact.early):
        row = f"migration = {key} AND fact = {sql_string(fact.name)}"
        yield Statement(
            f"UPDATE _schemagen_guard SET found = {fact.after} WHERE {row}",
            "" if number else "Is everything there?",
        )
    counted = f"SELECT count(*) FROM _schemagen_guard WHERE migration = {key} AND found IS expected"
    yield Statement(f"DELETE FROM _schemagen_guard WHERE migration = {key} AND ({counted}) = {len(facts)}")
    off = "(SELECT foreign_keys FROM pragma_foreign_keys) = 0"
    yield _refusal(f"migration = {key} AND {off}", "OR ROLLBACK ")
    yield _refusal(f"migration = {key}")


def _refusal(condition: str, conflict: str = "") -> Statement:
    return Statement(f"UPDATE {conflict}_schemagen_guard SET refused = 1 WHERE {condition}")
