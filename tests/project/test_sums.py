"""Hashes committed with the output: a plain check of a fresh clone reads files, or plans if one differs."""

from __future__ import annotations

import shutil
from importlib.metadata import requires
from re import split
from typing import TYPE_CHECKING

import pytest

from schemagen.project import fingerprint, pipeline
from schemagen.project.pipeline import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPEC = """schemagen: 1
title: Chat
version: "1"
tables:
  users:
    description: People
    columns:
      id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}, description: Key}
      name: {type: varchar(80), description: What others see}
"""


@pytest.fixture
def clone(tmp_path: Path) -> Options:
    """A project as git brings it: with its output, without what the build had kept for itself."""
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    (options.specs / "chat.yaml").write_text(SPEC, encoding="utf-8")
    pipeline.build(options)
    shutil.rmtree(options.output / ".schemagen")
    return options


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """The builds that were planned."""
    planned: list[Options] = []
    make_plan = pipeline.make_plan

    def counted(options: Options) -> pipeline.Plan:
        planned.append(options)
        return make_plan(options)

    monkeypatch.setattr(pipeline, "make_plan", counted)
    return planned


def test_a_fresh_clone_is_checked_without_a_plan(clone: Options, plans: list[Options]) -> None:
    assert pipeline.check(clone).outdated == ()
    assert plans == []
    assert pipeline.check(clone, full=True).outdated == ()
    assert len(plans) == 1


def _edit(path: str, old: str, new: str) -> Callable[[Options], None]:
    def edit(options: Options) -> None:
        file = options.output.parent / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    ("change", "outdated"),
    [
        (_edit("specs/chat.yaml", "People", "Persons"), True),
        (_edit("specs/chat.yaml", "tables:", "tables: # all"), False),
        (_edit("output/docs/chat.md", "People", "Persons"), True),
        (lambda options: (options.output / "models/user.py").unlink(), True),
        (_edit("output/.schema.sums", "schemagen 0", "schemagen 9"), False),
        (_edit("output/.schema.sums", "output ", "output 0"), False),
        (_edit("output/.schema.sums", "specs ", "specs 0\nspecs "), False),
        (lambda options: (options.output / ".schema.sums").write_text("", encoding="utf-8"), False),
        (lambda options: (options.output / ".schema.sums").unlink(), False),
    ],
)
def test_what_differs_is_planned(
    clone: Options, plans: list[Options], change: Callable[[Options], None], *, outdated: bool
) -> None:
    change(clone)
    assert bool(pipeline.check(clone).outdated) is outdated
    assert len(plans) == 1


def test_edited_hashes_change_no_build(clone: Options) -> None:
    before = (clone.output / ".schema.sums").read_text(encoding="utf-8")
    (clone.specs / "chat.yaml").write_text(SPEC.replace("People", "Persons"), encoding="utf-8")
    own = pipeline.specs_of(clone)
    lines = [f"specs {own}" if line.startswith("specs ") else line for line in before.splitlines()]
    (clone.output / ".schema.sums").write_text("\n".join([*lines, ""]), encoding="utf-8")
    assert pipeline.check(clone).outdated == ()
    assert pipeline.check(clone, full=True).outdated
    assert "docs/chat.md" in pipeline.build(clone).files.written


def test_warnings_are_repeated_by_each_check(clone: Options) -> None:
    checked = (
        "\n      age: {type: integer, default: 0, description: Years}\n"
        "    checks: {old: {sql: age > 1, description: Old}}\n"
    )
    (clone.specs / "chat.yaml").write_text(SPEC.rstrip("\n") + checked, encoding="utf-8")
    pipeline.build(clone)
    shutil.rmtree(clone.output / ".schemagen")
    assert [found.code for found in pipeline.check(clone).warnings] == ["SG112"]


def test_the_packages_that_a_build_runs_on_are_those_of_the_distribution() -> None:
    no_part_of_a_build = {"typer", "annotated_doc", "click", "rich", "shellingham"}
    seen: set[str] = set()
    ahead = ["schemagen-sql"]
    while ahead:
        for demand in requires(ahead.pop()) or ():
            name = split(r"[^\w.-]", demand)[0].lower().replace("-", "_")
            optional = "extra ==" in demand and not (name == "sqlglotc" and "'c'" in demand.replace('"', "'"))
            if name not in seen | no_part_of_a_build and not optional:
                seen.add(name)
                ahead.append(name)
    assert seen - {"backports_datetime_fromisoformat", "colorama"} == fingerprint.USED
