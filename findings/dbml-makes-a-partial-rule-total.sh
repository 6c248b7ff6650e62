#!/usr/bin/env bash
# Version: @dbml/core 10.2.0 (the library behind dbdiagram and the dbml command).
# Guess: PostgreSQL's DDL that is imported and exported again has the same rules, or the importer says what it left out.
# So it is: a unique index keeps its columns and loses its WHERE, so the rule covers all rows; a generated column becomes
#   a plain one; DEFERRABLE INITIALLY DEFERRED becomes INITIALLY IMMEDIATE. Nothing is said.
# Why users meet it: DBML is used as the picture of an existing database, and as the source of the next one.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with @dbml/core@10.2.0
cat >d.cjs <<'JS'
const { importer, exporter } = require("@dbml/core");
const ddl = `CREATE TABLE team (id integer PRIMARY KEY);
CREATE TABLE person (id integer PRIMARY KEY, email text NOT NULL, deleted_at date,
  low text GENERATED ALWAYS AS (lower(email)) STORED,
  team_id integer REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX one_open ON person (email) WHERE deleted_at IS NULL;`;
const out = exporter.export(importer.import(ddl, "postgres"), "postgres");
for (const word of ['"low"', "one_open", "FOREIGN KEY"]) {
  console.log(out.split("\n").find((line) => line.includes(word)).trim());
}
JS
expect "the generated column, the index, the key" '"low" text,
CREATE UNIQUE INDEX "one_open" ON "person" ("email");
ALTER TABLE "person" ADD FOREIGN KEY ("team_id") REFERENCES "team" ("id") DEFERRABLE INITIALLY IMMEDIATE;' "$(node d.cjs)"
