"""SQL files as they would be run: a folder's migrations in order, statement by statement, without the way back."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError, Span
from schemagen.base.layout import leads_out
from schemagen.engines.sqlite.inspect.tokens import significant, tokens

from .losses import SKIPPED, Effect, Loss

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_SQL = "SG470"
SQL_REFUSED = "SG473"
CANNOT_READ = "SG475"

_WAY_BACK_FILE = re.compile(r".*[._]down\.sql|U\d[\w.]*__.*\.sql", re.DOTALL | re.IGNORECASE)
"""golang-migrate's and sqlx's files of the way back, and Flyway's."""

_WAY_BACK = re.compile(rb"^--[ \t]*(\+goose[ \t]+Down|migrate:down)\b", re.MULTILINE | re.IGNORECASE)
"""Where goose and dbmate keep the way back: below this line, in the same file."""

_PSQL_ERROR = re.compile(r"psql:(?P<file>.+?):(?P<line>\d+): (?:ERROR|FATAL|error):?\s+(?P<message>.*)")
_WAY_BACK_FOLDERS = {"rollback", "undo", "down"}
_NOT_AVAILABLE = re.compile(r'extension "[^"]*" is not available')
_EXTENSION_HINT = "name a server that has it with `--postgres URL`: the SQL is run there, in a temporary database"
_RUN_HINT = (
    "the SQL is run from an empty database: give a folder where one file needs another, or leave out what is refused "
    "with `--skip-errors`"
)


def sql_files(folder: Path) -> list[Path]:
    """A folder's migrations in the order of their names; numbers count as numbers, and no way back is among them.

    Raises:
        SchemagenError: SG470 where there is none, SG475 for a link that leads out of the project.
    """
    files = [path for path in folder.glob("*.sql") if not _WAY_BACK_FILE.fullmatch(path.name)]
    if not files:
        inside = _folders_with_sql(folder)
        hint = f"its folder {inside[0]} has some: name that one" if inside else "name a folder of .sql files"
        raise _failure(NO_SQL, f"there is no .sql file in {folder}", hint)
    if outside := next((path for path in files if leads_out(path, folder)), None):
        message = f"{outside} is a link to a place outside of the project"
        raise _failure(CANNOT_READ, message, "name that file itself if it is meant, or delete the link")
    return sorted(files, key=lambda path: [int(part) if part.isdigit() else part for part in _parts(path.name)])


def unread(folder: Path) -> tuple[Loss, ...]:
    """The folders inside of a folder of migrations: their files are not run, and the report says so."""
    reason = "files of inner folders are not run: import that one, or put them in one folder"
    return tuple(Loss(Effect.LEFT_OUT, None, f"folder {name}", reason) for name in _folders_with_sql(folder))


def _folders_with_sql(folder: Path) -> list[str]:
    found = {path.relative_to(folder).parts[0] for path in folder.glob("*/**/*.sql")}
    return sorted(name for name in found if name.lower() not in _WAY_BACK_FOLDERS)


def _parts(name: str) -> list[str]:
    """A name cut into text and numbers, beginning with text."""
    return re.split(r"(\d+)", name)


def only_this_database(action: int, name: str | None, *_: str | None) -> int:
    """Let SQL that somebody else wrote make no other file: an authorizer that refuses ATTACH and VACUUM INTO.

    VACUUM attaches a database without a name; of a name that is calculated the authorizer is reported None.
    """
    refused = action == sqlite3.SQLITE_ATTACH and name not in {"", ":memory:"}
    return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK


def run_in_sqlite(connection: sqlite3.Connection, file: Path, skipped: list[Loss] | None = None) -> None:
    """Run a file statement by statement, in the transactions that it has itself; SQLite tells where a statement ends.

    Args:
        connection: in autocommit mode.
        file: text in UTF-8.
        skipped: where a statement that is refused is reported; without it the first one stops.

    Raises:
        SchemagenError: SG473 for SQL that SQLite refuses, SG475 for a file that is not a text.
    """
    chunk, first = "", 1
    for number, line in enumerate(_text_of(file).splitlines(keepends=True), start=1):
        if not chunk.strip():
            chunk, first = "", number
        chunk += line
        if sqlite3.complete_statement(chunk):
            _run_chunk(connection, chunk, file, first, skipped)
            chunk = ""
    if chunk.strip():
        _run_chunk(connection, chunk, file, first, skipped)


def _run_chunk(connection: sqlite3.Connection, chunk: str, file: Path, line: int, skipped: list[Loss] | None) -> None:
    for statement in _statements(chunk):
        try:
            connection.execute(statement).close()
        except (sqlite3.Error, sqlite3.Warning) as error:
            words = significant(tokens(statement))
            start = line + (statement.count("\n", 0, words[0].offset) if words else 0)
            if skipped is None:
                message = f"SQLite refuses this: {error}"
                raise _failure(SQL_REFUSED, message, _RUN_HINT, _line_span(file, start)) from error
            skipped.append(_skipped(file, start, f"SQLite refuses it: {error}"))
        line += statement.count("\n")


def _skipped(file: Path, line: int, reason: str) -> Loss:
    return Loss(Effect.LEFT_OUT, None, f"{SKIPPED}{file}:{line}", reason)


def _statements(chunk: str) -> Iterator[str]:
    """The statements of whole lines, most often one; the semicolons inside of a trigger end none."""
    start = 0
    if chunk.count(";") > 1:
        for token in tokens(chunk):
            if token.is_symbol(";") and sqlite3.complete_statement(chunk[start : token.end]):
                yield chunk[start : token.end]
                start = token.end
    if start == 0 or significant(tokens(chunk[start:])):
        yield chunk[start:]


def _text_of(file: Path) -> str:
    try:
        return _forth(_bytes_of(file)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(file, str(error)) from error


def _bytes_of(file: Path) -> bytes:
    """What a file holds.

    Raises:
        SchemagenError: SG475 for one that cannot be read, or that holds NUL, as UTF-16 does.
    """
    try:
        found = file.read_bytes()
    except OSError as error:
        raise _no_text(file, str(error)) from error
    if b"\0" in found:
        raise _no_text(file, "it holds a NUL character")
    return found


def _no_text(file: Path, reason: str) -> SchemagenError:
    return _failure(CANNOT_READ, f"{file} cannot be read: {reason}", "save it as UTF-8 text")


def _forth(content: bytes) -> bytes:
    """A file's content without the way back."""
    match = _WAY_BACK.search(content)
    return content[: match.start()] if match else content


def run_in_psql(psql: Path, url: str, file: Path, skipped: list[Loss] | None = None) -> None:
    """Run a file as its author would; dumps of ``pg_dump`` have words that only psql knows.

    Args:
        psql: the program.
        url: of the database.
        file: the SQL, in whatever encoding it says.
        skipped: where a statement that is refused is reported; without it the first one stops. The others of its
            transaction stay then ("psql", ON_ERROR_ROLLBACK).

    Raises:
        SchemagenError: SG473 for SQL that PostgreSQL refuses, SG475 for a file that is not a text.
    """
    content = _bytes_of(file)
    forth = _forth(content)
    whole = forth == content
    on_error = "ON_ERROR_STOP=1" if skipped is None else "ON_ERROR_ROLLBACK=on"
    command = [str(psql), "--no-psqlrc", "--quiet", "--set", on_error]
    environment = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
    try:
        result = subprocess.run(  # noqa: S603  (psql, on a file that the user named)
            [*command, "--file", str(file) if whole else "-", url],
            capture_output=True,
            input=b"" if whole else forth,
            check=False,
            env=environment,
        )
    except OSError as error:
        hint = "SQL files for PostgreSQL are run by its client: have it on the path"
        raise _failure(CANNOT_READ, f"psql cannot be run: {error.strerror}", hint) from error
    reported = result.stderr.decode(errors="replace")
    if skipped is not None:
        found = (one for one in map(_PSQL_ERROR.match, reported.splitlines()) if one)
        skipped += (_skipped(file, int(one["line"]), f"PostgreSQL refuses it: {one['message']}") for one in found)
    if result.returncode:
        match = _PSQL_ERROR.search(reported)
        line = int(match["line"]) if match else 1
        words = match["message"] if match else " ".join(reported.split())
        hint = _EXTENSION_HINT if _NOT_AVAILABLE.search(words) else _RUN_HINT
        raise _failure(SQL_REFUSED, f"PostgreSQL refuses this: {words}", hint, _line_span(file, line))


def _line_span(file: Path, line: int) -> Span:
    return Span(str(file), line, 1, line, 1)


def _failure(code: str, message: str, hint: str, span: Span | None = None) -> SchemagenError:
    return SchemagenError([Diagnostic(code, message, span, hint=hint)])
