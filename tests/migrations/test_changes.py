"""Each small change of ``tests/cases/changes``, by object: what build writes for it, and that it runs.

A reviewer reads the expected files; ``pytest tests/migrations/test_changes.py --snapshot-update`` writes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from programs.evolve_laws import check_pair
from schemagen.cli.reports.review import as_text
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from schemagen.project.review import review
from support.engines import open_postgres
from support.evolve_cases import built, words
from support.golden import compare

CASES = [
    pytest.param(path.parent, id=f"{path.parts[-3]}-{path.parts[-2]}")
    for path in sorted((Path(__file__).parents[1] / "cases/changes").glob("*/*/new.yaml"))
]
ONE_OF = 8
"""Of so many cases one is run here, all of them by ``make test-tools``."""

ENGINES = ("sqlite", "postgres")
SAME_EVERYWHERE = re.compile(r"(?<=^made\(name\) AS ).*?(?=^WHERE rule NOT IN)", re.DOTALL | re.MULTILINE)
"""What reads the rules of a table that SQLite recreates: one text in every rebuild, which nobody reads again."""


def files(options: Options) -> set[Path]:
    return {path for engine in ENGINES for path in (options.output / "migrations" / engine).rglob("*.sql")}


@pytest.mark.parametrize("case", CASES)
def test_a_reviewer_reads_what_is_expected(case: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "case.yaml"
    spec.write_bytes((case / "old.yaml").read_bytes())
    pipeline.build(options)
    before = files(options)
    spec.write_bytes((case / "new.yaml").read_bytes())
    reported = as_text(review(options, sql=False)).replace(f"{options.output}/", "output/")
    compare(reported, case / "review.txt", pytestconfig)
    pipeline.build(options, allow=words(case))
    made = sorted(files(options) - before)
    for engine in ENGINES:
        for kind, folder in (("up", engine), ("down", "rollback")):
            found = [path for path in made if path.parent.name == folder and engine in path.parts]
            text = "\n".join(path.read_text(encoding="utf-8") for path in found)
            compare(SAME_EVERYWHERE.sub("…\n", text), case / f"{engine}.{kind}.sql", pytestconfig)


def runs(case: Path, folder: Path, url: str) -> None:
    with open_postgres(url) as connection:
        connection.execute("SET client_min_messages = error")
        check_pair(built(case, folder), connection)


@pytest.mark.parametrize("case", CASES[::ONE_OF])
def test_a_change_is_made_and_taken_back(case: Path, tmp_path: Path, pg_database: str) -> None:
    runs(case, tmp_path, pg_database)


@pytest.mark.tools
@pytest.mark.parametrize("case", CASES)
def test_every_change_is_made_and_taken_back(case: Path, tmp_path: Path, pg_database: str) -> None:
    runs(case, tmp_path, pg_database)
