"""`[layouts]` in the settings: the files of other runners, kept up to date by each build and known to the lock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.project.export import export
from schemagen.project.pipeline import BuildResult, Options, build, check
from schemagen.project.settings import read_layouts, read_written

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """schemagen: 1
title: People
tables:
  people:
    columns:
      id: {type: integer, primary_key: true}
"""
CHANGED = f"{SPEC}      code: {{type: text, unique: true, default: ''}}\n"
LAYOUTS = (("dbmate", "dbmate"), ("yoyo", "runners/yoyo"))


@pytest.fixture
def options(tmp_path: Path) -> Options:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/people.yaml").write_text(SPEC, encoding="utf-8")
    return Options(tmp_path / "specs", tmp_path / "output", layouts=LAYOUTS)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def codes(options: Options) -> set[str]:
    with pytest.raises(SchemagenError) as caught:
        build(options)
    return {found.code for found in caught.value.diagnostics}


def test_each_build_keeps_them_up_to_date(options: Options, tmp_path: Path) -> None:
    build(replace(options, layouts=()))
    build(options)  # the settings came later: all that has been written is exported
    first = {folder: contents(options.output / folder) for _, folder in LAYOUTS}
    assert all(first.values())
    (options.specs / "people.yaml").write_text(CHANGED, encoding="utf-8")
    build(options)
    for name, folder in LAYOUTS:
        now = contents(options.output / folder)
        assert now.items() > first[folder].items()
        export(options.output, name, tmp_path / name)
        assert contents(tmp_path / name) == now
    lock = loads(lock_content(options.output) or b"")
    assert {path for path, _ in lock.layouts} == {
        f"{folder}/{path}" for _, folder in LAYOUTS for path in contents(options.output / folder)
    }
    assert build(options) == BuildResult()
    assert not check(options, full=True).outdated


def test_one_that_was_edited_or_lost(options: Options) -> None:
    build(options)
    file = next((options.output / "dbmate").rglob("*.sql"))
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}-- mine\n", encoding="utf-8")
    assert codes(options) == {"SG404"}
    file.unlink()
    assert codes(options) == {"SG405"}
    file.write_text(text, encoding="utf-8")
    assert build(options).steps == ()


def test_a_layout_that_is_no_longer_wanted_goes(options: Options) -> None:
    build(options)
    build(replace(options, layouts=LAYOUTS[:1]))
    assert not (options.output / "runners").exists()
    assert (options.output / "dbmate").exists()


@pytest.mark.parametrize(
    "folder", ["", "../elsewhere", "/tmp/x", "migrations", "alembic/versions", ".schemagen", "schema.lock.json", 1]
)
def test_no_folder_of_its_own(folder: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemagen.toml").write_text(f"[layouts]\ndbmate = {folder!r}\n", encoding="utf-8")
    with pytest.raises(SchemagenError, match="SG432"):
        read_layouts()
    (tmp_path / "schemagen.toml").write_text('[layouts]\ndbmate = "a"\nyoyo = "a/b"\n', encoding="utf-8")
    with pytest.raises(SchemagenError, match="SG432"):
        read_layouts()
    (tmp_path / "schemagen.toml").write_text('[layouts]\nyoyo = "b"\ndbmate = "a"\n', encoding="utf-8")
    assert read_layouts() == (("dbmate", "a"), ("yoyo", "b"))
    (tmp_path / "schemagen.toml").write_text('[layouts]\nyoyo = {folder = "b"}\n', encoding="utf-8")
    with pytest.raises(SchemagenError, match="SG432"):
        read_layouts()
    (tmp_path / "schemagen.toml").write_text('[layouts]\nyoyo = {path = "../b"}\n', encoding="utf-8")
    with pytest.raises(SchemagenError, match="SG432"):
        read_written()


def test_a_folder_of_the_project(options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    setting = '[layouts]\nsupabase = {path = "supabase/migrations"}\ndbmate = "dbmate"\n'
    (tmp_path / "schemagen.toml").write_text(setting, encoding="utf-8")
    placed = Options(options.specs, options.output, **read_written())
    folder = tmp_path / "supabase/migrations"
    folder.mkdir(parents=True)
    own = folder / "20000000001000_create_people.sql"
    own.write_text("SELECT 1;\n", encoding="utf-8")
    assert codes(placed) == {"SG439"}
    own.rename(folder / "19990000000000_mine.sql")
    build(placed)
    assert {file.name for file in folder.iterdir()} == {own.name, "19990000000000_mine.sql"}
    assert not (options.output / "supabase").exists()
    assert not check(placed, full=True).outdated
    own.write_text("SELECT 2;\n", encoding="utf-8")
    assert codes(placed) == {"SG404"}


def test_an_unknown_runner(options: Options) -> None:
    assert codes(replace(options, layouts=(("dbmat", "x"),))) == {"SG442"}
    assert not options.output.exists() or not (options.output / "migrations").exists()
