#!/usr/bin/env bash
# Version: sqlglot 30.30.0 (postgres -> sqlite), SQLite of the running Python.
# Guess: to_char(number, '9999.99') is printed as it is ("no such function") or becomes printf().
# So it is: every to_char is taken for a date's: STRFTIME('9999.99', n). The pattern has no % in it, so SQLite answers the
#   pattern itself, the same text for each number. to_char(d, 'Day') becomes '%uay', which is NULL.
# Why users meet it: reports and views with formatted amounts, translated for a test on SQLite.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlglot==30.30.0
seen=$(venv/bin/python - <<'PY'
import sqlite3, sqlglot
text = sqlglot.transpile("SELECT to_char(12.5, '9999.99'), to_char(7000.25, '9999.99')", read="postgres", write="sqlite")[0]
print(text)
print(sqlite3.connect(":memory:").execute(text).fetchone())
print(sqlglot.transpile("SELECT to_char(d, 'Day') FROM t", read="postgres", write="sqlite")[0])
PY
)
expect "numbers are printed as their pattern" "SELECT STRFTIME('9999.99', 12.5), STRFTIME('9999.99', 7000.25)
('9999.99', '9999.99')
SELECT STRFTIME('%uay', d) FROM t" "$seen"
