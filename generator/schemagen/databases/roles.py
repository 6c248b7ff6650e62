"""Roles of proofs: one that may do nothing on a server but own a database, and one that policies bind.

SQL of specs is run by the first, not by a superuser.
Source: PostgreSQL, "Role Attributes" and "Predefined Roles": files and programs of the server are a superuser's.
"""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .servers import PREFIX, administer, connect, failure
from .urls import redacted, with_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .servers import Server

IS_BOUND = "SG464"

_IS_SUPERUSER = b"SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
_BOUND = (
    b"SELECT quote_ident(rolname) FROM pg_catalog.pg_roles "
    b"WHERE rolname = current_user AND NOT rolsuper AND NOT rolbypassrls"
)
_GRANTS = """DO $$DECLARE place name; BEGIN
    FOR place IN SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^(pg_|information_schema)' LOOP
        EXECUTE format('GRANT ALL ON SCHEMA %1$I TO {role}', place);
        EXECUTE format('GRANT ALL ON ALL TABLES IN SCHEMA %1$I TO {role}', place);
        EXECUTE format('GRANT ALL ON ALL SEQUENCES IN SCHEMA %1$I TO {role}', place);
    END LOOP;
END$$"""


@contextmanager
def confined_database(server: Server) -> Iterator[tuple[str, str]]:
    """A new, empty database: its URL for the server's own role, and for one that owns it and may do nothing else.

    Both are the same where the server's own role is not a superuser.

    Raises:
        SchemagenError: as ``Server.database`` does.
    """
    role, password = _new_name(), secrets.token_hex(16)
    with administer(server.url) as connection:
        row = connection.execute(_IS_SUPERUSER).fetchone()
        is_confined = row is not None and row[0]
        if is_confined:
            hashed = "" if server.throwaway else f" PASSWORD '{password}'"  # our own server asks for none; it is slow
            # Rows of proofs are those of every owner: policies do not bind who makes them.
            connection.execute(f"CREATE ROLE {role} LOGIN BYPASSRLS{hashed}".encode())
    if not is_confined:
        with server.database() as url:
            yield url, url
        return
    try:
        with server.database(role) as url:
            yield url, with_user(url, role, password)
    finally:
        _run(server.url, f"DROP ROLE IF EXISTS {role}")


def refuse_bound(server: Server) -> None:
    """Refuse a server whose role policies bind: proofs write and read the rows of every owner.

    Raises:
        SchemagenError: SG464 for such a role; as ``connect`` does.
    """
    with connect(server.url) as connection:
        row = connection.execute(_BOUND).fetchone()
    if row:
        raise failure(
            IS_BOUND,
            f"policies bind role {row[0]} of {redacted(server.url)}, and the migrations force row level security, as "
            "an `owner` does: proofs write and read the rows of every owner",
            f"ALTER ROLE {row[0]} BYPASSRLS lets it, as a superuser may run it; or give a superuser with --postgres, "
            "or leave --postgres out, which takes the embedded server",
        )


@contextmanager
def bound_role(server: Server, member: str) -> Iterator[str]:
    """A role that policies bind, also where it owns a table that forces them; empty where the server lets none be made.

    Args:
        server: where it is made, without any right, and dropped again.
        member: the role that may become it.

    Raises:
        SchemagenError: as ``connect`` does.
    """
    from psycopg import errors  # the driver is an extra

    role = _new_name()
    try:
        _run(server.url, f"CREATE ROLE {role} NOSUPERUSER NOBYPASSRLS ROLE {member}")
    except errors.InsufficientPrivilege:
        yield ""
        return
    try:
        yield role
    finally:
        _run(server.url, f"DROP ROLE IF EXISTS {role}")


def grant_all(role: str) -> str:
    """The statement that lets a role use whatever who runs it has made in a database."""
    return _GRANTS.format(role=role)


def share(url: str, owned: str) -> None:
    """Let the owner of a database use what another role has made in it."""
    if url != owned:
        role = owned.partition("://")[2].partition(":")[0]
        _run(url, grant_all(role))


def _new_name() -> str:
    return f"{PREFIX}{int(time.time()):x}_{secrets.token_hex(8)}"


def _run(url: str, sql: str) -> None:
    with administer(url) as connection:
        connection.execute(sql.encode())
