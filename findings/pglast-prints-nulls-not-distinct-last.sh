#!/usr/bin/env bash
# Version: pglast 8.8.
# Guess: what pglast prints from its own tree of a CREATE INDEX can be parsed again.
# So it is: NULLS NOT DISTINCT is printed at the end. Alone that is right; with a WHERE or WITH it stands behind them, which is
#   a syntax error.
# Why users meet it: a partial unique index that counts NULLs as equal is what "one open row, with or without a team" needs.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with pglast==8.8
cat >p.py <<'PY'
from pglast import parse_sql
from pglast.parser import ParseError
from pglast.stream import RawStream

for rest in ("", " WHERE open"):
    text = RawStream()(f"CREATE UNIQUE INDEX one ON tasks (team) NULLS NOT DISTINCT{rest}")
    try:
        parse_sql(text)
        print("read again:", text)
    except ParseError:
        print("refused:", text)
PY
expect "what is printed" "read again: CREATE UNIQUE INDEX one ON tasks (team) NULLS NOT DISTINCT
refused: CREATE UNIQUE INDEX one ON tasks (team) WHERE open NULLS NOT DISTINCT" "$(venv/bin/python p.py)"
