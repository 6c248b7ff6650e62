"""Where an import reads from: a database, SQL that makes one, or SQLAlchemy's metadata; always through a catalogue."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from schemagen.diagnostics import Diagnostic, SchemagenError, Span
from schemagen.verify.reading import read_catalog
from schemagen.verify.sqlite_text import significant, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.model import DialectName
    from schemagen.verify.catalog import Catalog

NO_SOURCE = "SG470"
NO_DIALECT = "SG471"
NOT_A_DATABASE = "SG472"
SQL_REFUSED = "SG473"
NO_METADATA = "SG474"
CANNOT_READ = "SG475"

_POSTGRES_URL = re.compile(r"(postgres|postgresql)(\+\w+)?://")
_METADATA = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_PSQL_ERROR = re.compile(r"psql:(?P<file>.+?):(?P<line>\d+): (?:ERROR|FATAL|error):?\s+(?P<message>.*)")
_MAGIC = b"SQLite format 3\0"

SOURCES = "a PostgreSQL URL, a SQLite file, a file or folder of .sql, or package.module:metadata"


@dataclass(frozen=True, slots=True)
class Request:
    """What to import: the source as it was given, the engine that SQL is for, and which of PostgreSQL's schemas."""

    source: str
    dialect: DialectName | None = None
    schema: str | None = None


def failure(code: str, message: str, hint: str, span: Span | None = None) -> SchemagenError:
    """One diagnostic as the error that stops a command."""
    return SchemagenError([Diagnostic(code, message, span, hint=hint)])


def source_catalog(request: Request) -> Catalog:
    """The catalogue of a source.

    Raises:
        SchemagenError: when it is not there (SG470), is no database (SG472), cannot be read (SG475), when its SQL does
            not run (SG473) or needs an engine to be named (SG471), or for a module without metadata (SG474).
    """
    source = request.source
    if _POSTGRES_URL.match(source):
        return postgres_catalog(source, request.schema)
    if source.startswith("sqlite:"):
        return sqlite_catalog(_sqlite_path(source))
    path = Path(source)
    if path.is_dir():
        return _sql_catalog(_sql_files(path), request)
    if path.is_file():
        return _sql_catalog([path], request) if path.suffix.lower() == ".sql" else sqlite_catalog(path)
    if _METADATA.fullmatch(source) and not path.exists():
        return _metadata_catalog(source, request)
    if "://" in source:
        raise failure(NO_SOURCE, "this kind of URL cannot be imported", f"a source is {SOURCES}")
    raise failure(NO_SOURCE, f"there is no {source}", f"a source is {SOURCES}")


def postgres_catalog(url: str, schema: str | None = None) -> Catalog:
    """The catalogue of a PostgreSQL database, read in one transaction that may not write.

    Raises:
        SchemagenError: when it cannot be reached, or its catalogue cannot be read (SG475).
    """
    from schemagen.verify.servers import connect

    with closing(connect(f"postgresql://{url.partition('://')[2]}")) as connection:
        import psycopg

        try:
            connection.read_only = True
            if schema is not None and not _has_schema(connection, schema):
                raise failure(NO_SOURCE, f"there is no schema {schema!r} in this database", "name one that it has")
            return read_catalog(connection, schema)
        except psycopg.Error as error:
            message = f"PostgreSQL does not let its catalogue be read: {' '.join(str(error).split())}"
            raise failure(CANNOT_READ, message, "use a role that may read it") from error


def _has_schema(connection: Any, schema: str) -> bool:
    return connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is not None


def _sqlite_path(url: str) -> Path:
    """The file of ``sqlite:///relative.db`` or ``sqlite:////absolute.db``, as SQLAlchemy writes them."""
    rest = re.sub(r"^sqlite(\+\w+)?:(//(/|$))?", "", url).partition("?")[0]
    return Path(unquote(rest))


def sqlite_catalog(file: Path) -> Catalog:
    """The catalogue of a SQLite file, which is opened for reading only.

    Raises:
        SchemagenError: when it is not there (SG470) or is no database (SG472).
    """
    if not file.is_file():
        raise failure(NO_SOURCE, f"there is no file {file}", f"a source is {SOURCES}")
    try:
        with file.open("rb") as stream:
            head = stream.read(len(_MAGIC))
        if head not in {_MAGIC, b""}:
            raise failure(NOT_A_DATABASE, f"{file} is no SQLite database", f"a source is {SOURCES}")
        uri = f"file:{quote(str(file.resolve()))}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return read_catalog(connection)
    except sqlite3.DatabaseError as error:
        raise failure(NOT_A_DATABASE, f"SQLite cannot read {file}: {error}", "is it a whole database?") from error
    except OSError as error:
        raise failure(CANNOT_READ, f"{file} cannot be read: {error.strerror}", "make it readable") from error


def _sql_files(folder: Path) -> list[Path]:
    """A folder's migrations in the order of their names; numbers count as numbers."""
    files = [path for path in folder.glob("*.sql") if not path.name.lower().endswith((".down.sql", "_down.sql"))]
    if not files:
        raise failure(NO_SOURCE, f"there is no .sql file in {folder}", f"a source is {SOURCES}")
    return sorted(files, key=lambda path: [int(part) if part.isdigit() else part for part in _parts(path.name)])


def _parts(name: str) -> list[str]:
    """A name cut into text and numbers, beginning with text."""
    return re.split(r"(\d+)", name)


def _sql_catalog(files: list[Path], request: Request) -> Catalog:
    match request.dialect:
        case "sqlite":
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
                for file in files:
                    _run_in_sqlite(connection, file)
                return read_catalog(connection)
        case "postgres":
            with _embedded_database() as (url, psql):
                for file in files:
                    _run_in_psql(psql, url, file)
                return postgres_catalog(url, request.schema)
    raise failure(NO_DIALECT, "SQL is written for one engine", "add `--dialect sqlite` or `--dialect postgres`")


@contextmanager
def _embedded_database() -> Iterator[tuple[str, Path]]:
    from schemagen.verify.embedded import embedded_server

    server = embedded_server()
    with server.database() as url:
        yield url, server.psql or Path("psql")


def _run_in_sqlite(connection: sqlite3.Connection, file: Path) -> None:
    """Run a file statement by statement; SQLite itself tells where one ends."""
    statement, first = "", 1
    for number, line in enumerate(_text_of(file).splitlines(keepends=True), start=1):
        if not statement.strip():
            statement, first = "", number
        statement += line
        if sqlite3.complete_statement(statement):
            _execute(connection, statement, file, first)
            statement = ""
    if statement.strip():
        _execute(connection, statement, file, first)


def _execute(connection: sqlite3.Connection, statement: str, file: Path, line: int) -> None:
    try:
        connection.executescript(statement)
    except sqlite3.Error as error:
        words = significant(tokens(statement))
        line += statement.count("\n", 0, words[0].offset) if words else 0
        raise failure(SQL_REFUSED, f"SQLite refuses this: {error}", _RUN_HINT, _line_span(file, line)) from error


_RUN_HINT = "the SQL is run from an empty database; give a folder where one file needs another"


def _line_span(file: Path, line: int) -> Span:
    return Span(str(file), line, 1, line, 1)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise failure(CANNOT_READ, f"{file} cannot be read: {error}", "save it as UTF-8 text") from error


def _run_in_psql(psql: Path, url: str, file: Path) -> None:
    """Run a file as its author would; dumps of ``pg_dump`` have words that only psql knows."""
    command = [str(psql), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(file), url]
    environment = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
    result = subprocess.run(  # noqa: S603  (psql of the embedded server, on a file that the user named)
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment
    )
    if result.returncode:
        match = _PSQL_ERROR.search(result.stderr)
        line = int(match["line"]) if match else 1
        words = match["message"] if match else " ".join(result.stderr.split())
        raise failure(SQL_REFUSED, f"PostgreSQL refuses this: {words}", _RUN_HINT, _line_span(file, line))


def _metadata_catalog(source: str, request: Request) -> Catalog:
    """The catalogue of what ``create_all`` makes; on PostgreSQL unless SQLite is asked for."""
    metadata = _metadata(source)
    if request.dialect == "sqlite":
        with TemporaryDirectory() as folder:
            file = Path(folder) / "metadata.sqlite"
            _create_all(metadata, f"sqlite:///{file}", source)
            return sqlite_catalog(file)
    with _embedded_database() as (url, _):
        from schemagen.verify.servers import sqlalchemy_url

        _create_all(metadata, sqlalchemy_url(url), source)
        return postgres_catalog(url, request.schema)


def _metadata(source: str) -> Any:
    module, _, attribute = source.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = import_module(module)
        for name in attribute.split("."):
            found = getattr(found, name)
    except Exception as error:
        message = f"{source} cannot be imported: {type(error).__name__}: {error}"
        raise failure(NO_METADATA, message, "name a module that Python finds here, and what it holds") from error
    finally:
        sys.path.pop(0)
    metadata = getattr(found, "metadata", found)
    if not hasattr(metadata, "create_all"):
        raise failure(NO_METADATA, f"{source} is no metadata of SQLAlchemy", "such as `app.models:Base.metadata`")
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
