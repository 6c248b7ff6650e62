"""Somebody else's repository: no command writes, deletes or shows anything outside of its specs and output."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from schemagen import cli
from schemagen.base.diagnostics import SchemagenError
from schemagen.importer.importing import import_source
from schemagen.importer.sources import Request
from schemagen.project.fingerprint import is_current

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Plant = Callable[[Path, Path], None]

SECRET = "root:x:0:0:the-secret"
SPEC = """schemagen: 1
tables:
  users:
    description: "Users, of course"
    columns:
      id: {type: integer, primary_key: true, description: Key}
      name: {type: string, description: Name}
"""
GOOD = SPEC.replace("string", "varchar(40)")
COMMANDS = (
    ["build"],
    ["build", "--dry-run"],
    ["check"],
    ["lint"],
    ["lint", "--fix"],
    ["diff"],
    ["rebase", "--onto", "HEAD"],
    ["verify", "--only", "sqlite"],
    ["import", "--adopt", "app.sqlite"],
    ["import", "--force", "app.sqlite"],
    ["init"],
)


def link(place: Path, target: Path) -> None:
    """Put a link where something else may be."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir() and not place.is_symlink():
        place.rename(place.with_name(f"{place.name}-before"))
    else:
        place.unlink(missing_ok=True)
    place.symlink_to(target)


def journal(project: Path, *, removals: str = "mine.txt", folder: str = "out") -> None:
    """A write that lies ready, as a commit of a repository would bring it."""
    commit = project / "output/.schemagen/commit"
    (commit / "files" / folder).mkdir(parents=True)
    (commit / "files" / folder / "new.txt").write_text("planted", encoding="utf-8")
    (commit / "removals").write_text(removals, encoding="utf-8")
    (commit / "seal").write_text("1.1", encoding="utf-8")


def _journal_through_a_link(project: Path, home: Path) -> None:
    journal(project, removals="out/mine.txt")
    link(project / "output/out", home)


def _journal_that_leaves(project: Path, home: Path) -> None:
    journal(project, removals=f"../../{home.name}/mine.txt\0{home}/mine.txt")


def _work_folder(project: Path, home: Path) -> None:
    link(project / "output/.schemagen", home)


def _work_folder_with_a_journal(project: Path, home: Path) -> None:
    journal(project, removals="docs/users.md")
    work = home / f"work of {project.name}"
    (project / "output/.schemagen").rename(work)
    link(project / "output/.schemagen", work)


def _in_work_folder(name: str, target: str) -> Plant:
    return lambda project, home: link(project / "output/.schemagen" / name, home / target)


def _in_output(name: str, target: str = "") -> Plant:
    return lambda project, home: link(project / "output" / name, home / target)


def _output(project: Path, home: Path) -> None:
    link(project / "output", home)


def _specs(project: Path, home: Path) -> None:
    link(project / "specs", home)


def _spec(project: Path, home: Path) -> None:
    link(project / "specs/more.yaml", home / "passwd")


def _spec_to_fix(project: Path, home: Path) -> None:
    (home / "mine.yaml").write_text(SPEC, encoding="utf-8")
    link(project / "specs/more.yaml", home / "mine.yaml")


def _prerequisites(project: Path, home: Path) -> None:
    link(project / "specs/before-import.postgres.sql", home / "passwd")


def _settings(key: str) -> Plant:
    def plant(project: Path, home: Path) -> None:
        (project / "schemagen.toml").write_text(f'{key} = "../{home.name}"\n', encoding="utf-8")

    return plant


def _names_in_the_lock(project: Path, home: Path) -> None:
    file = project / "output/schema.lock.json"
    lock = json.loads(file.read_text(encoding="utf-8"))
    lock["files"] = [*lock["files"], f"../../{home.name}/mine.txt"]
    file.write_text(json.dumps(lock), encoding="utf-8")


def _links_of_a_first_project(project: Path, home: Path) -> None:
    for name in ("specs/app.yaml", "specs/.schemagen/lock", "specs/.schemagen/.gitignore"):
        (project / name).unlink(missing_ok=True)
    for name in ("specs", ".github"):
        link(project / name, home)


PLANTS: dict[str, Plant] = {
    "journal through a link": _journal_through_a_link,
    "journal that leaves": _journal_that_leaves,
    "journal of files alone": lambda project, _: journal(project),
    "work folder": _work_folder,
    "work folder with a journal": _work_folder_with_a_journal,
    "lock file of builds": _in_work_folder("lock", "new-lock"),
    "gitignore": _in_work_folder(".gitignore", "new-ignore"),
    "fingerprint": _in_work_folder("fingerprint", "mine.txt"),
    "stage": _in_work_folder("stage", ""),
    "commit": _in_work_folder("commit", ""),
    "lock": _in_output("schema.lock.json", "passwd"),
    "lock that is JSON": _in_output("schema.lock.json", "settings.json"),
    "migrations": _in_output("migrations"),
    "migrations of one engine": _in_output("migrations/sqlite"),
    "revisions": _in_output("alembic/versions"),
    "models": _in_output("models"),
    "documents": _in_output("docs"),
    "a document": _in_output("docs/app.md", "mine.txt"),
    "a migration": _in_output("migrations/sqlite/001_create_users.sql", "passwd"),
    "output": _output,
    "specs": _specs,
    "a spec": _spec,
    "a spec to fix": _spec_to_fix,
    "prerequisites": _prerequisites,
    "setting of output": _settings("output"),
    "setting of specs": _settings("specs"),
    "names in the lock": _names_in_the_lock,
    "links of a first project": _links_of_a_first_project,
}


_ONLY_OF_BUILDS = [
    PLANTS[name]
    for name in (
        "journal through a link",
        "journal that leaves",
        "journal of files alone",
        "lock file of builds",
        "gitignore",
        "fingerprint",
        "stage",
        "commit",
        "a document",
        "links of a first project",
    )
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has been built and committed, and has a mistake and fixes since."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "specs").mkdir()
    (folder / "specs/app.yaml").write_text(GOOD, encoding="utf-8")
    for command in (
        [sys.executable, "-m", "schemagen", "build"],
        ["git", "init", "--quiet"],
        ["git", "add", "--force", "."],
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "All"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    script = "import sqlite3; sqlite3.connect('app.sqlite').execute('CREATE TABLE t (id INTEGER PRIMARY KEY)')"
    subprocess.run([sys.executable, "-c", script], cwd=folder, check=True)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "mine.txt").write_text(f"{SECRET}\n", encoding="utf-8")
    (folder / "passwd").write_text(f"{SECRET}:/bin/sh\n", encoding="utf-8")
    (folder / "settings.json").write_text(json.dumps({"schemagen_lock": SECRET}), encoding="utf-8")
    (folder / "broken.yaml").write_text(f"schemagen: 1\nsecret: {SECRET}\n", encoding="utf-8")
    (folder / "001_the-secret.sql").write_text(SECRET, encoding="utf-8")
    return folder


def state(folder: Path) -> dict[str, str]:
    """Every file of a folder, with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") if path.is_file() else ""
        for path in folder.rglob("*")
    }


def test_the_same_commands_work_where_nothing_is_planted(
    repository: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["cp", "-R", str(repository), str(tmp_path / "project")], check=True)
    before = state(home)
    monkeypatch.chdir(tmp_path / "project")
    for command in COMMANDS[:-4]:
        monkeypatch.setattr(sys, "argv", ["schemagen", *command])
        assert cli.main() == 0, command
    assert state(home) == before


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_nothing_outside_is_written_deleted_or_shown(
    plant: Plant,
    repository: Path,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number, command in enumerate(COMMANDS):
        if command[0] == "verify" and plant in _ONLY_OF_BUILDS:
            continue  # a whole proof, which reads nothing of what builds need
        project = tmp_path / f"project{number}"
        subprocess.run(["cp", "-R", str(repository), str(project)], check=True)  # copies links as links
        if command[0] == "lint":
            (project / "specs/app.yaml").write_text(SPEC, encoding="utf-8")
        plant(project, home)
        before = state(home)
        monkeypatch.chdir(project)
        monkeypatch.setattr(sys, "argv", ["schemagen", *command])
        cli.main()
        reported = "".join(capsys.readouterr())
        assert state(home) == before, command
        assert "the-secret" not in reported, command
        assert "Traceback" not in reported, command
        assert "SG499" not in reported, command


def test_a_fingerprint_counts_only_where_it_was_made(repository: Path, tmp_path: Path) -> None:
    subprocess.run(["cp", "-a", str(repository), str(tmp_path / "copy")], check=True)
    assert is_current(f"{repository}/specs", f"{repository}/output")
    assert not is_current(f"{tmp_path}/copy/specs", f"{tmp_path}/copy/output")


def test_the_command_line_may_name_any_folder(repository: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.setattr(sys, "argv", ["schemagen", "build", "--output", str(home / "schema")])
    assert cli.main() == 0
    assert (home / "schema/schema.lock.json").is_file()


@pytest.mark.parametrize("sql", ["ATTACH '{}' AS other", "VACUUM INTO '{}'", "ATTACH '{}' || '' AS other"])
def test_imported_sql_makes_no_file(sql: str, tmp_path: Path) -> None:
    script, other = tmp_path / "dump.sql", tmp_path / "other.sqlite"
    script.write_text(f"CREATE TABLE t (id INTEGER PRIMARY KEY); VACUUM; {sql.format(other)};", encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        import_source(Request(str(script), "sqlite"), tmp_path / "specs")
    assert caught.value.diagnostics[0].code == "SG473"
    assert not other.exists()


def test_links_among_imported_sql_are_not_read(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project/sql").mkdir(parents=True)
    link(tmp_path / "project/sql/1.sql", home / "passwd")
    monkeypatch.chdir(tmp_path / "project")
    with pytest.raises(SchemagenError) as caught:
        import_source(Request("sql", "sqlite"), tmp_path / "specs")
    assert caught.value.diagnostics[0].code == "SG475"
