"""Keys and unique rules that change their form: on PostgreSQL no moment between two migrations is without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from programs.evolve_engines import Postgres
from programs.evolve_laws import fresh
from schemagen.changes.migration import Statement
from schemagen.migrations.first_build import first_build
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from schemagen.project.review import review

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.changes.migration import Migration
    from schemagen.schema.model import Schema

BOXES = """schemagen: 1
tables:
  boxes:
    columns:
      id: {type: integer%s}
      code: {type: integer%s}
      shelf: {type: integer%s}
%s"""
TOYS = """  toys:
    columns:
      id: {type: integer, primary_key: true}
      box: {references: boxes.%s, on_delete: %s}
"""
KEY = ", primary_key: true"
TWICE = "INSERT INTO boxes (id, code, shelf) VALUES (9, 1, 9)"
TWICE_ID = "INSERT INTO boxes (id, code, shelf) VALUES (1, 9, 9)"
TWICE_BOTH = "INSERT INTO boxes (id, code, shelf) VALUES (9, 1, 1)"
LOST = "INSERT INTO toys (id, box) VALUES (9, 99)"


def boxes(*, keys: tuple[str, str, str] = (KEY, "", ""), rest: str = "", toys: tuple[str, str] | None = None) -> str:
    return BOXES % (*keys, rest) + (TOYS % toys if toys else "")


def listed(section: str, columns: str, name: str, more: str = "") -> str:
    return f"    {section}:\n      - {{columns: [{columns}], name: {name}{more}}}\n"


UNIQUE_INDEX = listed("indexes", "code", "by_code", ", unique: true")
UNIQUE = listed("unique", "code", "by_code")


@dataclass
class Change:
    """Two specs, and what both refuse; ``migrations`` is their number on PostgreSQL."""

    old: str
    new: str
    refused: tuple[str, ...]
    migrations: int = 2
    allow: tuple[str, ...] = ()


CHANGES = {
    "an index becomes a constraint": Change(boxes(rest=UNIQUE_INDEX), boxes(rest=UNIQUE), (TWICE,), 1),
    "an index becomes a constraint of another name": Change(
        boxes(rest=listed("indexes", "code", "i", ", unique: true")), boxes(rest=UNIQUE), (TWICE,), 1
    ),
    "an index becomes a constraint below a key": Change(
        boxes(rest=UNIQUE_INDEX, toys=("code", "cascade")),
        boxes(rest=UNIQUE, toys=("code", "cascade")),
        (TWICE, LOST),
    ),
    "a constraint becomes an index below a key": Change(
        boxes(rest=UNIQUE, toys=("code", "cascade")),
        boxes(rest=UNIQUE_INDEX, toys=("code", "cascade")),
        (TWICE, LOST),
    ),
    "a constraint becomes an index below a key that changes": Change(
        boxes(rest=UNIQUE, toys=("code", "cascade")),
        boxes(rest=UNIQUE_INDEX, toys=("code", "restrict")),
        (TWICE, LOST),
    ),
    "a constraint becomes a wider index of its name": Change(
        boxes(rest=UNIQUE),
        boxes(rest=listed("indexes", "code, shelf", "by_code", ", unique: true")),
        (TWICE_BOTH,),
    ),
    "an index becomes a wider constraint of its name": Change(
        boxes(rest=UNIQUE_INDEX), boxes(rest=listed("unique", "code, shelf", "by_code")), (TWICE_BOTH,)
    ),
    "a constraint becomes a wider one": Change(
        boxes(keys=(KEY, ", unique: true", "")),
        boxes(rest="    unique:\n      - {columns: [code, shelf]}\n"),
        (TWICE_BOTH,),
    ),
    "the key moves to a unique column": Change(
        boxes(keys=(KEY, ", unique: true", ""), toys=("id", "cascade")),
        boxes(keys=(", unique: true", KEY, ""), toys=("id", "cascade")),
        (TWICE, TWICE_ID, LOST),
    ),
    "a unique index becomes the key": Change(
        boxes(rest=UNIQUE_INDEX, toys=("id", "no action")),
        boxes(keys=(", unique: true", KEY, ""), toys=("id", "no action")),
        (TWICE, TWICE_ID, LOST),
    ),
    "the key gets another name and column": Change(
        boxes(keys=("", "", ""), rest="    primary_key: {columns: [id, code], name: old_key}\n"),
        boxes(keys=("", "", ""), rest="    primary_key: {columns: [id, code, shelf], name: new_key}\n"),
        ("INSERT INTO boxes (id, code, shelf) VALUES (1, 1, 1)",),
    ),
}


@pytest.fixture(params=CHANGES.values(), ids=list(CHANGES))
def change(request: pytest.FixtureRequest) -> Change:
    found = request.param
    assert isinstance(found, Change)
    return found


def built(folder: Path, change: Change) -> tuple[Schema, Schema, list[Migration]]:
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    schemas = []
    for text, allow in ((change.old, ()), (change.new, change.allow)):
        (options.specs / "case.yaml").write_text(text, encoding="utf-8")
        schemas.append(pipeline.load(options).schema)
        steps = pipeline.build(options, allow=allow).steps
    return schemas[0], schemas[1], [step.for_dialect("postgres") for step in steps]


def begun(connection: psycopg.Connection[Any], old: Schema) -> Postgres:
    engine = Postgres(connection)
    for step in first_build(old):
        engine.run(step.for_dialect("postgres").statements)
    engine.run([Statement("INSERT INTO boxes (id, code, shelf) VALUES (1, 1, 1), (2, 2, 1)")])
    if "toys" in old.by_name:
        engine.run([Statement("INSERT INTO toys (id, box) VALUES (1, 1)")])
    return engine


def test_no_moment_is_without_the_rule(change: Change, tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    old, new, migrations = built(tmp_path, change)
    assert len(migrations) == change.migrations
    wanted = fresh(Postgres(connection), new)
    engine = begun(connection, old)
    assert engine.migrate(migrations[0], migrations[0].statements) == ""
    for statement in (None, *(each for later in migrations[1:] for each in later.statements)):
        engine.run([statement] if statement else [])
        for refused in change.refused:
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(refused)
    assert engine.catalog() == wanted


def test_it_may_be_interrupted_anywhere(change: Change, tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    old, new, (first, *rest) = built(tmp_path, change)
    before, after = (fresh(Postgres(connection), schema) for schema in (old, new))
    later = [statement for migration in rest for statement in migration.statements]
    for done in range(len(later) + 1):
        engine = begun(connection, old)
        assert engine.migrate(first, first.statements) == ""
        engine.run(later[:done])
        for migration in rest:
            assert engine.migrate(migration, migration.statements) == ""
        assert engine.catalog() == after, done
        assert engine.migrate(first, first.rollback) == ""
        assert engine.catalog() == before, done
        engine = begun(connection, old)
        assert engine.migrate(first, first.statements) == ""
        engine.run(later[:done])
        assert engine.migrate(first, first.rollback) == ""
        assert engine.catalog() == before, done


def test_what_nothing_keeps_meanwhile_is_told(tmp_path: Path) -> None:
    """The column of the old rule goes, so that it can't stand until the new one is there."""
    text = boxes(rest="    unique:\n      - {columns: [code, shelf]}\n", toys=("id", "cascade"))
    less = text.replace("      code: {type: integer}\n", "").replace("[code, shelf]", "[id, shelf]")
    _, _, migrations = built(tmp_path, Change(text, less, (), allow=("drop:boxes.code",)))
    assert "Not enforced until 004_alter_boxes_online has run: uq_boxes_id_shelf of boxes." in migrations[0].header


def test_what_becomes_of_a_rule_is_reviewed(tmp_path: Path) -> None:
    def verdicts(old: str, new: str) -> list[tuple[str, str]]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        options = Options(folder / "specs", folder / "output")
        options.specs.mkdir(parents=True)
        (options.specs / "case.yaml").write_text(old, encoding="utf-8")
        pipeline.build(options)
        (options.specs / "case.yaml").write_text(new, encoding="utf-8")
        return [(each.change, each.postgres) for each in review(options).changes]

    online = "online, in a second migration"
    assert verdicts(boxes(rest=UNIQUE_INDEX), boxes(rest=UNIQUE)) == [
        ("drop unique index by_code (code)", "catalog only"),
        ("add unique constraint by_code (code)", "catalog only"),
    ]
    assert verdicts(boxes(rest=UNIQUE), boxes(rest=UNIQUE_INDEX)) == [
        ("drop unique constraint by_code (code)", online),
        ("add unique index by_code (code)", online),
    ]
    gone = boxes(rest=listed("unique", "code, shelf", "u")).replace("      shelf: {type: integer}\n", "")
    gone = gone.replace("[code, shelf]", "[code]").replace("name: u", "name: v")
    assert verdicts(boxes(rest=listed("unique", "code, shelf", "u")), gone)[-1] == (
        "add unique constraint v (code)",
        f"{online}, until which nothing keeps the rule",
    )
