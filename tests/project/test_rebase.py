"""Two branches of a real git repository that have each added a migration, and the fix."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.cli.commands import run
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.migrations.written import runs_outside
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from schemagen.project.rebase import rebase
from schemagen.verify.proofs.documents import Rendered, prove_generated
from schemagen.verify.report import Ledger

SPEC = """schemagen: 1
tables:
  {name}:
    columns:
      id: {{type: integer, primary_key: true}}
"""
STEP = """schemagen: 1
steps:
  fill_titles:
    up: UPDATE users SET title = 'none' WHERE title IS NULL
    batch: {table: users, rows: 100}
    done: SELECT id FROM users WHERE title IS NULL
    down: UPDATE users SET title = NULL WHERE title = 'none'
    proof: {given: {users: [{id: 1}]}, then: {users: [{id: 1, title: none}]}}
"""
NULLABLE = "      title: {type: text, nullable: true}\n"
OPTIONS = Options()


def git(*arguments: str, fails: bool = False) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stdout


def commit(message: str) -> None:
    pipeline.build(OPTIONS)
    git("add", "--all")
    git("commit", "--quiet", "--message", message)


def add_column(table: str, line: str) -> None:
    with Path(f"specs/{table}.yaml").open("a", encoding="utf-8") as spec:
        spec.write(line)


def files() -> dict[str, bytes]:
    found = (path for path in Path("output").rglob("*") if path.is_file() and ".schemagen" not in path.parts)
    return {path.as_posix(): path.read_bytes() for path in found}


def identifiers() -> list[str]:
    return [migration.identifier for migration in loads(lock_content(OPTIONS.output) or b"").migrations]


def codes(revision: str) -> set[str]:
    before = files()
    with pytest.raises(SchemagenError) as caught:
        rebase(OPTIONS, revision)
    assert files() == before
    return {found.code for found in caught.value.diagnostics}


def refused() -> list[tuple[str, str]]:
    with pytest.raises(SchemagenError) as caught:
        pipeline.check(OPTIONS)
    return [(found.code, found.hint or "") for found in caught.value.diagnostics]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two branches: `main` has added a column to notes, `topic` one to users and a table."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("GLOBAL", "/dev/null"), ("SYSTEM", "/dev/null")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    git("init", "--quiet", "--initial-branch", "main")
    git("config", "user.name", "Somebody")
    git("config", "user.email", "somebody@example.org")
    Path("specs").mkdir()
    for table in ("notes", "users"):
        Path(f"specs/{table}.yaml").write_text(SPEC.format(name=table), encoding="utf-8")
    commit("first")
    git("checkout", "--quiet", "-b", "topic")
    add_column("users", NULLABLE)
    Path("specs/tags.yaml").write_text(SPEC.format(name="tags"), encoding="utf-8")
    commit("topic")
    git("checkout", "--quiet", "main")
    add_column("notes", NULLABLE)
    commit("main")
    return tmp_path


@pytest.mark.parametrize(("here", "onto"), [("topic", "main"), ("main", "topic")])
@pytest.mark.parametrize("way", ["during", "committed", "ours", "cleaned"])
def test_the_branch_s_own_migrations_follow_those_of_the_other(
    repository: Path, here: str, onto: str, way: str
) -> None:
    """However the conflict in the output is left: with markers, committed with them, as one side, or taken away."""
    assert repository
    git("checkout", "--quiet", onto)
    theirs = files()
    migrations = identifiers()
    git("checkout", "--quiet", here)
    git("merge", onto, fails=True)
    conflicting = refused()
    assert {code for code, _ in conflicting} == {"SG402", "SG409"}
    assert all("schemagen rebase --onto" in hint for _, hint in conflicting)
    if way == "committed":
        git("add", "--all")
        git("commit", "--quiet", "--message", "a merge with its markers")
    elif way == "ours":
        git("checkout", "--ours", "output/schema.lock.json")
        assert {code for code, _ in refused()} == {"SG409"}
    elif way == "cleaned":
        shutil.rmtree("output")
    steps = rebase(OPTIONS, onto).steps
    assert identifiers() == [*migrations, *(step.identifier for step in steps)]
    assert len(steps) == 1
    kept = {path: text for path, text in theirs.items() if "/migrations/" in path or "/versions/" in path}
    del kept["output/migrations/README.md"]
    assert kept.items() <= files().items()
    assert pipeline.check(OPTIONS).outdated == ()
    after = files()
    rebase(OPTIONS, onto)
    assert files() == after


def test_in_the_middle_of_a_git_rebase(repository: Path) -> None:
    assert repository
    git("checkout", "--quiet", "topic")
    git("rebase", "main", fails=True)
    rebase(OPTIONS, "main")
    assert identifiers()[2] == "003_add_notes_title"
    git("add", "--all")
    git("-c", "core.editor=true", "rebase", "--continue")
    assert pipeline.check(OPTIONS).outdated == ()


def test_migrations_of_one_name_are_those_of_the_other_branch(repository: Path) -> None:
    """Both sides have written the same file: git leaves markers in the migration itself."""
    assert repository
    git("checkout", "--quiet", "-b", "twin", "topic~1")
    add_column("notes", "      title: {type: varchar(20), nullable: true}\n")
    commit("twin")
    git("merge", "main", fails=True)
    Path("specs/notes.yaml").write_text(SPEC.format(name="notes") + NULLABLE, encoding="utf-8")
    assert b"<<<<" in files()["output/migrations/sqlite/003_add_notes_title.sql"]
    assert rebase(OPTIONS, "main").steps == ()
    assert identifiers()[2:] == ["003_add_notes_title"]
    assert pipeline.check(OPTIONS).outdated == ()


def test_what_has_to_be_allowed_is_asked_for_again(repository: Path) -> None:
    assert repository
    git("checkout", "--quiet", "topic")
    git("merge", "main", fails=True)
    Path("specs/notes.yaml").write_text(SPEC.format(name="notes"), encoding="utf-8")
    assert codes("main") == {"SG410"}
    rebase(OPTIONS, "main", allow=["drop:notes.title"])
    assert pipeline.check(OPTIONS).outdated == ()


def test_a_branch_that_is_not_merged_is_refused(repository: Path) -> None:
    assert repository
    assert codes("topic") == {"SG414"}
    assert codes("nowhere") == {"SG412"}
    assert codes("--help") == {"SG412"}


def test_after_a_squash_of_the_other_branch(repository: Path) -> None:
    """Git knows no merge: until it is resolved the index has the other side's lock, afterwards its files are here."""
    assert repository
    git("checkout", "--quiet", "topic")
    git("merge", "--squash", "main", fails=True)
    rebase(OPTIONS, "main")
    migrations = ["001_create_notes", "002_create_users", "003_add_notes_title", "004_change_schema"]
    assert identifiers() == migrations
    git("add", "--all")
    git("commit", "--quiet", "--message", "squash")
    after = files()
    assert rebase(OPTIONS, "main").files.written == ()
    assert files() == after
    git("checkout", "--quiet", "main")
    add_column("notes", "      more: {type: text, nullable: true}\n")
    commit("main goes on")
    git("checkout", "--quiet", "topic")
    assert codes("main") == {"SG414"}


def test_after_a_squash_with_migrations_of_one_name(repository: Path) -> None:
    """The other branch's file is not here as it was written, as git leaves markers in it; its lock is in the index."""
    assert repository
    git("checkout", "--quiet", "-b", "twin", "topic~1")
    add_column("notes", "      title: {type: varchar(20), nullable: true}\n")
    commit("twin")
    git("merge", "--squash", "main", fails=True)
    Path("specs/notes.yaml").write_text(SPEC.format(name="notes") + NULLABLE, encoding="utf-8")
    assert rebase(OPTIONS, "main").steps == ()
    assert identifiers()[2:] == ["003_add_notes_title"]
    assert pipeline.check(OPTIONS).outdated == ()


def test_after_this_branch_was_squashed_into_the_other(repository: Path) -> None:
    assert repository
    git("checkout", "--quiet", "-b", "base", "topic~1")
    git("merge", "--squash", "topic")
    git("commit", "--quiet", "--message", "topic as one commit")
    git("checkout", "--quiet", "topic")
    add_column("users", "      more: {type: text, nullable: true}\n")
    commit("topic goes on")
    after = files()
    assert rebase(OPTIONS, "base").files.written == ()
    assert files() == after
    assert identifiers()[2:] == ["003_change_schema", "004_add_users_more"]


def test_after_a_cherry_pick(repository: Path) -> None:
    assert repository
    git("checkout", "--quiet", "topic")
    git("cherry-pick", "main", fails=True)
    rebase(OPTIONS, "main")
    git("add", "--all")
    git("-c", "core.editor=true", "cherry-pick", "--continue")
    assert pipeline.check(OPTIONS).outdated == ()
    assert rebase(OPTIONS, "main").files.written == ()
    assert identifiers()[2:] == ["003_add_notes_title", "004_change_schema"]


def test_a_dry_run_tells_what_would_be_written(repository: Path) -> None:
    assert repository
    git("checkout", "--quiet", "topic")
    git("merge", "main", fails=True)
    before = files()
    reported = rebase(OPTIONS, "main", dry_run=True)
    assert files() == before
    done = rebase(OPTIONS, "main")
    assert reported.files == done.files
    assert reported.steps == done.steps


def test_a_migration_that_nobody_knows_or_that_was_edited_is_not_removed(repository: Path) -> None:
    assert repository
    git("checkout", "--quiet", "topic")
    git("merge", "main", fails=True)
    mine = Path("output/migrations/sqlite/009_mine.sql")
    mine.write_text("", encoding="utf-8")
    assert codes("main") == {"SG406"}
    mine.unlink()
    own = next(Path("output/migrations/sqlite").glob("003_change*.sql"))
    own.write_text("-- edited\n", encoding="utf-8")
    assert codes("main") == {"SG404"}


def test_a_revision_without_a_lock(repository: Path) -> None:
    assert repository
    git("rm", "-r", "--quiet", "--cached", "output")
    git("commit", "--quiet", "--message", "no output")
    assert codes("main") == {"SG413"}


def test_without_git_or_a_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(repository / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.parent))
    assert codes("main") == {"SG412"}
    monkeypatch.setenv("PATH", "")
    assert codes("main") == {"SG412"}


@pytest.mark.parametrize("is_committed", [False, True])
def test_migrations_of_the_other_branch_are_not_made_anew(repository: Path, is_committed: bool) -> None:  # noqa: FBT001
    assert repository
    git("checkout", "--quiet", "topic")
    git("merge", "main", fails=True)
    if is_committed:
        git("add", "--all")
        git("commit", "--quiet", "--message", "a merge with its markers")
    assert codes("main~1") == {"SG418"}
    rebase(OPTIONS, "main")
    assert "003_add_notes_title" in identifiers()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_database_that_ran_what_was_made_anew(
    engine: str, repository: Path, pg_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes back by what the rebase has kept, without the commit that had its migrations."""
    database = pg_database if engine == "postgres" else f"sqlite:///{repository}/app.db"

    def apply(*words: str) -> tuple[int, str]:
        code = run(["apply", "--database", database, *words])
        return code, capsys.readouterr().out

    git("checkout", "--quiet", "topic")
    Path("specs/steps.yaml").write_text(STEP, encoding="utf-8")
    commit("a step")
    assert apply()[0] == 0
    git("merge", "main", fails=True)
    assert run(["rebase", "--onto", "main"]) == 0
    kept = sorted(Path("output").glob("superseded/*/revision.py"))
    assert [runs_outside(path.read_text(encoding="utf-8")) for path in kept] == [frozenset(), {"postgresql"}]
    assert "superseded/" in capsys.readouterr().out
    commit("rebased")
    assert not pipeline.check(OPTIONS, full=True).outdated
    assert pipeline.build(OPTIONS).files.removed == ()
    code, reported = apply()
    assert code == 1
    assert "SG489" in reported
    assert "schemagen apply --down" in reported
    code, reported = apply("--down")
    assert code == 0, reported
    assert "recreated by a rebase" in reported
    code, reported = apply()
    assert code == 0, reported
    assert run(["status", "--database", database]) == 0
    assert "Nothing is pending" in capsys.readouterr().out
    shutil.rmtree("output/superseded")
    assert not pipeline.check(OPTIONS, full=True).outdated


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The migrations, the revisions and the models lie elsewhere, as the settings may say."""
    places = (("migrations.path", "sql"), ("alembic.path", "alembic"), ("models.path", "src/models"))
    monkeypatch.setitem(globals(), "OPTIONS", Options(places=places))


@pytest.mark.usefixtures("moved", "repository")
def test_files_that_lie_elsewhere_are_read_from_git_and_proved() -> None:
    git("checkout", "--quiet", "topic")
    git("merge", "main", fails=True)
    shutil.rmtree("sql")  # those of main are read from its commit
    git("checkout", "HEAD", "--", "sql")
    made = rebase(OPTIONS, "main")
    assert [step.identifier for step in made.steps] == ["004_change_schema"]
    numbers = {file.name for file in Path("sql/sqlite").glob("*.sql")}
    assert numbers == {f"{one}.sql" for one in identifiers()}
    assert not pipeline.check(OPTIONS, full=True).outdated
    ledger = Ledger()
    prove_generated(ledger, Rendered(pipeline.load(OPTIONS).schema, OPTIONS.tree))
    assert ledger.failures == []  # what a rebase keeps in superseded/ is a build's, too
