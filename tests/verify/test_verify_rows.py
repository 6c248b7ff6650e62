"""The proof that migrations keep rows: it holds for every project that was built, and reads what the lock says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from programs.evolve_specs import make_specs
from schemagen.base.diagnostics import SchemagenError
from schemagen.changes.records import TableAltered
from schemagen.databases.replay import sqlite_statements
from schemagen.databases.scratch import PostgresEngine, SqliteEngine
from schemagen.databases.scripts import statements
from schemagen.datagen.test_rows import SampleRows
from schemagen.migrations.lock import loads
from schemagen.project.pipeline import Options, build, load
from schemagen.verify.context import ProofContext
from schemagen.verify.proofs.documents import Rendered, prove_generated
from schemagen.verify.proofs.file_integrity import prove_file_integrity
from schemagen.verify.proofs.rows_kept import prove_rows_kept
from schemagen.verify.report import Claim, Failure, Ledger
from support.schemas import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.databases.servers import Server
    from schemagen.verify.models.process import Models

CASES = sorted((Path(__file__).parents[1] / "cases/evolve").iterdir())
FEW = 6


def built(specs: Iterable[str], folder: Path) -> Options | None:
    """A project that was built from each of the specs in turn, whatever that loses; None where one is not valid."""
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    for text in specs:
        (options.specs / "case.yaml").write_text(text, encoding="utf-8")
        try:
            build(options)
        except SchemagenError as error:
            asked = [(one.hint or "").rpartition("--allow ")[2] for one in error.diagnostics if one.code == "SG410"]
            if not asked:
                return None
            build(options, allow=asked)
    return options


def failures(options: Options, server: Server, models: Models) -> list[Failure]:
    """What the proofs of rows and of written files find on both engines."""
    schema = load(options).schema
    ledger, sample_rows = Ledger(), SampleRows(schema)
    for engine in (SqliteEngine(options.output.parent), PostgresEngine(server)):
        context = ProofContext(schema, options.output, engine, models, sample_rows, ledger)
        with engine.database() as database:
            prove_rows_kept(context, database)
    prove_file_integrity(ledger, options.output)
    prove_generated(ledger, Rendered(schema, options.output))
    return ledger.failures


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_changed_project_keeps_its_rows(case: Path, tmp_path: Path, postgres18: Server, models: Models) -> None:
    specs = [(case / name).read_text(encoding="utf-8") for name in ("old.yaml", "new.yaml")]
    options = built(specs, tmp_path)
    assert options is not None
    assert failures(options, postgres18, models) == []


@pytest.mark.parametrize("seed", range(FEW))
def test_a_random_project_keeps_its_rows(seed: int, tmp_path: Path, postgres18: Server, models: Models) -> None:
    options = built(map(as_yaml, make_specs(seed)), tmp_path)
    if options is not None:
        assert failures(options, postgres18, models) == []


LIST = "schemagen: 1\ntables: {notes: {columns: {id: {type: bigint}, body: {type: text}%s}, primary_key: [id]}}"
LYING = ', kind: {enum: [a, "b; drop column body"], default: a}'
"""A value that reads like a change beside it."""


def test_no_value_of_a_spec_is_taken_for_a_change(tmp_path: Path, postgres18: Server, models: Models) -> None:
    options = built([LIST % "", LIST % LYING], tmp_path)
    assert options is not None
    record = loads((options.output / "schema.lock.json").read_bytes()).migrations[-1]
    assert record.changes[0].effect == TableAltered("notes", added=("kind",), constrained=True)
    assert failures(options, postgres18, models) == []
    for migration in (options.output / "migrations").rglob("002_*.sql"):
        if migration.parent.name != "rollback":
            emptied = "UPDATE notes SET body = '';\nCOMMIT;"
            migration.write_text(emptied.join(migration.read_text("utf-8").rsplit("COMMIT;", 1)), encoding="utf-8")
    assert {each.claim for each in failures(options, postgres18, models)} >= {Claim.ROWS}


def test_a_trigger_is_one_statement_on_sqlite() -> None:
    body = "  UPDATE a SET b = ';';  -- one;\n  SELECT 1;\n"
    text = f"BEGIN;\nCREATE TRIGGER t AFTER UPDATE ON a BEGIN\n{body}END;\nCOMMIT;\n"
    assert len(list(statements(text))) == 5
    begin, trigger, commit = sqlite_statements(text)
    assert (begin, commit) == ("BEGIN", "COMMIT")
    assert trigger.startswith("CREATE TRIGGER")
    assert trigger.endswith("END")
