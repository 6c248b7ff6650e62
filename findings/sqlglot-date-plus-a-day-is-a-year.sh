#!/usr/bin/env bash
# Version: sqlglot 30.30.0 (postgres -> sqlite), SQLite of the running Python.
# Guess: a day added to a date becomes date(…, '+1 day'), or the translation says that it cannot.
# So it is: DATE '2024-02-29' + 1 becomes DATE('2024-02-29') + 1, a sum of a text and a number: SQLite reads the year and
#   answers 2025. The difference of two dates is that of their years. No error on either side.
# Why users meet it: "due in n days" is written so in PostgreSQL, in queries, defaults and checks.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlglot==30.30.0
cat >p.py <<'PY'
import sqlite3, sqlglot
for text in ("SELECT DATE '2024-02-29' + 1", "SELECT DATE '2024-03-01' - DATE '2024-02-28'"):
    printed = sqlglot.transpile(text, read="postgres", write="sqlite")[0]
    print(printed, "->", *sqlite3.connect(":memory:").execute(printed).fetchone())
PY
expect "the day after, and the days between" "SELECT DATE('2024-02-29') + 1 -> 2025
SELECT DATE('2024-03-01') - DATE('2024-02-28') -> 0" "$(venv/bin/python p.py)"
