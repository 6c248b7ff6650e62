"""The way back from a database that lacks most of its tables is planned table by table, not each among all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from schemagen.changes.diff import evolve
from schemagen.drift import repair as drift_repair
from schemagen.engines.catalog_differences import differences
from schemagen.engines.reading import read_catalog
from schemagen.migrations.first_build import first_build
from schemagen.project.pipeline import Options, load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from schemagen.changes.migration import Step
    from schemagen.engines.catalog import Catalog

_COLUMNS = "id: {type: integer, primary_key: true}, next: {references: t%s.id, on_delete: cascade}"


def _catalog(steps: tuple[Step, ...]) -> Catalog:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for step in steps:
            for statement in step.sqlite.statements:
                connection.execute(statement.sql)
        return read_catalog(connection)


def _work(folder: Path, tables: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many tables the planner has looked at, for a chain of cascades of which one table is there."""
    folder.mkdir()
    lines = [f"  t{number}: {{columns: {{{_COLUMNS % max(0, number - 1)}}}}}" for number in range(tables)]
    (folder / "all.yaml").write_text("schemagen: 1\ntables:\n" + "\n".join(lines), encoding="utf-8")
    schema = load(Options(folder, folder / "output")).schema
    steps = first_build(schema)
    live = _catalog(steps[:1])
    found = differences(live, _catalog(steps), others=False, belongings=True)
    seen: list[int] = []

    def counted(old: Any, new: Any, *rest: Any, **options: Any) -> Any:
        seen.append(len(new.tables))
        return evolve(old, new, *rest, **options)

    with monkeypatch.context() as patched:
        patched.setattr(drift_repair, "evolve", counted)
        planned = drift_repair.repair(live, schema, found)
    assert len(planned.fixes) == tables - 1
    assert all(
        any(f"CREATE TABLE IF NOT EXISTS {one.table} " in sql for sql in fix.statements)
        for one, fix in planned.fixes.items()
    )
    return sum(seen)


def test_missing_tables_are_planned_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _work(tmp_path / "many", 40, monkeypatch) <= 5 * _work(tmp_path / "few", 10, monkeypatch)
