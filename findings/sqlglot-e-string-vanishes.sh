#!/usr/bin/env bash
# Version: sqlglot 30.30.0 (postgres -> sqlite).
# Guess: E'…' becomes a plain string with the escape resolved, or an error that stops the translation.
# So it is: the literal is left out and the text around it closes up. INSERT … VALUES (1, E'a', 2) has two values,
#   an IN list is shorter; only a line in the log says "Byte strings are not supported".
# Why users meet it: E'…' is how dumps and hand-written PostgreSQL write a line feed or a tab in DEFAULT, CHECK and seeds.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlglot==30.30.0
seen=$(venv/bin/python - 2>log <<'PY'
import sqlglot
for text in (r"INSERT INTO t VALUES (1, E'a\nb', 2)", r"SELECT id FROM t WHERE k IN (E'a\tb', 'c')", r"SELECT string_agg(k, E'\n') FROM t"):
    print(sqlglot.transpile(text, read="postgres", write="sqlite")[0])
PY
)
expect "the strings are gone" "INSERT INTO t VALUES (1, 2)
SELECT id FROM t WHERE k IN ('c')
SELECT GROUP_CONCAT(k) FROM t" "$seen"
expect "a line in the log is all" "Byte strings are not supported for SQLite" "$(sort -u log)"
