"""What SQL of specs may not do in the databases of proofs: reach files, programs, other roles and other databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemagen.databases.refusals import StatementError
from schemagen.databases.roles import bound_role
from schemagen.databases.scratch import PostgresEngine, SqliteEngine
from schemagen.databases.servers import Server
from schemagen.databases.urls import with_user
from support.engines import open_postgres

if TYPE_CHECKING:
    from pathlib import Path

POSTGRES = [
    "COPY t FROM PROGRAM 'true'",
    "COPY t TO '/tmp/schemagen-never'",
    "COPY t FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "ALTER SYSTEM SET work_mem = '1MB'",
    "CREATE ROLE schemagen_never SUPERUSER",
    "CREATE DATABASE schemagen_never",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "LOAD 'auto_explain'",
    "CREATE FUNCTION f() RETURNS integer LANGUAGE c AS 'libc.so.6', 'getpid'",
]
SQLITE = [
    "ATTACH 'other.db' AS other",
    "ATTACH ':memory:' AS other",
    "VACUUM INTO 'other.db'",
    "SELECT load_extension('x')",
    "SELECT LOAD_EXTENSION('x')",
    "PRAGMA writable_schema = ON",
]


def test_postgres(postgres18: Server, postgres16: Server) -> None:
    for server in (postgres18, postgres16):
        with PostgresEngine(server).database() as database:
            database.run("CREATE TABLE t (a text)")
            for sql in POSTGRES:
                with pytest.raises(StatementError):
                    database.run(sql)
        with open_postgres(server.url) as connection:
            left = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'schemagen%'").fetchone()
        assert left == (0,)


def test_what_comes_first_is_run_with_all_rights(postgres18: Server, tmp_path: Path) -> None:
    before = tmp_path / "before.sql"
    before.write_text(
        "CREATE SCHEMA s;\nCREATE TYPE s.mood AS ENUM ('a');\nCREATE TABLE early (a integer);\n"
        "CREATE COLLATION ours (locale = 'C');\n",
        encoding="utf-8",
    )
    with PostgresEngine(postgres18, before).database() as database:
        database.run("CREATE TABLE t (a s.mood, b text COLLATE ours)")
        database.run("INSERT INTO early VALUES (1)")
        assert database.run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]


def test_a_role_that_policies_bind_is_gone_afterwards(postgres18: Server, postgres16: Server) -> None:
    bound = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    for server in (postgres18, postgres16):
        with PostgresEngine(server).database() as database:
            ((member,),) = database.run("SELECT current_user")
            with bound_role(server, member) as role, database.scratch():
                database.run(f"SET LOCAL ROLE {role}")
                assert database.run(bound) == [(False,)]
        with open_postgres(server.url) as connection:
            left = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'schemagen%'").fetchone()
        assert left == (0,)


def test_a_server_that_lets_no_role_be_made_gives_none(postgres18: Server) -> None:
    with open_postgres(postgres18.url) as connection:
        connection.execute("CREATE ROLE schemagen_plain LOGIN CREATEDB")
        try:
            with bound_role(Server(with_user(postgres18.url, "schemagen_plain", "")), "schemagen_plain") as role:
                assert role == ""
        finally:
            connection.execute("DROP ROLE schemagen_plain")


def test_sqlite(tmp_path: Path) -> None:
    with SqliteEngine(tmp_path).database() as database:
        database.run("CREATE TABLE t (a text)")
        for sql in SQLITE:
            with pytest.raises(StatementError):
                database.run(sql)
        database.run("CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT load_extension('x'); END")
        with pytest.raises(StatementError):
            database.run("INSERT INTO t VALUES ('a')")
    assert not list(tmp_path.iterdir())
