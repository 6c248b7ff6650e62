"""Every SQL file of every case runs in each promised way, twice before the next; the rollbacks leave nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.changes.placed import names_in_postgres
from schemagen.databases.embedded import embedded_server
from schemagen.engines.catalog_differences import differences
from schemagen.engines.spec_names import with_names
from schemagen.schema.dialect import DIALECTS
from support.built_cases import catalog, connected, everything, put
from support.engines import run_in_psql, run_in_psycopg, run_in_python, run_in_sqlite_shell
from support.grammar import unread

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemagen.schema.dialect import DialectName
    from support.built_cases import Case

    Run = Callable[[Path | str, Path], None]


def in_sqlite_shell(database: Path | str, file: Path) -> None:
    done = run_in_sqlite_shell(Path(database), file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), file.name


def in_python(database: Path | str, file: Path) -> None:
    run_in_python(Path(database), file)


def in_psql(database: Path | str, file: Path) -> None:
    """By the newest psql: it knows older servers too."""
    done = run_in_psql(embedded_server(), str(database), file)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    assert "WARNING" not in done.stderr


def in_psycopg(database: Path | str, file: Path) -> None:
    run_in_psycopg(str(database), file)


WAYS: dict[str, dict[str, Run]] = {
    "library": {"sqlite": in_python, "postgres": in_psycopg},
    "program": {"sqlite": in_sqlite_shell, "postgres": in_psql},
}


@pytest.mark.parametrize("way", ["library", "program"])
def test_every_file_twice_then_back(case: Case, engine_name: str, way: str, database: Path | str) -> None:
    name: DialectName = "sqlite" if engine_name == "sqlite" else "postgres"
    run = WAYS[way][name]
    for file in case.files(name):
        run(database, file)
        once = catalog(database)
        run(database, file)
        assert not differences(once, catalog(database)), file.name
    there = with_names(catalog(database), names_in_postgres(case.schema))
    assert {table.name for table in there.tables} == {table.name for table in case.schema.tables}
    with connected(database) as connection:
        put(connection, case.examples)
        rows = everything(connection, case)
    assert {table: len(found) for table, found in rows.items()} == {
        table.name: len(table.examples) for table in case.schema.tables
    }
    for file in case.rollbacks(name):
        run(database, file)
        run(database, file)
    left = catalog(database)
    assert (left.tables, [other for other in left.others if other.kind != "extension"]) == ((), [])


def test_the_grammar_of_postgres_reads_every_file(case: Case) -> None:
    assert unread(case.output) == []


def test_the_folders_hold_what_the_schema_needs(case: Case) -> None:
    sqlite, postgres = ([file.name for file in case.files(name)] for name in DIALECTS)
    assert sqlite == postgres
    assert len(sqlite) >= len(case.schema.tables)
    assert all(file.exists() for name in DIALECTS for file in case.rollbacks(name))
