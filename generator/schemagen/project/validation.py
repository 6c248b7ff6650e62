"""Every new statement parsed in its dialect, those of SQLite run in memory, every check and example evaluated there."""

from __future__ import annotations

import re
from contextlib import closing, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, Severity
from schemagen.base.graph import reachable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from schemagen.base.diagnostics import Origin, Span
    from schemagen.changes.migration import Migration, Statement, Step
    from schemagen.engines.base import Dialect
    from schemagen.resolve.loaded import Loaded
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Check, Schema, Table, Value
    from schemagen.schema.types import Native
    from schemagen.spec.source import Sources

UNPARSED = "SG310"
REFUSED = "SG311"
NOT_EVALUATED = "SG312"
BROKEN_EXAMPLE = "SG114"
BROKEN_DEFAULT = "SG112"

_TITLES: dict[DialectName, str] = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def validate_steps(loaded: Loaded, steps: Sequence[Step], base: Schema | None = None) -> tuple[Diagnostic, ...]:
    """What an engine would refuse of the steps' statements and of the schema's expressions.

    ``base`` is the schema that the steps change, None for those of a first build.

    Only expressions that an author wrote for SQLite alone, and mistakes of ours, come as far as this.
    """
    if not steps:
        return ()
    schema = loaded.schema
    places = _Places(loaded)
    natives = _Natives((schema, base) if base else (schema,))
    own = {sql for each in (schema, base) if each for sql in _own_texts(each)}
    return (*_unparsed(steps, places, natives, own), *_refused(steps, places, base), *_not_evaluated(schema, places))


def broken_examples(schema: Schema, sources: Sources) -> Iterator[Diagnostic]:
    """Example rows, and literal defaults, that a check of their own table refuses, as SQLite evaluates it.

    Checks of columns whose value only an engine can tell (a default in SQL, a generated column, an identity that is
    left out) are not looked at here. A default that breaks one is a warning: it may be meant to be given always.
    """
    tables = [table for table in schema.tables if table.checks and (table.examples or _defaults(table))]
    if not tables:
        return
    import sqlite3

    from schemagen.sql.authorizer import confine

    with closing(sqlite3.connect(":memory:")) as connection:
        confine(connection)
        for table in tables:
            defaults = _defaults(table)
            for check in _broken_checks(connection, table, defaults):
                yield _broken_default(table, check, defaults, sources)
            nulls = dict.fromkeys(column.name for column in table.columns if column.nullable and not column.default)
            for example in table.examples:
                for check in _broken_checks(connection, table, {**defaults, **nulls, **dict(example.values)}):
                    span = sources.span(example.origin) if example.origin else None
                    path = example.origin.dotted() if example.origin else ""
                    message = f"the example breaks the check `{check.name}` of `{table.name}`"
                    hint = f"change the row, or the check: {_start(check.sql.postgres or '')}"
                    yield Diagnostic(BROKEN_EXAMPLE, message, span, path, hint)


def _defaults(table: Table) -> dict[str, Value]:
    from schemagen.schema.model import LiteralDefault

    return {column.name: column.default.value for column in table.columns if isinstance(column.default, LiteralDefault)}


def _broken_default(table: Table, check: Check, defaults: Iterable[str], sources: Sources) -> Diagnostic:
    from schemagen.changes.renames import mentions

    names = [name for name in defaults if mentions(check.sql.sqlite or "", [name])]
    origin = table.column(names[0]).origin
    at = origin.child("default") if origin else None
    message = f"the default of {', '.join(f'`{name}`' for name in names)} breaks the check `{check.name}`"
    hint = f"change the default, or the check: {_start(check.sql.postgres or '')}"
    span, path = (sources.span(at), at.dotted()) if at else (None, "")
    return Diagnostic(BROKEN_DEFAULT, message, span, path, hint, Severity.WARNING)


def _broken_checks(connection: sqlite3.Connection, table: Table, row: Mapping[str, Value]) -> Iterator[Check]:
    """The checks that read nothing but the columns of a row, at least one, and are false for it."""
    import sqlite3

    from schemagen.changes.renames import mentions
    from schemagen.engines.dialects import SQLITE

    unknown = [column.name for column in table.columns if column.generated or column.name not in row]
    known = [column for column in table.columns if column.name not in unknown]
    values = ", ".join(f"{SQLITE.literal(one.type, row[one.name])} AS {SQLITE.quote(one.name)}" for one in known)
    for check in table.checks:
        text = check.sql.sqlite
        if text is not None and mentions(text, [one.name for one in known]) and not mentions(text, unknown):
            with suppress(sqlite3.Error):  # what cannot be evaluated is told by itself
                (result,) = connection.execute(f"SELECT ({text}) FROM (SELECT {values})").fetchone()
                if result == 0:
                    yield check


class _Places:
    """Where the specs speak of what a step makes."""

    def __init__(self, loaded: Loaded) -> None:
        from schemagen.migrations.first_build import snake_case

        self._sources = loaded.sources
        self._made = {f"create_{snake_case(table.name)}": table.origin for table in loaded.schema.tables}
        self._made |= {own.name: own.origin for own in loaded.steps}
        first = next((item.origin for item in loaded.schema.attached), None)
        self._made |= dict.fromkeys(("create_views", "create_objects", "create_views_and_objects"), first)

    def span(self, origin: Origin | None) -> Span | None:
        return self._sources.span(origin, key=True) if origin else None

    def of_step(self, step: Step) -> tuple[Span | None, str]:
        """Where the table is written that a step makes, and its path."""
        origin = self._made.get(step.name)
        return self.span(origin), origin.dotted() if origin else ""


class _Natives:
    """Types that an author wrote for one engine: sqlglot knows few of them, so it is not asked about them."""

    def __init__(self, schemas: Iterable[Schema]) -> None:
        self._schemas = tuple(schemas)

    def hidden(self, sql: str, dialect: DialectName) -> str:
        """A statement with ``text`` in place of each such type, as far as the type's text is that of a type."""
        for name, type_ in self._columns[dialect]:
            beginning = rf"(?<![^\s(])({re.escape(name)}\s+){re.escape(type_)}(?![\w(.])"
            sql = re.sub(beginning, r"\1text " if not type_ else r"\1text", sql)
        return sql

    @cached_property
    def _columns(self) -> dict[DialectName, list[tuple[str, str]]]:
        """Names and types as statements have them, long types first."""
        from schemagen.engines.dialects import POSTGRES, SQLITE
        from schemagen.schema.types import Native

        found = {
            (column.name, column.type)
            for schema in self._schemas
            for table in schema.tables
            for column in table.columns
            if isinstance(column.type, Native)
        }
        written = {
            dialect: {(dialect.quote(name), _text(type_, dialect)) for name, type_ in found}
            for dialect in (POSTGRES, SQLITE)
        }
        return {
            dialect.name: sorted((pair for pair in pairs if _TYPE.fullmatch(pair[1])), key=_longest_first)
            for dialect, pairs in written.items()
        }


def _longest_first(pair: tuple[str, str]) -> tuple[int, tuple[str, str]]:
    return -len(pair[1]), pair


def _text(type_: Native, dialect: Dialect) -> str:
    return type_.postgres if dialect.name == "postgres" else type_.sqlite


_TYPE = re.compile(r"[\w .\"]*(\([\w ,.\"-]*\))?[\w ]*(\[\d*\])*")
"""What a type may look like that is only left to the engine: words, one pair of brackets, and dimensions."""


def _own_texts(schema: Schema) -> Iterator[str]:
    """Statements of authors' own SQL, which is kept as it is: its engine is asked, not a parser."""
    from schemagen.base.escape import sql_string
    from schemagen.engines.attached import altered_sequence, commented, creation, removal
    from schemagen.engines.dialects import POSTGRES, SQLITE

    for item in schema.attached:
        for dialect in (POSTGRES, SQLITE):
            yield from (each.sql for each in (*creation(dialect, item), *removal(dialect, item)))
        if item.kind == "sequence" and item.sql.postgres:
            texts = ("CREATE SEQUENCE s", "CREATE UNLOGGED SEQUENCE s")
            yield from (each.sql for text in texts for each in altered_sequence(text, item.sql.postgres))
        if subject := commented(POSTGRES, item):
            yield from (f"{subject} IS {sql_string(text)}" for text in ("", item.description))


def _unparsed(steps: Sequence[Step], places: _Places, natives: _Natives, own: Container[str]) -> Iterator[Diagnostic]:
    from schemagen.sql.validate import validate_statement, validate_statements

    found = [
        (step, migration.dialect, statement.sql)
        for step in steps
        for migration in (step.sqlite, step.postgres)
        for statement in _all_statements(migration)
        if statement.sql not in own
    ]
    for place, problem in validate_statements((sql, dialect) for _, dialect, sql in found):
        step, dialect, sql = found[place]
        hidden = natives.hidden(sql, dialect)
        if hidden != sql and validate_statement(hidden, dialect) is None:
            continue
        message = f"{step.identifier} for {_TITLES[dialect]}: {problem}"
        yield Diagnostic(UNPARSED, message, *places.of_step(step), hint=problem.hint)


def _all_statements(migration: Migration) -> Iterable[Statement]:
    return (*migration.statements, *migration.rollback)


def _refused(steps: Sequence[Step], places: _Places, base: Schema | None) -> Iterator[Diagnostic]:
    from schemagen.sql.scratch_database import run_migrations

    scripts = [[statement.sql for statement in step.sqlite.statements] for step in steps]
    if base is not None:
        whole = [sql for script in scripts for sql in script]
        scripts = [["PRAGMA foreign_keys = ON", "BEGIN", *_before(base, whole), *whole]]
    for failure in run_migrations(scripts):
        step = steps[failure.place] if base is None else _owner(failure.sql, steps)
        message = f"SQLite refuses {step.identifier}: {failure.message}"
        yield Diagnostic(REFUSED, message, *places.of_step(step), hint=f"the SQL: {_start(failure.sql)}")


def _owner(sql: str, steps: Sequence[Step]) -> Step:
    """The step that a statement is from; what it makes is looked at when all have run."""
    found = (step for step in steps if any(statement.sql == sql for statement in step.sqlite.statements))
    return next(found, steps[0])


def _before(base: Schema, script: Sequence[str]) -> list[str]:
    """What makes the tables that a script finds, as far as SQLite looks at them.

    Those are the tables that it names, their children, and all ancestors of these, which their foreign keys and
    triggers need; with all of a large schema in one database every change would read the whole catalog.
    """
    from schemagen.changes.attached import tables_of
    from schemagen.engines import attached
    from schemagen.engines.attached import present
    from schemagen.engines.dialects import SQLITE
    from schemagen.migrations.first_build import creation

    text = "\n".join(script).lower()
    there = present(base.attached, "sqlite")
    under = tables_of((item for item in there if item.name.lower() in text), base)
    named = [table for table in base.tables if table.name.lower() in text or table.name in under]
    near = [*named, *(child for table in named for child, _ in base.children(table.name))]
    needed = reachable(
        [table.name for table in near], lambda name: (key.parent for key in base.table(name).foreign_keys)
    )
    tables = (table for table in base.tables if table.name in needed)
    made = [statement.sql for table in tables for statement in creation(SQLITE, table, base)]
    readable = [item for item in there if tables_of([item], base) <= needed]
    return [*made, *(statement.sql for item in readable for statement in attached.creation(SQLITE, item))]


def _not_evaluated(schema: Schema, places: _Places) -> Iterator[Diagnostic]:
    from schemagen.sql.scratch_database import RowExpression, evaluate

    found = [(table, *expression) for table in schema.tables for expression in _expressions(table)]
    rows = [RowExpression(sql, tuple(table.by_name)) for table, sql, _ in found]
    for failure in evaluate(rows):
        table, sql, origin = found[failure.place]
        message = f"SQLite cannot evaluate an expression of `{table.name}`: {failure.message}"
        path = origin.dotted() if origin else ""
        hint = f"the expression: {_start(sql)}"
        yield Diagnostic(NOT_EVALUATED, message, places.span(origin), path, hint)


def _expressions(table: Table) -> Iterator[tuple[str, Origin | None]]:
    """What SQLite computes for each row, and where it was written."""
    for check in table.checks:
        if check.sql.sqlite is not None:
            yield check.sql.sqlite, check.origin
    for column in table.columns:
        if column.generated and column.generated.sqlite is not None:
            yield column.generated.sqlite, column.origin


def _start(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= 100 else f"{line[:100]}…"  # noqa: PLR2004  (about a line)
