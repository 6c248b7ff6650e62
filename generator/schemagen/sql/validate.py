"""Generated statements, parsed in their dialect.

sqlglot takes what it does not know for an opaque ``Command`` and an unknown word for an expression, without an error;
here both are errors, but for the forms in ``OPAQUE``, which it cannot read and the engines run in tests and in
the scratch database.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING

from schemagen.base.gc_pause import gc_paused

from .errors import SqlError
from .forms import Forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect

    from schemagen.schema.dialect import DialectName

_NAME = r'(?:[A-Za-z_]\w*|"(?:[^"]|"")+")'
_PLACED = rf"(?:{_NAME}\.)?{_NAME}"

OPAQUE: dict[DialectName, dict[str, str]] = {
    "sqlite": {
        "CREATE TRIGGER": r"CREATE\s+TRIGGER\b",
        "CREATE VIRTUAL TABLE": r"CREATE\s+VIRTUAL\s+TABLE\b",
        "SAVEPOINT": r"SAVEPOINT\s+\w+\s*$",
        "RELEASE": r"RELEASE(\s+SAVEPOINT)?\s+\w+\s*$",
        "UPDATE OR ROLLBACK": r"UPDATE\s+OR\s+ROLLBACK\b",
    },
    "postgres": {
        "CREATE FUNCTION": r"CREATE\s+(OR\s+REPLACE\s+)?FUNCTION\b",
        "DO": r"DO\s+\$",
        "ALTER TABLE … VALIDATE CONSTRAINT": rf"ALTER\s+TABLE\b.*\bVALIDATE\s+CONSTRAINT\s+{_NAME}\s*$",
        "ALTER TABLE … ENABLE | DISABLE TRIGGER": rf"ALTER\s+TABLE\b.*\b(ENABLE|DISABLE)\s+TRIGGER\s+{_NAME}\s*$",
        "ALTER … RENAME CONSTRAINT": rf"ALTER\s+TABLE\b.*\bRENAME\s+CONSTRAINT\s+{_NAME}\s+TO\s+{_NAME}\s*$",
        "ALTER TABLE … ALTER COLUMN": rf"ALTER\s+TABLE\s+{_PLACED}\s+ALTER\s+COLUMN\b",
        "ALTER TABLE … SET SCHEMA": rf"ALTER\s+TABLE\s+{_PLACED}\s+SET\s+SCHEMA\s+{_NAME}\s*$",
        "ALTER INDEX … RENAME": rf"ALTER\s+INDEX\s+IF\s+EXISTS\s+{_PLACED}\s+RENAME\s+TO\s+{_NAME}\s*$",
        "CREATE | ALTER | DROP TYPE | DOMAIN": r"(CREATE|ALTER|DROP)\s+(TYPE|DOMAIN)\b",
        "ALTER TABLE … ATTACH | DETACH PARTITION": r"ALTER\s+TABLE\b.*\b(ATTACH|DETACH)\s+PARTITION\b",
        "SET CONSTRAINTS": r"SET\s+CONSTRAINTS\s+ALL\s+IMMEDIATE\s*$",
        "CREATE EXTENSION": r"CREATE\s+EXTENSION\b",
        "COMMENT ON CONSTRAINT | TRIGGER | FUNCTION | TYPE | DOMAIN": (
            r"COMMENT\s+ON\s+(CONSTRAINT|TRIGGER|FUNCTION|TYPE|DOMAIN)\b"
        ),
        "RESET": r"RESET\s+\w+\s*$",
    },
}
"""Statements that sqlglot 30.30 cannot read, by name and pattern."""

_DROP = rf"DROP (TABLE|INDEX|TRIGGER) IF EXISTS {_PLACED}"
_COMMENT = rf"COMMENT ON (TABLE {_PLACED}|COLUMN {_PLACED}\.{_NAME}) IS '(?:[^'\\]|'')*'"
_REGULAR = {"sqlite": re.compile(_DROP), "postgres": re.compile(f"{_DROP}|{_COMMENT}")}
"""More than half of all statements: their grammar is regular, so a match of the whole is a parse, 20 times as fast."""

_OPAQUE = {
    dialect: re.compile("|".join(f"(?:{pattern})" for pattern in patterns.values()), re.IGNORECASE | re.DOTALL)
    for dialect, patterns in OPAQUE.items()
}
_WITHOUT_ROWID = re.compile(r",?\s*\bWITHOUT\s+ROWID\s*$|\bWITHOUT\s+ROWID\s*,\s*(?=STRICT\s*$)", re.IGNORECASE)
"""A table option, after the last parenthesis, that turns all of CREATE TABLE into a Command; it is left out."""

_CONFLICT = re.compile(r" ON CONFLICT (?:REPLACE|IGNORE|FAIL|ROLLBACK)\b")
"""What SQLite has behind a rule of a table and sqlglot does not know; it is left out."""

_NULLS = re.compile(r"(^CREATE\s+UNIQUE\s+INDEX\b.*\))\s+NULLS\s+NOT\s+DISTINCT(?=\s+WHERE\b|\s*$)", re.DOTALL)
"""What sqlglot knows of a constraint and not of an index; it is left out."""


_VIRTUAL = re.compile(r"\) VIRTUAL(?=,?\s*(?:--[^\n]*)?$)", re.MULTILINE)
"""What PostgreSQL has since 18 and sqlglot does not know; a stored column is parsed instead."""

_STATE = re.compile(r" NOT ENFORCED(?=,?\s*(?:--[^\n]*)?$)", re.MULTILINE)
"""What PostgreSQL has since 18 behind a constraint; it is left out."""

_SOME = re.compile(r"\bON\s+DELETE\s+SET\s+NULL\s*(\((?:\"(?:[^\"]|\"\")+\"|[\w,\s])+\))")
"""The columns of a SET NULL, which sqlglot does not know; they are left out."""


def validate_statement(sql: str, dialect: DialectName) -> SqlError | None:
    """Parse one generated statement.

    Args:
        sql: the statement, without its final semicolon.
        dialect: the engine that it is for.

    Returns:
        What is wrong with it, or None.
    """
    with _quiet():
        return _problem(sql, dialect)


def validate_statements(statements: Iterable[tuple[str, DialectName]]) -> tuple[tuple[int, SqlError], ...]:
    """Parse many generated statements.

    Returns:
        (position in ``statements``, what is wrong) for each that is wrong.
    """
    with _quiet(), gc_paused():
        forms: dict[DialectName, Forms] = {}
        checked = ((place, _problem(sql, dialect, forms)) for place, (sql, dialect) in enumerate(statements))
        return tuple((place, problem) for place, problem in checked if problem is not None)


@cache
def _parser(dialect: DialectName) -> Dialect:
    """The dialect of sqlglot, looked up once."""
    from sqlglot.dialects.dialect import Dialect  # 100 ms: only where something is parsed

    return Dialect.get_or_raise(dialect)


def _problem(sql: str, dialect: DialectName, forms: dict[DialectName, Forms] | None = None) -> SqlError | None:
    """What is wrong with a statement, or None; ``forms`` has those that need no second parse, by dialect."""
    from sqlglot.errors import SqlglotError

    text = sql.strip()
    if _REGULAR[dialect].fullmatch(text) or _OPAQUE[dialect].match(text):
        return None
    if dialect == "sqlite":
        body, parenthesis, options = text.rpartition(")")
        text = f"{body}{parenthesis}{_WITHOUT_ROWID.sub('', options)}"
        text = _CONFLICT.sub("", text) if " ON CONFLICT " in text else text
    elif text.startswith("CREATE UNIQUE INDEX"):
        text = _NULLS.sub(r"\1", text)
    else:
        text = _SOME.sub("ON DELETE SET NULL", text) if "SET NULL (" in text else text
        text = _VIRTUAL.sub(") STORED", text) if ") VIRTUAL" in text else text
        text = _STATE.sub("", text) if " NOT ENFORCED" in text else text
    parse = partial(unparsed, dialect)
    try:
        if forms is None:
            reason = parse(text)
        else:
            known = forms.setdefault(dialect, Forms(_parser(dialect), parse))
            reason = known.problem(text)
    except SqlglotError as problem:  # it can't be read as tokens
        reason = str(problem).splitlines()[0]
    return _failure(sql, reason) if reason else None


def unparsed(dialect: DialectName, text: str) -> str | None:
    """Why sqlglot does not take a text for one statement, or None."""
    from sqlglot.errors import SqlglotError

    try:
        trees = _parser(dialect).parse(text)
    except (SqlglotError, RecursionError) as problem:
        return str(problem).splitlines()[0]
    if len(trees) != 1:
        return f"it holds {len(trees)} statements"
    return None if _is_statement(trees[0]) else "it is not a statement that sqlglot knows"


def _is_statement(tree: exp.Expr | None) -> bool:
    from sqlglot import exp

    known = (
        exp.Query,
        exp.DML,
        exp.Create,
        exp.Drop,
        exp.Alter,
        exp.Comment,
        exp.Set,
        exp.Pragma,
        exp.Transaction,
        exp.Analyze,
        exp.Commit,
        exp.Rollback,
    )
    return isinstance(tree, known) and tree.find(exp.Command) is None


def _failure(sql: str, reason: str) -> SqlError:
    head = " ".join(sql.split())[:80]
    return SqlError(
        f"the generated statement `{head}` is not valid: {reason}",
        "if it comes from SQL of the spec, correct that; otherwise this is a bug of schemagen",
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Sqlglot warns of each Command on standard error; here that becomes a result."""
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
