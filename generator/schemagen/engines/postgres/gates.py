"""A gate before what a step reads is dropped: nothing goes while the step has rows left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.changes import AlterTable, DropColumn
from schemagen.changes.renames import mentions
from schemagen.schema.places import local_name

from .dialect import POSTGRES
from .statements import block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.changes.diff import Evolution
    from schemagen.changes.halves import Gate
    from schemagen.changes.migration import Statement


def gate_statement(gate: Gate, evolution: Evolution) -> Statement:
    """Stop while the query of a gate finds a row; what has gone already needs none.

    It stands behind the locks, so that nobody adds a row between the look and the drop.
    """
    query = gate.rest.postgres or ""
    there = " AND ".join(_there(query, evolution)) or "true"
    message = sql_string(f"step {gate.step} is not complete: run it again; nothing was changed")
    return block(
        f"    IF {there} THEN\n        IF EXISTS (\n{query}\n        ) THEN\n"
        f"            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = {message};\n"
        "        END IF;\n    END IF;"
    )


def _there(query: str, evolution: Evolution) -> Iterator[str]:
    """That what the query reads of the dropped is still there; PL/pgSQL looks at no statement that it does not run."""
    for table in evolution.dropped:
        if mentions(query, [local_name(table.name)]):
            yield f"to_regclass({sql_string(POSTGRES.quote(table.name))}) IS NOT NULL"
    for change in evolution.changes:
        if isinstance(change, AlterTable) and mentions(query, [local_name(change.old.name)]):
            for part in change.parts:
                if isinstance(part, DropColumn) and mentions(query, [part.column.name]):
                    of = f"attrelid = to_regclass({sql_string(POSTGRES.quote(change.old.name))})"
                    name = f"attname = {sql_string(part.column.name)} AND NOT attisdropped"
                    yield f"EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE {of} AND {name})"
