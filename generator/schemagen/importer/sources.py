"""Where an import reads from: a database, SQL that makes one, or SQLAlchemy's metadata; always through a catalog."""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.databases.servers import connect, extra_missing, lost, set_for_session
from schemagen.databases.urls import is_conninfo, sqlalchemy_url, url_of_conninfo
from schemagen.engines.reading import read_catalog

from .sql_files import only_this_database, run_in_psql, run_in_sqlite, sql_files, unread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from schemagen.databases.servers import Server
    from schemagen.engines.catalog import Catalog
    from schemagen.schema.dialect import DialectName

    from .losses import Loss

NO_SOURCE = "SG470"
NO_DIALECT = "SG471"
NOT_A_DATABASE = "SG472"
NO_METADATA = "SG474"
CANNOT_READ = "SG475"

_POSTGRES_URL = re.compile(r"(postgres|postgresql)(\+\w+)?://")
_SQLITE_URL = re.compile(r"sqlite(\+\w+)?:")
_METADATA = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_MAGIC = b"SQLite format 3\0"
_HEAD, _WAL = 20, b"\2\2"  # the head ends with how the file is written and read (SQLite, "Database File Format", 1.3)

LOCK_SECONDS = 3
"""How long a reader waits for a lock; an Alembic or a VACUUM may hold one for hours."""

_LOCKED_HINT = "run it again when that is done"

SOURCES = "a PostgreSQL URL, a SQLite file, a file or folder of .sql, or package.module:metadata"


@dataclass(frozen=True, slots=True)
class Request:
    """What to import: the source as it was given, the engine that SQL is for, and which of PostgreSQL's schemas.

    ``schema`` is the one to read alone, ``others`` those to read besides the connection's own; None means all.
    """

    source: str
    dialect: DialectName | None = None
    schema: str | None = None
    others: Collection[str] | None = None


def failure(code: str, message: str, hint: str) -> SchemagenError:
    """One diagnostic as the error that stops a command."""
    return SchemagenError([Diagnostic(code, message, hint=hint)])


def is_sql(source: str) -> bool:
    """Whether a source is a file or a folder of SQL."""
    path = Path(source)
    return path.is_dir() or (path.is_file() and path.suffix.lower() == ".sql")


def source_catalog(request: Request, server: Server | None = None, skipped: list[Loss] | None = None) -> Catalog:
    """The catalog of a source.

    Args:
        request: what to read.
        server: where PostgreSQL's SQL and metadata are run; None is the embedded server.
        skipped: where statements of SQL are reported that the engine refuses; without it the first one stops the
        import.

    Raises:
        SchemagenError: when it is not there (SG470), is not a database (SG472), cannot be read (SG475), when its SQL
            does not run (SG473) or needs an engine to be named (SG471), or for a module without metadata (SG474).
    """
    source = request.source
    if _POSTGRES_URL.match(source):
        return postgres_catalog(source, request.schema, request.others)
    if is_conninfo(source) and not Path(source).exists():
        return postgres_catalog(_url_of_conninfo(source), request.schema, request.others)
    if _SQLITE_URL.match(source):
        return sqlite_catalog(_sqlite_path(source))
    path = Path(source)
    if path.is_dir():
        return _sql_catalog(sql_files(path), request, server, skipped)
    if path.is_file():
        return _sql_catalog([path], request, server, skipped) if path.suffix.lower() == ".sql" else sqlite_catalog(path)
    if _METADATA.fullmatch(source) and not path.exists():
        return _metadata_catalog(source, request, server)
    if "://" in source:
        raise failure(NO_SOURCE, "this kind of URL cannot be imported", f"a source is {SOURCES}")
    shown = "such file" if re.search("[@=]", source) else source  # it may be a URL that lacks its beginning
    raise failure(NO_SOURCE, f"there is no {shown}", f"a source is {SOURCES}")


def _url_of_conninfo(source: str) -> str:
    try:
        url = url_of_conninfo(source)
    except ImportError as error:
        raise extra_missing() from error
    if url is None:
        raise failure(NO_SOURCE, "PostgreSQL cannot read this connection string", "write it as a URL")
    return url


def unread_parts(request: Request) -> tuple[Loss, ...]:
    """What lies beside the SQL that is read, and is not read."""
    path = Path(request.source)
    return unread(path) if "://" not in request.source and path.is_dir() else ()


def database_catalog(source: str, others: Collection[str] | None = None) -> Catalog:
    """The catalog of a database, which no SQL and no module stands for; of ``others`` of PostgreSQL's schemas too.

    Raises:
        SchemagenError: when the source is none (SG470) or cannot be read (SG472, SG475).
    """
    path = Path(source)
    is_database = _POSTGRES_URL.match(source) or _SQLITE_URL.match(source) or is_conninfo(source) or path.is_file()
    if not is_database or path.suffix.lower() == ".sql":
        shown = source if path.exists() and source else "what was given"
        raise failure(NO_SOURCE, f"{shown} is not a database", "name one: a PostgreSQL URL or a SQLite file")
    return source_catalog(Request(source, others=others))


def postgres_catalog(url: str, schema: str | None = None, others: Collection[str] | None = None) -> Catalog:
    """The catalog of a PostgreSQL database, read in one transaction that may not write.

    Args:
        url: where it is.
        schema: the one to read, and no other.
        others: which ones to read besides the connection's own; None means all.

    Raises:
        SchemagenError: when it cannot be reached, or its catalog cannot be read (SG475).
    """
    with closing(connect(f"postgresql://{url.partition('://')[2]}")) as connection:
        import psycopg

        try:
            limits = {"lock_timeout": f"{LOCK_SECONDS}s", "statement_timeout": "0"}  # a role's own may be a few ms
            set_for_session(connection, limits)
            connection.commit()
            connection.read_only = True
            if schema is not None and not _has_schema(connection, schema):
                raise failure(NO_SOURCE, f"there is no schema {schema!r} in this database", "name one that it has")
            return read_catalog(connection, schema, others)
        except psycopg.errors.LockNotAvailable as error:
            message = f"a table of the database is locked: after {LOCK_SECONDS} s another session still holds it"
            raise failure(CANNOT_READ, message, _LOCKED_HINT) from error
        except psycopg.Error as error:
            if connection.closed:
                raise lost(url, error) from error
            message = f"PostgreSQL does not let its catalog be read: {' '.join(str(error).split())}"
            raise failure(CANNOT_READ, message, "use a role that may read it") from error


def _has_schema(connection: Any, schema: str) -> bool:
    return connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is not None


def _sqlite_path(url: str) -> Path:
    """The file of ``sqlite:///relative.db`` or ``sqlite:////absolute.db``, as SQLAlchemy writes them."""
    rest = re.sub(r"^sqlite(\+\w+)?:(//(/|$))?", "", url).partition("?")[0]
    return Path(unquote(rest))


def sqlite_catalog(file: Path) -> Catalog:
    """The catalog of a SQLite file, which is opened for reading only.

    Raises:
        SchemagenError: when it is not there (SG470) or is not a database (SG472).
    """
    if not file.is_file():
        raise failure(NO_SOURCE, f"there is no file {file}", f"a source is {SOURCES}")
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
        if head[: len(_MAGIC)] not in {_MAGIC, b""}:
            raise failure(NOT_A_DATABASE, f"{file} is not SQLite database", f"a source is {SOURCES}")
        log = Path(f"{file.resolve()}-wal")
        if head.endswith(_WAL) and not log.exists():
            before = file.stat()
            found = _read_sqlite(file, "immutable=1")  # nobody has it open, and SQLite would leave two files behind
            after = file.stat()
            if not log.exists() and (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
                return found
        return _read_sqlite(file, "mode=ro")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            message = f"{file} is locked: after {LOCK_SECONDS} s another program still holds it"
            raise failure(CANNOT_READ, message, _LOCKED_HINT) from error
        raise failure(NOT_A_DATABASE, f"SQLite cannot read {file}: {error}", "is it a whole database?") from error
    except OSError as error:
        raise failure(CANNOT_READ, f"{file} cannot be read: {error.strerror}", "make it readable") from error


def _read_sqlite(file: Path, mode: str) -> Catalog:
    uri = f"file:{quote(str(file.resolve()))}?{mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS)) as connection:
        return read_catalog(connection)


def _sql_catalog(files: list[Path], request: Request, server: Server | None, skipped: list[Loss] | None) -> Catalog:
    match request.dialect:
        case "sqlite":
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
                connection.set_authorizer(only_this_database)
                connection.create_function("regexp", 2, _never, deterministic=True)
                for file in files:
                    run_in_sqlite(connection, file, skipped)
                connection.execute("PRAGMA writable_schema = RESET")  # a dump writes virtual tables past the parser
                return read_catalog(connection)
        case "postgres":
            with _new_database(server) as (url, psql):
                for file in files:
                    run_in_psql(psql, url, file, skipped)
                return postgres_catalog(url, request.schema)
    raise failure(NO_DIALECT, "SQL is written for one engine", "add `--dialect sqlite` or `--dialect postgres`")


def _never(pattern: str, text: str) -> bool:
    """Stand for the REGEXP that SQLite's shell has and its library has not; rows do not matter here."""
    return pattern is not None and text is not None


@contextmanager
def _new_database(server: Server | None) -> Iterator[tuple[str, Path]]:
    """A new database's URL, and the program that runs files there."""
    if server is None:
        from schemagen.databases.embedded import embedded_server

        server = embedded_server()
    with server.database() as url:
        yield url, server.psql or Path("psql")


def _metadata_catalog(source: str, request: Request, server: Server | None) -> Catalog:
    """The catalog of what ``create_all`` makes; on PostgreSQL unless SQLite is asked for."""
    metadata = _metadata(source)
    if request.dialect == "sqlite":
        with TemporaryDirectory() as folder:
            file = Path(folder) / "metadata.sqlite"
            _create_all(metadata, f"sqlite:///{file}", source)
            return sqlite_catalog(file)
    with _new_database(server) as (url, _):
        _create_all(metadata, sqlalchemy_url(url), source)
        return postgres_catalog(url, request.schema)


def _metadata(source: str) -> Any:
    module, _, attribute = source.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = import_module(module)
        for name in attribute.split("."):
            found = getattr(found, name)
    except (Exception, SystemExit) as error:
        message = f"{source} cannot be imported: {type(error).__name__}: {error}"
        raise failure(NO_METADATA, message, "name a module that Python finds here, and what it holds") from error
    finally:
        sys.path.pop(0)
    metadata = getattr(found, "metadata", found)
    if isinstance(metadata, type) or not hasattr(metadata, "create_all"):
        raise failure(NO_METADATA, f"{source} is not a metadata of SQLAlchemy", "such as `app.models:Base.metadata`")
    return metadata


def _create_all(metadata: Any, url: str, source: str) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError

    engine = create_engine(url)
    try:
        metadata.create_all(engine)
    except SQLAlchemyError as error:
        words = " ".join(str(error).split())
        raise failure(NO_METADATA, f"{source} makes no database: {words}", "does create_all work?") from error
    finally:
        engine.dispose()
