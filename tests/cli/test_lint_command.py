"""`lint` as its users call it: profiles, files, forms, and from a folder below the project's."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from schemagen import cli
from schemagen.cli.app import app
from schemagen.cli.grouped import GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]

BARE = """\
schemagen: 1
title: Shop
tables:
  orders:
    columns:
      id: {type: bigint, identity: true, primary_key: true}
      placed: {type: timestamp}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / ".git").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yaml").write_text(BARE, encoding="utf-8")
    (tmp_path / "specs/more.yaml").write_text(BARE.replace("orders", "returns"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["schemagen", *arguments])
        return cli.main(), capsys.readouterr().out

    return run_command


def codes(out: str) -> set[str]:
    return {found["code"] for found in json.loads(out)["diagnostics"]}


def test_what_an_editor_has_is_read_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def typed(text: bytes, *more: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        return run("lint", "--stdin", "--format", "json", *more)

    code, out = typed(BARE.replace("bigint", "bigimt").encode(), "specs/shop.yaml")
    found = next(each for each in json.loads(out)["diagnostics"] if each["severity"] == "error")
    assert (code, found["span"]["file"], found["span"]["line"]) == (1, "specs/shop.yaml", 6)
    assert run("lint")[0] == 0
    code, out = typed(b"schemagen: \xff", "specs/shop.yaml")
    assert (code, "is not UTF-8" in out) == (1, True)
    assert "SG440" in typed(b"", "elsewhere.yaml")[1]
    assert typed(b"")[0] == 2
    assert typed(b"", "specs/shop.yaml", "--fix")[0] == 2


def test_a_profile_has_the_rules_of_those_before_it(run: Run) -> None:
    safety, documented, strict = (
        codes(run("lint", "--format", "json", "--profile", profile)[1])
        for profile in ("safety", "documented", "strict")
    )
    assert "SG509" in safety
    assert safety < documented
    assert documented <= strict
    assert codes(run("lint", "--format", "json")[1]) == safety


def test_the_settings_choose_a_profile_and_a_rule_besides(run: Run, tmp_path: Path) -> None:
    (tmp_path / "schemagen.toml").write_text('[lint]\nprofile = "safety"\nSG506 = "error"\n', encoding="utf-8")
    code, out = run("lint", "--format", "json")
    assert (code, codes(out)) == (1, {"SG506", "SG509"})
    (tmp_path / "schemagen.toml").write_text('[lint]\nprofile = "all"\n', encoding="utf-8")
    assert "SG433" in run("lint")[1]


def test_one_file_is_told_of_alone(run: Run) -> None:
    out = run("lint", "--format", "concise", "specs/more.yaml")[1]
    assert out.startswith("specs/more.yaml:7:7: warning SG509 ")
    assert "shop.yaml" not in out
    assert "SG440" in run("lint", "README.md")[1]


def test_statistics_count_each_rule(run: Run) -> None:
    code, out = run("lint", "--statistics")
    assert "descriptions" in out
    assert (code, out.split()[:2]) == (0, ["2", "SG509"])
    assert run("lint", "--statistics", "--strict")[0] == 1


def test_sarif_names_rules_and_places(run: Run) -> None:
    (only,) = json.loads(run("lint", "--format", "sarif", "specs/shop.yaml")[1])["runs"]
    (result,) = only["results"]
    assert only["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "SG509"
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("specs/shop.yaml", 7)


def test_settings_are_found_in_a_folder_above(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemagen.toml").write_text('output = "made"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path / "specs")
    assert run("build")[0] == 0
    assert (tmp_path / "made/schema.lock.json").is_file()
    assert run("check") == (0, "Nothing to do: ../made is up to date.\n")


def test_every_command_has_its_group_in_the_help(run: Run) -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert {name for group in GROUPS.values() for name in group} == names
    assert "Databases:" in run("-h")[1]
