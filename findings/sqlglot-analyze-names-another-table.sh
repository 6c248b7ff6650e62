#!/usr/bin/env bash
# Version: sqlglot 30.30.0 (postgres -> postgres).
# Guess: ANALYZE with a list of columns is printed as it was, a quoted name in its own case.
# So it is: table and list are read as the call of a function, whose name is printed in capitals, quoted or not: ANALYZE of
#   a table that is not there. Without the list the name stays.
# Why users meet it: maintenance scripts and migrations that go through a formatter or a check of dialects.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlglot==30.30.0

seen=$(venv/bin/python - <<'PYTHON'
import sqlglot

for sql in ('ANALYZE "Orders"', 'ANALYZE "Orders" (page)', 'ANALYZE app.orders (page)'):
    print(sqlglot.transpile(sql, read="postgres", write="postgres")[0])
PYTHON
)
expect "the table of ANALYZE with columns" 'ANALYZE "Orders"
ANALYZE "ORDERS"(page)
ANALYZE app.ORDERS(page)' "$seen"
