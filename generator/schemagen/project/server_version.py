"""What specs ask of PostgreSQL that the oldest server of a project has not.

Source: PostgreSQL, release notes ("E.") of 15 and 18.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.rule_state import RuleState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.model import Schema, Table
    from schemagen.spec.reporter import Reporter

TOO_NEW = "SG462"

_Found = tuple[int, str, str, "Origin | None"]
"""The version that has it first, what it is, what to write instead, and where it stands."""


def report_newer(schema: Schema, server: int, reporter: Reporter) -> None:
    """Report everything that the oldest server lacks; nothing where no setting names one (0)."""
    for version, what, instead, origin in _newer(schema):
        if 0 < server < version and origin is not None:
            message = f"{what} needs PostgreSQL {version}, and the settings name {server} as the oldest server"
            hint = f"{instead}, or raise `postgres.version` in the settings"
            reporter.error(TOO_NEW, message, origin, key=True, hint=hint)


def _newer(schema: Schema) -> Iterator[_Found]:
    for table in schema.tables:
        yield from _of_table(table)
    for view in schema.views:
        if view.security_invoker and view.sql.postgres:
            yield 15, "`security_invoker`", "leave it out", view.origin


def _of_table(table: Table) -> Iterator[_Found]:
    for column in table.columns:
        if column.virtual:
            yield 18, "`stored: false`", "store it", column.origin
    nulls = [unique.origin for unique in table.uniques if not unique.nulls_distinct]
    nulls += [index.origin for index in table.indexes if not index.nulls_distinct and index.only != "sqlite"]
    yield from ((15, "`nulls_distinct: false`", "leave it out", origin) for origin in nulls)
    for key in table.enforced_foreign_keys:
        if key.set_null:
            yield 15, "SET NULL of some columns", "write another `on_delete`", key.origin
    unenforced = [check.origin for check in table.checks if check.state is RuleState.NOT_ENFORCED]
    unenforced += [key.origin for key in table.foreign_keys if key.state is RuleState.NOT_ENFORCED]
    yield from ((18, "`state: not_enforced`", "write `not_valid`, or leave it out", origin) for origin in unenforced)
