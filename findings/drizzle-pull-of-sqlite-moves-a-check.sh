#!/usr/bin/env bash
# Version: drizzle-kit 0.31.11, drizzle-orm 0.45.4, @libsql/client 0.18.0.
# Guess: pull of SQLite keeps what drizzle has words for: CHECKs of their table, DEFAULT CURRENT_TIMESTAMP, UNIQUE, WHERE of an index.
# So it is: a named CHECK of one table stands in each table, cut at its first bracket; CURRENT_TIMESTAMP becomes a text that names it,
#   so each new row gets that text as its time; UNIQUE of a column with a COLLATE is gone; a partial unique index loses its WHERE.
# Why users meet it: pull is how a project with a database begins, and the tables after it look right.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with drizzle-kit@0.31.11 drizzle-orm@0.45.4 @libsql/client@0.18.0
sqlite3 a.db "CREATE TABLE account (id INTEGER PRIMARY KEY, mail TEXT COLLATE NOCASE UNIQUE, made TEXT DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT sized CHECK (length(mail) > 2));
CREATE TABLE task (id INTEGER PRIMARY KEY, account INTEGER, open INTEGER);
CREATE UNIQUE INDEX one_open ON task (account) WHERE open = 1;"
echo '{"dialect": "sqlite", "out": "out", "dbCredentials": {"url": "file:a.db"}}' >c.json
npx drizzle-kit pull --config c.json >/dev/null 2>&1
expect "the models" 'sqliteTable("account", {
mail: text(),
made: text().default("sql`(CURRENT_TIMESTAMP)`"),
check("sized", sql`length(mail`),
sqliteTable("task", {
uniqueIndex("one_open").on(table.account),
check("sized", sql`length(mail`),' "$(grep -oE 'sqliteTable\(".*|mail: .*|made: .*|check\(.*|uniqueIndex\(.*' out/schema.ts)"
