#!/usr/bin/env bash
# Version: pg-mem 3.0.14.
# Guess: what pg-mem knows it keeps: ADD FOREIGN KEY and ranges of types refuse as the server does, an enum has its own order.
# So it is: a foreign key is added over a row without its parent (CHECK and UNIQUE do look at the rows); numeric(5,2) and smallint
#   take 12345.678 and 99999; an enum is sorted as text, not by the order in which its labels were declared.
# Why users meet it: migrations run in its tests, and stop at the first real database with an orphan.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with pg-mem@3.0.14
cat >p.js <<'JS'
const { newDb } = require("pg-mem");
const database = newDb().public;
const say = (sql) => {
  try {
    return JSON.stringify(database.many(sql));
  } catch (error) {
    return "refused";
  }
};
for (const sql of [
  "CREATE TABLE team (id integer PRIMARY KEY)",
  "CREATE TABLE task (team integer, points numeric(5, 2), size smallint)",
  "INSERT INTO task VALUES (7, 12345.678, 99999)",
  "CREATE TYPE state AS ENUM ('open', 'done')",
  "CREATE TABLE work (now state)",
  "INSERT INTO work VALUES ('open'), ('done')",
]) database.none(sql);
console.log(say("ALTER TABLE task ADD CHECK (size < 0)"));
console.log(say("ALTER TABLE task ADD CONSTRAINT of_team FOREIGN KEY (team) REFERENCES team (id)"));
console.log(say("INSERT INTO task (team) VALUES (8)"));
console.log(say("SELECT * FROM task"), say("SELECT now FROM work ORDER BY now"));
JS
expect "a CHECK, a key, a row after it, rows" 'refused
[]
refused
[{"team":7,"points":12345.678,"size":99999}] [{"now":"done"},{"now":"open"}]' "$(node p.js)"
