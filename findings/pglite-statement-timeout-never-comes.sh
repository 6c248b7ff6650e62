#!/usr/bin/env bash
# Version: @electric-sql/pglite 0.5.17 (says PostgreSQL 18.7).
# Guess: SET statement_timeout stops a long statement as it does on a server, or the setting is refused.
# So it is: the setting is taken and shown, and a statement that runs far longer than it ends with its rows; transaction_timeout too.
# Why users meet it: migrations are tried on PGlite in tests; that a file gives up in time is what such a trial should show.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with @electric-sql/pglite@0.5.17
cat >p.mjs <<'JS'
import { PGlite } from "@electric-sql/pglite";
const database = new PGlite();
for (const setting of ["statement_timeout", "transaction_timeout"]) {
  await database.query(`SET ${setting} = '50ms'`);
  const { rows: [shown] } = await database.query(`SELECT current_setting('${setting}') AS value`);
  const begun = Date.now();
  const { rows: [found] } = await database.query("SELECT count(*)::int AS n FROM generate_series(1, 5000000)");
  console.log(setting, shown.value, found.n, Date.now() - begun > 200);
  await database.query(`RESET ${setting}`);
}
JS
expect "setting, rows, longer than four times the limit" "statement_timeout 50ms 5000000 true
transaction_timeout 50ms 5000000 true" "$(node p.mjs)"
