"""What an engine says when it refuses a statement, or is stopped at one: the same causes for both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

STATEMENT_SECONDS = 60
"""How long a statement may run: one that is still at work then is refused."""


class Cause(StrEnum):
    """Why an engine refuses a statement."""

    NOT_NULL = "not null"
    CHECK = "check"
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    LENGTH = "length"
    VALUE = "value"
    TRIGGER = "trigger"
    TIME = "time"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that was refused; ``name`` is the constraint, or the column that can't be NULL.

    On SQLite columns are ``table.column``, those of a unique key too, and nothing is quoted.
    """

    cause: Cause
    name: str
    message: str


class StatementError(Exception):
    """A statement that had to run and was refused.

    ``file`` is the file that it stands in, if any; ``unmet`` what a guard on SQLite has found otherwise than before.
    """

    def __init__(self, statement: str, refusal: Refusal, file: str = "", unmet: tuple[str, ...] = ()) -> None:
        self.statement = statement
        self.refusal = refusal
        self.file = file
        self.unmet = unmet
        super().__init__(refusal.message)

    @property
    def reported(self) -> str:
        """What the engine says, and what the guard has found."""
        return "; ".join((self.refusal.message, *self.unmet))


_SQLITE_MESSAGES = (
    (re.compile(r"NOT NULL constraint failed: (.*)"), Cause.NOT_NULL),
    (re.compile(r"CHECK constraint failed: (.*)", re.DOTALL), Cause.CHECK),
    (re.compile(r"UNIQUE constraint failed: (?:index ')?(.*?)'?$"), Cause.UNIQUE),
    (re.compile(r"FOREIGN KEY constraint failed()"), Cause.FOREIGN_KEY),
    (re.compile(r"cannot store \w+ value in \w+ column (.*)"), Cause.VALUE),
    (re.compile(r"datatype mismatch()"), Cause.VALUE),
)


INTERRUPTED = "interrupted"


def _too_long() -> Refusal:
    return Refusal(Cause.TIME, "", f"it did not end within {STATEMENT_SECONDS} s, the limit of a statement")


def sqlite_refusal(error: Exception) -> Refusal:
    """Why SQLite refused, read from its message."""
    message = str(error)
    if message == INTERRUPTED:
        return _too_long()
    for pattern, cause in _SQLITE_MESSAGES:
        if match := pattern.match(message):
            return Refusal(cause, match[1], message)
    is_ours = getattr(error, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_TRIGGER"
    return Refusal(Cause.TRIGGER if is_ours else Cause.OTHER, "", message)


_SQLSTATES = {
    "23502": Cause.NOT_NULL,
    "23514": Cause.CHECK,
    "23505": Cause.UNIQUE,
    "23503": Cause.FOREIGN_KEY,
    "23001": Cause.FOREIGN_KEY,
    "22001": Cause.LENGTH,
    "23000": Cause.TRIGGER,
    "22P02": Cause.VALUE,
    "22003": Cause.VALUE,
    "22007": Cause.VALUE,
    "22008": Cause.VALUE,
}
"""PostgreSQL, "Appendix A. PostgreSQL Error Codes"."""


_CANCELED = "57014"


def postgres_refusal(error: Any) -> Refusal:
    """Why PostgreSQL refused, read from psycopg's error."""
    if error.sqlstate == _CANCELED:
        return _too_long()
    found = error.diag
    cause = _SQLSTATES.get(error.sqlstate or "", Cause.OTHER)
    name = (found.column_name if cause is Cause.NOT_NULL else found.constraint_name) or ""
    message = f"{error.sqlstate}: {found.message_primary}" if error.sqlstate else str(error)
    return Refusal(cause, name, message)
