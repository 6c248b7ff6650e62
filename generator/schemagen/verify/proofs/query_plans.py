"""Query patterns: each one runs, and where the spec claims an index or a time, the planner makes it possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.databases.memory import insert
from schemagen.databases.refusals import Cause, StatementError
from schemagen.datagen.binding import Binder, bound
from schemagen.datagen.insertion import constants, filled_by_parameters
from schemagen.datagen.mentions import check_columns
from schemagen.datagen.populate import TINY
from schemagen.engines.dialects import SQLITE
from schemagen.engines.postgres.session import SUSPEND_TRIGGERS
from schemagen.schema.triggers import TriggerKind, triggers_of_schema
from schemagen.schema.vectors import VECTOR_METHODS
from schemagen.verify.codes import Code
from schemagen.verify.focus import is_asked
from schemagen.verify.plans import Way, alike, explain, longer
from schemagen.verify.report import Claim

from .equivalence import migrate
from .pruning import prove_pruning
from .query_functions import QueryCall, prove_functions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemagen.databases.memory import Row
    from schemagen.databases.refusals import Refusal
    from schemagen.databases.scratch import Database
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Schema, Table
    from schemagen.schema.query import Query
    from schemagen.verify.context import ProofContext
    from schemagen.verify.plans import Plan, Read
    from schemagen.verify.report import Section

CHUNK = 400
TRIES = 16


def load(database: Database, schema: Schema, rows: Mapping[str, list[Row]]) -> None:
    """Insert many rows without the work of triggers, and let the planner look at them."""
    if database.dialect.name == "sqlite":
        for (name,) in database.run("SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            database.run(f"DROP TRIGGER {database.dialect.quote(name)}")
    database.run("BEGIN")
    if database.dialect.name == "postgres":
        database.run(SUSPEND_TRIGGERS.sql)
    for name, listed in rows.items():
        for first in range(0, len(listed), CHUNK):
            database.run(insert(database.dialect, schema.table(name), listed[first : first + CHUNK]))
    database.run("COMMIT")
    for statement in _words(database.dialect, schema):
        database.run(statement)
    if database.dialect.name == "postgres":
        for statement in _counters(database.dialect, schema, rows):
            database.run(statement)
    database.run("VACUUM ANALYZE" if database.dialect.name == "postgres" else "ANALYZE")


def _words(dialect: Dialect, schema: Schema) -> Iterator[str]:
    """Statements that let full-text indexes which triggers keep go on with the rows."""
    kept = (trigger for trigger in triggers_of_schema(schema) if trigger.kind is TriggerKind.FULL_TEXT)
    return (statement.sql for trigger in kept for statement in dialect.create_trigger(trigger, schema))


def _counters(dialect: Dialect, schema: Schema, rows: Mapping[str, list[Row]]) -> Iterator[str]:
    """Statements that let identities go on behind the rows: PostgreSQL's sequences do not see given values."""
    for table in schema.tables:
        for column in (column for column in table.columns if column.identity and rows.get(table.name)):
            of = f"{sql_string(dialect.quote(table.name))}, {sql_string(column.name)}"
            greatest = f"max({dialect.quote(column.name)})"
            yield (
                f"SELECT setval(pg_get_serial_sequence({of}), {greatest}) "
                f"FROM {dialect.quote(table.name)} HAVING {greatest} > 0"
            )


def prove_queries(context: ProofContext) -> None:
    """Run every query pattern in a database of its own, full of rows, and look at its plan."""
    schema = context.schema
    queries = [query for query in schema.queries if is_asked(context.focus, query)]
    if not queries:
        return
    with context.engine.database() as database:
        migrate(database, context.output)
        with context.section(Claim.QUERIES) as section:
            filler, reasons = context.sample_rows.many
            for name, reason in reasons.items():
                section.untried(f"{name} is empty: {reason}")
            load(database, schema, filler.rows)
            binder = Binder(schema, filler)
            calls = []
            for query in queries:
                if query.sql.for_dialect(database.dialect.name) is not None:
                    call = runnable(database, schema, query, binder)
                    _prove(section, database, context, call, binder, [name for name in query.tables if name in reasons])
                    calls.append(call)
            prove_functions(section, context, database, calls)


def runnable(database: Database, schema: Schema, query: Query, binder: Binder) -> QueryCall:
    """A query with values of rows on which it runs, or the last try and why it was refused.

    What an UPDATE or a DELETE does depends on the rows that it finds; other rows give other values. One without an
    end is tried once.
    """
    sql = query.sql.for_dialect(database.dialect.name) or ""
    number = 0
    while True:
        values = binder.values(query, (0.5 + number / TRIES) % 1)
        statement = bound(sql, query, values, database.dialect)
        with database.scratch():
            refusal = database.attempt(statement, schema)
        number += 1
        if refusal is None or refusal.cause is Cause.TIME or number == TRIES:
            return QueryCall(query, values, statement, refusal)


def _prove(
    section: Section, database: Database, context: ProofContext, call: QueryCall, binder: Binder, empty: list[str]
) -> None:
    """Run and explain one query. The plan of a query over an empty table tells nothing."""
    query, statement, refusal = call.query, call.statement, call.refusal
    if refusal and not depends_on_values(context.schema, query, refusal):
        section.fails(f"query {query.name}", "it runs", refusal.message, statement, origin=query.origin)
        return
    if refusal:
        section.untried(f"query {query.name}: all values that were tried are refused: {refusal.message}")
    else:
        section.holds()
    if not empty:
        _prove_plan(section, database, context, query, [statement, _narrow(database, query, binder)])
    elif _is_claimed(query):
        section.untried(f"query {query.name}: its plan is not proved, no rows of {', '.join(empty)} could be made")


def depends_on_values(schema: Schema, query: Query, refusal: Refusal) -> bool:
    """Whether a query that was refused may run with other values or rows: a check of what it writes itself can't.

    A parameter is NULL where no value was found that a column takes.
    """
    sql = query.sql.sqlite or query.sql.postgres or ""
    if refusal.cause is Cause.NOT_NULL:
        return refusal.name.rpartition(".")[2] in filled_by_parameters(schema, sql)
    if refusal.cause is Cause.CHECK:
        written = constants(schema, sql)
        checks = ((table, check) for table in map(schema.table, query.tables) for check in SQLITE.checks(table))
        read = (check_columns(table, check.sql) for table, check in checks if check.name == refusal.name)
        return not any(set(columns) <= written.keys() for columns in read)
    return refusal.cause in {Cause.UNIQUE, Cause.FOREIGN_KEY}


def _narrow(database: Database, query: Query, binder: Binder) -> str:
    """A query with values that leave few rows: of `n > :n` it depends on them whether an index is of use."""
    sql = query.sql.for_dialect(database.dialect.name) or ""
    return bound(sql, query, binder.values(query, narrow=True), database.dialect)


def _prove_plan(
    section: Section, database: Database, context: ProofContext, query: Query, statements: Iterable[str]
) -> None:
    """Judge the first plan that is as the spec claims; where there is none, that of the first statement."""
    proofs: list[PlanProof] = []
    for statement in statements:
        try:
            plan = explain(database, context.schema, statement)
        except StatementError as error:
            expected, seen = "it can be explained", error.refusal.message
            section.fails(f"query {query.name}", expected, seen, statement, origin=query.origin)
            return
        proofs.append(PlanProof(context, query, plan, statement))
        if not proofs[-1].problems:
            break
    proof = proofs[0] if proofs[-1].problems else proofs[-1]
    proof.write_down(section)
    prove_pruning(section, context.schema, query, proof.plan, proof.statement)


def _is_claimed(query: Query) -> bool:
    """Whether the spec says how fast a query is: only then is a slow plan a failure."""
    return bool(query.uses) or query.p95_ms is not None


@dataclass(frozen=True, slots=True)
class PlanProof:
    """The plan of one query beside what the spec claims of it."""

    context: ProofContext
    query: Query
    plan: Plan
    statement: str

    @property
    def problems(self) -> list[tuple[Code, str]]:
        """What fails, with what was expected: the paths that are not taken, then slow reads of the other tables."""
        missed = {name: table for name, table in self._named.items() if not self._is_taken(name, table)}
        found = [(Code.PATH_NOT_TAKEN, f"uses {name}") for name in missed]
        if _is_claimed(self.query) and not self._is_suppressed and not self._compares_all:
            slow = [read for read in self._slow if read.way in _EXPECTED and self._table(read) not in missed.values()]
            found += [(Code.READS_ALL, _EXPECTED[read.way].format(table=read.table, path=read.path)) for read in slow]
        return found

    def _is_taken(self, name: str, table: Table) -> bool:
        return bool(alike(table, name) & self.plan.used or longer(table, name) & self.plan.found)

    def write_down(self, section: Section) -> None:
        """Count what holds, and tell what fails and what is only worth a remark."""
        section.holds(len(self._named) - sum(code is Code.PATH_NOT_TAKEN for code, _ in self.problems))
        context, seen = f"query {self.query.name}", self.plan.text
        skipped = [read.path for read in self.plan.reads if read.way is Way.SKIPPED]
        if skipped:
            seen += f" (a skip scan of {', '.join(skipped)}: nothing is asked of its first column)"
        for code, expected in self.problems:
            section.fails(context, expected, seen, self.statement, code=code, origin=self.query.origin)
        for read in dict.fromkeys(self.plan.reads):
            if read.way is Way.ALL and not read.path:
                section.remark(f"query {self.query.name} reads all of {read.table}: it has no condition and no LIMIT")
        if self._is_suppressed or not _is_claimed(self.query) or self._compares_all:
            why = "as the spec or the settings allow" if self._is_suppressed else "it claims no index and no p95_ms"
            why = "SQLite has no index of vectors" if self._compares_all else why
            for read in self._slow:
                what = _SLOW[read.way].format(table=read.table, path=read.path)
                section.remark(f"query {self.query.name} {what}; {why}")

    @property
    def _named(self) -> dict[str, Table]:
        """The paths of `uses` that this engine has, each with its table."""
        tables = [self.context.schema.table(name) for name in self.query.tables]
        there = {name: table for table in tables for name in _of_engine(table, self.context.dialect)}
        return {name: there[name] for name in self.query.uses if name in there}

    @property
    def _compares_all(self) -> bool:
        """Whether the query claims an index of vectors, which SQLite lacks: it compares every row."""
        tables = [self.context.schema.table(name) for name in self.query.tables]
        nearest = {index.name for table in tables for index in table.indexes if index.method in VECTOR_METHODS}
        return self.context.dialect.name == "sqlite" and not nearest.isdisjoint(self.query.uses)

    @property
    def _is_suppressed(self) -> bool:
        return f"query {self.query.name}" in self.context.suppressed

    def _table(self, read: Read) -> Table | None:
        return self.context.schema.by_name.get(read.table)

    @property
    def _slow(self) -> list[Read]:
        """The slow ways to read tables that are not small."""
        tables = ((read, self._table(read)) for read in dict.fromkeys(self.plan.reads) if read.way in _SLOW)
        return [read for read, table in tables if table and (table.volume is None or table.volume.rows > TINY)]


_SLOW = {
    Way.WHOLE: "reads all of {table}",
    Way.WALKED: "walks all of {path}",
    Way.BUILT: "makes an index over {table} at every run",
    Way.SKIPPED: "skips through {path}, asking nothing of its first column (which has to have few values)",
}
_EXPECTED = {
    Way.WHOLE: "no whole read of {table}",
    Way.WALKED: "no walk over all of {path}",
    Way.BUILT: "no index over {table} that is made for one run",
}


def _of_engine(table: Table, dialect: Dialect) -> set[str]:
    """The indexes and keys of a table that an engine has."""
    key = {table.primary_key.name} if table.primary_key else set()
    indexes = {index.name for index in dialect.indexes(table)}
    indexes |= {index.name for index in table.indexes if index.is_full_text}
    return key | indexes | {unique.name for unique in table.uniques}
