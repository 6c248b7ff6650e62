"""Plans on the newest SQLite, which ``apsw`` brings: the verdicts are those of the SQLite that Python runs with."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from schemagen.databases.refusals import StatementError, sqlite_refusal
from schemagen.databases.scratch import SqliteDatabase, SqliteEngine
from schemagen.datagen.test_rows import SampleRows
from schemagen.engines.dialects import SQLITE
from schemagen.project.pipeline import Options, build, load
from schemagen.verify.context import ProofContext
from schemagen.verify.proofs.query_plans import prove_queries
from schemagen.verify.report import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from schemagen.databases.scratch import Database, Engine
    from schemagen.schema.model import Schema
    from schemagen.verify.models.process import Models

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/cases/verify"
FOLDERS = [
    *(
        CASES / name
        for name in (
            "equal_indexes",
            "exists_by_an_index",
            "first_page_by_key",
            "partial_index_walked",
            "query_without_index",
            "skip_scan",
            "slow_plans_with_a_claim",
            "slow_plans_without_a_claim",
        )
    ),
    ROOT / "specs",
]

pytestmark = pytest.mark.tools


class OtherSqlite(SqliteDatabase):
    """A SQLite database in a file, by the library of ``apsw``."""

    def __init__(self, file: Path, apsw: ModuleType) -> None:
        self.dialect = SQLITE
        self.url = f"sqlite:///{file}"
        self._apsw = apsw
        self._other = apsw.Connection(str(file), statementcachesize=0)
        self.run("PRAGMA foreign_keys = ON")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            return list(self._other.execute(sql))
        except self._apsw.Error as error:
            raise StatementError(sql, sqlite_refusal(error)) from error

    def run_script(self, file: Path) -> None:
        self.run(file.read_text(encoding="utf-8"))

    @property
    def in_transaction(self) -> bool:
        return bool(self._other.in_transaction)

    def close(self) -> None:
        self._other.close()


class OtherEngine(SqliteEngine):
    """Databases of ``OtherSqlite`` in files of a folder."""

    def __init__(self, folder: Path, apsw: ModuleType) -> None:
        super().__init__(folder)
        self._apsw = apsw
        self._other_folder = folder

    @contextmanager
    def database(self) -> Iterator[Database]:
        file = self._other_folder / "other.sqlite"
        database = OtherSqlite(file, self._apsw)
        try:
            yield database
        finally:
            database.close()
            file.unlink()


def verdicts(schema: Schema, output: Path, engine: Engine, models: Models, sample_rows: SampleRows) -> dict[str, Any]:
    ledger = Ledger()
    prove_queries(ProofContext(schema, output, engine, models, sample_rows, ledger))
    return {
        "failures": [(one.code, one.subject, one.expected) for one in ledger.failures],
        "remarks": [one.text for one in ledger.remarks],
        "facts": [row.facts for row in ledger.rows.values()],
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_plans_are_judged_alike(folder: Path, tmp_path: Path, models: Models) -> None:
    apsw = pytest.importorskip("apsw")
    options = Options(folder, tmp_path / "output")
    build(options)
    schema = load(options).schema
    models.load(options.output, schema)
    sample_rows = SampleRows(schema)
    engines = SqliteEngine(tmp_path), OtherEngine(tmp_path, apsw)
    running, other = (verdicts(schema, options.output, engine, models, sample_rows) for engine in engines)
    assert other == running
