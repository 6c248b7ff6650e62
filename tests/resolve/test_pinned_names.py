"""Derived names that the lock holds: they never change by themselves, and what is new gives way to them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from schemagen.lint.linting import LintSettings, lint
from schemagen.project import pipeline
from schemagen.project.pipeline import Options, load
from schemagen.project.rebase import rebase
from schemagen.project.review import review

OPTIONS = Options()
HEAD = "schemagen: 1\ntables:\n"
COLUMNS = "    columns:\n      id: {type: integer, primary_key: true}\n"
TEXTS = "".join(f"      {name}: {{type: varchar(9)}}\n" for name in ("a", "b", "c", "b_c"))
KEY = "      - {{columns: [{}], references: {{table: p, columns: [{}]}}, on_delete: cascade}}\n"
PARENT = "  p:\n    columns:\n      x: {type: varchar(9)}\n      y: {type: varchar(9)}\n"
PARENT += "    primary_key: [x, y]\n    unique:\n      - columns: [x]\n"
PAIRS = {
    "indexes": ("      - columns: [b, c]\n", "      - columns: [b_c]\n"),
    "unique": ("      - columns: [b, c]\n", "      - columns: [b_c]\n"),
    "foreign_keys": (KEY.format("b, c", "x, y"), KEY.format("b_c", "x")),
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()


def write(*tables: str) -> None:
    Path("specs/app.yaml").write_text(HEAD + "".join(tables), encoding="utf-8")


def table(section: str, *parts: str, name: str = "t") -> str:
    return f"  {name}:\n" + COLUMNS + TEXTS + ("".join((f"    {section}:\n", *parts)) if parts else "")


def names(options: Options = OPTIONS) -> list[str]:
    return [
        part.name
        for each in load(options).schema.tables
        for part in (each.primary_key, *each.indexes, *each.uniques, *each.checks, *each.foreign_keys)
        if part
    ]


def changes() -> list[str]:
    """What a build changes; everything that looks at the specs agrees with it."""
    shown = review(OPTIONS)
    steps = pipeline.build(OPTIONS).steps
    assert shown.migrations == tuple(step.identifier for step in steps)
    assert pipeline.check(OPTIONS).outdated == ()
    assert pipeline.build(OPTIONS).steps == ()
    return [each.change for each in shown.changes]


@pytest.mark.parametrize("section", PAIRS)
def test_a_newcomer_that_stands_earlier_takes_the_hash(section: str) -> None:
    first, second = PAIRS[section]
    write(PARENT, table(section, first))
    pipeline.build(OPTIONS)
    held = names()
    write(PARENT, table(section, second, first))
    assert set(held) < set(names(Options(output=Path("elsewhere"))))  # the same names: without a lock the first has it
    found = changes()
    assert len(found) == 1
    assert found[0].startswith("add")
    (added,) = set(names()) - set(held)
    assert added[-9] == "_"
    assert len(names()) == len(held) + 1
    kept = next(name for name in held if added.startswith(name))
    assert names().index(added) < names().index(kept)


def test_names_of_two_tables_that_are_equal() -> None:
    """A table that comes first in the order of the files, whose index would be called as one that is there."""
    write(table("indexes", PAIRS["indexes"][0], name="t_a"))
    pipeline.build(OPTIONS)
    held = names()
    index = "      - columns: [a_b, c]\n"
    other = table("indexes", index, name="t").replace("      b_c", "      a_b")
    write(other, table("indexes", PAIRS["indexes"][0], name="t_a"))
    assert changes() == ["create table t"]
    assert set(held) < set(names())


def test_a_check_keeps_its_name() -> None:
    """Two keys make one name where the first of two columns is called like the second key."""
    first, second = "      b_c: {sql: length(b) > 0}\n", "      b_c: {type: varchar(9), check: length(b_c) > 1}\n"
    write(table("checks", first))
    pipeline.build(OPTIONS)
    held = names()
    write(table("checks", first).replace("      b_c: {type: varchar(9)}\n", second))
    assert [each.partition(" (")[0].partition(":")[0] for each in changes()] == [
        f"add check {next(name for name in names() if name not in held)} `length(b_c) > 1`"
    ]
    assert set(held) < set(names())


def test_a_held_hash_stays_when_the_plain_name_is_free() -> None:
    first, second = PAIRS["indexes"]
    write(table("indexes", first, second))
    pipeline.build(OPTIONS)
    held = names()
    write(table("indexes", second))
    (change,) = changes()
    assert change.startswith("drop index idx_t_b_c")
    assert set(names()) == set(held) - {"idx_t_b_c"}
    write(table("indexes", second, first))
    assert len(changes()) == 1
    assert set(names()) == set(held)


def test_a_primary_key_keeps_its_name() -> None:
    """A unique constraint's written name is nobody's to take; a new table's key gives way to an index that is held."""
    write(table("indexes", "      - {columns: [a], name: other}\n", name="t"))
    pipeline.build(OPTIONS)
    held = names()
    write("  a:\n" + COLUMNS, table("indexes", "      - {columns: [a], name: pk_a}\n", name="t"))
    assert set(held) - set(names()) == {"other"}
    assert any(name.startswith("pk_a_") for name in names())
    changes()


def test_another_definition_keeps_the_plain_name() -> None:
    """What has been dropped holds nothing: an index that is written anew has the name of the one before it."""
    write(table("indexes", "      - columns: [a]\n"))
    pipeline.build(OPTIONS)
    write(table("indexes", "      - columns: [a desc]\n"))
    changes()
    assert names() == ["pk_t", "idx_t_a"]


def test_a_renamed_table_keeps_its_names() -> None:
    """Also when it is renamed again; a new table of the old name gives way."""
    write(table("indexes", "      - columns: [a]\n"))
    pipeline.build(OPTIONS)
    renamed = table("indexes", "      - columns: [a]\n", name="u").replace("  u:\n", "  u:\n    renamed_from: t\n")
    write(renamed)
    assert changes() == ["rename table t to u"]
    assert names() == ["pk_t", "idx_t_a"]
    again = renamed.replace("renamed_from: t\n", "renamed_from: u\n").replace("  u:\n", "  v:\n")
    write(again)
    assert changes() == ["rename table u to v"]
    assert names() == ["pk_t", "idx_t_a"]
    write(again, table("indexes", "      - columns: [a]\n"))
    assert changes() == ["create table t"]
    assert {"pk_t", "idx_t_a"} < set(names())
    assert len(set(names())) == len(names()) == 4


def test_a_renamed_column_keeps_its_names() -> None:
    """Those of its index and of the check of its type, until a new column of the old name needs the latter."""
    write(table("indexes", "      - columns: [a]\n"))
    pipeline.build(OPTIONS)
    renamed = table("indexes", "      - columns: [z]\n").replace("      a: {", "      z: {renamed_from: a, ")
    write(renamed)
    assert changes() == ["rename column a to z"]
    assert "idx_t_a" in names()
    assert load(OPTIONS).schema.table("t").pinned_name("ck_t_z_type") == "ck_t_a_type"
    write(renamed.replace("    indexes:\n", "      a: {type: varchar(9), nullable: true}\n    indexes:\n"))
    found = changes()
    assert "add column a (varchar(9))" in found
    assert "idx_t_a" in names()
    assert load(OPTIONS).schema.table("t").pinned_name("ck_t_z_type") == "ck_t_z_type"


def test_lint_reads_the_names_of_the_lock() -> None:
    first, second = PAIRS["indexes"]
    write(table("indexes", first))
    pipeline.build(OPTIONS)
    write(table("indexes", second, first))
    found = [each for each in lint(load(OPTIONS), LintSettings()) if each.code == "SG522"]
    assert [each.path for each in found] == ["tables.t.indexes.0"]


def test_rebase_keeps_the_names_of_the_other_branch() -> None:
    who = ("-c", "user.name=S", "-c", "user.email=s@example.org")

    def commit(*words: str) -> None:
        pipeline.build(OPTIONS)
        for command in (["add", "--all"], [*who, "commit", "--quiet", "--message", "change"]):
            subprocess.run(["git", *command], check=True)
        for word in words:
            subprocess.run(["git", *word.split()], check=True)

    first, second = PAIRS["indexes"]
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main"], check=True)
    write(table("indexes"))
    commit("checkout --quiet -b topic")
    write(table("indexes", second))
    commit("checkout --quiet main")
    write(table("indexes", first))
    commit("checkout --quiet topic")
    subprocess.run(["git", *who, "merge", "--quiet", "main"], check=False, capture_output=True)
    write(table("indexes", second, first))
    rebase(OPTIONS, "main")
    held = {index.columns: index.name for index in load(OPTIONS).schema.table("t").indexes}
    assert held["b", "c"] == "idx_t_b_c"
    assert held["b_c",].startswith("idx_t_b_c_")
    assert pipeline.check(OPTIONS).outdated == ()
