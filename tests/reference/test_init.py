"""``init``: a project that is clean, builds at once, and never overwrites what is there."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from schemagen import cli
from schemagen.reference.scaffold import project_files

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str]]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["schemagen", *arguments])
        return cli.main(), capsys.readouterr().out

    return run_command


def test_a_new_project_is_clean_and_builds(run: Run) -> None:
    assert run("init")[0] == 0
    assert run("lint", "--strict") == (0, "No problems found.\n")
    assert run("build")[0] == 0
    assert run("check")[0] == 0


def test_a_folder_can_be_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("init", "deep/project")[0] == 0
    monkeypatch.chdir(tmp_path / "deep/project")
    assert run("lint", "--strict")[0] == 0


@pytest.mark.parametrize("path", list(project_files()))
def test_nothing_is_overwritten_and_the_rest_is_written(path: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("mine", encoding="utf-8")
    code, out = run("init")
    assert (code, f"Kept {path}" in out or "Kept specs" in out) == (0, True)
    assert (tmp_path / path).read_text(encoding="utf-8") == "mine"
    assert all((tmp_path / other).is_file() for other in project_files())


def test_settings_go_to_the_pyproject_that_is_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n', encoding="utf-8")
    assert "Added [tool.schemagen] to pyproject.toml." in run("init")[1]
    table = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["schemagen"]
    assert table["lint"] == {"profile": "safety", "query-without-owner": "error"}
    assert not (tmp_path / "schemagen.toml").exists()
    assert run("build")[0] == 0
    assert "Added" not in run("init")[1]


def test_what_has_a_part_to_add_is_printed(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    assert "id: schemagen-check" in run("init")[1]


def test_a_first_table_without_words_keeps_ci_green(run: Run, tmp_path: Path) -> None:
    run("init")
    columns = "{id: {type: bigint, identity: true, primary_key: true}}"
    spec = f"schemagen: 1\ntitle: More\ntables: {{tags: {{columns: {columns}}}}}\n"
    (tmp_path / "specs" / "more.yaml").write_text(spec, encoding="utf-8")
    assert run("lint", "--format", "github")[0] == 0


def test_a_link_is_not_written_through(run: Run, tmp_path: Path) -> None:
    (tmp_path / "schemagen.toml").symlink_to(tmp_path / "elsewhere")
    assert run("init")[0] == 0
    assert not (tmp_path / "elsewhere").exists()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "specs").symlink_to(tmp_path / "specs")
    code, out = run("init", "deep")
    assert (code, "SG436" in out) == (1, True)
    assert not list((tmp_path / "deep").glob("*.toml"))


def test_what_is_written_is_what_its_readers_expect(tmp_path: Path) -> None:
    files = project_files()
    assert set(tomllib.loads(files["schemagen.toml"])) == {"specs", "output", "lint"}
    hooks = yaml.safe_load(files[".pre-commit-config.yaml"])["repos"][0]["hooks"]
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == [hook["id"] for hook in published] == ["schemagen-lint", "schemagen-check"]
    steps = yaml.safe_load(files[".github/workflows/schema.yaml"])["jobs"]["schema"]["steps"]
    assert [step["run"].split()[1] for step in steps if step.get("run", "").startswith("schemagen")] == [
        "lint",
        "check",
        "verify",
    ]
    modeline = files["specs/tasks.yaml"].splitlines()[0]
    assert (tmp_path / "specs" / modeline.partition("$schema=")[2]).resolve().name in files


def test_specs_of_this_repository_name_their_schema() -> None:
    for path in (ROOT / "specs").rglob("*.yaml"):
        modeline = path.read_text(encoding="utf-8").splitlines()[0]
        assert modeline.startswith("# yaml-language-server: $schema=")
        assert (path.parent / modeline.partition("$schema=")[2]).resolve() == ROOT / "docs/schema.json"
