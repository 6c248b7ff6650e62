"""Tables in which other runners keep what they have run: two histories of one database do not mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string

if TYPE_CHECKING:
    from collections.abc import Container

    from .target import Reader

RUNNERS = {
    "_prisma_migrations": "Prisma",
    "__drizzle_migrations": "Drizzle",
    "_sqlx_migrations": "sqlx",
    "_yoyo_migration": "yoyo",
    "atlas_schema_revisions": "Atlas",
    "d1_migrations": "wrangler",
    "databasechangelog": "Liquibase",
    "django_migrations": "Django",
    "flyway_schema_history": "Flyway",
    "goose_db_version": "goose",
    "gorp_migrations": "sql-migrate",
    "knex_migrations": "knex",
    "pgmigrations": "node-pg-migrate",
    "schema_migrations": "dbmate, golang-migrate or Supabase",
    "schemaversion": "postgrator",
}
"""The table that each runner makes when nothing else is configured, from its documentation."""


def other_runner(reader: Reader, own: Container[str]) -> tuple[str, str] | None:
    """The table of another runner and the runner's name; None where there is none but our ``own`` tables."""
    names = ", ".join(map(sql_string, RUNNERS))
    if reader.target.dialect == "sqlite":
        query = f"SELECT name, name FROM sqlite_schema WHERE type = 'table' AND lower(name) IN ({names})"
    else:
        query = (
            "SELECT relname, CASE WHEN nspname = ANY (current_schemas(false)) THEN relname "
            "ELSE nspname || '.' || relname END FROM pg_catalog.pg_class c "
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE relkind IN ('r', 'p') AND relname IN ({names}) AND (nspname = ANY (current_schemas(false)) "
            "OR (nspname, relname) IN (('supabase_migrations', 'schema_migrations'), "
            "('drizzle', '__drizzle_migrations'), ('atlas_schema_revisions', 'atlas_schema_revisions')))"
        )
    found = ((table, RUNNERS[name.lower()]) for name, table in sorted(reader.rows(query)) if name not in own)
    return next(found, None)
