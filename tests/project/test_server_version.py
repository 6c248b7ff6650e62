"""`[postgres]` in the settings: what specs ask of a newer server than the oldest one is reported before a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.project.pipeline import Options, build, load
from schemagen.project.settings import read_oldest_server

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """schemagen: 1
title: Lines
tables:
  lines:
    columns:
      id: {type: integer, primary_key: true}
      code: {type: text, nullable: true}
      twice: {type: integer, generated: {sql: id * 2, stored: false}}
    unique:
      - {columns: [code], nulls_distinct: false}
    checks:
      positive: {sql: id > 0, state: not_enforced}
views:
  codes: {sql: SELECT id, code FROM lines, security_invoker: true}
"""
NEWER = {14: (15, 15, 18, 18), 15: (18, 18), 17: (18, 18), 18: (), 0: ()}


@pytest.mark.parametrize("server", NEWER)
def test_what_the_oldest_server_lacks_is_told(server: int, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/lines.yaml").write_text(SPEC, encoding="utf-8")
    options = Options(tmp_path / "specs", tmp_path / "output", server=server)
    found = [one for one in load(options).diagnostics if one.code == "SG462"]
    assert sorted(int(one.message.split("PostgreSQL ")[1].split(",")[0]) for one in found) == list(NEWER[server])
    assert all(one.span and one.hint for one in found)
    if found:
        with pytest.raises(SchemagenError):
            build(options)
        assert not options.output.exists()


@pytest.mark.parametrize("text", ["version = 9", 'version = "16"', "oldest = 16"])
def test_a_version_that_is_none_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemagen.toml").write_text(f"[postgres]\n{text}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SchemagenError):
        read_oldest_server()
