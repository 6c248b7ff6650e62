"""`lint` prints what it printed of the same project without reading it, and reads it where anything differs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen import cli
from schemagen.cli import commands
from support.imports import imported_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Run = Callable[..., tuple[int, str]]

SPEC = """schemagen: 1
tables:
  users:
    columns:
      id: {type: bigint, identity: true, primary_key: true}
      created: {type: timestamp}
"""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that were run, rather than printed again."""
    seen: list[Sequence[str]] = []
    run = commands.run

    def counted(arguments: Sequence[str]) -> int:
        seen.append(arguments)
        return run(arguments)

    monkeypatch.setattr(commands, "run", counted)
    return seen


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/app.yaml").write_text(SPEC, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["schemagen", *arguments])
        return cli.main(), capsys.readouterr().out

    run("build")
    return lambda *flags: run("lint", *flags)


def test_what_was_seen_is_printed_again(lint: Run, runs: list[Sequence[str]]) -> None:
    for flags in ([], ["--strict"], ["--format", "json"], ["--profile=strict", "specs/app.yaml"], ["--statistics"]):
        runs.clear()
        first = lint(*flags)
        assert (first, len(runs)) == (lint(*flags), 1), flags
    assert "SG509" in first[1]


def test_whatever_differs_is_read(lint: Run, runs: list[Sequence[str]]) -> None:
    lint()
    spec, settings, lock = Path("specs/app.yaml"), Path("schemagen.toml"), Path("output/schema.lock.json")
    for change in (
        lambda: spec.write_text(SPEC.replace("timestamp", "timestamptz"), encoding="utf-8"),
        lambda: settings.write_text('[lint]\nprofile = "strict"\n', encoding="utf-8"),
        lock.unlink,
        lambda: [file.write_bytes(file.read_bytes()[:-3]) for file in Path("output/.schemagen").glob("lint-*")],
    ):
        runs.clear()
        change()
        seen = lint()
        assert (seen, len(runs)) == (lint(), 1)


def test_what_mends_or_reads_elsewhere_is_run(lint: Run, runs: list[Sequence[str]]) -> None:
    lint("--fix")
    lint("--fix")
    lint("--help")
    lint("--help")
    assert len(runs) == 4


@pytest.mark.usefixtures("lint")
def test_it_takes_no_heavy_import(tmp_path: Path) -> None:
    imported_by(tmp_path, "lint")
    heavy = {"yaml", "jinja2", "typer", "sqlglot", "pydantic", "dataclasses", "typing", "json"}
    assert not heavy & imported_by(tmp_path, "lint")
