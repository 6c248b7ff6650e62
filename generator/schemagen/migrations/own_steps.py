"""A step of an author's own as a migration: its SQL resolved against the tables that it finds, and its proof as SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.spelling import did_you_mean
from schemagen.changes.halves import Gate
from schemagen.changes.migration import Migration, Statement, Step
from schemagen.changes.records import ChangeRecord, StepRun
from schemagen.engines.postgres.batches import batched
from schemagen.engines.postgres.session import begun, begun_online
from schemagen.engines.postgres.statements import LOCK_TIMEOUT
from schemagen.schema.dialect import DIALECTS, Sql

from .proof_rows import ProofError, checks, inserts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema
    from schemagen.schema.own_steps import OwnStep, WrittenSql
    from schemagen.spec.source import Sources

    from .proof_rows import Pairs

    Texts = Mapping[DialectName, Sequence[str]]

BAD_SQL = "SG304"
NO_BATCH = "SG446"

_TARGET = re.compile(
    r'\s*(?:insert\s+into|update(?:\s+only)?|delete\s+from(?:\s+only)?)\s+("(?:[^"]|"")+"|\w+)', re.IGNORECASE
)
_FIRST = re.compile(r"\s*(insert|update|delete|select|with|merge|replace)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What the lock keeps of a step: its name and hash, its number, and the SQL of its proof.

    ``number`` is None for one that was in the specs when the history began: there were no rows that it could change.
    ``given`` inserts rows, ``before`` and ``after`` are queries that are true before and after it, ``rest`` finds the
    rows for which it is still to be done.
    """

    name: str
    sha256: str
    number: int | None = None
    given: tuple[Sql, ...] = ()
    before: tuple[Sql, ...] = ()
    after: tuple[Sql, ...] = ()
    rest: Sql | None = None


@dataclass(slots=True)
class StepResolver:
    """Resolves steps against one schema; ``wrong`` collects every mistake."""

    schema: Schema
    sources: Sources
    wrong: list[Diagnostic] = field(default_factory=list)

    def migration(self, own: OwnStep, number: int) -> tuple[Step, StepRecord]:
        """A step under its number, and what the lock keeps of it; after mistakes neither is good for anything."""
        up, down = self._texts(own, "up", own.up), self._texts(own, "down", own.down)
        record = StepRecord(own.name, own.sha256, number, *self._proof(own), rest=self.rest(own))
        whole = self._batched(own, up["postgres"]) if own.batch else None
        header = tuple(_header(own))
        lost = () if own.down.postgres else (f"no row: what step {own.name} has done can't be taken back, and stays",)

        def migration(dialect: DialectName, there: tuple[Statement, ...], back: tuple[Statement, ...]) -> Migration:
            return Migration(
                number=number,
                name=own.name,
                dialect=dialect,
                statements=there,
                rollback=back,
                header=header,
                transactional=dialect == "sqlite" or whole is None,
                rollback_losses=lost,
                altering=True,
            )

        there, back = (_analyzed(texts["postgres"]) for texts in (up, down))
        if whole:
            there = (whole, *there[1:])
            on_postgres = migration("postgres", begun_online(there), begun_online(back))
        else:
            on_postgres = migration("postgres", _transaction(there), _transaction(back))
        on_sqlite = migration("sqlite", *(tuple(map(Statement, texts["sqlite"])) for texts in (up, down)))
        text = f"step {own.name}: {own.description}" if own.description else f"step {own.name}"
        return Step(on_sqlite, on_postgres, (ChangeRecord(text, StepRun(own.name)),)), record

    def rest(self, own: OwnStep) -> Sql | None:
        """What finds the rows for which a step is still to be done."""
        if own.done is None:
            return None
        texts = self._texts(own, "done", own.done)
        if any(len(each) > 1 for each in texts.values()):
            self._error(BAD_SQL, "`done` is one SELECT", _at(own, "done"), "join the queries by UNION ALL")
            return None
        return Sql(*("".join(texts[dialect]) for dialect in ("postgres", "sqlite")))

    def _texts(self, own: OwnStep, key: str, written: WrittenSql) -> Texts:
        if written.sqlite is not None:
            listed: Texts = {"postgres": written.postgres, "sqlite": written.sqlite}
            for dialect in DIALECTS:
                for text in listed[dialect]:
                    self._look_at(own, key, text, dialect)
            return listed
        pairs = [pair for text in written.postgres if (pair := self._translated(own, key, text))]
        return {dialect: [pair.for_dialect(dialect) or "" for pair in pairs] for dialect in DIALECTS}

    def _translated(self, own: OwnStep, key: str, text: str) -> Sql | None:
        from schemagen.sql import SqlError, query  # heavy, and not needed by specs without steps

        at = _at(own, key)
        try:
            parsed = query(text, self.schema.by_name, can_search=False)
        except SqlError as problem:
            hint = (problem.hint or "").replace("`sql: {", f"`{key}: {{")
            self._error(BAD_SQL, f"step `{own.name}`: {problem}", at, hint)
            return None
        if parsed.parameters:
            name = parsed.parameters[0].name
            self._error(BAD_SQL, f"step `{own.name}`: nothing gives `:{name}` a value", at, "write the value itself")
        elif parsed.writes == (key == "done"):
            what = "`done` changes rows" if parsed.writes else f"`{key}` changes nothing"
            self._error(BAD_SQL, f"step `{own.name}`: {what}", at, "`up` and `down` change rows, `done` is a SELECT")
        return parsed.sql

    def _look_at(self, own: OwnStep, key: str, text: str, dialect: DialectName) -> None:
        """What can be reported of an engine's own text; SQLite reports the rest at once, PostgreSQL in ``verify``."""
        from schemagen.sql.own_text import misnamed_in_query

        at = _at(own, key, dialect)
        if not _FIRST.match(text):
            hint = "tables, indexes and the like are described in `tables`; a step is INSERT, UPDATE and DELETE"
            self._error(BAD_SQL, f"step `{own.name}` does something else than to change rows", at, hint)
        problem = misnamed_in_query(text, self.schema.by_name) if dialect == "postgres" else None
        if problem:
            self._error(BAD_SQL, f"step `{own.name}`: {problem}", at, problem.hint or "")

    def _batched(self, own: OwnStep, texts: Sequence[str]) -> Statement | None:
        batch = own.batch
        table = self.schema.by_key.get(batch.table) if batch else None
        if batch is None or (not texts and self.wrong):
            return None
        at = _at(own, "batch")
        if table is None:
            hint = did_you_mean(batch.table, self.schema.by_key) or "name a table that `up` reads"
            self._error(NO_BATCH, f"step `{own.name}`: there is no table `{batch.table}`", at.child("table"), hint)
            return None
        found = batched(texts[0], table, batch.alias, batch.rows) if len(texts) == 1 else None
        if found is None:
            message = f"step `{own.name}` can't be cut along `{batch.table}`"
            hint = (
                "`up` is one INSERT … SELECT, UPDATE or DELETE whose outermost FROM, or target, is the table under "
                "that name, without GROUP BY, DISTINCT, LIMIT and WITH; the table has a primary key"
            )
            self._error(NO_BATCH, message, at, hint)
        return found

    def _proof(self, own: OwnStep) -> tuple[Pairs, Pairs, Pairs]:
        found: list[Pairs] = []
        parts = ((inserts, "given", own.given), (checks, "given", own.given), (checks, "then", own.then))
        for make, key, rows in parts:
            try:
                found.append(make(rows, self.schema, whole=key == "then"))
            except ProofError as problem:
                found.append(())
                at = _at(own, "proof", key, *problem.path)
                if all(one.message != str(problem) for one in self.wrong):
                    self._error("SG114", str(problem), at, problem.hint)
        return found[0], found[1], found[2]

    def _error(self, code: str, message: str, at: Origin, hint: str) -> None:
        self.wrong.append(Diagnostic(code, message, self.sources.span(at), path=at.dotted(), hint=hint or None))


def _at(own: OwnStep, *keys: str | int) -> Origin:
    assert own.origin is not None  # noqa: S101  (every step comes from a spec)
    return own.origin.child(*keys)


def _analyzed(texts: Sequence[str]) -> tuple[Statement, ...]:
    """Statements, and ANALYZE of what they write: without it PostgreSQL plans what follows for a table of before.

    Source: PostgreSQL, "ANALYZE": the daemon comes only after the commit, and once in a while.
    """
    tables = dict.fromkeys(match[1] for text in texts if (match := _TARGET.match(text)))
    return (*map(Statement, texts), *(Statement(f"ANALYZE {table}") for table in tables))


def _transaction(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return begun((LOCK_TIMEOUT, *statements)) if statements else ()


def _header(own: OwnStep) -> list[str]:
    lines = [f"Step: {own.name}"]
    if own.description:
        lines.append(f"Purpose: {own.description}")
    if own.batch:
        lines.append(f"On PostgreSQL it commits after every {own.batch.rows} rows of {own.batch.table}.")
    return [*lines, "Run it again wherever it has stopped, or after rows have come: it changes what is left."]


def gates(steps: Sequence[OwnStep], schema: Schema, sources: Sources) -> tuple[Gate, ...]:
    """A gate for each step with a ``done`` that a schema can still answer."""
    found = []
    for own in steps:
        resolver = StepResolver(schema, sources)
        rest = resolver.rest(own)
        if rest and not resolver.wrong:
            found.append(Gate(own.name, rest))
    return tuple(found)


def refuse_wrong(resolver: StepResolver) -> None:
    """Stop at the mistakes of the steps.

    Raises:
        SchemagenError: with all of them.
    """
    if resolver.wrong:
        raise SchemagenError(resolver.wrong, resolver.sources)
