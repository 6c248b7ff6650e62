#!/usr/bin/env bash
# Version: SQLAlchemy 2.1.9, SQLite of the running Python.
# Guess: the expression of a generated column on SQLite is reflected as it stands between its brackets.
# So it is: where CREATE TABLE is written on one line, everything up to that line's last bracket is taken: the next
#   column, its CHECK, a foreign key. create_all from such a reflection is refused by SQLite.
# Why users meet it: sqlite_schema keeps the text as it was sent, and ORMs, sqlite-utils and hand-written scripts send one line;
#   sqlacodegen and Alembic's comparison and batch mode start from this reflection.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlalchemy==2.1.9
cat >p.py <<'PY'
from sqlalchemy import create_engine, inspect

engine = create_engine("sqlite://")
columns = ["id INTEGER PRIMARY KEY", "email TEXT", "low TEXT GENERATED ALWAYS AS (lower(email)) STORED", "pages INTEGER CHECK (pages > 0)"]
with engine.connect() as connection:
    for name, between in (("lines", ",\n"), ("one_line", ", ")):
        connection.exec_driver_sql(f"CREATE TABLE {name} ({between.join(columns)})")
        print(inspect(connection).get_columns(name)[2]["computed"]["sqltext"])
PY
expect "one column a line, and all on one line" "lower(email)
lower(email)) STORED, pages INTEGER CHECK (pages > 0" "$(venv/bin/python p.py)"
