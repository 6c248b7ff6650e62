"""Turns a row that breaks checks into one that breaks none, or exactly those that it should.

A flaw is a condition that is not as it should be. One flaw after the other is taken, and the columns that it reads get
the candidates that leave the fewest flaws: SQLite looks at all combinations of them in one query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemagen.databases.memory import unmet
from schemagen.engines.dialects import SQLITE

from .candidate_values import EXTREME, Pool, ValueGenerator, constant
from .mentions import sources

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from random import Random

    from schemagen.databases.memory import Row, ScratchDatabase
    from schemagen.schema.model import Table

STEPS = 10
COMBINATIONS = 6_000


@dataclass(frozen=True, slots=True)
class RowRequirements:
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
    choices: Mapping[str, tuple[ValueGenerator, ...]] = field(default_factory=dict)
    nulls: float = 0.0
    stage: int = EXTREME


@dataclass(frozen=True, slots=True)
class Repaired:
    """A row as it was wished, and the makers of the values that are new in it."""

    row: Row
    generators: dict[str, ValueGenerator]


class Repairer:
    """Repairs rows of one table."""

    def __init__(self, scratch_database: ScratchDatabase, table: Table, random: Random) -> None:
        self._scratch_database = scratch_database
        self._table = table
        self._random = random
        self.candidates = Pool(table)
        self._checks = {check.name: check.sql for check in SQLITE.checks(table)}
        self._read = {sql: sources(table, sql) for sql in self._checks.values()}

    def repaired(self, row: Row, serial: int, requirements: RowRequirements) -> Repaired | None:
        """A row like this one that is as it was wished; None where none was found."""
        flaws = self._flaws(requirements)
        current, generators = dict(row), dict[str, ValueGenerator]()
        for _ in range(STEPS + len(self._checks)):
            is_unmet = self._scratch_database.unmet(self._table, current, list(flaws)) if flaws else []
            found = [flaw for flaw, is_so in zip(flaws, is_unmet, strict=True) if is_so]
            if not found:
                return Repaired(current, generators)
            changes = self._better(current, serial, self._random.choice(found), flaws, requirements)
            if changes is None:
                return None
            generators |= changes
            current |= {name: generator(serial) for name, generator in changes.items()}
        return None

    def _flaws(self, requirements: RowRequirements) -> dict[str, set[str]]:
        """An expression for each condition, 1 where it is not as wished, and the columns that it reads."""
        found: dict[str, set[str]] = {}
        for name, sql in self._checks.items():
            wrong = f"CASE WHEN NOT ({sql}) THEN 0 ELSE 1 END" if name in requirements.broken else unmet(sql)
            found[wrong] = self._read[sql]
        for sql in requirements.true:
            found[f"CASE WHEN ({sql}) THEN 0 ELSE 1 END"] = sources(self._table, sql)
        return found

    def _better(
        self, row: Row, serial: int, flaw: str, flaws: Mapping[str, set[str]], requirements: RowRequirements
    ) -> dict[str, ValueGenerator] | None:
        """Makers for the columns of one flaw with which it is gone, and as few others as may be are there."""
        free = sorted(name for name in flaws[flaw] if name in row and name not in requirements.fixed)
        if not free:
            return None
        most = int(COMBINATIONS ** (1 / len(free)))
        generators = {name: self._candidates(name, row, requirements, most) for name in free}
        values = {name: [generator(serial) for generator in listed] for name, listed in generators.items()}
        touched = [one for one, read in flaws.items() if not read.isdisjoint(free)]
        best = self._scratch_database.best(self._table, row, values, touched, perfect=True)
        best = best or self._scratch_database.best(
            self._table, row, values, [f"1000 * {flaw}", *touched], perfect=False
        )
        return None if best is None else {name: generators[name][place] for name, place in best.items()}

    def _candidates(self, name: str, row: Row, requirements: RowRequirements, most: int) -> list[ValueGenerator]:
        """A column's candidates in an order of chance, at most so many; the value that it has is among them."""
        found = list(
            requirements.choices[name] if name in requirements.choices else self.candidates.of(name, requirements.stage)
        )
        self._random.shuffle(found)
        found = [constant(row[name]), *found[: most - 2]] if row[name] is not None else found[: most - 1]
        if self._table.column(name).nullable:
            found.insert(0 if self._random.random() < requirements.nulls else len(found), constant(None))
        return found or [constant(row[name])]
