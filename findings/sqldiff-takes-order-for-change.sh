#!/usr/bin/env bash
# Version: sqldiff of SQLite 3.40.1 (Debian's sqlite3-tools; apt-get install sqlite3-tools).
# Guess: two tables with the same rows under a TEXT PRIMARY KEY are equal, whatever the order of insertion.
# So it is: rows are paired by the hidden rowid, so the key itself is "updated"; the script that sqldiff prints is refused
#   by SQLite (UNIQUE constraint failed) half-way. --primarykey says no difference, as a WITHOUT ROWID table does.
# Why users meet it: proving that a migrated or rebuilt table has kept its rows; text and uuid keys are the usual ones.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
for order in "('u1', 1), ('u2', 2)" "('u2', 2), ('u1', 1)"; do
  n=$((${n:-0} + 1))
  sqlite3 "$n.db" "CREATE TABLE t (id TEXT PRIMARY KEY, n INT); INSERT INTO t VALUES $order"
done
sqldiff 1.db 2.db >patch.sql
expect "keys are changed by rowid" "UPDATE t SET id='u2', n=2 WHERE rowid=1;
UPDATE t SET id='u1', n=1 WHERE rowid=2;" "$(cat patch.sql)"
expect "and the script is refused" "UNIQUE constraint failed: t.id" "$(sqlite3 1.db <patch.sql 2>&1 | grep -o 'UNIQUE constraint failed: t.id' | head -1)"
expect "--primarykey sees none" "" "$(sqldiff --primarykey 1.db 2.db)"
