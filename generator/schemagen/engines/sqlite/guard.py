"""The guard of a migration on SQLite: what has to be as before, and a violation that stands until it is.

Facts are written down before anything changes and compared at the end. Each is a row that refers to a row that is not
there, so COMMIT is refused until all are deleted, and they are only deleted together, when every one is as expected.
Where foreign keys are off, the whole transaction is rolled back instead. The table stays: dropping it would clear the
violation of a migration that failed earlier in the same transaction.

A full disk makes SQLite itself roll back the whole transaction (SQLite, "Response To Errors Within A Transaction"), and
what a shell ran after that would be committed one by one. So a savepoint stands before each change: it touches no page,
so that a full disk does not stop it, and outside a transaction it begins another. That one is rolled back at the end,
as the facts are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.base.render import render
from schemagen.changes.migration import Statement
from schemagen.changes.sql_text import STEP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_CREATE = "sqlite/guard.sql.jinja"
CHECKED = Statement("PRAGMA ignore_check_constraints = OFF")
"""Also where a run that stopped half-way has left it on in this connection: a refusal is a CHECK that fails."""


class Expected(IntEnum):
    """What has to hold before anything is changed, or at the end; a refusal names it as its constraint."""

    COLUMNS = 1
    NOBODY_ELSES = 2
    NO_OTHER_CHILDREN = 3
    FREE_NAMES = 4
    PARENTS = 5
    KNOWN_RULES = 6
    COMPLETE_STEPS = 7


_REASONS = {
    Expected.COLUMNS: "a_table_has_other_columns",
    Expected.NOBODY_ELSES: "a_trigger_or_index_of_somebody_else_would_be_lost",
    Expected.NO_OTHER_CHILDREN: "a_table_that_no_spec_knows_refers_to_one_that_is_made_anew",
    Expected.FREE_NAMES: "there_is_a_table_of_a_new_name",
    Expected.KNOWN_RULES: "a_table_has_rules_that_no_spec_knows",
    Expected.PARENTS: "a_row_refers_to_a_parent_that_is_not_there",
    Expected.COMPLETE_STEPS: "a_step_is_not_complete_run_it_again",
}
_WHATEVER = 9
"""The refusal at the end, of what no constraint of its own names."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a query counts: what it is called, the query before, and the one after (both in parentheses).

    ``early`` facts must hold before anything is changed: ``before`` is what they have to be, ``after`` what they are.
    ``late`` says by which name a fact is refused that does not hold at the end.
    """

    name: str
    before: str
    after: str
    early: Expected | None = None
    late: Expected | None = None


def held(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Statements that never run outside a transaction, whatever has become of the one before."""
    for statement in statements:
        yield Statement(STEP, statement.heading)
        yield Statement(statement.sql)


def opening(migration: str, facts: Sequence[Fact]) -> Iterator[Statement]:
    """Write down the facts, and stop at once if the database is not the one that the migration is for."""
    gated = any(fact.early is Expected.COMPLETE_STEPS for fact in facts)
    kinds = [kind for kind in _REASONS if gated or kind is not Expected.COMPLETE_STEPS]
    guard = render(_CREATE, refusals=[(int(kind), _REASONS[kind]) for kind in kinds])
    yield Statement(guard.removesuffix("\n"), "Nothing is committed until everything is found again")
    yield CHECKED
    key = sql_string(migration)
    rows = [
        f"({key}, {sql_string(fact.name)}, {fact.before}, {fact.after if fact.early else 'NULL'})" for fact in facts
    ]
    lines = ",\n".join(f"    {row}" for row in rows)
    noted = Statement(f"INSERT INTO _schemagen_guard (migration, fact, expected, found) VALUES\n{lines}")
    yield from held([noted])
    # Never a rollback here: what follows would have to be held back until the end.
    yield from _named_refusals(key, {kind: [f.name for f in facts if f.early is kind] for kind in Expected})


def _named_refusals(key: str, names: Mapping[Expected, Sequence[str]]) -> Iterator[Statement]:
    """Refuse where one of these facts is not as expected, by the constraint of its kind."""
    for kind, listed in names.items():
        if listed:
            wrong = f"fact IN ({', '.join(map(sql_string, listed))}) AND found IS NOT expected"
            yield _refusal(f"migration = {key} AND {wrong}", kind)


def closing(migration: str, facts: Sequence[Fact]) -> Iterator[Statement]:
    """Compare, and clear the violation; or refuse, and roll everything back where foreign keys are off."""
    key = sql_string(migration)
    yield CHECKED
    yield from _one_transaction(f"(SELECT count(*) FROM _schemagen_guard WHERE migration = {key}) = {len(facts)}")
    late = [fact for fact in facts if not fact.early]
    if late:
        cases = "\n".join(f"    WHEN {sql_string(fact.name)} THEN {fact.after}" for fact in late)
        names = ", ".join(sql_string(fact.name) for fact in late)
        sql = (
            f"UPDATE _schemagen_guard SET found = CASE fact\n{cases}\nEND WHERE migration = {key} AND fact IN ({names})"
        )
        yield Statement(sql, "Is everything there?")
    counted = f"SELECT count(*) FROM _schemagen_guard WHERE migration = {key} AND found IS expected"
    yield Statement(f"DELETE FROM _schemagen_guard WHERE migration = {key} AND ({counted}) = {len(facts)}")
    off = "(SELECT foreign_keys FROM pragma_foreign_keys) = 0"
    yield _refusal(f"migration = {key} AND {off}", _WHATEVER, "OR ROLLBACK ")
    yield from _named_refusals(key, {kind: [f.name for f in facts if f.late is kind] for kind in Expected})
    yield _refusal(f"migration = {key}", _WHATEVER)


def _one_transaction(noted: str) -> Iterator[Statement]:
    """Roll everything back where the facts are not there; in a temporary table, which a full disk has room for."""
    there = "EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard')"
    refused = "INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT"
    yield Statement(
        render("sqlite/guard_end.sql.jinja").removesuffix("\n"),
        "Has it been one transaction since the facts were written down? If not, nothing of it stays",
    )
    yield Statement(f"{refused} {there}")
    yield Statement(f"{refused} {noted}")
    yield Statement("DROP TABLE temp._schemagen_end")


def _refusal(condition: str, number: int, conflict: str = "") -> Statement:
    return Statement(f"UPDATE {conflict}_schemagen_guard SET refused = {int(number)} WHERE {condition}")
