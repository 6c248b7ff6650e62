"""Each case of tests/cases/evolve: refused without its words, then built, migrated and rolled back on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from programs.evolve_engines import BrokenLawError, Postgres, Sqlite, rows_of
from programs.evolve_laws import Pair, check_pair, fresh, law, make_pair
from schemagen.base.diagnostics import SchemagenError
from schemagen.changes.diff import evolve
from schemagen.changes.migration import Statement
from schemagen.changes.renames import renames_of
from schemagen.databases.memory import insert
from schemagen.datagen.fill import rows
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.migrations.first_build import first_build
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.migrations.next_build import ONLINE
from schemagen.project import pipeline
from schemagen.project.pipeline import BuildResult, Options
from schemagen.reference.author import lint
from schemagen.verify.runner import Scope, prove
from support.engines import open_postgres
from support.grammar import unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from schemagen.databases.servers import Server

CASES = sorted((Path(__file__).parents[1] / "cases/evolve").iterdir())
FEW = 12


@pytest.fixture
def connection(pg_database: str) -> Iterator[psycopg.Connection[Any]]:
    with open_postgres(pg_database) as opened:
        opened.execute("SET client_min_messages = error")
        yield opened


def words(case: Path) -> list[str]:
    file = case / "allow.txt"
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def built(case: Path, folder: Path) -> Pair:
    """Both builds of a case, as people make them."""
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    spec = options.specs / "case.yaml"
    spec.write_text((case / "old.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    old = pipeline.load(options).schema
    pipeline.build(options)
    spec.write_text((case / "new.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    if words(case):
        with pytest.raises(SchemagenError) as caught:
            pipeline.build(options)
        asked = {(found.hint or "").rpartition("--allow ")[2] for found in caught.value.diagnostics}
        assert asked == set(words(case))
    steps = pipeline.build(options, allow=words(case)).steps
    assert pipeline.build(options) == BuildResult()
    assert unread(options.output) == []
    lock = loads(lock_content(options.output) or b"")
    assert [record.number for record in lock.migrations] == list(range(1, len(lock.migrations) + 1))
    evolution = evolve(old, lock.schema, renames_of(old, lock.schema))
    return Pair(old, lock.schema, evolution, evolve(lock.schema, old, evolution.renames.reversed()), steps, {})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_migrated_and_rolled_back(case: Path, tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    pair = built(case, tmp_path)
    rows = (case / "rows.sql").read_text(encoding="utf-8").splitlines()
    outcomes = []
    for make in (Sqlite, lambda: Postgres(connection)):
        old, new = (fresh(make(), schema) for schema in (pair.old, pair.new))
        assert law(make(), pair, old, new, filled=False) == "kept"
        outcomes.append(law(make(), pair, old, new, filled=True, load=lambda engine: engine.run(map(Statement, rows))))
    if case.name.endswith("rollback_refused_by_rows"):
        assert outcomes == ["rollback refused", "rollback refused"]
    elif case.name.endswith("refused_by_rows"):
        assert outcomes in (["refused", "refused"], ["refused", "refused online"])
    else:
        assert outcomes == ["kept", "kept"]


def migrated(pair: Pair, case: Path, connection: psycopg.Connection[Any]) -> Iterator[Sqlite | Postgres]:
    """Each engine with a case's rows, once every step has run without a refusal."""
    rows = [Statement(line) for line in (case / "rows.sql").read_text(encoding="utf-8").splitlines()]
    for engine in (Sqlite(), Postgres(connection)):
        for step in first_build(pair.old):
            engine.run(step.for_dialect(engine.dialect).statements)
        engine.run(rows)
        for step in pair.steps:
            migration = step.for_dialect(engine.dialect)
            assert engine.migrate(migration, migration.statements) == ""
        yield engine


def test_a_backfill_fills_every_row_and_no_trigger_sees_it(tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    case = next(case for case in CASES if case.name == "not_null_with_backfill")
    pair = built(case, tmp_path)
    for engine in migrated(pair, case, connection):
        found = rows_of(engine, pair.new)["posts"]
        names = [column.name for column in pair.new.table("posts").columns]
        by_name = [dict(zip(names, row, strict=True)) for row in found]
        assert [(row["author"], int(row["words"])) for row in by_name] == [("nobody", 3), ("Ada", 0)]
        assert [row["edited_at"][:10] for row in by_name] == ["2024-01-01", "2024-01-02"]
        assert len({row["key"] for row in by_name}) == 2


@pytest.mark.parametrize("seed", range(FEW))
def test_the_laws_hold_for_a_random_pair(seed: int, tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    pair = make_pair(seed, tmp_path)
    if pair is not None:
        check_pair(pair, connection)


def test_a_renamed_from_that_has_been_followed_is_no_change(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    text = "schemagen: 1\ntitle: Names\ntables:\n  notes:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    columns = "      %s: {type: integer%s}\n"
    spec = options.specs / "names.yaml"
    spec.write_text(text + columns % ("a", "") + columns % ("b", ""), encoding="utf-8")
    pipeline.build(options)
    chained = text + columns % ("b", ", renamed_from: a") + columns % ("c", ", renamed_from: b")
    spec.write_text(chained, encoding="utf-8")
    steps = pipeline.build(options).steps
    assert "rename column a to b" in steps[0].changes[0]
    assert "rename column b to c" in steps[0].changes[0]
    assert pipeline.build(options).steps == ()
    spec.write_text(chained + columns % ("d", ", nullable: true"), encoding="utf-8")
    assert pipeline.build(options).steps[0].name == "add_notes_d"


def test_lint_says_which_renames_have_been_made(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "names.yaml"
    head = "schemagen: 1\ntitle: Names\ntables:\n  notes:\n"
    columns = "    columns:\n      id: {type: integer, primary_key: true}\n      %s\n"

    def found() -> list[tuple[str, str]]:
        result = lint(options)
        return [(each.path, each.message) for each in result.diagnostics if each.code in {"SG597", "SG599"}]

    spec.write_text(head + columns % "a: {type: integer}", encoding="utf-8")
    pipeline.build(options)
    renamed = head.replace("notes:", "texts:") + "    renamed_from: notes\n"
    spec.write_text(renamed + columns % "b: {type: integer, renamed_from: a}", encoding="utf-8")
    assert found() == []
    pipeline.build(options)
    assert found() == [
        ("tables.texts.renamed_from", "`texts` is renamed from `notes` in the lock already"),
        ("tables.texts.columns.b.renamed_from", "`b` is renamed from `a` in the lock already"),
    ]
    assert pipeline.build(options).warnings == ()
    kept = renamed.replace("from: notes", "from: notes  # schemagen: ignore SG597 until the release")
    spec.write_text(kept + columns % "b: {type: integer}", encoding="utf-8")
    assert found() == []
    spec.write_text(kept.replace("    renamed_from: notes", "    append_only: true") + columns % "b: {type: integer}")
    assert [message for _, message in found()] == ["SG597 finds nothing here to ignore"]


def test_an_allow_that_names_nothing_is_refused(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    text = "schemagen: 1\ntitle: Names\ntables:\n  notes:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    (options.specs / "names.yaml").write_text(text, encoding="utf-8")
    pipeline.build(options)
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options, allow=["drop:note"])
    assert [found.code for found in caught.value.diagnostics] == ["SG411"]


def test_a_law_that_is_broken_is_noticed(tmp_path: Path) -> None:
    pair = next(pair for seed in range(50) if (pair := make_pair(seed, tmp_path)) and pair.evolution.altered)
    broken = Pair(pair.old, pair.new, pair.evolution, pair.back, (), pair.rows)
    with pytest.raises(BrokenLawError):
        check_pair(broken, None)


def test_an_evolved_project_is_proved(tmp_path: Path, postgres18: Server) -> None:
    case = next(case for case in CASES if case.name == "not_null_with_backfill")
    pair = built(case, tmp_path)
    assert [step.name.endswith(ONLINE) for step in pair.steps] == [False, True]
    report = prove(pair.new, tmp_path / "output", Scope(server=postgres18))
    assert report.failures == ()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("      a: {type: text}\n      b: {type: text, nullable: true, renamed_from: a}\n", "`a` is still there"),
        ("      b: {type: text, renamed_from: z}\n      a: {type: text}\n", "there was no column `z`"),
        (
            "      b: {type: text, renamed_from: a}\n      c: {type: text, nullable: true, renamed_from: a}\n",
            "`b` is what `a` is called now",
        ),
        ("      a: {type: text, renamed_from: id}\n", "`id` is still there"),
    ],
)
def test_a_rename_that_cannot_be_followed_is_refused(tmp_path: Path, lines: str, reason: str) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    text = "schemagen: 1\ntitle: Names\ntables:\n  notes:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    (options.specs / "names.yaml").write_text(text + "      a: {type: text}\n", encoding="utf-8")
    pipeline.build(options)
    (options.specs / "names.yaml").write_text(text + lines, encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    told = [found.message for found in caught.value.diagnostics if found.code == "SG417"]
    assert len(told) == 1
    assert reason in told[0]


def test_a_conversion_gives_the_same_values_on_both_engines_once(
    tmp_path: Path, connection: psycopg.Connection[Any]
) -> None:
    case = next(case for case in CASES if case.name.startswith("numbers_become_moments"))
    pair = built(case, tmp_path)
    for engine in migrated(pair, case, connection):
        found = rows_of(engine, pair.new)["signals"]
        text = [[str(value)[:19].replace(" ", "_").replace("T", "_") for value in row] for row in found]
        assert text == [
            ["1", "2023-11-14_22:13:20", "quiet", "100", "10", "a_lo"],
            ["2", "1970-01-01_00:00:00", "high", "100", "0", "None"],
        ]
        first = pair.steps[0].for_dialect(engine.dialect)
        assert engine.migrate(first, first.statements)
        assert rows_of(engine, pair.new)["signals"] == found


@pytest.mark.parametrize("kept", ["{type: text, max_length: 9, %s}", "{type: text, %s}", "{enum: [a, b], %s}"])
def test_a_second_run_never_converts_again(kept: str, tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "t.yaml"
    text = "schemagen: 1\ntables:\n  t:\n    columns:\n      id: {type: integer, primary_key: true}\n      v: "
    spec.write_text(text + "{enum: [a, c]}\n", encoding="utf-8")
    pipeline.build(options)
    old = pipeline.load(options).schema
    backfill = "backfill: {sql: \"CASE v WHEN 'a' THEN 'b' ELSE 'a' END\"}"
    spec.write_text(text + kept % backfill + "\n", encoding="utf-8")
    steps = pipeline.build(options, allow=["rewrite:t.v"]).steps
    for engine in (Sqlite(), Postgres(connection)):
        for step in first_build(old):
            engine.run(step.for_dialect(engine.dialect).statements)
        engine.run([Statement("INSERT INTO t (id, v) VALUES (1, 'a')")])
        first = steps[0].for_dialect(engine.dialect)
        assert engine.migrate(first, first.statements) == ""
        assert engine.migrate(first, first.statements)
        assert engine.ask("SELECT v FROM t") == [("b",)]


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("{type: bigint, backfill: {sql: w * 2}}", "SG301"),
        ("{type: bigint, backfill: {sql: '7'}}", "SG410"),
        ("{type: 'numeric(8, 2)', backfill: {sql: v * 2}}", "SG427"),
    ],
)
def test_a_conversion_that_cannot_be_told_is_refused(column: str, code: str, tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "t.yaml"
    text = "schemagen: 1\ntables:\n  t:\n    sqlite: {parity: false}\n    columns:\n      v: %s\n      w: %s\n"
    old, new = ("numeric(6, 2)", "integer") if "numeric" in column else ("integer", "integer")
    spec.write_text(text % (f"{{type: '{old}', primary_key: true}}", f"{{type: {new}}}"), encoding="utf-8")
    pipeline.build(options)
    spec.write_text(text % (column.replace("}}", "}, primary_key: true}"), "{type: bigint}"), encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options, allow=["rewrite:t.v", "rewrite:t.w"])
    assert {found.code for found in caught.value.diagnostics} == {code}


READS = """
schemagen: 1
tables:
  teams: {columns: {id: {type: integer, primary_key: true}, name: {type: text}, rank: {type: integer}}}
  clubs: {columns: {id: {type: integer, primary_key: true}, name: {type: text}}}
  people: {columns: {id: {type: integer, primary_key: true}, team: {type: integer, nullable: true}}}
"""
LOOK = "(SELECT t.name FROM teams AS t WHERE t.id = team)"


@pytest.mark.parametrize(
    ("column", "other", "said"),
    [
        (LOOK.replace("teams", "unions"), ("  clubs", "  unions"), "table `unions` is made in the same build"),
        (LOOK.replace("teams", "clubs"), ("  clubs: {", "  unions: {"), "table `clubs` goes in the same build"),
        (
            LOOK.replace("name", "rank::text"),
            ("rank: {", "row: {renamed_from: rank, "),
            "columns of `teams` that change",
        ),
        (LOOK.replace("t.id = team", "t.rank = team"), ("", ""), "may give several rows"),
        (LOOK.replace("t.id = team", "true LIMIT 1"), ("", ""), "takes any row"),
        (LOOK.replace("team)", ":team)"), ("", ""), "nothing gives `:team` a value"),
        ("max(team)", ("", ""), "can stand in a query only"),
        ("coalesce(max(team)::text, (SELECT 'a'))", ("", ""), "has to stand in a subquery"),
        (LOOK.replace("t.name", "t.nam"), ("", ""), "unknown column"),
    ],
)
def test_a_backfill_reads_what_stays_through_the_build(
    column: str, other: tuple[str, str], said: str, tmp_path: Path
) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "t.yaml"
    spec.write_text(READS, encoding="utf-8")
    pipeline.build(options)
    added = READS.replace("nullable: true}", f'nullable: true}}, name: {{type: text, backfill: {{sql: "{column}"}}}}')
    spec.write_text(added.replace(*other) if other[0] else added, encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    assert [found.code for found in caught.value.diagnostics] == ["SG301"]
    assert said in caught.value.diagnostics[0].message


def test_a_backfill_reads_the_rows_of_other_tables(tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    case = next(case for case in CASES if case.name == "backfill_over_tables")
    pair = built(case, tmp_path)
    for engine in migrated(pair, case, connection):
        assert engine.ask("SELECT newest_order FROM customers ORDER BY id") == [(3,), (2,), (None,)]
        totals = engine.ask("SELECT country, total, place FROM orders ORDER BY id")
        assert [(a, float(b), c) for a, b, c in totals] == [("uk", 12.75, 1), ("de", 0.0, 1), ("uk", 7.0, 2)]


def test_a_number_is_no_moment_without_a_word(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "t.yaml"
    text = "schemagen: 1\ntables:\n  t:\n    columns:\n      at: {type: %s, primary_key: true}\n"
    spec.write_text(text % "bigint", encoding="utf-8")
    pipeline.build(options)
    spec.write_text(text % "timestamp", encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    first = caught.value.diagnostics[0]
    assert "holds none of the values that are there" in first.message
    assert "`backfill: {sql: …}`, in which `at` is the old one" in (first.hint or "")


def test_a_backfill_may_stay_where_it_has_been_run(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "t.yaml"
    text = (
        "schemagen: 1\ntables:\n  t:\n    columns:\n      id: {type: integer, primary_key: true}\n      v: {type: %s}\n"
    )
    spec.write_text(text % "text", encoding="utf-8")
    pipeline.build(options)
    converted = text % 'integer, backfill: {sql: "length(v)"}'
    spec.write_text(converted, encoding="utf-8")
    pipeline.build(options, allow=["rewrite:t.v"])
    assert pipeline.build(options).steps == ()
    spec.write_text(converted.replace("type: integer, b", "type: bigint, b"), encoding="utf-8")
    (change,) = pipeline.build(options, allow=["rewrite:t.v"]).steps[0].changes
    assert "backfill" not in change
    assert pipeline.build(Options(options.specs, tmp_path / "other")).steps  # a history that begins has no old value


def test_a_table_whose_name_changes_in_case_alone_is_renamed_or_refused(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "names.yaml"
    text = "schemagen: 1\ntables:\n  %s:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    spec.write_text(text % "bills", encoding="utf-8")
    pipeline.build(options)
    spec.write_text(text % "Bills", encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options, allow=["drop:bills"])
    assert [found.code for found in caught.value.diagnostics] == ["SG419"]
    assert "renamed_from: bills" in (caught.value.diagnostics[0].hint or "")
    spec.write_text(text.replace("columns:", "renamed_from: bills\n    columns:") % "Bills", encoding="utf-8")
    assert "rename table bills to Bills" in pipeline.build(options).steps[0].changes


def test_a_value_becomes_the_same_text_on_both_engines(tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    kinds = ("uuid", "integer", "boolean", "numeric(8, 2)", "date", "time", "timestamp", "timestamptz", "json")
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    spec = options.specs / "values.yaml"
    head = "schemagen: 1\ntables:\n  v:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    spec.write_text(
        head + "".join(f"      c{n}: {{type: '{kind}'}}\n" for n, kind in enumerate(kinds)), encoding="utf-8"
    )
    pipeline.build(options)
    old = pipeline.load(options).schema
    spec.write_text(head + "".join(f"      c{n}: {{type: text}}\n" for n in range(len(kinds))), encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        pipeline.build(options)
    allow = [str(found.hint).rpartition("--allow ")[2] for found in caught.value.diagnostics]
    steps = pipeline.build(options, allow=allow).steps
    values = rows(old, "v", 1)["v"][0] | {"c5": "08:30:00.000000", "c6": "2024-01-31T08:30:00.000000"}
    found = []
    for engine in (Sqlite(), Postgres(connection)):
        dialect = SQLITE if engine.dialect == "sqlite" else POSTGRES
        for step in first_build(old):
            engine.run(step.for_dialect(engine.dialect).statements)
        engine.run([Statement(insert(dialect, old.table("v"), [values]))])
        for step in steps:
            migration = step.for_dialect(engine.dialect)
            assert engine.migrate(migration, migration.statements) == ""
        found.append([[str(value) for value in row] for row in rows_of(engine, pipeline.load(options).schema)["v"]])
    assert found[0] == found[1]
