#!/usr/bin/env bash
# Version: sqlglot 30.30.0 (postgres -> sqlite).
# Guess: FETCH FIRST n ROWS WITH TIES, which SQLite has no word for, stops with unsupported_level=RAISE.
# So it is: it becomes LIMIT n, whatever the level: the rows that tie with the last one are missing.
# Why users meet it: leaderboards and "the latest of each day" ask for ties; RAISE is how one asks sqlglot to be strict.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlglot==30.30.0
cat >p.py <<'PY'
import sqlglot
text = "SELECT id FROM score ORDER BY points DESC NULLS LAST FETCH FIRST 3 ROWS WITH TIES"
print(sqlglot.transpile(text, read="postgres", write="sqlite", unsupported_level=sqlglot.ErrorLevel.RAISE)[0])
PY
expect "the translation" "SELECT id FROM score ORDER BY points DESC LIMIT 3" "$(venv/bin/python p.py)"
