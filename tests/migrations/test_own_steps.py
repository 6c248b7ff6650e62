"""Steps of one's own: numbered between the halves of a change, run on both engines, gated, and never edited."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.cli.commands import run
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.project.pipeline import BuildResult, Options, build, check, load
from schemagen.project.rebase import rebase
from schemagen.verify.runner import Scope, prove
from support.engines import open_postgres, open_sqlite, run_in_psql, run_in_sqlite_shell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.databases.servers import Server
    from schemagen.verify.models.process import Models

CASE = Path(__file__).parents[1] / "cases/steps/split_a_table"
OLD, NEW = ((CASE / name).read_text(encoding="utf-8") for name in ("old.yaml", "new.yaml"))
ALLOWED = ["drop:customers.address"]
ROWS = (
    "INSERT INTO customers (id, email, address) VALUES (1, 'a', '1 Road'), (2, 'b', '2 Road'), (3, 'c', '3 Road')",
    "DELETE FROM customers WHERE id = 3",
)

REFUSED = {"sqlite": "so_nothing_was_changed", "postgres": "step split_address is not complete"}


@pytest.fixture
def options(tmp_path: Path) -> Options:
    (tmp_path / "specs").mkdir()
    found = Options(tmp_path / "specs", tmp_path / "output")
    write(found, OLD)
    build(found)
    return found


def write(options: Options, spec: str) -> None:
    (options.specs / "shop.yaml").write_text(spec, encoding="utf-8")


def codes(options: Options, allow: Sequence[str] = ALLOWED) -> list[str]:
    with pytest.raises(SchemagenError) as caught:
        build(options, allow=allow)
    return [found.code for found in caught.value.diagnostics]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both builds of the case."""
    folder = tmp_path_factory.mktemp("split")
    (folder / "specs").mkdir()
    found = Options(folder / "specs", folder / "output")
    for spec in (OLD, NEW):
        write(found, spec)
        build(found, allow=ALLOWED if spec is NEW else ())
    return folder / "output"


def test_a_step_stands_between_the_halves_of_a_change(options: Options) -> None:
    write(options, NEW)
    with pytest.raises(SchemagenError, match="SG410") as caught:
        build(options)
    assert "step `split_address` reads it before" in str(caught.value.diagnostics[0].hint)
    steps = build(options, allow=ALLOWED).steps
    assert [step.identifier for step in steps] == [
        "002_change_schema",
        "003_split_address",
        "004_drop_customers_address",
    ]
    assert build(options) == BuildResult()
    assert not check(options).outdated
    lock = loads(lock_content(options.output) or b"")
    assert [(step.name, step.number) for step in lock.steps] == [("split_address", 3)]
    assert (options.output / "alembic/versions/0003_split_address.py").exists()


BESIDE = """
views:
  emails: {sql: "SELECT id, email FROM customers"}
objects:
  numbers: {kind: sequence, sql: {postgres: CREATE SEQUENCE numbers}}
"""


def test_views_and_objects_stay_between_the_halves(tmp_path: Path) -> None:
    """A sequence that goes loses its count."""
    (tmp_path / "specs").mkdir()
    found = Options(tmp_path / "specs", tmp_path / "output")
    for spec in (OLD, NEW):
        write(found, spec + BESIDE)
        steps = build(found, allow=ALLOWED if spec is NEW else ()).steps
    adding, _, dropping = (
        [statement.sql for statement in step.postgres.statements if statement.sql.startswith(("DROP ", "CREATE "))]
        for step in steps
    )
    assert not [sql for sql in (*adding, *dropping) if "SEQUENCE" in sql]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_table_is_split_and_joined_again(
    engine: str, output: Path, postgres18: Server, pg_database: str, sqlite_database: Path
) -> None:
    def file(path: Path) -> str:
        if engine == "sqlite":
            return run_in_sqlite_shell(sqlite_database, path).stderr
        return run_in_psql(postgres18, pg_database, path).stderr.replace("NOTICE", "")

    def ask(sql: str) -> list[tuple[object, ...]]:
        with closing(open_sqlite(sqlite_database) if engine == "sqlite" else open_postgres(pg_database)) as connection:
            cursor = connection.execute(sql)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    folder = output / "migrations" / engine
    first, adding, step, dropping = sorted(folder.glob("*.sql"))
    undo = folder / "rollback"
    for path in (first, adding):
        assert "ERROR" not in file(path)
    for sql in ROWS:
        ask(sql)
    assert REFUSED[engine] in file(dropping)
    assert ask("SELECT id, address FROM customers ORDER BY id") == [(1, "1 Road"), (2, "2 Road")]
    file(step)
    ask("INSERT INTO customers (id, email, address) VALUES (5, 'late', '5 Road')")
    assert REFUSED[engine] in file(dropping)
    for path in (step, step, dropping):
        assert REFUSED[engine] not in file(path)
    file(dropping)
    split = [(1, "1 Road"), (2, "2 Road"), (5, "5 Road")]
    assert ask("SELECT customer_id, street FROM addresses ORDER BY customer_id") == split
    assert ask("SELECT * FROM customers WHERE id = 1")[0][:2] == (1, "a")
    assert len(ask("SELECT * FROM customers LIMIT 1")[0]) == 3
    for path in (undo / dropping.name, undo / step.name, undo / adding.name):
        file(path)
    assert ask("SELECT id, address FROM customers ORDER BY id") == split
    for path in (adding, step, dropping):
        file(path)
    assert ask("SELECT customer_id, street FROM addresses ORDER BY customer_id") == split


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_apply_runs_a_step_and_takes_it_back(
    engine: str, output: Path, pg_database: str, sqlite_database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = f"sqlite:///{sqlite_database}" if engine == "sqlite" else pg_database

    def apply(*words: str) -> int:
        return run(["apply", "--database", database, "--output", str(output), *words])

    assert apply("--to", "1") == 0
    with closing(open_sqlite(sqlite_database) if engine == "sqlite" else open_postgres(pg_database)) as connection:
        for sql in ROWS:
            connection.execute(sql)
    assert apply() == 0
    assert "split_address" in capsys.readouterr().out
    assert apply("--to", "1", "--down") == 0
    with closing(open_sqlite(sqlite_database) if engine == "sqlite" else open_postgres(pg_database)) as connection:
        found = connection.execute("SELECT id, address FROM customers ORDER BY id").fetchall()
    assert [tuple(row) for row in found] == [(1, "1 Road"), (2, "2 Road")]
    assert apply() == 0


def test_a_gate_for_a_later_wave(options: Options) -> None:
    waiting = NEW.replace("      created_at:", "      address: {type: text, max_length: 200}\n      created_at:", 1)
    write(options, waiting)
    assert [step.name for step in build(options).steps] == ["create_addresses", "split_address"]
    write(options, NEW)
    (dropping,) = build(options, allow=ALLOWED).steps
    assert any("split_address is not complete" in statement.sql for statement in dropping.postgres.statements)
    assert any("rows left for step split_address" in statement.sql for statement in dropping.sqlite.statements)


def test_a_step_that_was_numbered_is_not_edited(options: Options) -> None:
    write(options, NEW)
    build(options, allow=ALLOWED)
    write(options, NEW.replace("ORDER BY a.id LIMIT 1", "ORDER BY a.id DESC LIMIT 1"))
    assert codes(options, ()) == ["SG447"]
    write(options, NEW.replace("Each customer's address", "The address"))
    assert build(options).steps == ()
    write(options, NEW.partition("steps:")[0])
    assert build(options).steps == ()
    assert (options.output / "migrations/sqlite/003_split_address.sql").exists()


def test_a_first_build_skips_steps_and_tells_it_once(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    options = Options(tmp_path / "specs", tmp_path / "output")
    write(options, NEW)
    result = build(options)
    assert [found.code for found in result.warnings] == ["SG449"]
    assert [step.name for step in result.steps] == ["create_customers", "create_addresses"]
    assert build(options).warnings == ()
    assert build(options) == BuildResult()


WRONG = {
    "a column that is not there": ("SELECT c.id, c.address", "SELECT c.id, c.adress", "SG304"),
    "a table that is not there": ("INSERT INTO addresses", "INSERT INTO adresses", "SG304"),
    "an up that reads": ("INSERT INTO addresses (customer_id, street)\n      SELECT", "SELECT", "SG304"),
    "a done that writes": ("|\n      SELECT c.id FROM customers AS c", "|\n      DELETE FROM customers AS c", "SG304"),
    "a parameter": ("c.address IS NOT NULL\n        AND", "c.address = :street AND", "SG304"),
    "a batch of no table": ("batch: {table: customers", "batch: {table: customer", "SG446"),
    "a batch under another name": ("as: c, rows", "as: d, rows", "SG446"),
    "a batch of the table inside": ("batch: {table: customers, as: c", "batch: {table: addresses, as: a", "SG446"),
    "a proof of no column": ("then: {addresses: [{customer_id", "then: {addresses: [{customer", "SG114"),
    "a proof of no value": ("given: {customers: [{id: 1", "given: {customers: [{id: one", "SG114"),
    "a name of ours": ("split_address:", "split_online:", "SG429"),
    "no way back": ("    down: ", "    downn: ", "SG102"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_step(what: str, options: Options) -> None:
    before, after, code = WRONG[what]
    assert before in NEW
    write(options, NEW.replace(before, after))
    with pytest.raises(SchemagenError) as caught:
        build(options, allow=ALLOWED)
    found = [one for one in caught.value.diagnostics if one.code == code]
    assert found
    assert all(one.span and one.span.line > NEW[: NEW.index("steps:")].count("\n") for one in found)
    assert len(list((options.output / "migrations/sqlite").glob("*.sql"))) == 1


OWN = 'up: {{postgres: "{postgres}", sqlite: "{sqlite}"}}\n    down: none\n    proof:'
FINE = "UPDATE customers SET email = lower(email) WHERE email <> lower(email)"


@pytest.mark.parametrize(
    ("postgres", "sqlite", "code"),
    [
        (FINE, "UPDATE customers SET email = lowr(email)", "SG311"),
        (FINE, "ATTACH 'other.db' AS other", "SG304"),
        (FINE, "UPDATE customers SET email = load_extension('x')", "SG311"),
        ("DROP TABLE customers", FINE, "SG304"),
        ("UPDATE customers SET mail = ''", FINE, "SG304"),
        ("COPY customers FROM PROGRAM 'id'", FINE, "SG304"),
        (f"{FINE}; COMMIT", FINE, "SG310"),
        (FINE, f"{FINE}; COMMIT", "SG310"),
    ],
)  # fmt: skip
def test_sql_for_each_engine_that_can_not_be_run(postgres: str, sqlite: str, code: str, options: Options) -> None:
    start, end = NEW.index("    up:"), NEW.index("    proof:")
    write(options, NEW[:start] + "    " + OWN.format(postgres=postgres, sqlite=sqlite) + NEW[end + len("    proof:") :])
    assert code in codes(options)


def test_new_writes_a_form(options: Options, capsys: pytest.CaptureFixture[str]) -> None:
    write(options, NEW.partition("steps:")[0])
    words = ["--specs", str(options.specs), "--output", str(options.output)]
    assert run(["new", "split-address", *words]) == 0
    form = options.specs / "steps/split_address.yaml"
    text = form.read_text(encoding="utf-8")
    assert "#   customers: id integer, email varchar(255), created_at timestamptz, address text of at most" in text
    assert "#   addresses (new): id integer, customer_id integer, street text" in text
    assert "SG106" in codes(options)
    assert run(["new", "split-address", *words]) == 1
    capsys.readouterr()
    body = NEW[NEW.index("    description: Each") :]
    form.write_text(f"schemagen: 1\nsteps:\n  split_address:\n{body}", encoding="utf-8")
    assert [step.name for step in build(options, allow=ALLOWED).steps][1] == "split_address"
    assert not (options.output / "docs/steps").exists()


def test_a_revision_of_ones_own_is_shown_the_way(options: Options) -> None:
    (options.output / "alembic/versions/0002_mine.py").write_text("revision = 'mine'\n", encoding="utf-8")
    with pytest.raises(SchemagenError, match="SG406") as caught:
        build(options)
    assert "schemagen new NAME" in str(caught.value.diagnostics[0].hint)


OWN_ROW = "(SELECT 1 FROM addresses AS a WHERE a.customer_id = c.id)\n    batch"
BROKEN = {
    "it is not idempotent": (OWN_ROW, OWN_ROW.replace("a.customer_id = c.id", "a.id < 0")),
    "it does something else": ("{customer_id: 1, street: 1 Road}", "{customer_id: 1, street: 2 Road}"),
    "its way back leads elsewhere": ("(SELECT a.street FROM", "(SELECT upper(a.street) FROM"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_verify_notices_that(what: str, options: Options, postgres18: Server, models: Models) -> None:
    spec = NEW.replace(*BROKEN[what])
    assert spec != NEW
    write(options, spec)
    build(options, allow=ALLOWED)
    report = prove(load(options).schema, options.output, Scope(postgres18), models=models)
    failures = [one for one in report.failures if one.claim == "own steps"]
    assert {one.engine.partition(" ")[0] for one in failures} == {"SQLite", "PostgreSQL"}


def test_rebase_numbers_a_step_anew(options: Options) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-C", str(options.specs.parent), "-c", "user.name=a", "-c", "user.email=a@b", *words],
            check=True,
            capture_output=True,
        )

    git("init", "-b", "main")
    git("add", "-A")
    git("commit", "-m", "old")
    git("checkout", "-b", "split")
    write(options, NEW)
    build(options, allow=ALLOWED)
    git("add", "-A")
    git("commit", "-m", "split")
    git("checkout", "main")
    write(options, OLD.replace("      created_at:", "      phone: {type: text, nullable: true}\n      created_at:"))
    build(options)
    git("add", "-A")
    git("commit", "-m", "phone")
    git("checkout", "split")
    git("merge", "-s", "ours", "main")
    write(options, NEW.replace("      created_at:", "      phone: {type: text, nullable: true}\n      created_at:", 1))
    steps = rebase(options, "main", allow=ALLOWED).steps
    assert [step.identifier for step in steps][1] == "004_split_address"
    lock = loads(lock_content(options.output) or b"")
    assert [(step.name, step.number) for step in lock.steps] == [("split_address", 4)]
