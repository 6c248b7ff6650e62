"""Turns a row that breaks checks into one that breaks none, or exactly those that it should.

A flaw is a condition that is not as it should be. One flaw after the other is taken, and the columns that it reads get
the candidates that leave the fewest flaws: SQLite looks at all combinations of them in one query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemagen.databases.memory import unmet
from schemagen.engines.dialects import SQLITE

from .candidate_values import EXTREME, Maker, Pool, constant
from .mentions import sources

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from random import Random

    from schemagen.databases.memory import Row, Sandbox
    from schemagen.schema.model import Table

STEPS = 10
COMBINATIONS = 6_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row has to be.

    Attributes:
        broken: the names of the checks that it breaks; it keeps all others.
        true: further conditions that are true of it, such as an index's predicate.
        fixed: columns that keep their values.
        choices: candidates of columns that the table's own do not fit, such as foreign keys.
        nulls: how often NULL is tried before other values.
        stage: which candidates are tried.
    """

    broken: Collection[str] = ()
    true: tuple[str, ...] = ()
    fixed: Collection[str] = ()
    choices: Mapping[str, tuple[Maker, ...]] = field(default_factory=dict)
    nulls: float = 0.0
    stage: int = EXTREME


@dataclass(frozen=True, slots=True)
class Repaired:
    """A row as it was wished, and the makers of the values that are new in it."""

    row: Row
    makers: dict[str, Maker]


class Repairer:
    """Repairs rows of one table."""

    def __init__(self, sandbox: Sandbox, table: Table, random: Random) -> None:
        self._sandbox = sandbox
        self._table = table
        self._random = random
        self.pool = Pool(table)
        self._checks = {check.name: check.sql for check in SQLITE.checks(table)}
        self._read = {sql: sources(table, sql) for sql in self._checks.values()}

    def repaired(self, row: Row, serial: int, wish: Wish) -> Repaired | None:
        """A row like this one that is as it was wished; None where none was found."""
        flaws = self._flaws(wish)
        current, makers = dict(row), dict[str, Maker]()
        for _ in range(STEPS + len(self._checks)):
            is_unmet = self._sandbox.unmet(self._table, current, list(flaws)) if flaws else []
            found = [flaw for flaw, is_so in zip(flaws, is_unmet, strict=True) if is_so]
            if not found:
                return Repaired(current, makers)
            changes = self._better(current, serial, self._random.choice(found), flaws, wish)
            if changes is None:
                return None
            makers |= changes
            current |= {name: maker(serial) for name, maker in changes.items()}
        return None

    def _flaws(self, wish: Wish) -> dict[str, set[str]]:
        """An expression for each condition, 1 where it is not as wished, and the columns that it reads."""
        found: dict[str, set[str]] = {}
        for name, sql in self._checks.items():
            wrong = f"CASE WHEN NOT ({sql}) THEN 0 ELSE 1 END" if name in wish.broken else unmet(sql)
            found[wrong] = self._read[sql]
        for sql in wish.true:
            found[f"CASE WHEN ({sql}) THEN 0 ELSE 1 END"] = sources(self._table, sql)
        return found

    def _better(
        self, row: Row, serial: int, flaw: str, flaws: Mapping[str, set[str]], wish: Wish
    ) -> dict[str, Maker] | None:
        """Makers for the columns of one flaw with which it is gone, and as few others as may be are there."""
        free = sorted(name for name in flaws[flaw] if name in row and name not in wish.fixed)
        if not free:
            return None
        most = int(COMBINATIONS ** (1 / len(free)))
        makers = {name: self._candidates(name, row, wish, most) for name in free}
        values = {name: [maker(serial) for maker in listed] for name, listed in makers.items()}
        touched = [one for one, read in flaws.items() if not read.isdisjoint(free)]
        best = self._sandbox.best(self._table, row, values, touched, perfect=True)
        best = best or self._sandbox.best(self._table, row, values, [f"1000 * {flaw}", *touched], perfect=False)
        return None if best is None else {name: makers[name][place] for name, place in best.items()}

    def _candidates(self, name: str, row: Row, wish: Wish, most: int) -> list[Maker]:
        """A column's candidates in an order of chance, at most so many; the value that it has is among them."""
        found = list(wish.choices[name] if name in wish.choices else self.pool.of(name, wish.stage))
        self._random.shuffle(found)
        found = [constant(row[name]), *found[: most - 2]] if row[name] is not None else found[: most - 1]
        if self._table.column(name).nullable:
            found.insert(0 if self._random.random() < wish.nulls else len(found), constant(None))
        return found or [constant(row[name])]
