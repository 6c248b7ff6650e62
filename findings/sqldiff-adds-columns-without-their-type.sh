#!/usr/bin/env bash
# Version: sqldiff of SQLite 3.40.1 (Debian's sqlite3-tools).
# Guess: sqldiff --schema prints a new column as it is declared, and tells a changed CHECK or trigger.
# So it is: ALTER TABLE t ADD COLUMN b, without type, NOT NULL or DEFAULT; SQLite refuses that in a STRICT table. A changed
#   CHECK and a changed trigger are no difference at all; changed indexes are.
# Why users meet it: sqldiff is at hand wherever sqlite3 is, and looks like the way to compare a migrated schema.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
sqlite3 a.db "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> '')) STRICT;
  CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END; CREATE INDEX i ON t (a)"
sqlite3 b.db "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> 'y'), b TEXT NOT NULL DEFAULT 'q') STRICT;
  CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 2; END; CREATE INDEX i ON t (a DESC)"
sqldiff --schema a.db b.db >patch.sql
expect "the column is bare, CHECK and trigger untold" "ALTER TABLE t ADD COLUMN b;
DROP INDEX i;
CREATE INDEX i ON t(a DESC);" "$(sed 's/ON t (a/ON t(a/' patch.sql)"
expect "and refused in a STRICT table" "missing datatype for t.b" "$(sqlite3 a.db <patch.sql 2>&1 | grep -o 'missing datatype for t.b' | head -1)"
