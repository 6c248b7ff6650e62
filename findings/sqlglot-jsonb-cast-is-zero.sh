#!/usr/bin/env bash
# Version: sqlglot 30.30.0 (postgres -> sqlite), SQLite 3.40 or newer of the running Python.
# Guess: the cast in doc::jsonb ->> 'a' is dropped or becomes TEXT (SQLite keeps JSON as text), or is refused.
# So it is: CAST(doc AS JSONB) is kept. SQLite knows no such type and reads any unknown name as NUMERIC: the document
#   becomes 0, and each path into it NULL. No error on either side.
# Why users meet it: every query that casts a text column or a literal to jsonb, as psycopg and ORMs print them.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlglot==30.30.0
seen=$(venv/bin/python - <<'PY'
import sqlite3, sqlglot
text = sqlglot.transpile("""SELECT '{"a": "x"}'::jsonb ->> 'a', '{"a": "x"}'::jsonb""", read="postgres", write="sqlite")[0]
print(text)
print(sqlite3.connect(":memory:").execute(text).fetchone())
PY
)
expect "the cast is kept, the document is 0" "SELECT CAST('{\"a\": \"x\"}' AS JSONB) ->> '\$.a', CAST('{\"a\": \"x\"}' AS JSONB)
(None, 0)" "$seen"
