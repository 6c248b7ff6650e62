"""What stops on a server that is older than a word of a migration, before anything is written or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.schema.rule_state import RuleState

from .statements import block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.changes.migration import Statement
    from schemagen.schema.model import Table

NOT_ENFORCED_SINCE = 18
"""PostgreSQL, "Release 18", NOT ENFORCED of checks and foreign keys."""


def needed_version(rules: Iterable[str]) -> tuple[Statement, ...]:
    """What stops where PostgreSQL has no rules that are not enforced; nothing where there are none.

    Args:
        rules: the names of those that are made.
    """
    names = ", ".join(dict.fromkeys(rules))
    if not names:
        return ()
    message = sql_string(
        f"{names}: NOT ENFORCED is a word of PostgreSQL {NOT_ENFORCED_SINCE} and newer; nothing was changed"
    )
    body = (
        f"    IF current_setting('server_version_num')::integer < {NOT_ENFORCED_SINCE}0000 THEN\n"
        f"        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = {message};\n    END IF;"
    )
    return (block(body, f"PostgreSQL {NOT_ENFORCED_SINCE} or newer"),)


def unenforced_rules(table: Table) -> Iterator[str]:
    """The names of the rules of a table that PostgreSQL's catalog has, but does not keep."""
    yield from (key.name for key in table.foreign_keys if key.state is RuleState.NOT_ENFORCED)
    yield from (check.name for check in table.checks if check.state is RuleState.NOT_ENFORCED)
