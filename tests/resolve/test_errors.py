"""Every mistake of ``cases/errors``: what is reported, once, at its place, with the fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemagen.cli.reports.diagnostics import as_text
from schemagen.project.pipeline import Options, load
from support.golden import compare

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests/cases/errors").iterdir())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_what_is_told(folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    loaded = load(Options(folder.relative_to(ROOT), folder.relative_to(ROOT) / "output"))
    assert loaded.failed
    compare(as_text(loaded.diagnostics, loaded.sources), folder / "error.txt", request.config)
