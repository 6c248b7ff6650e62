"""The command line: exit codes, formats, settings, and that nobody ever sees a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen import cli
from schemagen.project import pipeline
from schemagen.project.settings import read_settings
from support.imports import imported_by

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

SPEC = """schemagen: 1
tables:
  users:
    columns:
      id: {type: integer, primary_key: true}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCHEMAGEN_DEBUG", raising=False)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/app.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    assert project

    def run_command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["schemagen", *arguments])
        code = cli.main()
        return code, *capsys.readouterr()

    return run_command


def test_build_then_check_then_build(run: Run) -> None:
    code, out, err = run("build")
    assert (code, err) == (0, "")
    assert out.startswith("Wrote ")
    assert "New migrations, for SQLite and PostgreSQL: 001_create_users." in out
    nothing = (0, "Nothing to do: output is up to date.\n", "")
    assert run("check") == nothing
    assert run("build") == nothing
    assert run("build", "--format", "text") == nothing


def test_check_before_build(run: Run, project: Path) -> None:
    code, out, _ = run("check")
    assert code == 1
    assert out.count("SG424") == 1
    assert "SG424 output does not exist" in out
    assert not (project / "output").exists()


def test_a_dry_run_tells_the_steps(run: Run, project: Path) -> None:
    code, out, _ = run("build", "--dry-run")
    assert code == 0
    assert "Would write" in out
    assert "001_create_users" in out
    assert not (project / "output").exists()


def test_mistakes_in_each_format(run: Run, project: Path) -> None:
    (project / "specs/app.yaml").write_text(SPEC.replace("integer", "intger"), encoding="utf-8")
    code, out, err = run("build")
    assert (code, err) == (1, "")
    assert out.startswith("specs/app.yaml:5:")
    assert "1 error in 1 file" in out
    code, out, _ = run("build", "--format=json")
    assert code == 1
    assert json.loads(out)["summary"]["errors"] == 1
    code, out, _ = run("check", "--format=github")
    assert code == 1
    assert out.startswith("::error file=specs/app.yaml,line=5")


def test_json_is_json_when_all_is_well(run: Run) -> None:
    for command in ("build", "build", "check"):
        code, out, _ = run(command, "--format", "json")
        assert code == 0
        assert json.loads(out)["diagnostics"] == []


def test_a_warning_is_told_every_time_and_fails_nothing(run: Run, project: Path) -> None:
    spec = SPEC.replace(", primary_key: true", "").replace("users", "logs")
    (project / "specs/app.yaml").write_text(spec, encoding="utf-8")
    for command in ("build", "build", "check"):
        code, out, _ = run(command)
        assert code == 0
        assert "warning SG215" in out


@pytest.mark.parametrize(
    "arguments", [[], ["bild"], ["build", "--spec"], ["build", "--specs"], ["build", "more"], ["build", "--format=xml"]]
)
def test_wrong_usage_is_2(run: Run, arguments: list[str]) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert "Usage: schemagen" in err or "Error: " in err


def test_help_and_version(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert {"build", "check"} <= {line.split()[0] for line in out.splitlines() if line.strip()}
    code, out, _ = run("--version")
    assert code == 0
    assert out[0].isdigit()


def test_folders_on_the_command_line(run: Run, project: Path) -> None:
    (project / "specs").rename(project / "schema")
    assert run("build", "--specs", "schema", "--output=generated")[0] == 0
    assert (project / "generated/schema.lock.json").exists()
    assert cli.unchanged_output(["check", "--specs=schema/", "--output", "generated"]) == "generated"
    assert run("check", "--specs=schema", "--output", "generated")[1].startswith("Nothing to do: generated is")
    code, out, _ = run("build")
    assert code == 1
    assert "SG001" in out


@pytest.mark.parametrize("file", ["schemagen.toml", "pyproject.toml"])
def test_folders_in_the_settings(run: Run, project: Path, file: str) -> None:
    (project / "specs").rename(project / "schema")
    table = "[tool.schemagen]\n" if file == "pyproject.toml" else ""
    (project / file).write_text(f'{table}specs = "schema"\noutput = "db"\n', encoding="utf-8")
    assert run("build")[0] == 0
    assert run("check") == (0, "Nothing to do: db is up to date.\n", "")
    assert read_settings(output="other") == {"specs": "schema", "output": "other"}


@pytest.mark.parametrize(
    ("file", "text", "code", "said"),
    [
        ("schemagen.toml", 'ouput = "x"', "SG431", "did you mean `output`?"),
        ("schemagen.toml", "zzz = 1", "SG431", "the keys are specs, output"),
        ("schemagen.toml", "specs = 1", "SG432", 'write `specs = "specs"`'),
        ("schemagen.toml", "specs = ", "SG430", "not valid TOML"),
        ("pyproject.toml", "[tool]\nschemagen = 1", "SG432", "not a table"),
        ("pyproject.toml", '[tool.schemagen]\nspec = "x"', "SG431", "[tool.schemagen] of pyproject.toml"),
    ],
)
def test_mistakes_in_the_settings(run: Run, project: Path, file: str, text: str, code: str, said: str) -> None:
    (project / file).write_text(text, encoding="utf-8")
    exit_code, out, _ = run("build")
    assert exit_code == 1
    assert code in out
    assert said in out


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("verify = 1", "SG432", "[tool.schemagen.verify]"),
        ("[verify]\nignored = []", "SG431", "`verify.ignored`"),
        ("[verify]\nignore = 'a'", "SG432", "not a list of patterns"),
        ("specs = 1", "SG432", 'write `specs = "specs"`'),
    ],
)
def test_mistakes_in_the_settings_of_verify(run: Run, project: Path, text: str, code: str, said: str) -> None:
    (project / "schemagen.toml").write_text(text, encoding="utf-8")
    exit_code, out, err = run("verify", "--database", "some.db")
    assert (exit_code, err) == (1, "")
    assert code in out
    assert said in out


def test_a_pyproject_of_another_tool_is_not_read(project: Path) -> None:
    (project / "pyproject.toml").write_text("this is = not TOML", encoding="utf-8")
    assert read_settings() == {"specs": "specs", "output": "output"}


def test_its_own_settings_come_before_those_of_pyproject(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.schemagen]\nspecs = "a"\noutput = "a"', encoding="utf-8")
    (project / "schemagen.toml").write_text('specs = "b"', encoding="utf-8")
    assert read_settings() == {"specs": "b", "output": "output"}


def fail(error: BaseException) -> Callable[..., None]:
    def raise_it(*_: object, **__: object) -> None:
        raise error

    return raise_it


def test_an_unexpected_error_is_one_diagnostic(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "load", fail(KeyError("x\x1b[31m")))
    code, out, err = run("build")
    assert (code, err) == (1, "")
    assert "error SG499 internal error at pipeline.py:" in out
    assert "\x1b" not in out
    assert "Traceback" not in out
    monkeypatch.setenv("SCHEMAGEN_DEBUG", "1")
    with pytest.raises(KeyError):
        run("build")


def test_control_c_is_130(run: Run, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    monkeypatch.setattr(pipeline, "load", fail(KeyboardInterrupt()))
    assert run("build")[0] == 130
    assert not (project / "output").exists()


def test_a_mistake_of_the_disk_is_told(run: Run, project: Path) -> None:
    (project / "output").write_text("a file", encoding="utf-8")
    code, out, _ = run("build")
    assert code == 1
    assert "SG4" in out
    assert "SG499" not in out


def test_colours_only_on_a_terminal_and_not_with_no_color(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "specs/app.yaml").write_text("", encoding="utf-8")
    assert "\x1b[" not in run("build")[1]
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in run("build")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("build")[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a pipe that can be closed")
def test_a_reader_that_goes_away_is_no_traceback(project: Path) -> None:
    assert project
    read, write = os.pipe()
    os.close(read)
    for arguments in (["build"], ["build"], ["--help"]):
        command = [sys.executable, "-m", "schemagen", *arguments]
        ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
        assert ended.stderr == ""
        assert ended.returncode == 1
    os.close(write)


def test_help_imports_no_heavy_library(tmp_path: Path) -> None:
    imported = imported_by(tmp_path, "--help")
    assert "typer" in imported
    assert not imported & {"alembic", "jinja2", "pydantic", "psycopg", "sqlalchemy", "sqlglot", "sqlite3", "yaml"}


@pytest.mark.parametrize("place", ["/", ".", "", "..", "specs", "specs/output", "100%/output"])
def test_output_may_not_hold_the_project_or_lie_among_the_specs(run: Run, place: str) -> None:
    code, out, _ = run("build", "--output", place)
    assert code == 1
    assert "SG425" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "--database=a.db", "--latency"],
        ["verify", "--database=a.db", "--scale=1"],
        ["verify", "--database=a.db", "--only=sqlite"],
        ["verify", "--at=1"],
        ["verify", "--ignore=a"],
        ["verify", "--scale=1"],
        ["verify", "--only=sqlite", "--postgres=postgresql://localhost/a"],
        ["import", "a.db", "--adopt", "--force"],
        ["import", "a.db", "--output=out"],
        ["explain", "SG501", "--markdown"],
    ],
    ids=" ".join,
)
def test_options_that_would_do_nothing_are_refused(run: Run, project: Path, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Invalid value: --" in err
    assert not (project / "output").exists()
