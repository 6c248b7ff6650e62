"""Backfills and conversions: every row has the value that both engines give it, once, and what cannot be is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from programs.evolve_engines import Postgres, Sqlite, rows_of
from schemagen.base.diagnostics import SchemagenError
from schemagen.changes.migration import Statement
from schemagen.databases.memory import insert
from schemagen.datagen.fill import rows
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.migrations.first_build import first_build
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from support.evolve_cases import CASES, built, migrated

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg


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
    assert "backfill" not in change.text
    assert pipeline.build(Options(options.specs, tmp_path / "other")).steps  # a history that begins has no old value


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
