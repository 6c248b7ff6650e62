#!/usr/bin/env bash
# Version: sqlite-utils 4.2.1, SQLite of the running Python.
# Guess: table.transform(), which refuses what it cannot keep (a partial index on a renamed column), keeps the other
#   columns as they are declared, or refuses.
# So it is: generated columns, stored and virtual, are gone from the new table, whatever was to be changed. A column's
#   COLLATE NOCASE is gone too (it stays in a UNIQUE of that column alone), and DEFERRABLE of its foreign keys.
# Why users meet it: transform() is what `sqlite-utils transform` and many scripts use in place of ALTER TABLE.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlite-utils==4.2.1
cat >p.py <<'PY'
import re
import sqlite_utils

database = sqlite_utils.Database(memory=True)
database.conn.executescript("""
CREATE TABLE team (id INTEGER PRIMARY KEY);
CREATE TABLE member (
  id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE, note TEXT,
  lower_email TEXT GENERATED ALWAYS AS (lower(email)) STORED,
  domain TEXT GENERATED ALWAYS AS (substr(email, instr(email, '@') + 1)) VIRTUAL,
  team_id INTEGER REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED
);
""")
database["member"].transform(rename={"note": "remark"})
print(re.sub(r"\s+", " ", database["member"].schema))
PY
expect "the table afterwards" \
  'CREATE TABLE "member" ( "id" INTEGER PRIMARY KEY, "email" TEXT, "remark" TEXT, "team_id" INTEGER REFERENCES "team"("id") )' \
  "$(venv/bin/python p.py)"
