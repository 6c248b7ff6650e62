"""`schemagen diff`: each change with its verdict, in three forms, and nothing written."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from schemagen.cli.reports.review import LONGEST_COMMENT, as_json, as_markdown, as_text
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from schemagen.project.review import Review, review
from support.golden import compare

OLD = """schemagen: 1
tables:
  users:
    columns:
      id: {type: integer, primary_key: true}
      name: {type: varchar(80)}
      rating: {type: integer, nullable: true}
  messages:
    columns:
      id: {type: integer, primary_key: true}
      user_id: {references: users.id, on_delete: restrict}
"""
NEW = (
    OLD.replace("varchar(80)", "varchar(70)")
    .replace("      rating: {type: integer, nullable: true}\n", "")
    .replace("restrict}", "cascade}\n      state: {enum: [open, 'a|b'], default: open}")
)
KEY = "foreign key fk_messages_user_id (user_id) → users (id)"
OPTIONS = Options()
CASES = sorted((Path(__file__).parents[1] / "cases/diff").iterdir())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/app.yaml").write_text(OLD, encoding="utf-8")
    pipeline.build(OPTIONS)
    return tmp_path


def changed() -> Review:
    Path("specs/app.yaml").write_text(NEW, encoding="utf-8")
    return review(OPTIONS)


def test_each_change_has_its_verdicts(project: Path) -> None:
    assert project
    lock = Path("output/schema.lock.json").read_bytes()
    found = changed()
    verdicts = {each.change.split(":")[0]: (each.postgres, each.sqlite, each.reversible) for each in found.changes}
    rebuild = "rebuild of the table"
    assert verdicts == {
        "drop column rating": ("catalog only", rebuild, False),
        "alter column name": ("rewrites the table, or its indexes, under a lock", rebuild, True),
        f"drop {KEY}, on delete restrict": ("catalog only", rebuild, True),
        'add column state (enum(open, a|b), NOT NULL, default `"open"`)': (
            "online, in a second migration",
            rebuild,
            True,
        ),
        f"add {KEY}, on delete cascade": (
            "online, in a second migration",
            rebuild,
            True,
        ),
    }
    words = {word for each in found.changes for word in each.allow}
    assert words == {"drop:users.rating", "narrow:users.name", "rewrite:users.name"}
    assert found.migrations == ("003_change_schema", "004_change_schema_online")
    assert [(each.table, each.after) for each in found.deletes] == [
        ("users", ("Deleting a user deletes its messages.",))
    ]
    assert Path("output/schema.lock.json").read_bytes() == lock


def test_its_forms(project: Path) -> None:
    assert project
    found = changed()
    assert "    Needs:      --allow drop:users.rating\n" in as_text(found)
    assert "add column state (enum(open, a\\|b), NOT NULL" in as_markdown(found)
    data = json.loads(as_json(found))
    assert data["changes"][0]["allow"] == ["drop:users.rating"]
    assert data["changes"][1]["stops"] == [
        {
            "reason": "a value of users.name does not fit varchar(70)",
            "postgres": "SELECT id, name FROM users WHERE NOT "
            "(((name::varchar(70))::varchar(80))::text IS NOT DISTINCT FROM name::text)",
            "sqlite": "SELECT id, name FROM users AS made WHERE NOT (length(name) <= 70 AND instr(name, char(0)) = 0)",
        }
    ]
    assert {(each["engine"], each["migration"]) for each in data["scripts"]} == {
        ("PostgreSQL", "003_change_schema"),
        ("PostgreSQL", "004_change_schema_online"),
        ("SQLite", "003_change_schema"),
    }


def test_sql_that_is_too_long_for_a_comment_is_left_out(project: Path) -> None:
    assert project
    found = changed()
    assert "<details><summary>003_change_schema on SQLite</summary>" in as_markdown(found)
    (script, *_) = found.scripts
    long = as_markdown(replace(found, scripts=(replace(script, sql="SELECT 1;\n" * LONGEST_COMMENT),)))
    assert len(long) < LONGEST_COMMENT
    assert long.endswith("The SQL is too long for a comment: `schemagen diff` prints it.\n")
    assert as_markdown(review(OPTIONS, sql=False)) == as_markdown(replace(found, scripts=()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_in_every_form(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    for name in ("old", "new"):
        Path("specs/app.yaml").write_text((case / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        if name == "old":
            pipeline.build(OPTIONS)
    found = review(OPTIONS, sql=False)  # the SQL of rebuilds has its own cases
    for suffix, form in (("txt", as_text), ("md", as_markdown), ("json", as_json)):
        compare(form(found), case / f"expected.{suffix}", request.config)


def test_no_change_and_no_lock(project: Path) -> None:
    assert project
    assert as_text(review(OPTIONS)) == "No change of the schema since output/schema.lock.json.\n"
    Path("output/schema.lock.json").unlink()
    assert [each.change for each in review(OPTIONS).changes] == ["create table users", "create table messages"]


def test_from_a_revision(project: Path) -> None:
    who = ["-c", "user.name=S", "-c", "user.email=s@example.org"]
    for words in (["init", "--quiet", "-b", "main"], ["add", "."], [*who, "commit", "--quiet", "-m", "first"]):
        subprocess.run(["git", "-C", str(project), *words], check=True)
    found = changed()
    words = [word for each in found.changes for word in each.allow]
    pipeline.build(OPTIONS, allow=words)
    assert review(OPTIONS).changes == ()
    since = review(OPTIONS, "main")
    assert since.changes == found.changes
    assert since.base == "main:output/schema.lock.json"
    assert (since.written, since.migrations) == (found.migrations, ())


def test_a_key_to_a_dropped_parent_may_not_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    cases = Path(__file__).parents[1] / "cases/evolve/dropped_parent_rollback_refused_by_rows"
    Path("specs/app.yaml").write_text((cases / "old.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    pipeline.build(OPTIONS)
    Path("specs/app.yaml").write_text((cases / "new.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    found = review(OPTIONS)
    assert [each.reversible for each in found.changes] == [False, False]
    assert [rows for rows in found.rollback_stops if "a row of vans refers to depots" in rows]


def test_a_conversion_is_not_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    cases = Path(__file__).parents[1] / "cases/evolve/conversion_that_gives_null_refused_by_rows"
    Path("specs/app.yaml").write_text((cases / "old.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    pipeline.build(OPTIONS)
    Path("specs/app.yaml").write_text((cases / "new.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    found = review(OPTIONS)
    assert [(each.change, each.reversible) for each in found.changes] == [
        ("alter column mood: type text → integer, values by the backfill", False)
    ]
    assert found.rollback_losses[-1].startswith("the values of moods.mood from before")
