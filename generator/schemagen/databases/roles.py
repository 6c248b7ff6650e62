"""A role that may do nothing on a server but own one database: SQL of specs is run by it, not by a superuser.

Source: PostgreSQL, "Role Attributes" and "Predefined Roles": files and programs of the server are a superuser's.
"""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .servers import PREFIX, administer, connect
from .urls import with_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .servers import Server

_IS_SUPERUSER = b"SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
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

    Both are the same where the server's own role is no superuser.

    Raises:
        SchemagenError: as ``Server.database`` does.
    """
    with connect(server.url, autocommit=True) as connection:
        row = connection.execute(_IS_SUPERUSER).fetchone()
    if not (row and row[0]):
        with server.database() as url:
            yield url, url
        return
    role, password = f"{PREFIX}{int(time.time()):x}_{secrets.token_hex(8)}", secrets.token_hex(16)
    _run(server.url, f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    try:
        with server.database() as url:
            _run(url, f"DO $$BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO {role}', current_database()); END$$")
            yield url, with_user(url, role, password)
    finally:
        _run(server.url, f"DROP ROLE IF EXISTS {role}")


def share(url: str, owned: str) -> None:
    """Let the owner of a database use what another role has made in it."""
    if url != owned:
        role = owned.partition("://")[2].partition(":")[0]
        _run(url, _GRANTS.format(role=role))


def _run(url: str, sql: str) -> None:
    with administer(url) as connection:
        connection.execute(sql.encode())
