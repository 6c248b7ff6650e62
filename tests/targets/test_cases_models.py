"""The models of every case: they import, make the same catalog, share rows with SQL, and delete as SQL does."""

from __future__ import annotations

import operator
import subprocess
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session

from schemagen.databases.urls import sqlalchemy_url
from schemagen.engines.catalog_differences import differences
from support.built_cases import KINDS, catalog, connected, defer, everything, in_some_order, put
from support.generated_models import imported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from schemagen.databases.memory import Row
    from schemagen.schema.model import Table
    from support.built_cases import Case, Connection

IMPORT = """
import warnings
warnings.simplefilter("error")
import models
from sqlalchemy.orm import configure_mappers
configure_mappers()
print(len(models.Base.metadata.tables), sum(1 for name in models.__all__ if not hasattr(models, name)))
"""


def test_they_import_in_a_process_of_their_own(case: Case, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT],
        env={"PYTHONPATH": str(case.output)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, [str(len(case.schema.tables)), "0"]), done.stderr


@pytest.fixture(scope="session")
def models(case: Case) -> Iterator[ModuleType]:
    with imported(case.output) as package, warnings.catch_warnings():
        warnings.simplefilter("error")
        configure_mappers()
        yield package


@contextmanager
def engine_for(models: ModuleType, database: Path | str) -> Iterator[sa.Engine]:
    engine: sa.Engine = models.make_engine(
        sqlalchemy_url(database) if isinstance(database, str) else f"sqlite:///{database}"
    )
    try:
        yield engine
    finally:
        engine.dispose()


def test_create_all_makes_what_the_migrations_make(
    models: ModuleType, migrated: Path | str, database: Path | str
) -> None:
    metadata = models.Base.metadata
    with engine_for(models, database) as engine:
        metadata.create_all(engine)
        metadata.create_all(engine)
        assert not differences(catalog(migrated), catalog(database))
        metadata.drop_all(engine)
    left = catalog(database)
    assert (left.tables, [other for other in left.others if other.kind != "extension"]) == ((), [])


# Rows


def mappers(models: ModuleType) -> dict[str, sa.orm.Mapper[Any]]:
    """The mapper of each table; a table without a primary key has none."""
    registry = models.Base._sa_registry  # noqa: SLF001
    return {mapper.local_table.name: mapper for mapper in registry.mappers}


def read_all(session: Session, models: ModuleType, case: Case) -> list[tuple[Table, Row]]:
    """Every row as the models see it: column name → Python value."""
    found: list[tuple[Table, Row]] = []
    known = mappers(models)
    for table in case.schema.tables:
        mapper = known.get(table.name)
        if mapper is None:
            core = models.Base.metadata.tables[table.name]
            found += ((table, dict(row)) for row in session.execute(sa.select(core)).mappings())
            continue
        names = {column.name: mapper.get_property_by_column(column).key for column in mapper.local_table.columns}
        for item in session.scalars(sa.select(mapper.class_)):
            found.append((table, {column: getattr(item, name) for column, name in names.items()}))
    return found


def write_all(session: Session, models: ModuleType, rows: list[tuple[Table, Row]]) -> None:
    """Insert rows through the models, generated columns left to the database."""
    known = mappers(models)

    def write(table: Table, row: Row) -> bool:
        given = {name: value for name, value in row.items() if not table.column(name).generated}
        mapper = known.get(table.name)
        try:
            with session.begin_nested():
                if mapper is None:
                    session.execute(sa.insert(models.Base.metadata.tables[table.name]).values(given))
                else:
                    columns = mapper.local_table.columns
                    named = {mapper.get_property_by_column(columns[name]).key: value for name, value in given.items()}
                    session.add(mapper.class_(**named))
                    session.flush()
        except sa.exc.IntegrityError:
            return False
        return True

    in_some_order(rows, write)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_sql_are_found_by_the_models_and_the_other_way_round(
    case: Case, models: ModuleType, migrated: Path | str, database: Path | str, kind: str
) -> None:
    """Rows written by SQL to one database are read by the models, written by them to another, and equal there."""
    with engine_for(models, database) as engine:
        models.Base.metadata.create_all(engine)
        with connected(database) as connection:
            put(connection, case.rows(kind))
            by_sql = everything(connection, case, without_volatile=True)
        with Session(engine) as session:
            seen = read_all(session, models, case)
        assert len(seen) == len(case.rows(kind))
    with engine_for(models, migrated) as engine, undone(engine) as connection:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            write_all(session, models, seen)
            session.commit()
            assert_found_by_key(session, models, seen)
        assert everything(driver_connection(connection), case, without_volatile=True) == by_sql


@contextmanager
def undone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose work is rolled back, and whose foreign keys wait where they may."""
    with engine.connect() as connection:
        transaction = connection.begin()
        defer(driver_connection(connection))
        try:
            yield connection
        finally:
            transaction.rollback()


def driver_connection(connection: sa.Connection) -> Connection:
    found: Connection | None = connection.connection.driver_connection
    assert found is not None
    return found


def assert_found_by_key(session: Session, models: ModuleType, rows: list[tuple[Table, Row]]) -> None:
    for table, row in rows:
        mapper = mappers(models).get(table.name)
        if mapper is not None:
            key = tuple(row[column.name] for column in mapper.primary_key)
            assert session.get(mapper.class_, key) is not None, (table.name, key)


# Deletes

DELETED = 12
"""Rows that are deleted in each case, spread over all of its tables."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_delete_through_the_session_is_a_delete_in_sql(
    case: Case, models: ModuleType, database: Path | str, kind: str
) -> None:
    with engine_for(models, database) as engine:
        models.Base.metadata.create_all(engine)
        with connected(database) as connection:
            put(connection, case.rows(kind))
        with Session(engine) as session:
            seen = [(table, row) for table, row in read_all(session, models, case) if table.name in mappers(models)]
        for table, row in seen[:: max(1, len(seen) // DELETED)]:
            mapper = mappers(models)[table.name]
            key = tuple(row[column.name] for column in mapper.primary_key)

            def by_session(session: Session, mapper: Any = mapper, key: Any = key) -> None:
                session.delete(session.get(mapper.class_, key))
                session.flush()

            def by_sql(session: Session, mapper: Any = mapper, key: Any = key) -> None:
                session.execute(mapper.local_table.delete().where(*map(operator.eq, mapper.primary_key, key)))

            left = left_after(engine, case, by_sql)
            assert left_after(engine, case, by_session) == left, (table.name, row)


def left_after(engine: sa.Engine, case: Case, delete: Callable[[Session], None]) -> dict[str, list[str]] | str:
    """The rows that are left after a delete, or that it was refused; everything is there again afterwards."""
    with undone(engine) as connection:
        try:
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                delete(session)
                settle(connection)
                return everything(driver_connection(connection), case, without_volatile=True)
        except sa.exc.IntegrityError:
            return "refused"


def settle(connection: sa.Connection) -> None:
    """Check the foreign keys that wait, as COMMIT would.

    Raises:
        IntegrityError: when one is broken.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    elif broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise sa.exc.IntegrityError(None, None, ValueError(broken))
