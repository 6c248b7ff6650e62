"""Every file that a build writes, from the schema and the steps of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.layout import migration_number
from schemagen.base.tree import PLAIN
from schemagen.schema.dialect import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.base.tree import Tree
    from schemagen.changes.migration import Statement, Step
    from schemagen.migrations.lock import Lock
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema


def render(schema: Schema, base: Lock | None, steps: Sequence[Step], tree: Tree = PLAIN) -> dict[str, str]:
    """Every file but the lock and the migrations of earlier builds: path below the output folder → content.

    ``tree`` is where they will lie, which decides how they refer to each other.
    """
    from schemagen.schema.vectors import has_vectors
    from schemagen.targets import seeds
    from schemagen.targets import sql_files as migrations
    from schemagen.targets.alembic import revisions as alembic
    from schemagen.targets.docs import document as docs
    from schemagen.targets.docs import guide
    from schemagen.targets.sqlmodel import modules as sqlmodel
    from schemagen.targets.sqlmodel.places import is_placed

    earlier = tuple(migration.step() for migration in base.migrations) if base else ()
    history = (*earlier, *steps)
    built = _built(schema, base, steps, history)
    sql = migrations.render(schema, steps)
    facts = {"placed": is_placed(schema), "vectors": has_vectors(schema)}
    files = {
        **sql,
        **migrations.render_schema(built),
        **guide.render(schema, history, tree),
        **sqlmodel.render(schema, tree.package),
        **alembic.render(steps, sql, earlier[-1] if earlier else None, tree, **facts),
        **docs.render(schema, history, tree),
        **seeds.render(schema),
    }
    written = {step.number for step in earlier}
    return {path: text for path, text in files.items() if migration_number(path) not in written}


def _built(
    schema: Schema, base: Lock | None, steps: Sequence[Step], history: Sequence[Step]
) -> dict[DialectName, tuple[Statement, ...]]:
    """What builds the whole schema on each engine, in the order of columns that its migrations leave."""
    from schemagen.migrations.column_order import as_migrated
    from schemagen.migrations.first_build import BASELINE, first_build

    if base is None and steps and steps[0].name != BASELINE:
        return {engine: _statements(steps, engine) for engine in DIALECTS}
    ordered = {engine: as_migrated(schema, history, engine) for engine in DIALECTS}
    whole = first_build(ordered["sqlite"])
    same = ordered["postgres"] == ordered["sqlite"]
    return {
        "sqlite": _statements(whole, "sqlite"),
        "postgres": _statements(whole if same else first_build(ordered["postgres"]), "postgres"),
    }


def _statements(steps: Sequence[Step], engine: DialectName) -> tuple[Statement, ...]:
    return tuple(dict.fromkeys(each for step in steps for each in step.for_dialect(engine).statements))
