"""`build --name`: what the migration of a change is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """schemagen: 1
tables:
  people:
    columns:
      id: {type: integer, primary_key: true}
"""
CHANGED = f"{SPEC}      code: {{type: text, unique: true, default: ''}}\n"


@pytest.fixture
def options(tmp_path: Path) -> Options:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/people.yaml").write_text(SPEC, encoding="utf-8")
    return Options(tmp_path / "specs", tmp_path / "output")


def test_a_change_has_the_name_that_is_given(options: Options) -> None:
    build(options)
    (options.specs / "people.yaml").write_text(CHANGED, encoding="utf-8")
    result = build(options, name="split-address")
    assert result.steps[0].identifier == "002_split_address"
    assert all(step.name in {"split_address", "split_address_online"} for step in result.steps)
    assert (options.output / "migrations/sqlite/002_split_address.sql").exists()


@pytest.mark.parametrize("name", ["", "1st", "a b", "Ä", "x_online", "../a", "a" * 49])
def test_what_is_no_name(name: str, options: Options) -> None:
    build(options)
    (options.specs / "people.yaml").write_text(CHANGED, encoding="utf-8")
    with pytest.raises(SchemagenError, match="SG445"):
        build(options, name=name)


def test_a_first_build_takes_no_name(options: Options) -> None:
    with pytest.raises(SchemagenError, match="SG445"):
        build(options, name="begin")
    assert not (options.output / "migrations").exists()
