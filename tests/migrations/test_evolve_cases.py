"""Each case of tests/cases/evolve: refused without its words, then built, migrated and rolled back on both engines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from programs.evolve_engines import BrokenLawError, Postgres, Sqlite
from programs.evolve_laws import Pair, check_pair, fresh, law, make_pair
from schemagen.base.diagnostics import SchemagenError
from schemagen.changes.migration import Statement
from schemagen.changes.records import ChangeRecord, TableRenamed
from schemagen.migrations.next_build import ONLINE
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from schemagen.reference.author import lint
from schemagen.verify.runner import Scope, prove
from support.evolve_cases import CASES, built, migrated, rows

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from schemagen.databases.servers import Server
    from schemagen.verify.models.process import Models

FEW = 12


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_migrated_and_rolled_back(case: Path, tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    pair = built(case, tmp_path)
    outcomes = []
    for make in (Sqlite, lambda: Postgres(connection)):
        old, new = (fresh(make(), schema) for schema in (pair.old, pair.new))
        assert law(make(), pair, old, new, filled=False) == "kept"
        load = partial(_load, case, pair)
        outcomes.append(law(make(), pair, old, new, filled=True, load=load))
    if case.name.endswith("rollback_refused_by_rows"):
        assert outcomes == ["rollback refused", "rollback refused"]
    elif case.name.endswith("refused_by_rows"):
        assert outcomes in (["refused", "refused"], ["refused", "refused online"])
    else:
        assert outcomes == ["kept", "kept"]


def _load(case: Path, pair: Pair, engine: Sqlite | Postgres) -> None:
    engine.run(rows(case, engine, pair.old))


@pytest.mark.parametrize("seed", range(FEW))
def test_the_laws_hold_for_a_random_pair(seed: int, tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    pair = make_pair(seed, tmp_path)
    if pair is not None:
        check_pair(pair, connection)


def test_a_renamed_from_that_has_been_followed_is_no_change(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    text = "schemagen: 1\ntitle: Names\ntables:\n  notes:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    columns = "      %s: {type: integer%s}\n"
    spec = options.specs / "names.yaml"
    spec.write_text(text + columns % ("a", "") + columns % ("b", ""), encoding="utf-8")
    pipeline.build(options)
    chained = text + columns % ("b", ", renamed_from: a") + columns % ("c", ", renamed_from: b")
    spec.write_text(chained, encoding="utf-8")
    steps = pipeline.build(options).steps
    assert "rename column a to b" in steps[0].changes[0].text
    assert "rename column b to c" in steps[0].changes[0].text
    assert pipeline.build(options).steps == ()
    spec.write_text(chained + columns % ("d", ", nullable: true"), encoding="utf-8")
    assert pipeline.build(options).steps[0].name == "add_notes_d"


def test_lint_says_which_renames_have_been_made(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "names.yaml"
    head = "schemagen: 1\ntitle: Names\ntables:\n  notes:\n"
    columns = "    columns:\n      id: {type: integer, primary_key: true}\n      %s\n"

    def found() -> list[tuple[str, str]]:
        result = lint(options)
        return [(each.path, each.message) for each in result.diagnostics if each.code in {"SG597", "SG599"}]

    spec.write_text(head + columns % "a: {type: integer}", encoding="utf-8")
    pipeline.build(options)
    renamed = head.replace("notes:", "texts:") + "    renamed_from: notes\n"
    spec.write_text(renamed + columns % "b: {type: integer, renamed_from: a}", encoding="utf-8")
    assert found() == []
    pipeline.build(options)
    assert found() == [
        ("tables.texts.renamed_from", "`texts` is renamed from `notes` in the lock already"),
        ("tables.texts.columns.b.renamed_from", "`b` is renamed from `a` in the lock already"),
    ]
    assert pipeline.build(options).warnings == ()
    kept = renamed.replace("from: notes", "from: notes  # schemagen: ignore SG597 until the release")
    spec.write_text(kept + columns % "b: {type: integer}", encoding="utf-8")
    assert found() == []
    spec.write_text(kept.replace("    renamed_from: notes", "    append_only: true") + columns % "b: {type: integer}")
    assert [message for _, message in found()] == ["SG597 finds nothing here to ignore"]


def test_an_allow_that_names_nothing_is_refused(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    text = "schemagen: 1\ntitle: Names\ntables:\n  notes:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    (options.specs / "names.yaml").write_text(text, encoding="utf-8")
    pipeline.build(options)
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options, allow=["drop:note"])
    assert [found.code for found in caught.value.diagnostics] == ["SG411"]


def test_a_law_that_is_broken_is_noticed(tmp_path: Path) -> None:
    pair = next(pair for seed in range(50) if (pair := make_pair(seed, tmp_path)) and pair.evolution.altered)
    broken = Pair(pair.old, pair.new, pair.evolution, pair.back, (), pair.rows)
    with pytest.raises(BrokenLawError):
        check_pair(broken, None)


def test_an_evolved_project_is_proved(tmp_path: Path, postgres18: Server, models: Models) -> None:
    case = next(case for case in CASES if case.name == "not_null_with_backfill")
    pair = built(case, tmp_path)
    assert [step.name.endswith(ONLINE) for step in pair.steps] == [False, True]
    report = prove(pair.new, tmp_path / "output", Scope(postgres18), models=models)
    assert report.failures == ()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("      a: {type: text}\n      b: {type: text, nullable: true, renamed_from: a}\n", "`a` is still there"),
        ("      b: {type: text, renamed_from: z}\n      a: {type: text}\n", "there was no column `z`"),
        (
            "      b: {type: text, renamed_from: a}\n      c: {type: text, nullable: true, renamed_from: a}\n",
            "`b` is what `a` is called now",
        ),
        ("      a: {type: text, renamed_from: id}\n", "`id` is still there"),
    ],
)
def test_a_rename_that_cannot_be_followed_is_refused(tmp_path: Path, lines: str, reason: str) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    text = "schemagen: 1\ntitle: Names\ntables:\n  notes:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    (options.specs / "names.yaml").write_text(text + "      a: {type: text}\n", encoding="utf-8")
    pipeline.build(options)
    (options.specs / "names.yaml").write_text(text + lines, encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    reported = [found.message for found in caught.value.diagnostics if found.code == "SG417"]
    assert len(reported) == 1
    assert reason in reported[0]


def test_a_table_whose_name_changes_in_case_alone_is_renamed_or_refused(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "names.yaml"
    text = "schemagen: 1\ntables:\n  %s:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    spec.write_text(text % "bills", encoding="utf-8")
    pipeline.build(options)
    spec.write_text(text % "Bills", encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options, allow=["drop:bills"])
    assert [found.code for found in caught.value.diagnostics] == ["SG419"]
    assert "renamed_from: bills" in (caught.value.diagnostics[0].hint or "")
    spec.write_text(text.replace("columns:", "renamed_from: bills\n    columns:") % "Bills", encoding="utf-8")
    assert (
        ChangeRecord("rename table bills to Bills", TableRenamed("bills", "Bills"))
        in pipeline.build(options).steps[0].changes
    )


def test_a_type_that_a_column_keeps_only_takes_more(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "places.yaml"
    text = """schemagen: 1
tables:
  homes:
    columns:
      id: {type: integer, primary_key: true}
      place: {type: {postgres: place, sqlite: text}}
objects:
  place: {kind: type, sql: {postgres: "CREATE TYPE place AS (%s)"}}
"""
    spec.write_text(text % "street text", encoding="utf-8")
    pipeline.build(options)
    spec.write_text(text % "street text, zip integer", encoding="utf-8")
    (step,) = pipeline.build(options).steps
    assert "ALTER TYPE place ADD ATTRIBUTE zip integer" in [each.sql for each in step.postgres.statements]
    spec.write_text(text % "street varchar(9), zip integer", encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    assert [found.code for found in caught.value.diagnostics] == ["SG461"]


def test_some_columns_of_a_key_are_emptied_after_a_rebuild(tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    case = next(case for case in CASES if case.name == "set_null_of_some_columns")
    for engine in migrated(built(case, tmp_path), case, connection):
        engine.run([Statement("DELETE FROM messages WHERE id = 2")])
        assert engine.ask("SELECT id, thread_id, parent_id FROM messages WHERE id < 4 ORDER BY id") == [
            (1, 1, None),
            (3, 1, None),
        ]
        assert engine.ask("SELECT thread_id, message_id FROM pins ORDER BY id") == [(1, None), (2, 4)]
        assert engine.ask("SELECT thread_id, reply_to FROM drafts ORDER BY id") == [(1, None), (2, None)]
        engine.run([Statement("DELETE FROM threads WHERE id = 2")])
        assert engine.ask("SELECT count(*) FROM messages") == [(2,)]
