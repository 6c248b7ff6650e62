"""What a table has beside its columns: keys, checks, indexes, options and triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import one_line
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.partitions import partition_clause, whole_partition
from schemagen.engines.postgres.numbering import create_sequence
from schemagen.schema.conflicts import conflict_action
from schemagen.schema.places import PlacedName
from schemagen.schema.rule_state import RuleState
from schemagen.schema.triggers import triggers_of
from schemagen.targets.python_code import Call, Code, Named, Text, quoted

from .columns import closed, composite_foreign_key, engine_sql, is_serial_key, needs_quotes
from .places import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.changes.migration import Statement
    from schemagen.engines.base import Dialect
    from schemagen.schema.conflicts import ConflictedRule
    from schemagen.schema.index import Index, IndexElement
    from schemagen.schema.model import Check, Schema, Table, Unique


def constraints(table: Table, schema: Schema) -> list[Code]:
    """The constraints and indexes of a table that are not part of a column."""
    found: list[Code] = []
    key = table.primary_key
    if key:
        conflict = _conflict(table, "primary key", key.columns)
        found.append(
            Call("sa.PrimaryKeyConstraint", *map(quoted, key.columns), Named("name", quoted(key.name)), *conflict)
        )
    found += [composite_foreign_key(key, table, schema) for key in table.enforced_foreign_keys if len(key.columns) > 1]
    found += [_unique(unique, table) for unique in table.uniques]
    checks = (check for check in table.checks if check.state is RuleState.VALID)
    found += [_check(check) for check in checks if check.sql.postgres or check.sql.sqlite]
    found += _indexes(table)
    return found


def options(table: Table) -> list[tuple[str, Code]]:
    """The keyword arguments of the table itself."""
    found: list[tuple[str, Code]] = []
    if table.description:
        found.append(("comment", Text(one_line(table.description))))
    if table.partition:
        clause = partition_clause(POSTGRES, table).removeprefix("PARTITION BY ")
        found.append(("postgresql_partition_by", Text(clause)))
    if table.sqlite.strict:
        found.append(("sqlite_strict", "True"))
    if table.sqlite.without_rowid:
        found.append(("sqlite_with_rowid", "False"))
    elif table.primary_key and [table.column(name).identity for name in table.primary_key.columns] == [True]:
        found.append(("sqlite_autoincrement", "True"))
    if needs_quotes(table.name) and not isinstance(table.name, PlacedName):
        found.append(("quote", "True"))
    return found


def rules(table: Table, schema: Schema) -> Call:
    """``db.Rules(…)``: the checks that types imply, sequences, a partition and triggers."""
    arguments = [*_type_checks("sqlite_checks", SQLITE, table), *_type_checks("postgres_checks", POSTGRES, table)]
    serials = (column for column in table.columns if column.serial and not is_serial_key(column, table))
    sequences = [create_sequence(table.name, column) for column in serials]
    if sequences:
        arguments.append(Named("sequences", _texts(sequences)))
    if schema.has_whole_partition(table):
        arguments.append(Named("partitions", _texts([whole_partition(POSTGRES, table)])))
    triggers = [
        Call(
            "db.Trigger",
            Named("sqlite", _texts(SQLITE.create_trigger(trigger, schema))),
            Named("postgres", _texts(POSTGRES.create_trigger(trigger, schema))),
            Named("drop_sqlite", _texts(SQLITE.drop_trigger(trigger, schema))),
            Named("drop_postgres", _texts(POSTGRES.drop_trigger(trigger, schema))),
        )
        for trigger in triggers_of(table)
    ]
    if triggers:
        arguments.append(Named("triggers", Call("", *triggers, brackets="[]")))
    return Call("db.Rules", *arguments)


def _type_checks(name: str, dialect: Dialect, table: Table) -> list[Code]:
    checks = (dialect.type_check(table, column) for column in table.columns)
    items = [Named(quoted(check.name), Text(closed(check.sql)), ": ") for check in checks if check]
    return [Named(name, Call("", *items, brackets="{}"))] if items else []


def _texts(statements: Iterable[Statement]) -> Call:
    return Call("", *(Text(statement.sql) for statement in statements), brackets="[]")


def _unique(unique: Unique, table: Table) -> Call:
    more = [] if unique.nulls_distinct else [_NULLS_NOT_DISTINCT]
    more += _conflict(table, "unique", unique.columns)
    return Call("sa.UniqueConstraint", *map(quoted, unique.columns), Named("name", quoted(unique.name)), *more)


def _conflict(table: Table, kind: ConflictedRule, columns: tuple[str, ...]) -> list[Named]:
    action = conflict_action(table.sqlite.on_conflict, kind, columns)
    return [Named("sqlite_on_conflict", quoted(action))] if action else []


_NULLS_NOT_DISTINCT = Named("postgresql_nulls_not_distinct", "True")


def _check(check: Check) -> Call:
    postgres, sqlite = check.sql.postgres, check.sql.sqlite
    text = engine_sql(postgres and closed(postgres), sqlite and closed(sqlite))
    return _only(Call("sa.CheckConstraint", text, Named("name", quoted(check.name))), postgres, sqlite)


def _only(made: Call, postgres: object, sqlite: object) -> Call:
    """The same, or left to the one engine that has it."""
    if postgres and sqlite:
        return made
    return Call("db.only", "db.POSTGRES" if postgres else "db.SQLITE", made)


def _indexes(table: Table) -> list[Code]:
    postgres = {index.name for index in POSTGRES.indexes(table)}
    sqlite = {index.name for index in SQLITE.indexes(table)}
    return [
        _only(_index(index), index.name in postgres, index.name in sqlite)
        for index in table.indexes
        if index.name in postgres or index.name in sqlite
    ]


def _index(index: Index) -> Call:
    arguments: list[Code] = [name_of(index.name), *map(_element, POSTGRES.index_elements(index))]
    if index.unique:
        arguments.append("unique=True")
    if not index.nulls_distinct:
        arguments.append(_NULLS_NOT_DISTINCT)
    method = POSTGRES.index_method(index)
    if method:
        arguments.append(Named("postgresql_using", quoted(method)))
    if index.include:
        arguments.append(Named("postgresql_include", Call("", *map(quoted, index.include), brackets="[]")))
    if index.where:
        for engine, text in (("postgresql", index.where.postgres), ("sqlite", index.where.sqlite)):
            if text is not None:
                arguments.append(Named(f"{engine}_where", engine_sql(text, text)))
    return Call("sa.Index", *arguments)


def _element(element: IndexElement) -> Code:
    postgres = POSTGRES.index_element(element) if element.sql is None or element.sql.postgres else None
    sqlite = SQLITE.index_element(element) if element.sql is None or element.sql.sqlite else None
    if (
        element.column is not None
        and postgres == POSTGRES.quote(element.column)
        and sqlite == SQLITE.quote(element.column)
    ):
        return quoted(element.column)
    return engine_sql(postgres, sqlite)
