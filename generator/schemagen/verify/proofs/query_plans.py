"""Query patterns: each one runs, and the planner takes the indexes that its document names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from schemagen.databases.memory import insert
from schemagen.databases.scratch import Cause, StatementError
from schemagen.datagen.binding import Binder, bound
from schemagen.datagen.populate import TINY
from schemagen.engines.postgres.session import SUSPEND_TRIGGERS
from schemagen.engines.sqlite.types import is_row_number
from schemagen.verify.report import Claim

from .equivalence import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database, Refusal
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Index, Query, Schema, Table
    from schemagen.verify.report import Section
    from schemagen.verify.subject import Subject

CHUNK = 400
TRIES = 16

_INDEX = re.compile(r"USING (?:COVERING )?INDEX (.+?)(?= \(|$)")
_SCAN = re.compile(r"SCAN (\S+)(?: AS \S+)?$")
_KEY = re.compile(r"(?:SEARCH|SCAN) (\S+)(?: AS \S+)? USING (?:INTEGER )?PRIMARY KEY")
_BY_VALUE = {"btree", "hash"}  # methods that find a row by a value
_DELETION = re.compile(r"\bDELETE\b", re.IGNORECASE)


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
    database.run("VACUUM ANALYZE" if database.dialect.name == "postgres" else "ANALYZE")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a planner chose: the indexes and keys that it uses, the tables that it reads from end to end."""

    indexes: frozenset[str]
    scanned: frozenset[str]
    text: str


def explain(database: Database, schema: Schema, statement: str, sources: Mapping[str, Table]) -> Plan:
    """The plan of a statement.

    Raises:
        StatementError: when the engine refuses the statement.
    """
    if database.dialect.name == "postgres":
        return _postgres_plan(database.run(f"EXPLAIN (FORMAT JSON) {statement}")[0][0][0]["Plan"])
    details = [str(row[3]) for row in database.run(f"EXPLAIN QUERY PLAN {statement}")]
    return _sqlite_plan(details, schema, sources)


def _postgres_plan(root: dict[str, Any]) -> Plan:
    nodes = list(_nodes(root))
    return Plan(
        frozenset(node["Index Name"] for node in nodes if "Index Name" in node)
        | frozenset(name for node in nodes for name in node.get("Conflict Arbiter Indexes", ())),
        frozenset(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"),
        "; ".join(_words(node) for node in nodes),
    )


def _words(node: dict[str, Any]) -> str:
    parts = (node["Node Type"], node.get("Index Name"), node.get("Relation Name"))
    return " ".join(part for part in parts if part)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _sqlite_plan(details: list[str], schema: Schema, sources: Mapping[str, Table]) -> Plan:
    text = "; ".join(details)
    named = {match[1] for detail in details if (match := _INDEX.search(detail))}
    keyed = {match[1] for detail in details if (match := _KEY.match(detail))}
    scanned = {match[1] for detail in details if (match := _SCAN.match(detail))}
    tables = {**schema.by_name, **sources}
    keys = {key.name for name in keyed if name in tables and (key := tables[name].primary_key)}
    return Plan(
        frozenset({_constraint(name, schema) for name in named} | keys),
        frozenset(tables[name].name for name in scanned if name in tables),
        text,
    )


_AUTOMATIC = re.compile(r"sqlite_autoindex_(.+)_(\d+)")


def _constraint(index: str, schema: Schema) -> str:
    """SQLite numbers the indexes of keys and unique constraints in the order in which a table writes them."""
    match = _AUTOMATIC.fullmatch(index)
    table = schema.by_name.get(match[1]) if match else None
    if match is None or table is None:
        return index
    key = table.primary_key
    names = [key.name] if key and not is_row_number(table, table.column(key.columns[0])) else []
    names += [unique.name for unique in table.uniques]
    number = int(match[2]) - 1
    return names[number] if number < len(names) else index


def prove_queries(subject: Subject) -> None:
    """Run every query pattern on synthetic rows and look at its plan; then look for indexes that nothing uses."""
    used = _used_by_queries(subject) if subject.schema.queries else set[str]()
    with subject.section(Claim.INDEXES) as section:
        prove_indexes(section, subject, used)


def _used_by_queries(subject: Subject) -> set[str]:
    """Prove the query patterns in a database of their own, full of rows: the indexes that they use."""
    schema = subject.schema
    used: set[str] = set()
    with subject.engine.database() as database:
        migrate(database, subject.output)
        with subject.section(Claim.QUERIES) as section:
            rows, reasons = subject.material.many
            for name, reason in reasons.items():
                section.untried(f"{name} is empty: {reason}")
            load(database, schema, rows)
            binder = Binder(schema, rows)
            for query in schema.queries:
                sql = query.sql.for_dialect(database.dialect.name)
                if sql is not None:
                    empty = [name for name in query.tables if name in reasons]
                    used |= _prove(section, database, subject, query, binder, empty)
    return used


def runnable(database: Database, schema: Schema, query: Query, binder: Binder) -> tuple[str, Refusal | None]:
    """A query with values of rows on which it runs, or the last try and why it was refused.

    What an INSERT stores may break a check that binds several columns; other rows give other values.
    """
    sql = query.sql.for_dialect(database.dialect.name) or ""
    statement, refusal = "", None
    for number in range(TRIES):
        statement = bound(sql, query, binder.values(query, (0.5 + number / TRIES) % 1), database.dialect)
        with database.scratch():
            refusal = database.attempt(statement, schema)
        if refusal is None:
            break
    return statement, refusal


def _prove(
    section: Section, database: Database, subject: Subject, query: Query, binder: Binder, empty: list[str]
) -> frozenset[str]:
    """Run and explain one query: the indexes that it uses. The plan of a query over an empty table tells nothing."""
    statement, refusal = runnable(database, subject.schema, query, binder)
    if refusal and refusal.cause is Cause.FOREIGN_KEY and _DELETION.search(statement):
        section.remark(f"query {query.name}: what it deletes is still referred to in all rows that were tried")
    elif refusal:
        section.fails(f"query {query.name}", "it runs", refusal.message, statement)
        return frozenset()
    section.holds()
    try:
        plan = explain(database, subject.schema, statement, binder.sources(statement))
    except StatementError as error:
        section.fails(f"query {query.name}", "it can be explained", error.refusal.message, statement)
        return frozenset()
    if empty:
        section.untried(f"query {query.name}: its plan is not proved, no rows of {', '.join(empty)} could be made")
        return plan.indexes | frozenset(query.uses)
    for name in query.uses:
        if name not in _of_engine(subject.schema, query, subject.dialect):
            continue
        if name in plan.indexes:
            section.holds()
        else:
            section.fails(f"query {query.name}", f"uses {name}", plan.text, statement)
    for name in sorted(plan.scanned):
        if f"query {query.name}" in subject.excused:
            section.remark(f"query {query.name} reads all of {name}, as a comment in the spec allows")
        else:
            _judge_scan(section, subject.schema.table(name), query, plan, statement)
    return plan.indexes


def _of_engine(schema: Schema, query: Query, dialect: Dialect) -> set[str]:
    """The indexes and keys of a query's tables that an engine has."""
    found: set[str] = set()
    for table in (schema.table(name) for name in query.tables):
        found.update(index.name for index in dialect.indexes(table))
        found.update(unique.name for unique in table.uniques)
        found.update([table.primary_key.name] if table.primary_key else [])
    return found


def _judge_scan(section: Section, table: Table, query: Query, plan: Plan, statement: str) -> None:
    if table.volume is not None and table.volume.rows <= TINY:
        section.holds()
    elif not _asks_for_some(statement, table.name):
        section.remark(f"query {query.name} reads all of {table.name}: it has no condition and no LIMIT")
    else:
        section.fails(f"query {query.name}", f"no sequential scan of {table.name}", plan.text, statement)


def _asks_for_some(statement: str, table: str) -> bool:
    """Whether a statement wants some rows of a table: where it is named, there is WHERE or LIMIT; FILTER is neither."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(statement, read="postgres")
    except sqlglot.errors.ParseError:
        return True
    for part in (tree, *tree.find_all(exp.Select)):
        sources = [part.args.get("this"), part.args.get("from_"), *(part.args.get("joins") or [])]
        named = {each.name for source in sources if source is not None for each in source.find_all(exp.Table)}
        if table in named and (part.args.get("where") or part.args.get("limit")):
            return True
    return False


def prove_indexes(section: Section, subject: Subject, used: set[str]) -> None:
    """Every index is used by a query, holds a rule, serves a foreign key, or says why it stands."""
    for table in subject.schema.tables:
        for index in subject.dialect.indexes(table):
            serves = any(_leads(_found_by(index), key.columns) for key in table.foreign_keys)
            if index.name in used or index.unique or index.reason or serves:
                section.holds()
            elif f"index {index.name}" in subject.excused:
                section.remark(f"index {index.name}: nothing uses it, as a comment in the spec allows")
            else:
                expected = "used by a query, unique, serving a foreign key, or with a reason"
                section.fails(f"index {index.name}", expected, "nothing uses it")
        for key in table.enforced_foreign_keys:
            if not any(columns and columns[0] in key.columns for columns in _access_paths(table, subject.dialect)):
                section.remark(
                    f"{table.name}: no index serves {key.name}, so a delete from {key.parent} reads the table"
                )


def _leads(columns: tuple[str, ...], key: tuple[str, ...]) -> bool:
    """Whether an index begins with the columns of a key in any order, or has no others."""
    return bool(columns) and (set(columns[: len(key)]) == set(key) or set(columns) <= set(key))


def _found_by(index: Index) -> tuple[str, ...]:
    """The columns by whose values an index finds rows: those before its first expression."""
    plain = takewhile(lambda element: element.column is not None, index.elements)
    return tuple(element.column or "" for element in plain) if index.method in _BY_VALUE else ()


def _access_paths(table: Table, dialect: Dialect) -> Iterator[tuple[str, ...]]:
    if table.primary_key:
        yield table.primary_key.columns
    yield from (unique.columns for unique in table.uniques)
    yield from (_found_by(index) for index in dialect.indexes(table) if index.where is None)
