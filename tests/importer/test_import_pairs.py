"""Pairs of schemas in SQL: what an import makes of both, the migration between them, and its rollback, on rows.

A case has `-- old`, `-- rows`, `-- new`, and `-- allow` with the words that the build wants. The old one is adopted,
becomes what the new one is, and goes back.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from importer.test_import_adopt import new_database
from schemagen.cli.commands import run
from schemagen.drift.drift import own_differences
from schemagen.engines.catalog_differences import differences
from schemagen.importer.sources import database_catalog

if TYPE_CHECKING:
    from importer.test_import_adopt import Database
    from schemagen.engines.catalog import Catalog

CASES = sorted((Path(__file__).parents[1] / "cases/pairs").glob("*.sql"))


def parts_of(case: Path) -> dict[str, str]:
    text = case.read_text(encoding="utf-8")
    return dict(re.findall(r"(?ms)^-- (\w+)\n(.*?)(?=^-- \w+\n|\Z)", text))


def catalog_of(database: Database) -> Catalog:
    return database_catalog(database.place)


def reported(found: Catalog, wanted: Catalog) -> list[str]:
    differing = (*differences(found, wanted, belongings=True), *own_differences(found, wanted))
    return [one.sentence("found", "wanted") for one in differing]


@pytest.mark.xdist_group("import")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_pair_is_migrated_and_taken_back(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    parts = parts_of(case)
    with new_database("postgres") as adopted, new_database("postgres") as other:
        adopted.run_text(parts["old"])
        adopted.run_text(parts.get("rows", "SELECT 1"))
        other.run_text(parts["new"])
        old, new = catalog_of(adopted), catalog_of(other)
        assert run(["import", adopted.place, "--adopt"]) == 0, capsys.readouterr().out
        assert run(["import", other.place, "--specs", "new"]) == 0, capsys.readouterr().out
        shutil.rmtree("specs")
        shutil.copytree("new", "specs")
        allowed = [word for each in parts.get("allow", "").split() for word in ("--allow", each)]
        assert run(["build", "--comments", *allowed]) == 0, capsys.readouterr().out
        files = sorted(Path("output/migrations/postgres").glob("*.sql"))[1:]
        for file in files:
            adopted.run_file(file)
        assert reported(catalog_of(adopted), new) == []
        for file in reversed(files):
            adopted.run_file(file.parent / "rollback" / file.name)
        if "replaced" not in parts:  # what comes back is ours, and does the same
            assert reported(catalog_of(adopted), old) == []


@pytest.mark.xdist_group("import")
def test_a_database_without_a_view_of_its_migration_is_at_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    case = next(case for case in CASES if case.stem == "options_of_views")
    with new_database("postgres") as database:
        database.run_text(parts_of(case)["old"])
        assert run(["import", database.place, "--adopt"]) == 0
        assert run(["status", "--database", database.place]) == 0, capsys.readouterr().out
        database.run_text("CREATE OR REPLACE VIEW v AS SELECT id, a FROM t WHERE id > 1")
        assert run(["status", "--database", database.place]) == 1
        assert "SG490" in capsys.readouterr().out
