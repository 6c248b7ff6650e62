"""Databases that nobody here designed: what the language cannot say is listed, and nothing else differs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.importer.importing import import_catalog
from schemagen.importer.losses import Effect
from schemagen.importer.report import as_markdown
from schemagen.importer.sources import Request, source_catalog

if TYPE_CHECKING:
    from schemagen.schema.model import DialectName

CASES = sorted((Path(__file__).parents[1] / "cases/import").iterdir())


@pytest.mark.xdist_group("import")
@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_foreign_database(folder: Path) -> None:
    engine: DialectName = "sqlite" if folder.name.startswith("sqlite") else "postgres"
    result = import_catalog(source_catalog(Request(str(folder), engine)))
    assert result.proof.differences == ()
    assert result.proof.refused == {}
    found = {
        f"{effect}: {loss.table or '-'}: {loss.what}"
        for effect in Effect
        for loss in result.losses
        if loss.effect is effect
    }
    expected = set((folder / "losses.txt").read_text(encoding="utf-8").splitlines())
    assert found == expected
    for name, text in result.files.items():
        assert text == (folder / "specs" / name).read_text(encoding="utf-8"), name
    assert all(loss.what for loss in result.losses)
    assert as_markdown(result).count("\n| ") >= len({loss.what for loss in result.losses})
