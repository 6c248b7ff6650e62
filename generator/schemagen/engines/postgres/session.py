"""How a migration of PostgreSQL begins: it sees its own schema alone, and every row or an error.

Sources: PostgreSQL, "The Schema Search Path", "Row Security Policies", "Writing SECURITY DEFINER Functions Safely".
"""

from __future__ import annotations

from dataclasses import replace

from schemagen.changes.migration import Statement

from .invisible import with_visible_strings

_HEADING = "This schema alone, and every row of it or an error"
_OWN = "quote_ident(current_schema())"
_EXTENSIONS = f"""(
        SELECT string_agg(DISTINCT quote_ident(nspname), ', ')
        FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace
        WHERE nspname <> current_schema() AND nspname = ANY (current_schemas(false)) AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_class own JOIN pg_catalog.pg_class other USING (relname)
            WHERE own.relkind IN ('r', 'p') AND own.relnamespace = {_OWN}::regnamespace
            AND other.relnamespace = n.oid))"""
"""The schemas of extensions that the path has, but for those with tables of the same names, such as another tenant's:
``IF EXISTS`` would reach into them."""


def _narrowed(schemas: str, before: str, *, is_local: bool) -> str:
    path = f"PERFORM set_config('search_path', concat_ws(', ', {schemas}, 'pg_temp'), {str(is_local).lower()});"
    return f"DO $$BEGIN\n    PERFORM {before};\n    {path}\nEND$$"


_ALL_ROWS = "set_config('row_security', 'off', true)"

BEGIN = Statement(_narrowed(f"{_OWN}, {_EXTENSIONS}", _ALL_ROWS, is_local=True), _HEADING)
"""Narrows the search path, until the transaction ends: the current schema, extensions and, last, temporary tables."""

BEGIN_ALONE = Statement(_narrowed(_OWN, _ALL_ROWS, is_local=True), _HEADING)
"""The same without extensions: what only drops needs none."""

_KEEP = """set_config('schemagen.path', current_setting('search_path'), false),
        set_config('schemagen.rows', current_setting('row_security'), false),
        set_config('row_security', 'off', false)"""
NARROW = Statement(_narrowed(f"{_OWN}, {_EXTENSIONS}", _KEEP, is_local=False), _HEADING)
"""``BEGIN`` for statements outside a transaction: what it sets is the session's until ``WIDEN``."""

WIDEN = Statement(
    "DO $$BEGIN\n    PERFORM set_config('search_path', current_setting('schemagen.path'), false),\n"
    "        set_config('row_security', current_setting('schemagen.rows'), false);\nEND$$"
)

SUSPEND_TRIGGERS = Statement(
    "DO $$BEGIN PERFORM set_config('schemagen.suspend_triggers', pg_current_xact_id()::text, true); END$$"
)
"""Lets the triggers of specs look away in this transaction, whose number nobody can hand on to another."""

RESUME_TRIGGERS = Statement("SET LOCAL schemagen.suspend_triggers = 'off'")


def begun(statements: tuple[Statement, ...], *, alone: bool = False) -> tuple[Statement, ...]:
    """The statements of a transaction, after what it begins with; none where there is nothing to do."""
    return (BEGIN_ALONE if alone else BEGIN, *map(_shown, statements)) if statements else ()


def begun_online(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Statements outside a transaction, between what narrows the session's search path and what sets it back."""
    return (NARROW, *map(_shown, statements), WIDEN) if statements else ()


def _shown(statement: Statement) -> Statement:
    return replace(statement, sql=with_visible_strings(statement.sql))
