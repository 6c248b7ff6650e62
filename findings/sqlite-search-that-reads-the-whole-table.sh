#!/usr/bin/env bash
# Version: SQLite 3.54.1 (apsw 3.54.1.0); 3.40.1 does the same.
# Guess: EXPLAIN QUERY PLAN calls a walk over the whole table SCAN.
# So it is: a single min() or max() of a column without an index is "SEARCH stays", without USING, also below a WHERE that
#   has no index, though it steps through every row; with both of them in one SELECT it is SCAN.
# Why users meet it: checks of plans in tests that look for SCAN.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with apsw==3.54.1.0
seen=$(venv/bin/python - <<'PY'
import apsw

connection = apsw.Connection(":memory:")
connection.execute("CREATE TABLE stays (id INTEGER PRIMARY KEY, remark TEXT, guests INTEGER)")
connection.executemany("INSERT INTO stays VALUES (?, 'x', ?)", [(n, n % 7) for n in range(1000)])
for sql in (
    "SELECT max(guests) FROM stays",
    "SELECT max(guests) FROM stays WHERE remark = 'x'",
    "SELECT max(guests), min(guests) FROM stays",
):
    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchone()[3]
    steps = []
    connection.set_progress_handler(lambda: bool(steps.append(1)), 1)
    connection.execute(sql).fetchall()
    connection.set_progress_handler(None)
    print(plan, "every row" if len(steps) > 1000 else "a few")
PY
)
expect "the plan of max() without an index" "SEARCH stays every row
SEARCH stays every row
SCAN stays every row" "$seen"
