"""Every layout: a runner's name, its engines, and the files that it takes for the migrations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from schemagen.schema.dialect import DIALECTS

from . import script_runners, sql_runners

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemagen.changes.migration import Migration, Step
    from schemagen.schema.dialect import DialectName

    Files = dict[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """How one runner wants its migrations.

    ``marker`` finds lines that the runner takes for its own wherever they stand, so no statement may have one.
    """

    name: str
    render: Callable[[Sequence[Step], str], Files]
    marker: re.Pattern[str] | None = None

    def misread(self, steps: Sequence[Step]) -> str | None:
        """The first migration with a line that the runner would take for its own."""
        found = (step for step in steps for one in (step.sqlite, step.postgres) if self._has_marker(one))
        return next((step.identifier for step in found), None)

    def _has_marker(self, migration: Migration) -> bool:
        parts = (*migration.statements, *migration.rollback)
        return self.marker is not None and any(self.marker.search(part.sql) for part in parts)


def _each(
    make: Callable[[Migration], Files], steps: Sequence[Step], _app: str, *, engines: Sequence[DialectName] = DIALECTS
) -> Files:
    halves = (step.for_dialect(engine) for step in steps for engine in engines)
    return {path: text for half in halves for path, text in make(half).items()}


def _yoyo(steps: Sequence[Step], _app: str) -> Files:
    files: Files = {}
    for engine in DIALECTS:
        halves = [step.for_dialect(engine) for step in steps]
        for before, half in zip((None, *halves), halves, strict=False):
            files |= script_runners.yoyo(half, before)
    return files


def _django(steps: Sequence[Step], app: str) -> Files:
    files: Files = {}
    for before, step in zip((None, *steps), steps, strict=False):
        files |= script_runners.django(step, before, app)
    return files


_ONLY_POSTGRES: tuple[DialectName, ...] = ("postgres",)
_ONLY_SQLITE: tuple[DialectName, ...] = ("sqlite",)


def _line(start: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*--\s*{start}", re.MULTILINE | re.IGNORECASE)


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("dbmate", partial(_each, sql_runners.dbmate), _line("migrate:")),
        Layout("sql-migrate", partial(_each, sql_runners.sql_migrate), _line(r"\+migrate")),
        Layout("goose", partial(_each, sql_runners.goose), _line(r"\+goose")),
        Layout("golang-migrate", partial(_each, sql_runners.golang_migrate)),
        Layout("yoyo", _yoyo),
        Layout("node-pg-migrate", partial(_each, script_runners.node_pg_migrate, engines=_ONLY_POSTGRES)),
        Layout("knex", partial(_each, script_runners.knex)),
        Layout("django", _django),
        Layout("supabase", partial(_each, sql_runners.supabase, engines=_ONLY_POSTGRES)),
        Layout("d1", partial(_each, sql_runners.d1, engines=_ONLY_SQLITE)),
    )
}
