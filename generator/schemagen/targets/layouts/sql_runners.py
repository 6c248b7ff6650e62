"""Runners whose migrations are SQL files: dbmate, sql-migrate, goose, golang-migrate, Supabase and D1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .pieces import NOTHING, pieces, sql_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.changes.migration import Migration

Files = dict[str, str]

_HEADER = "-- {} for {}: exported by schemagen; it never changes.\n"


def _header(migration: Migration, runner: str) -> str:
    return _HEADER.format(migration.identifier, runner)


def dbmate(migration: Migration) -> Files:
    """One file a piece, both ways in it; the transaction is dbmate's."""
    files = {}
    for piece in pieces(migration):
        outside = "" if piece.transactional else " transaction:false"
        files[f"{migration.dialect}/{piece.number:07d}_{piece.name}.sql"] = (
            f"{_header(migration, 'dbmate')}\n-- migrate:up{outside}\n{sql_text(piece.up)}\n\n"
            f"-- migrate:down{outside}\n{sql_text(piece.down)}\n"
        )
    return files


def sql_migrate(migration: Migration) -> Files:
    """One file a migration, which sql-migrate sends statement by statement."""
    outside = "" if migration.transactional else " notransaction"
    text = _marked(migration, "-- +migrate", outside)
    return {f"{migration.dialect}/{migration.number:04d}_{migration.name}.sql": text}


def goose(migration: Migration) -> Files:
    """One file a migration, which goose sends statement by statement."""
    text = _marked(migration, "-- +goose", "")
    if not migration.transactional:
        text = f"-- +goose NO TRANSACTION\n{text}"
    return {f"{migration.dialect}/{migration.number:05d}_{migration.name}.sql": text}


def _marked(migration: Migration, mark: str, outside: str) -> str:
    def part(direction: str, statements: tuple[str, ...]) -> str:
        framed = (f"{mark} StatementBegin\n{sql};\n{mark} StatementEnd\n" for sql in statements or (NOTHING,))
        return f"{mark} {direction}{outside}\n" + "\n".join(framed)

    up = tuple(one.sql for one in migration.statements)
    down = tuple(one.sql for one in migration.rollback)
    return f"{_header(migration, mark[4:])}\n{part('Up', up)}\n{part('Down', down)}"


def golang_migrate(migration: Migration) -> Files:
    """Two files a piece; on PostgreSQL with a transaction of their own, which the runner does not bring."""
    files = {}
    for piece in pieces(migration):
        stem = f"{migration.dialect}/{piece.number:07d}_{piece.name}"
        framed = piece.transactional and migration.dialect == "postgres"
        for direction, statements in (("up", piece.up), ("down", piece.down)):
            listed = ("BEGIN", *statements, "COMMIT") if framed else statements
            files[f"{stem}.{direction}.sql"] = f"{_header(migration, 'golang-migrate')}\n{sql_text(listed)}\n"
    return files


def supabase(migration: Migration) -> Files:
    """One file a piece, of PostgreSQL alone; Supabase takes nothing back. The name begins with fourteen digits."""
    return {
        f"20{piece.number:012d}_{piece.name}.sql": f"{_header(migration, 'Supabase')}\n{sql_text(piece.up)}\n"
        for piece in pieces(migration)
    }


def d1(migration: Migration) -> Files:
    """One file a migration, of SQLite alone, in the transaction of Cloudflare's runner; rollbacks lie aside."""
    (piece,) = pieces(migration)
    name = f"{migration.number:04d}_{migration.name}.sql"
    return {
        name: f"{_header(migration, 'D1')}\n{sql_text(_allowed_on_d1(piece.up))}\n",
        f"down/{name}": f"{_header(migration, 'D1')}\n{sql_text(_allowed_on_d1(piece.down))}\n",
    }


_REFUSED_BY_D1 = re.compile(r"SAVEPOINT |RELEASE |CREATE TEMP|INSERT OR ROLLBACK INTO temp\.|DROP TABLE temp\.")
"""What D1 does not authorize; the atomicity of its file does the work of both."""

_OTHERS = "JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND "
_WITHOUT_D1 = f"{_OTHERS}s.name NOT GLOB '_cf_*' AND "
"""D1 keeps tables of its own, which nobody may read."""


def _allowed_on_d1(statements: tuple[str, ...]) -> Iterator[str]:
    for sql in statements:
        if not _REFUSED_BY_D1.match(sql):
            yield sql.replace(_OTHERS, _WITHOUT_D1)
