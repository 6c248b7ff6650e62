#!/usr/bin/env bash
# Version: peewee 4.5.3 (playhouse.migrate), SQLite of the running Python.
# Guess: migrator.add_not_null() on a parent table keeps all rows (it copies the table), and its triggers, or refuses.
# So it is: with foreign keys on, which peewee's documentation recommends, the old table is dropped with them on, and
#   ON DELETE CASCADE deletes every child row. The parent's triggers are gone as well. No error, no warning.
# Why users meet it: NOT NULL on an existing column is the commonest change, and SQLite has no statement for it.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with peewee==4.5.3
cat >p.py <<'PY'
from peewee import SqliteDatabase
from playhouse.migrate import SqliteMigrator, migrate

database = SqliteDatabase("shop.db", pragmas={"foreign_keys": 1})
database.connect()
for sql in (
    "CREATE TABLE buyer (id INTEGER PRIMARY KEY, name TEXT)",
    "CREATE TABLE sale (id INTEGER PRIMARY KEY, buyer_id INTEGER NOT NULL REFERENCES buyer (id) ON DELETE CASCADE)",
    "CREATE TRIGGER seen AFTER INSERT ON buyer BEGIN SELECT 1; END",
    "INSERT INTO buyer VALUES (1, 'Ada')",
    "INSERT INTO sale VALUES (1, 1), (2, 1)",
):
    database.execute_sql(sql)
counts = "SELECT (SELECT count(*) FROM buyer), (SELECT count(*) FROM sale), (SELECT count(*) FROM sqlite_master WHERE type = 'trigger')"
print(*database.execute_sql(counts).fetchone())
migrate(SqliteMigrator(database).add_not_null("buyer", "name"))
print(*database.execute_sql(counts).fetchone())
PY
expect "buyers, sales, triggers: before and after" "1 2 1
1 0 0" "$(venv/bin/python p.py)"
