"""The locks of a migration: all of them before any work, so that in a deadlock it is the migration that gives way.

Whoever has waited for ``deadlock_timeout`` looks for a deadlock, and dies of the one that it finds (PostgreSQL,
"Explicit Locking", "Lock Management"). Waits that are shorter than that even together end before any client looks. What
an attempt has locked is released with its subtransaction ("Transaction Management", "Subtransactions").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.standard import do_block, sql_text

from .dialect import POSTGRES

if TYPE_CHECKING:
    from collections.abc import Iterable

ATTEMPTS = 20
"""How often the locks of a migration are tried for, each time for half of ``deadlock_timeout`` at most."""

_ALTERED = "ACCESS EXCLUSIVE"
_REFERENCED = "SHARE ROW EXCLUSIVE"
"""What a new foreign key takes of its parent: others may read."""


def locked(altered: Iterable[str], referenced: Iterable[str] = (), *, action: str = "") -> Statement:
    """Lock tables in the order of their names; those that are not there are left out.

    Args:
        altered: the names of tables that nobody may use meanwhile.
        referenced: those to which foreign keys come, which others may read.
        action: statements in PL/pgSQL that follow in the same block.
    """
    modes = dict.fromkeys(referenced, _REFERENCED) | dict.fromkeys(altered, _ALTERED)
    if len(modes) == 1 and not action:  # nothing is held while it waits
        return _locked_alone(*modes)
    body = sql_text(
        "postgres/locks.sql.jinja",
        relations=[(f"to_regclass({sql_string(POSTGRES.quote(name))})", modes[name]) for name in sorted(modes)],
        message=sql_string(f"others keep {', '.join(sorted(modes))} locked; nothing was changed, run this again"),
        attempts=ATTEMPTS,
        shares=2 * len(modes),
        action=action,
    )
    return do_block(body, "" if action else "Every lock at once, or none")


def _locked_alone(table: str) -> Statement:
    name = POSTGRES.quote(table)
    lock = f"LOCK TABLE {name} IN {_ALTERED} MODE;"
    return Statement(f"DO $$BEGIN IF to_regclass({sql_string(name)}) IS NOT NULL THEN {lock} END IF; END$$")
