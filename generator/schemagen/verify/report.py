"""What was proved: a ledger of facts while proofs run, and the report as text, JSON, Markdown and JUnit."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .codes import Code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemagen.base.diagnostics import Origin, Span


class Claim(StrEnum):
    """What a spec claims; one row of the report for each engine."""

    CATALOG = "catalog"
    ROLLBACKS = "rollbacks"
    ROWS = "rows kept"
    STEPS = "own steps"
    MODELS = "models"
    CONSTRAINTS = "constraints"
    ROW_RULES = "row rules"
    CASCADES = "cascades"
    EXAMPLES = "example rows"
    QUERIES = "query patterns"
    AGREEMENT = "agreement"
    DOCUMENTS = "documents"
    FILES = "files"
    LATENCY = "latency"


_CODES = {
    Claim.CATALOG: Code.OTHER_CATALOG,
    Claim.ROLLBACKS: Code.OTHER_CATALOG,
    Claim.EXAMPLES: Code.EXAMPLE_NOT_KEPT,
    Claim.QUERIES: Code.QUERY_REFUSED,
    Claim.MODELS: Code.OTHER_FILES,
    Claim.DOCUMENTS: Code.OTHER_FILES,
    Claim.FILES: Code.OTHER_FILES,
    Claim.LATENCY: Code.TOO_SLOW,
}
"""What most failures of a claim are; of every other one, that something behaves otherwise."""

BOTH = "both"
"""Stands for the engine where a fact is one of both, or of none."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One fact that does not hold: what was claimed of which engine and where, what was run, expected and seen."""

    code: Code
    claim: Claim
    engine: str
    subject: str
    expected: str
    seen: str
    statement: str = ""
    at: Span | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth telling that is not a failure; ``untried`` is a claim of which no fact could be looked at."""

    claim: Claim
    engine: str
    text: str
    untried: bool = False


@dataclass(slots=True)
class Row:
    """The facts of one claim on one engine, and how long they took."""

    claim: Claim
    engine: str
    facts: int = 0
    failures: int = 0
    seconds: float = 0.0


class TooManyFailures(Exception):  # noqa: N818  (it ends a run that was asked to stop early; nothing is wrong with it)
    """Raised by a ledger that stops at the first failure."""


class Section:
    """Where one proof writes down its facts for one claim on one engine."""

    def __init__(self, ledger: Ledger, row: Row) -> None:
        self._ledger = ledger
        self._row = row

    def holds(self, number: int = 1) -> None:
        """Count facts that hold."""
        self._row.facts += number

    def fails(
        self,
        subject: str,
        expected: str,
        seen: str,
        statement: str = "",
        *,
        code: Code | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Write down a fact that does not hold; without a code it has that of the claim.

        Raises:
            TooManyFailures: when the ledger stops at the first one.
        """
        self._row.facts += 1
        self._row.failures += 1
        claim, at = self._row.claim, self._ledger.place(origin) if origin else None
        found = code or _CODES.get(claim, Code.OTHER_BEHAVIOUR)
        self._ledger.add(Failure(found, claim, self._row.engine, subject, expected, seen, statement, at))

    def equal(self, subject: str, expected: object, seen: object, statement: str = "") -> bool:
        """One fact: that two values are equal; whether it holds."""
        if expected == seen:
            self.holds()
            return True
        self.fails(subject, str(expected), str(seen), statement)
        return False

    def remark(self, text: str) -> None:
        """Tell something that is not a failure."""
        self._ledger.remarks.append(Remark(self._row.claim, self._row.engine, text))

    def untried(self, text: str) -> None:
        """Tell what could not be tried, and why: the verdict counts it."""
        self._ledger.remarks.append(Remark(self._row.claim, self._row.engine, text, untried=True))


@dataclass(slots=True)
class Ledger:
    """Everything that the proofs of one run have found.

    ``progress`` is told what is being proved, ``place`` says where in the specs a part of the schema was written.
    ``steps`` is how many proofs there are once that is known, ``step`` the number of the one that runs.
    """

    progress: Callable[[str], None] = lambda _: None
    stop_at_failure: bool = False
    place: Callable[[Origin], Span | None] = lambda _: None
    rows: dict[tuple[Claim, str], Row] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    steps: int = 0
    step: int = 0

    def add(self, failure: Failure) -> None:
        """Keep a failure.

        Raises:
            TooManyFailures: when one is enough.
        """
        self.failures.append(failure)
        if self.stop_at_failure:
            raise TooManyFailures

    @contextmanager
    def section(self, claim: Claim, engine: str) -> Iterator[Section]:
        """Where the facts of a claim are written down; its time is that of the block."""
        row = self.rows.setdefault((claim, engine), Row(claim, engine))
        self.progress(f"{f'{self.step} of {self.steps}, ' if self.steps else ''}{engine}: {claim}")
        started = time.perf_counter()
        try:
            yield Section(self, row)
        finally:
            row.seconds += time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has proved, in the order in which claims are listed, and what it left out, with the reason.

    Failures stand in the order of their codes: what is wrong with the spec comes before what follows from it.
    """

    rows: tuple[Row, ...]
    failures: tuple[Failure, ...]
    remarks: tuple[Remark, ...]
    seconds: float
    engines: tuple[str, ...]
    latencies: tuple[Latency, ...] = ()

    @property
    def facts(self) -> int:
        """How many facts were looked at."""
        return sum(row.facts for row in self.rows)

    @property
    def untried(self) -> int:
        """How many claims could not be tried; one that both engines leave out counts once."""
        return len({(remark.claim, remark.text) for remark in self.remarks if remark.untried})


@dataclass(frozen=True, slots=True)
class Absence:
    """A query without one of the indexes that it uses: its median in milliseconds, and its plan."""

    index: str
    p50: float
    plan: str


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a query took: percentiles in milliseconds beside its target, its plan, and what its indexes are worth.

    ``absences`` has each index of the plan that can be dropped: one that is not unique.
    """

    query: str
    engine: str
    p50: float
    p95: float
    p99: float
    target: float | None
    rows: int
    scale: float
    plan: str
    absences: tuple[Absence, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the target is met; a query without one is only measured."""
        return self.target is None or self.p95 <= self.target


def collected(ledger: Ledger, engines: tuple[str, ...], seconds: float, latencies: tuple[Latency, ...] = ()) -> Report:
    """The report of a ledger that is complete."""
    order = list(Claim)
    rows = sorted((row for row in ledger.rows.values() if row.facts), key=lambda row: order.index(row.claim))
    failures = tuple(sorted(ledger.failures, key=lambda failure: failure.code))
    return Report(tuple(rows), failures, tuple(ledger.remarks), seconds, engines, latencies)
