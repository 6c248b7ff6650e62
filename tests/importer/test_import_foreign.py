"""Databases that nobody here designed: what the language cannot say is listed, and nothing else differs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.engines.sqlite import facts
from schemagen.importer.importing import import_catalog, rules_left_out
from schemagen.importer.proof import loaded_of
from schemagen.importer.report import as_markdown
from schemagen.importer.sources import Request, source_catalog
from support.golden import compare

if TYPE_CHECKING:
    from schemagen.schema.dialect import DialectName

FOLDER = Path(__file__).parents[1] / "cases/import"
CASES = sorted(FOLDER.iterdir())


@pytest.mark.xdist_group("import")
@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_foreign_database(folder: Path, pytestconfig: pytest.Config) -> None:
    engine: DialectName = "sqlite" if folder.name.startswith("sqlite") else "postgres"
    result = import_catalog(source_catalog(Request(str(folder), engine)))
    assert result.proof.differences == ()
    assert result.proof.refused == {}
    found = sorted({f"{loss.effect}: {loss.table or '-'}: {loss.what}\n" for loss in result.losses})
    compare("".join(found), folder / "losses.txt", pytestconfig)
    for name, text in result.files.items():
        compare(text, folder / "specs" / name, pytestconfig)
    assert all(loss.what for loss in result.losses)
    assert as_markdown(result).count("\n| ") >= len({loss.what for loss in result.losses})


@pytest.mark.parametrize("folder", sorted(FOLDER.glob("sqlite_*")), ids=lambda folder: folder.name)
def test_the_guard_of_a_rebuild_knows_every_rule_but_those_that_were_left_out(folder: Path) -> None:
    result = import_catalog(source_catalog(Request(str(folder), "sqlite")))
    schema = loaded_of(result.files, "specs").schema
    left_out = dict(rules_left_out(result))
    with closing(sqlite3.connect(":memory:")) as live:
        live.executescript((folder / "001.sql").read_text(encoding="utf-8"))
        for table in schema.tables:
            (unknown,) = live.execute(f"SELECT {facts.rules([table], schema).after}").fetchone()
            assert unknown is None or table.name in left_out, unknown
