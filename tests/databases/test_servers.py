"""The servers that proofs run on: temporary databases that go away, and errors that say what to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemagen.base.diagnostics import SchemagenError
from schemagen.databases.scratch import PostgresDatabase
from schemagen.databases.servers import external_server
from schemagen.databases.urls import redacted, scrubbed, sqlalchemy_url, with_database
from schemagen.engines.reading import read_catalog
from schemagen.importer.sources import Request, source_catalog
from support.engines import open_postgres, run_in_psql, run_in_psycopg, run_in_python, run_in_sqlite_shell

if TYPE_CHECKING:
    from schemagen.databases.servers import Server


def databases(server: Server) -> set[str]:
    with open_postgres(server.url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}


def test_a_database_goes_away_even_while_it_is_used(postgres18: Server) -> None:
    before = databases(postgres18)
    with postgres18.database() as url:
        open_connection = open_postgres(url)
        assert len(databases(postgres18) - before) == 1
    assert databases(postgres18) <= before
    open_connection.close()


def test_a_database_goes_away_after_an_error(postgres18: Server) -> None:
    before = databases(postgres18)
    with pytest.raises(ZeroDivisionError), postgres18.database():
        raise ZeroDivisionError
    assert databases(postgres18) <= before


def test_an_external_server_is_used_by_its_url(postgres16: Server) -> None:
    server = external_server(postgres16.url.replace("postgresql://", "postgres://"))
    with server.database() as url, open_postgres(url) as connection:
        assert read_catalog(connection).version.startswith("16.")


def test_both_versions_run_together(postgres16: Server, postgres18: Server) -> None:
    for server, version in ((postgres16, 16), (postgres18, 18)):
        with open_postgres(server.url) as connection:
            assert connection.info.server_version // 10000 == version


def error_of(url: str) -> str:
    with pytest.raises(SchemagenError) as caught:
        external_server(url)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.hint
    return f"{diagnostic.code} {diagnostic.message}"


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    error = error_of(f"postgresql://me:s3cret@/db?host={tmp_path}&password=s3cret")
    assert error.startswith("SG452")
    assert "s3cret" not in error


@pytest.mark.parametrize("url", ["mysql://me:s3cret@host/db", "s3cret", "postgresql://", ""])
def test_what_is_no_url_of_postgresql(url: str) -> None:
    error = error_of(url)
    assert error.startswith("SG454")
    assert "s3cret" not in error


def test_a_role_that_may_not_create_databases(postgres18: Server) -> None:
    with open_postgres(postgres18.url) as connection:
        connection.execute("DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN")
    server = external_server(postgres18.url.replace("postgres@", "plain@"))
    with pytest.raises(SchemagenError, match=r"SG453 .*permission denied"), server.database():
        pass


def test_a_connection_that_is_lost_is_told(postgres18: Server) -> None:
    def lose_it(url: str) -> None:
        database = PostgresDatabase(url)
        with database.scratch():
            database.run("SELECT pg_terminate_backend(pg_backend_pid())")

    with (
        pytest.raises(SchemagenError, match=r"SG452 .* was lost: .*administrator command"),
        postgres18.database() as url,
    ):
        lose_it(url)


def test_a_database_of_bytes_is_read(postgres18: Server) -> None:
    with open_postgres(postgres18.url) as connection:
        connection.execute("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    try:
        with open_postgres(with_database(postgres18.url, "bytes")) as connection:
            connection.execute("CREATE TABLE things (id integer PRIMARY KEY)")
            assert [table.name for table in read_catalog(connection).tables] == ["things"]
    finally:
        with open_postgres(postgres18.url) as connection:
            connection.execute("DROP DATABASE bytes")


def test_urls() -> None:
    assert (
        with_database("postgresql://a:p%40@h:1/x?sslmode=off&dbname=y", "z") == "postgresql://a:p%40@h:1/z?sslmode=off"
    )
    assert sqlalchemy_url("postgresql://a@/x?host=/tmp") == "postgresql+psycopg://a@/x?host=/tmp"
    assert redacted("postgresql://a:p@h/x?password=p#p") == "postgresql://h/x"
    assert with_database("postgresql://a:p#q?r@h:1/x", "z") == "postgresql://a:p#q?r@h:1/z"
    assert redacted("postgresql://h1:1,h2:2/x") == "postgresql://h1:1,h2:2/x"
    assert redacted("postgresql://[::1]:5432/x") == "postgresql://[::1]:5432/x"
    assert redacted("postgresql://a:p#q/r@s@h:1/x") == "postgresql://h:1/x"


PIECES = st.sampled_from(["Xhunter", "Ysecret", "Zebra77"])
PASSWORDS = st.lists(st.tuples(st.sampled_from("#?/@:%&= ,[]"), PIECES), min_size=1, max_size=4)
FORMS = (
    "user:{}@127.0.0.1:1/db",
    "user:{}@/db?host=nowhere",
    "127.0.0.1:1/db?password={}",
    "/db?user=a&password={}&x=y",
)


@given(parts=PASSWORDS, form=st.sampled_from((*FORMS, "u:{}")), escaped=st.booleans())
def test_no_piece_of_a_password_is_shown(parts: list[tuple[str, str]], form: str, *, escaped: bool) -> None:
    password = "".join(mark + piece for mark, piece in parts)[0 if "@" in form else 1 :]
    assume(form != "u:{}" or "@" not in password)  # else what follows it is the host
    url = f"postgresql://{form.format(quote(password, safe='') if escaped else password)}"
    words = (
        f'invalid "{url.partition("://")[2]}", "{password}", {" ".join(password.split("/"))}, {url.rpartition("@")[2]}'
    )
    shown = redacted(url) + scrubbed(words, url)
    assert not [piece for _, piece in parts if piece in shown]


@pytest.mark.parametrize(
    "source",
    [
        "postgresql://u:hunter#22xyz@127.0.0.1:1/db",
        "postgresql://u:hunter22",
        "postgresql://u:hunter22?x=y",
        "u:hunter22@localhost/db",
        "host=127.0.0.1 port=1 user=bob password=hunter22 dbname=x",
        "host=127.0.0.1 port=1 password='hunter22",
        "connect to host=x password=hunter22",
    ],
)
def test_what_cannot_be_read_is_told_without_its_password(source: str) -> None:
    with pytest.raises(SchemagenError) as caught:
        source_catalog(Request(source))
    assert "hunter" not in str(caught.value)
    assert "22" not in str(caught.value)


def test_a_connection_string_of_words_is_a_source(pg_database: str) -> None:
    name = pg_database.partition("?")[0].rpartition("/")[2]
    host = pg_database.partition("host=")[2].partition("&")[0].replace("%2F", "/")
    assert source_catalog(Request(f"host={host} user=postgres dbname='{name}'")).tables == ()


CRASH = """
import os, signal
from schemagen.databases.embedded import embedded_server
print(embedded_server().url, flush=True)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a child of a job in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.kill(os.getpid(), signal.{signal})
"""


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_the_server_goes_away_however_its_process_ends(name: str) -> None:
    result = run_python(CRASH.format(signal=name))
    folder = Path(result.stdout.strip().partition("host=")[2].partition("&")[0])
    assert result.returncode == -getattr(signal, name), result.stderr
    assert folder.name.startswith("schemagen-")
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_an_environment_for_another_server_does_not_matter() -> None:
    code = "from schemagen.databases.embedded import embedded_server\nwith embedded_server().database(): print('works')"
    result = run_python(code, PGPORT="1", PGHOST="nowhere", PGDATABASE="none", PGUSER="nobody")
    assert result.stdout.strip() == "works", result.stderr


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from schemagen.databases import embedded

    monkeypatch.setattr(embedded, "find_spec", lambda _: None)
    with pytest.raises(SchemagenError, match="SG450"):
        embedded.embedded_server.__wrapped__()


def test_every_way_to_run_a_file(postgres18: Server, pg_database: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.sql", tmp_path / "bad.sql"
    good.write_text("BEGIN;\nCREATE TABLE IF NOT EXISTS t (a int);\nCOMMIT;\n", encoding="utf-8")
    bad.write_text("SELECT wrong;\nCREATE TABLE u (a int);\n", encoding="utf-8")
    database = tmp_path / "x.sqlite"
    run_in_python(database, good)
    run_in_psycopg(pg_database, good)
    assert run_in_sqlite_shell(database, good).returncode == 0
    assert run_in_psql(postgres18, pg_database, good).returncode == 0
    assert run_in_sqlite_shell(database, bad).returncode != 0
    assert run_in_psql(postgres18, pg_database, bad).returncode != 0
