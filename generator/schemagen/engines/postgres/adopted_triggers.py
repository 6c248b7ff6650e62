"""The triggers by which an adopted database refreshes a column: what ours is said to be, under a name of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.engines.standard import do_block, sql_text

from .dialect import POSTGRES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.changes.migration import Statement
    from schemagen.schema.triggers import Trigger

_MOMENT = (
    r"(?:now|clock_timestamp|transaction_timestamp|statement_timestamp)\(\)(?:\s+at\s+time\s+zone\s+''utc'')?"
    r"|current_timestamp|localtimestamp|timezone\(''utc''(?:::text)?,\s*now\(\)\)"
)


def drop_adopted(trigger: Trigger, kept: Iterable[str]) -> Statement:
    """Drop what does no more than refresh the column of a trigger of ours at each UPDATE, with its spare function.

    Args:
        trigger: of a column that is refreshed no more, or by another trigger.
        kept: names of functions that stay.
    """
    column = re.escape(trigger.column).replace("'", "''")
    body = rf"'^\s*begin\s+new\.(?:{column}|\"{column}\")\s*:?=\s*(?:{_MOMENT})\s*;\s*return\s+new\s*;\s*end\s*;?\s*$'"
    text = sql_text(
        "postgres/drop_adopted_trigger.sql.jinja",
        kept=", ".join(sql_string(name) for name in sorted(kept)),
        table=sql_string(POSTGRES.quote(trigger.table)),
        name=sql_string(trigger.name),
        body=body,
    ).rstrip()
    return do_block(text, "An adopted database has one of its own that does the same")
