"""Build and check as a whole: what is written, what is left alone, what is refused, and when nothing is done at all."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.base.layout import seal
from schemagen.changes.diff import evolve
from schemagen.changes.renames import renames_of
from schemagen.migrations.history import lock_content, read_history
from schemagen.migrations.lock import loads
from schemagen.project import fingerprint, pipeline
from schemagen.project.pipeline import BuildResult, Options
from schemagen.spec.source import find_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schemagen.base.layout import Output
    from schemagen.migrations.lock import Lock

SPEC = """schemagen: 1
title: Chat
tables:
  users:
    description: People
    columns:
      id: {type: integer, primary_key: true}
      name: {type: varchar(80), description: What others see}
  threads:
    description: Threads
    columns:
      id: {type: integer, primary_key: true}
      user_id: {references: users.id, on_delete: cascade}
"""


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    made = Options(tmp_path / "specs", tmp_path / "output")
    write_spec(made, SPEC)
    return made


def write_spec(options: Options, text: str, name: str = "chat.yaml") -> None:
    (options.specs / name).write_text(text, encoding="utf-8")


def tree(options: Options) -> dict[str, bytes]:
    return {
        path.relative_to(options.output).as_posix(): path.read_bytes()
        for path in options.output.rglob("*")
        if path.is_file() and ".schemagen" not in path.parts
    }


def codes(options: Options) -> list[str]:
    return [found.code for found in pipeline.check(options).outdated]


def refused(options: Options) -> list[str]:
    before = tree(options)
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    assert tree(options) == before
    with pytest.raises(SchemagenError) as also:
        pipeline.check(options)
    assert also.value.diagnostics == caught.value.diagnostics
    return [found.code for found in caught.value.diagnostics]


def test_the_first_build_writes_everything(options: Options) -> None:
    result = pipeline.build(options)
    assert result.files.written == tuple(sorted(tree(options)))
    assert [step.identifier for step in result.steps] == ["001_create_users", "002_create_threads"]
    folders = {path.split("/")[0] for path in result.files.written}
    assert folders == {
        "migrations",
        "models",
        "alembic",
        "docs",
        "schema.lock.json",
        "schema.postgres.sql",
        "schema.sqlite.sql",
        ".gitattributes",
        ".schema.sums",
    }
    lock = loads(lock_content(options.output) or b"")
    assert [migration.parent for migration in lock.migrations] == [None, "001_create_users"]
    in_lock = {path for migration in lock.migrations for path, _ in migration.files} | set(lock.files)
    assert in_lock | {"schema.lock.json", ".gitattributes", ".schema.sums"} == set(result.files.written)


def test_a_second_build_does_nothing_at_all(options: Options) -> None:
    pipeline.build(options)
    assert pipeline.build(options) == BuildResult()
    assert codes(options) == []


def test_building_again_in_full_changes_no_byte(options: Options) -> None:
    pipeline.build(options)
    before = tree(options)
    fingerprint.forget(str(options.output))
    assert codes(options) == []
    result = pipeline.build(options)
    assert result.files.written == ()
    assert tree(options) == before


def test_an_output_that_came_with_git_is_checked_in_full(options: Options) -> None:
    pipeline.build(options)
    before = tree(options)
    (options.output / ".schemagen/fingerprint").unlink()
    assert codes(options) == []
    assert not (options.output / ".schemagen/fingerprint").exists()
    assert tree(options) == before


@pytest.mark.parametrize("path", ["models/user.py", "docs/chat.md", "migrations/README.md", "alembic/env.py"])
def test_an_edited_or_deleted_output_is_noticed_and_mended(options: Options, path: str) -> None:
    pipeline.build(options)
    before = tree(options)
    (options.output / path).write_text("mine", encoding="utf-8")
    assert codes(options) == ["SG424"]
    assert pipeline.build(options).files.written == (path,)
    (options.output / path).unlink()
    assert codes(options) == ["SG424"]
    assert pipeline.build(options).files.written == (path,)
    assert tree(options) == before


def test_an_edited_missing_or_foreign_migration_is_refused(options: Options) -> None:
    pipeline.build(options)
    (options.output / "migrations/sqlite/001_create_users.sql").write_text("-- mine", encoding="utf-8")
    assert refused(options) == ["SG404"]
    (options.output / "migrations/sqlite/001_create_users.sql").unlink()
    assert refused(options) == ["SG405"]


def test_a_foreign_migration_is_refused_though_nothing_else_has_changed(options: Options) -> None:
    pipeline.build(options)
    (options.output / "migrations/postgres/003_mine.sql").write_text("-- mine", encoding="utf-8")
    assert refused(options) == ["SG406"]


def test_a_lock_that_cannot_be_used_is_refused(options: Options) -> None:
    pipeline.build(options)
    (options.output / "schema.lock.json").write_text("{", encoding="utf-8")
    assert refused(options) == ["SG401"]
    (options.output / "schema.lock.json").unlink()
    assert refused(options) == ["SG407"]


def test_every_mistake_is_told_and_nothing_is_written(options: Options) -> None:
    write_spec(options, SPEC.replace("users.id", "user.id").replace("varchar(80)", "varchr(80)"))
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    assert len(caught.value.diagnostics) >= 2
    assert caught.value.sources is not None
    assert not options.output.exists()


@pytest.mark.parametrize(
    ("check", "code"),
    [
        ("{sql: {postgres: id > 0, sqlite: id >< 0}, description: d}", "SG310"),
        ("{sql: {postgres: id > 0, sqlite: nowhere > 0}, description: d}", "SG311"),
        ("{sql: {postgres: id > 0, sqlite: num_nonnulls(id) > 0}, description: d}", "SG311"),
        ("{sql: {postgres: id > 0, sqlite: id < unixepoch()}, description: d}", "SG312"),
    ],
)
def test_sql_that_an_engine_refuses_is_found_before_anything_is_written(
    options: Options, check: str, code: str
) -> None:
    write_spec(options, SPEC + f"    checks:\n      c: {check}\n")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    assert code in [found.code for found in caught.value.diagnostics], caught.value
    assert not options.output.exists()


def test_a_mistake_leaves_the_old_output(options: Options) -> None:
    pipeline.build(options)
    write_spec(options, SPEC.replace("users.id", "user.id"))
    assert refused(options)


def test_a_dry_run_writes_nothing(options: Options) -> None:
    result = pipeline.build(options, dry_run=True)
    assert len(result.steps) == 2
    assert not options.output.exists()
    assert pipeline.build(options).files.written == result.files.written


def test_a_changed_description_makes_no_migration(options: Options) -> None:
    pipeline.build(options)
    before = tree(options)
    write_spec(options, SPEC.replace("What others see", "The name on the door"))
    assert set(codes(options)) == {"SG424"}
    result = pipeline.build(options)
    assert result.steps == ()
    assert "docs/chat.md" in result.files.written
    unchanged = {
        path: text for path, text in before.items() if path.startswith("migrations/") and path.endswith(".sql")
    }
    assert unchanged.items() <= tree(options).items()
    assert pipeline.build(options) == BuildResult()


def test_a_document_that_is_no_longer_written_is_removed(options: Options) -> None:
    pipeline.build(options)
    (options.output / "docs/mine.md").write_text("mine", encoding="utf-8")
    (options.specs / "chat.yaml").rename(options.specs / "talk.yaml")
    assert "SG424" in codes(options)
    assert pipeline.build(options).files.removed == ("docs/chat.md",)
    assert (options.output / "docs/mine.md").exists()
    assert codes(options) == []


def test_a_change_that_has_to_be_allowed_is_refused_by_name_and_place(options: Options) -> None:
    pipeline.build(options)
    write_spec(options, SPEC.replace("varchar(80)", "varchar(70)") + "      title: {type: text}\n")
    assert refused(options) == ["SG410", "SG410", "SG410"]
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    found = {
        (each.hint or "").rpartition("--allow ")[2]: each.span.line for each in caught.value.diagnostics if each.span
    }
    assert found == {"narrow:users.name": 8, "rewrite:users.name": 8, "not_null:threads.title": 14}
    assert pipeline.build(options, allow=list(found)).steps[0].identifier == "003_change_schema"
    assert codes(options) == []


def test_the_order_of_columns_is_no_change(options: Options) -> None:
    old = pipeline.load(options).schema
    lines = SPEC.splitlines(keepends=True)
    write_spec(options, "".join([*lines[:6], lines[7], lines[6], *lines[8:]]))
    new = pipeline.load(options).schema
    assert new != old
    assert evolve(old, new, renames_of(old, new)).changes == ()


def test_the_python_type_of_a_native_column_is_no_change(options: Options) -> None:
    native = "      address: {type: {postgres: inet, sqlite: text, python: PLACE}, nullable: true, immutable: true}\n"
    write_spec(options, SPEC + native.replace("PLACE", "str"))
    old = pipeline.load(options).schema
    write_spec(options, SPEC + native.replace("PLACE", "ipaddress.IPv4Address"))
    new = pipeline.load(options).schema
    assert new != old
    assert evolve(old, new, renames_of(old, new)).changes == ()


def test_an_interrupted_build_is_seen_by_check_and_finished_by_build(options: Options) -> None:
    pipeline.build(options)
    before = tree(options)
    commit = options.output / ".schemagen/commit"
    (commit / "files/docs").mkdir(parents=True)
    (commit / "files/docs/chat.md").write_text("half", encoding="utf-8")
    (commit / "removals").write_text("", encoding="utf-8")
    (commit / "seal").write_text(seal(options.output) or "", encoding="utf-8")
    assert codes(options) == ["SG423"]
    pipeline.build(options)
    assert tree(options) == before


def test_a_build_that_was_overtaken_plans_anew(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    make_plan = pipeline.make_plan

    def overtaken(given: Options, allow: Sequence[str], **flags: Any) -> pipeline.Plan:
        plan = make_plan(given, allow, **flags)
        monkeypatch.setattr(pipeline, "make_plan", make_plan)
        pipeline.build(given)
        return plan

    monkeypatch.setattr(pipeline, "make_plan", overtaken)
    assert pipeline.build(options) == BuildResult()
    assert codes(options) == []


def test_it_makes_no_difference_how_the_folder_is_written(options: Options, tmp_path: Path) -> None:
    schemas = [pipeline.load(Options(specs)).schema for specs in (options.specs, options.specs.relative_to(tmp_path))]
    assert [schema.documents[0].name for schema in schemas] == ["chat", "chat"]
    assert schemas[0] == schemas[1]


def test_the_fingerprint_covers_every_input(options: Options, tmp_path: Path) -> None:
    specs = str(options.specs)
    seen = [fingerprint.of_inputs(specs)]
    for change in (
        lambda: write_spec(options, SPEC + "# a comment\n"),
        lambda: write_spec(options, "schemagen: 1\n", "deep.yml"),
        lambda: (options.specs / "deep.yml").rename(options.specs / "deeper.yml"),
    ):
        change()
        seen.append(fingerprint.of_inputs(specs))
    assert None not in seen
    assert len(set(seen)) == 4
    assert fingerprint.of_inputs(str(tmp_path / "nowhere")) not in seen


def test_the_fingerprint_sees_every_file_that_a_build_reads(options: Options) -> None:
    (options.specs / "a/b").mkdir(parents=True)
    (options.specs / "a/b/c.yaml").symlink_to(options.specs / "chat.yaml")
    before = fingerprint.of_inputs(str(options.specs))
    files, _ = find_files(options.specs)
    assert len(files) == 2
    for file in files:
        text = file.path.read_text(encoding="utf-8")
        file.path.write_text(text + "#", encoding="utf-8")
        assert fingerprint.of_inputs(str(options.specs)) != before
        file.path.write_text(text, encoding="utf-8")
        assert fingerprint.of_inputs(str(options.specs)) == before


def test_the_fingerprint_covers_the_program(options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program/project/fingerprint.py"
    program.parent.mkdir(parents=True)
    monkeypatch.setattr(fingerprint, "__file__", str(program))
    seen = [fingerprint.of_inputs(str(options.specs))]
    for change in (
        program.touch,
        lambda: program.write_text("pass"),
        lambda: program.rename(program.with_name("x.py")),
    ):
        change()
        seen.append(fingerprint.of_inputs(str(options.specs)))
    assert len({*seen, None}) == 5


def test_an_unreadable_input_is_never_taken_for_unchanged(options: Options) -> None:
    (options.specs / "broken.yaml").symlink_to("nowhere")
    assert fingerprint.of_inputs(str(options.specs)) is None


def test_nothing_to_do_is_decided_without_heavy_imports(options: Options) -> None:
    pipeline.build(options)
    script = "import sys; from schemagen.cli import main; code = main(); print(sorted(sys.modules)); sys.exit(code)"
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", script, "build", "--output=output"]
    run = subprocess.run(command, env=unmeasured, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("Nothing to do: output is up to date.")
    heavy = {"yaml", "jinja2", "typer", "sqlglot", "pydantic", "fasteners", "dataclasses", "typing", "json", "re"}
    assert not heavy & {name.strip("[]' \n") for name in run.stdout.splitlines()[1].split(",")}


def test_what_is_read_while_another_build_writes_is_read_again(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(output: Output, content: bytes | None) -> Lock | None:
        monkeypatch.undo()
        assert pipeline.build(options).files.written
        return read_history(output, content)

    monkeypatch.setattr(pipeline, "read_history", late)
    assert pipeline.build(options).files.written == ()
    assert codes(options) == []


def test_two_builds_do_not_mix(options: Options) -> None:
    command = [sys.executable, "-m", "schemagen", "build"]
    builds = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outcomes = [(build.communicate()[0].split(None, 1)[0], build.returncode) for build in builds]
    assert sorted(outcomes) == [("Nothing", 0), ("Nothing", 0), ("Wrote", 0)]
    assert codes(options) == []
