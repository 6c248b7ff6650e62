"""Documents that are cut into pages: an index, and a page a table with the picture of what is around it."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from schemagen import cli
from schemagen.project import pipeline
from schemagen.project.pipeline import BuildResult, Options
from support.docs_reader import dead_links, untidy

if TYPE_CHECKING:
    from pathlib import Path

TABLES = 60
LONGEST_PAGE = 250
SPEC = """schemagen: 1
title: Many
notes: {security: Nobody but us., retention: A year., soft_deletes: None at all.}
tables:
"""
TABLE = """  t%(n)d:
    description: Table number %(n)d
    columns:
      id: {type: bigint, identity: true, primary_key: true}
      parent_id: {references: t%(parent)d.id, on_delete: cascade, nullable: true, index: true}
    volume: {rows: 1000}
"""
QUERIES = "queries:\n  of_parent: {sql: SELECT id FROM t3 WHERE parent_id = :parent_id, uses: idx_t3_parent_id}\n"


@pytest.fixture
def options(tmp_path: Path) -> Options:
    made = Options(tmp_path / "specs", tmp_path / "output", pages="table")
    made.specs.mkdir()
    text = SPEC + "".join(TABLE % {"n": n, "parent": n // 2} for n in range(TABLES)) + QUERIES
    (made.specs / "many.yaml").write_text(text, encoding="utf-8")
    other = SPEC.replace("Many", "Few") + TABLE.replace("t%(n)d", "few") % {"n": 1, "parent": 5}
    other += "queries:\n  far: {sql: SELECT id FROM t7 WHERE id = :id, uses: pk_t7}\n"
    (made.specs / "few.yaml").write_text(other, encoding="utf-8")
    return made


def documents(options: Options) -> dict[str, str]:
    found = (options.output / "docs").rglob("*.md")
    return {path.relative_to(options.output).as_posix(): path.read_text(encoding="utf-8") for path in found}


def test_an_index_and_a_page_a_table_whose_links_lead_somewhere(options: Options) -> None:
    pipeline.build(options)
    files = documents(options)
    pages = {path for path in files if path.startswith("docs/many.tables/")}
    assert pages == {f"docs/many.tables/t{n}.md" for n in range(TABLES)}
    known = {path.relative_to(options.output).as_posix() for path in options.output.rglob("*")}
    assert dead_links(files, known) == []
    assert [path for path, text in files.items() if untidy(text)] == []
    assert max(text.count("\n") for text in files.values()) < LONGEST_PAGE
    index = files["docs/many.md"]
    assert "| [`t3`](many.tables/t3.md#1-table-t3) | Table number 3. | 2 | [`t1`](many.tables/t1.md" in index
    assert "## Security" in index
    assert "## Retention" in index


def test_a_page_shows_the_neighbours_and_the_queries_of_its_table(options: Options) -> None:
    pipeline.build(options)
    files = documents(options)
    page = files["docs/many.tables/t3.md"]
    assert set(re.findall(r'^    "(t\d+)" \{$', page, re.MULTILINE)) == {"t1", "t3", "t6", "t7"}
    assert "WHERE parent_id = :parent_id" in page
    assert "None at all." in page
    assert "Nobody but us." not in page
    assert "of_parent" not in files["docs/many.tables/t4.md"]
    assert "WHERE id = :id" in files["docs/few.md"]


def test_the_form_can_change_and_a_build_knows(options: Options) -> None:
    pipeline.build(options)
    assert pipeline.build(options) == BuildResult()
    whole = Options(options.specs, options.output)
    assert not pipeline.build(whole).steps
    files = documents(whole)
    assert set(files) == {"docs/many.md", "docs/few.md"}
    assert "each table has a page of its own" in files["docs/many.md"]
    assert "each table has a page of its own" not in files["docs/few.md"]
    assert pipeline.build(options).files.written


@pytest.mark.parametrize(
    ("settings", "code"),
    [('pages = "tables"', "SG432"), ('page = "table"', "SG431"), ("pages = [1]", "SG432")],
)
def test_a_setting_that_is_none_is_told(
    settings: str, code: str, options: Options, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(options.specs.parent)
    for name, value in (("schemagen.toml", '[docs]\npages = "table"\n'), ("schemagen.toml", f"[docs]\n{settings}\n")):
        (options.specs.parent / name).write_text(value, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["schemagen", "build"])
        ended = cli.main()
    assert (ended, code in capsys.readouterr().out) == (1, True)
    assert (options.output / "docs/many.tables").is_dir()


def test_groups_head_the_index_and_readers_are_told_team_tags_and_coverage(options: Options) -> None:
    spec = options.specs / "many.yaml"
    grouped = "  t1:\n    group: Core\n    team: base\n    tags: [pii]\n"
    text = spec.read_text(encoding="utf-8").replace("  t1:\n", grouped, 1)
    spec.write_text(text.replace("primary_key: true}", "primary_key: true, tags: [legacy]}", 1), encoding="utf-8")
    pipeline.build(options)
    files = documents(options)
    core, others = files["docs/many.md"].split("### Others")
    assert "### Core\n\n| Table" in core
    assert ("[`t1`](many.tables/t1.md" in core, "| [`t2`](many.tables/t2.md" in core) == (True, False)
    assert "| [`t2`](many.tables/t2.md" in others
    page = files["docs/many.tables/t1.md"]
    assert "Group: Core. Team: base. Tags: `pii`." in page
    assert "Descriptions 33 % (1 of 3 tables and columns)." in page
    assert "tagged `legacy`" in files["docs/many.tables/t0.md"]
