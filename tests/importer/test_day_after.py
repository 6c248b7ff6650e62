"""The day after an import: nothing drifts, Alembic has nothing to add, and the other engine builds the same specs."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.test_import_adopt import new_database
from schemagen.cli.commands import run
from schemagen.databases.prerequisites import PREREQUISITES_FILE

PREREQUISITES = Path("specs") / PREREQUISITES_FILE
CASES = sorted((Path(__file__).parents[1] / "cases/day_after").glob("*.sql"))


@pytest.mark.xdist_group("import")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_day_after_is_clean(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    engine = case.stem.partition("_")[0]
    other = "postgres" if engine == "sqlite" else "sqlite"
    with new_database(engine) as database:
        database.run_text(case.read_text(encoding="utf-8"))
        assert run(["import", database.place, "--adopt"]) == 0, capsys.readouterr().out
        assert run(["verify", "--database", database.place]) == 0, capsys.readouterr().out
        assert run(["status", "--database", database.place]) == 0, capsys.readouterr().out
        database.alembic("stamp:head", "check")
    for each in (engine, other):
        with new_database(each) as fresh:
            if each == "postgres" and PREREQUISITES.is_file():
                fresh.run_text(PREREQUISITES.read_text(encoding="utf-8"))
            fresh.alembic("upgrade:head", "check")
