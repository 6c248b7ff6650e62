"""What the models need beside columns: SQL text of each engine, triggers, and connections that keep foreign keys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler

Item = TypeVar("Item", sa.Index, sa.CheckConstraint)

SQLITE = "sqlite"
POSTGRES = "postgresql"


class EngineSql(sa.ColumnElement[Any]):
    """SQL that reaches each engine byte for byte: no colon is a parameter in it, no percent sign a format."""

    inherit_cache = False

    def __init__(self, postgres: str, sqlite: str) -> None:
        self.by_engine = {POSTGRES: postgres, SQLITE: sqlite}


class Statement(ExecutableDDLElement):
    """A statement that is sent as it stands."""

    inherit_cache = False

    def __init__(self, text: str) -> None:
        self.text = text


@compiles(EngineSql)
def _engine_sql(element: EngineSql, compiler: SQLCompiler, **_: Any) -> str:
    return compiler.process(sa.literal_column(element.by_engine[compiler.dialect.name]))


@compiles(Statement)
def _statement(element: Statement, compiler: DDLCompiler, **_: Any) -> str:
    return compiler.sql_compiler.process(sa.literal_column(element.text))


@compiles(sa.schema.CreateColumn, SQLITE)
def _create_column(element: Any, compiler: Any, **options: Any) -> str:
    """SQLite wants AUTOINCREMENT on the column; SQLAlchemy forgets the name of the key there."""
    text: str = compiler.visit_create_column(element, **options) or ""
    key, inline = element.element.table.primary_key, " PRIMARY KEY AUTOINCREMENT"
    if key.name is None or not text.endswith(inline):
        return text
    name = compiler.preparer.format_constraint(key)
    return f"{text.removesuffix(inline)} CONSTRAINT {name}{inline}"


def sql(text: str = "", *, postgres: str = "", sqlite: str = "") -> EngineSql:
    """SQL text for both engines, or one text for each."""
    return EngineSql(postgres or text, sqlite or text)


def only(engine: str, item: Item) -> Item:
    """An index or a check that one engine has and the other has not; ``info`` tells Alembic's env.py which."""
    item.info["only"] = engine
    item.ddl_if(dialect=engine)
    return item


@dataclass(frozen=True)
class Trigger:
    """What makes and drops one trigger on each engine."""

    sqlite: Sequence[str]
    postgres: Sequence[str]
    drop_sqlite: Sequence[str]
    drop_postgres: Sequence[str]


def complete(
    model: type[SQLModel] | sa.Table,
    *,
    sqlite_checks: Mapping[str, str] = MappingProxyType({}),
    postgres_checks: Mapping[str, str] = MappingProxyType({}),
    triggers: Sequence[Trigger] = (),
) -> None:
    """Give a table what SQLModel cannot say.

    Args:
        model: the class, or the Core table.
        sqlite_checks: the checks that the types of columns imply on SQLite, by name.
        postgres_checks: the same on PostgreSQL.
        triggers: made after the table by ``create_all``, dropped before it by ``drop_all``.
    """
    table = model if isinstance(model, sa.Table) else _described(model)
    for engine, checks in ((SQLITE, sqlite_checks), (POSTGRES, postgres_checks)):
        for name, text in checks.items():
            table.append_constraint(only(engine, sa.CheckConstraint(sql(text), name=name)))
    event.listen(table, "before_create", _with_its_foreign_keys)
    for trigger in triggers:
        _listen(table, "after_create", SQLITE, trigger.sqlite)
        _listen(table, "after_create", POSTGRES, trigger.postgres)
        _listen(table, "before_drop", SQLITE, trigger.drop_sqlite)
        _listen(table, "before_drop", POSTGRES, trigger.drop_postgres)


def _with_its_foreign_keys(table: sa.Table, _connection: Any, **_options: Any) -> None:
    """SQLAlchemy adds a foreign key of a cycle later on PostgreSQL, and from then on leaves it out of CREATE TABLE.

    SQLite cannot add it later, so a process that creates the tables on both would have it on one only.
    """
    for constraint in table.foreign_key_constraints:
        constraint._create_rule = None  # noqa: SLF001  (SQLAlchemy sets it and never takes it back)


def _described(model: type[SQLModel]) -> sa.Table:
    """The table of a class, the description of each field now the comment of its column."""
    mapper = sa.inspect(model)
    for name, field in model.model_fields.items():
        mapper.columns[name].comment = field.description
    table: sa.Table = mapper.local_table
    return table


def _listen(table: sa.Table, moment: str, engine: str, statements: Sequence[str]) -> None:
    for statement in statements:
        event.listen(table, moment, Statement(statement).execute_if(dialect=engine))


def _with_driver(url: sa.URL) -> sa.URL:
    plain = url.drivername in {"postgres", "postgresql"}
    return url.set(drivername="postgresql+psycopg") if plain else url


def make_engine(url: str | sa.URL, **options: Any) -> sa.Engine:
    """An engine on which SQLite keeps foreign keys and has real transactions, DDL and savepoints included.

    Args:
        url: where the database is, such as ``sqlite:///app.db`` or ``postgresql://…``.
        options: what ``sqlalchemy.create_engine`` takes.
    """
    options.setdefault("json_serializer", partial(json.dumps, ensure_ascii=False))
    engine = sa.create_engine(_with_driver(sa.make_url(url)), **options)
    if engine.dialect.name == SQLITE:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python would begin transactions only for INSERT, UPDATE and DELETE: _begin_sqlite begins them.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN")
