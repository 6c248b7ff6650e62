"""The tour of the docs is what build writes, and runs; ``pytest --snapshot-update`` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.project.pipeline import Options, load
from schemagen.verify.runner import Scope, prove
from support.golden import compare
from support.tour import tour

if TYPE_CHECKING:
    import pytest

    from schemagen.databases.servers import Server

ROOT = Path(__file__).parents[2]


def test_the_tour_is_what_build_writes_and_is_proved(
    tmp_path: Path, pytestconfig: pytest.Config, postgres18: Server
) -> None:
    compare(tour(sorted((ROOT / "tests/cases/tour").iterdir()), tmp_path), ROOT / "docs/tour.md", pytestconfig)
    options = Options(tmp_path / "specs", tmp_path / "output")
    assert prove(load(options).schema, options.output, Scope(server=postgres18)).failures == ()
