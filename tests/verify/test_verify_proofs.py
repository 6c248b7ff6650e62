"""`verify` notices what is broken, and tells what it could not try."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from lint.test_lint import examples, spec_folder
from programs.mutations import UNCHANGED, evolved, noticed_by, run
from schemagen.cli.reports.verify import as_text
from schemagen.databases import refusals
from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build, load
from schemagen.reference.codes import page
from schemagen.schema.model import Action
from schemagen.verify.report import Claim, Report
from schemagen.verify.runner import Scope, prove

if TYPE_CHECKING:
    from schemagen.databases.servers import Server
    from schemagen.verify.models.process import Models

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/cases/verify"
SAMPLE = 6
WHOLE = {"cascade_and_restrict", "ordinary_checks", "ring_of_tables", "rules_of_several_rows"}
"""Cases of which nothing may be left untried."""


def proved(specs: Path, output: Path, server: Server | None, models: Models) -> Report:
    options = Options(specs, output)
    build(options)
    return prove(load(options).schema, output, Scope(server), models=models)


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_a_case_is_proved_or_fails_as_it_says(case: Path, tmp_path: Path, postgres18: Server, models: Models) -> None:
    """``failures.txt`` and ``remarks.txt`` beside the spec say what is reported; without the first, no failure."""
    report = proved(case, tmp_path, postgres18, models)
    found = [f"{one.code} {one.engine}, {one.claim}: {one.subject}: {one.expected}" for one in report.failures]
    assert found == lines(case / "failures.txt")
    if (case / "remarks.txt").exists():
        assert [f"{one.engine}, {one.claim}: {one.text}" for one in report.remarks] == lines(case / "remarks.txt")
    if case.name in WHOLE:
        assert [one.text for one in report.remarks if one.untried] == []


@pytest.mark.parametrize("code", ["SG540", "SG541", "SG542", "SG543"])
def test_the_examples_of_pages_are_true(code: str, tmp_path: Path, postgres18: Server, models: Models) -> None:
    shown = examples(page(code))
    wrong = proved(spec_folder(tmp_path, shown["Wrong"]), tmp_path / "wrong", postgres18, models)
    assert {failure.code for failure in wrong.failures} == {code}
    right = proved(spec_folder(tmp_path, shown["Right"]), tmp_path / "right", postgres18, models)
    assert right.failures == ()


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


RIGHT = [
    "right_updates",
    *(pytest.param(name, marks=pytest.mark.tools) for name in ("right_inserts", "right_inserts_of_keys")),
]


@pytest.mark.parametrize("case", RIGHT)
def test_the_order_of_a_spec_changes_no_verdict(case: str, tmp_path: Path, postgres18: Server, models: Models) -> None:
    spec = yaml.safe_load((CASES / case / "spec.yaml").read_text())
    for key in ("tables", "queries"):
        spec[key] = dict(reversed(spec[key].items()))
    for table in spec["tables"].values():
        table["columns"] = dict(reversed(table["columns"].items()))
    report = proved(
        spec_folder(tmp_path, yaml.safe_dump(spec, sort_keys=False)), tmp_path / "output", postgres18, models
    )
    assert report.failures == ()
    assert report.untried == 0


def test_latency_of_right_statements_is_measured(tmp_path: Path, models: Models) -> None:
    options = Options(CASES / "right_inserts", tmp_path)
    build(options)
    schema = load(options).schema
    report = prove(schema, tmp_path, Scope(None, latency=True, scale=0.001), models=models)
    assert report.failures == ()
    assert {one.query for one in report.latencies} == {query.name for query in schema.queries}


ENDLESS = """schemagen: 1
tables:
  places:
    columns:
      id: {type: integer, primary_key: true}
      visits: {type: integer}
queries:
  for_ever: {sql: "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n"}
  for_ever_in_a_write:
    sql: >-
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i FROM n)
      DELETE FROM places WHERE id > (SELECT count(*) FROM n)
  after_it: {sql: "SELECT visits FROM places WHERE id = :id", uses: pk_places}
"""


def test_a_statement_without_an_end_reaches_its_limit(
    tmp_path: Path, postgres18: Server, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "STATEMENT_SECONDS", 2)
    report = proved(spec_folder(tmp_path, ENDLESS), tmp_path / "output", postgres18, models)
    assert [(one.code, one.engine, one.subject, one.seen) for one in report.failures] == [
        ("SG541", engine, f"query {name}", "it did not end within 2 s, the limit of a statement")
        for engine in ("SQLite", "PostgreSQL")
        for name in ("for_ever", "for_ever_in_a_write")
    ]
    monkeypatch.setattr(refusals, "STATEMENT_SECONDS", 1)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n"
    with postgres18.database() as url:
        for database in ("sqlite://", sqlalchemy_url(url)):
            (result,) = models.session(database, [{"do": "sql", "texts": [endless]}])
            assert result == {"error": "it did not end within 1 s, the limit of a statement"}


WRONG = """
tables:
  jobs:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      state: {type: text, check: "state in ('queued', 'done')"}
      note: {type: text}
      code: {type: text, unique: true}
queries:
  of_another_state: {sql: "INSERT INTO jobs (state, note, code) VALUES ('lost', :note, :code)"}
  to_another_state: {sql: "UPDATE jobs SET state = 'lost' WHERE id = :id"}
  without_a_note: {sql: "INSERT INTO jobs (state, code) VALUES ('done', :code)"}
  all_alike: {sql: "UPDATE jobs SET code = :code WHERE state = :state"}
"""


def test_a_statement_that_no_values_let_run_fails(tmp_path: Path, models: Models) -> None:
    report = proved(spec_folder(tmp_path, f"schemagen: 1{WRONG}"), tmp_path / "output", None, models)
    failed = {one.subject for one in report.failures}
    assert failed == {"query of_another_state", "query to_another_state", "query without_a_note"}
    assert [one.text for one in report.remarks if one.untried] == [
        "query all_alike: all values that were tried are refused: UNIQUE constraint failed: jobs.code"
    ]


def test_a_table_that_cannot_be_filled_is_told_and_the_others_are_proved(tmp_path: Path, models: Models) -> None:
    report = proved(CASES / "table_that_cannot_be_filled", tmp_path, None, models)
    untried = " ".join(one.text for one in report.remarks if one.untried)
    assert {name for name in ("users", "posts", "tokens", "notes") if f"{name}: " in untried} == {"tokens", "notes"}
    assert "fk_posts_user_id" not in untried
    assert "fk_tokens_user_id" in untried
    assert f"; {report.untried} claims could not be tried" in as_text(report)


def test_a_sample_of_mutants_is_noticed() -> None:
    killed, made, survivors = run(SAMPLE, seed=1, progress=lambda _: None)
    assert survivors == []
    assert killed.total() == made.total() == SAMPLE


def test_what_lost_rows_are_made_of_is_proved(tmp_path: Path, models: Models) -> None:
    """The other originals of mutants are cases, which are proved as such."""
    assert noticed_by(evolved(tmp_path, models), UNCHANGED, tmp_path) == ""


def test_a_sample_of_lost_rows_is_noticed() -> None:
    _, made, survivors = run(SAMPLE, seed=1, progress=lambda _: None, only="rows:")
    assert survivors == []
    assert made.total() == SAMPLE


def test_one_difference_on_several_roads_is_told_once(tmp_path: Path, models: Models) -> None:
    options = Options(ROOT / "specs", tmp_path)
    build(options)
    revisions = list((tmp_path / "alembic/versions").iterdir())
    for file in (tmp_path / "migrations").rglob("*.sql"):
        before = hashlib.sha256(file.read_bytes()).hexdigest()
        file.write_text(
            re.sub(r"CREATE INDEX IF NOT EXISTS idx_tasks_\w+ ON tasks \(user_id", r"\g<0>, id", file.read_text())
        )
        after = hashlib.sha256(file.read_bytes()).hexdigest()
        for revision in revisions:
            revision.write_text(revision.read_text().replace(before, after))
    reported: list[str] = []
    report = prove(load(options).schema, tmp_path, Scope(None, file_integrity=False), reported.append, models=models)
    steps = [re.match(r"(\d+) of (\d+), ", line) for line in reported]
    assert steps[-1] is not None
    assert steps[-1][1] == steps[-1][2]
    failures = [one for one in report.failures if "the migrations and Alembic's revisions" in one.subject]
    assert failures
    assert all("id" in one.seen.split(", ") or "id)" in one.seen for one in failures)
    assert not [one for one in report.failures if "create_all" in one.subject]


OPENED = {
    "FORCE": (r", FORCE ROW LEVEL SECURITY;", ";"),
    "USING": (r"    USING \(.*\)", "    USING (true)"),
    "CHECK": (r"    WITH CHECK \(.*\)", "    WITH CHECK (true)"),
}
SEEN = {
    f"rows that are {how}"
    for how in ("seen with nobody set", *(f"{act} by another owner" for act in ("seen", "updated", "deleted")))
}
INSERTED = "an INSERT for another owner"
FOUND = {"FORCE": SEEN | {INSERTED}, "USING": SEEN, "CHECK": {INSERTED}}
"""What is reported of each table where one part of what enforces its owners is open."""


@pytest.mark.parametrize("part", OPENED)
def test_rows_that_another_owner_reaches_are_reported(
    part: str, tmp_path: Path, postgres18: Server, models: Models
) -> None:
    options = Options(CASES / "owners", tmp_path)
    build(options)
    for file in (tmp_path / "migrations/postgres").glob("*.sql"):
        file.write_text(re.sub(*OPENED[part], file.read_text()))
    schema = load(options).schema
    report = prove(schema, tmp_path, Scope(postgres18, file_integrity=False), models=models)
    found = {one.subject for one in report.failures if one.claim is Claim.ROW_RULES}
    owned = [table.name for table in schema.tables if table.owner]
    assert found == {f"{name}, {what}" for name in owned for what in FOUND[part]}


def test_a_claim_that_the_files_do_not_hold_is_a_failure(tmp_path: Path, models: Models) -> None:
    options = Options(ROOT / "specs", tmp_path)
    build(options)
    schema = load(options).schema
    table = schema.table("tasks")
    other = replace(table, indexes=table.indexes[:-1])
    claimed = replace(schema, tables=tuple(other if one is table else one for one in schema.tables))
    report = prove(claimed, tmp_path, Scope(None, stop_at_failure=False), models=models)
    failures = [one for one in report.failures if one.claim is Claim.CATALOG]
    assert any(one.subject == "tasks, indexes" for one in failures)


OTHER_ACTIONS = [
    Action.CASCADE,
    *(pytest.param(action, marks=pytest.mark.tools) for action in Action if action is not Action.CASCADE),
]


@pytest.mark.parametrize("action", OTHER_ACTIONS)
def test_another_update_action_in_every_artefact_is_seen_in_rows(
    action: Action, tmp_path: Path, postgres18: Server, models: Models
) -> None:
    """The catalog would tell as well; here only what happens to rows counts."""
    options = Options(CASES / "changed_keys", tmp_path)
    build(options)
    claimed = load(options).schema
    key = claimed.table("fans").foreign_keys[0]
    fans = replace(claimed.table("fans"), foreign_keys=(replace(key, on_update=action),))
    other = replace(claimed, tables=tuple(fans if one.name == "fans" else one for one in claimed.tables))
    report = prove(other, tmp_path, Scope(postgres18), models=models)
    seen = {one.engine for one in report.failures if "change of the key of one of teams" in one.subject}
    assert seen == (set() if action is key.on_update else {"SQLite", "PostgreSQL"})


def test_migrations_that_do_not_run_are_reported_and_nothing_else_is_tried(tmp_path: Path, models: Models) -> None:
    options = Options(ROOT / "specs", tmp_path)
    build(options)
    file = tmp_path / "migrations/sqlite/002_create_tasks.sql"
    file.write_text(file.read_text().replace("CREATE TABLE", "CREATE TABL"))
    report = prove(load(options).schema, tmp_path, Scope(None, file_integrity=False), models=models)
    (failure,) = report.failures
    assert failure.subject == file.name
    assert failure.statement.startswith("CREATE TABL IF NOT EXISTS tasks")
    assert "syntax error" in failure.seen
    assert {row.claim for row in report.rows} == {Claim.DOCUMENTS, Claim.MODELS, Claim.CATALOG}


def test_models_that_cannot_be_imported_are_reported(tmp_path: Path, models: Models) -> None:
    options = Options(ROOT / "specs", tmp_path)
    build(options)
    (tmp_path / "models/user.py").write_text("import there_is_no_such_module\n")
    report = prove(load(options).schema, tmp_path, Scope(None, file_integrity=False), models=models)
    (failure,) = report.failures
    assert "there_is_no_such_module" in failure.seen
