#!/usr/bin/env bash
# Version: drizzle-kit 0.31.11, drizzle-orm 0.45.1, sql.js 1.13.0 (SQLite as WebAssembly).
# Guess: the rebuild that drizzle-kit writes begins with PRAGMA foreign_keys=OFF, so DROP TABLE deletes nothing else.
# So it is: drizzle-orm's own migrator runs the file inside a transaction, where that pragma does nothing (SQLite,
#   "PRAGMA foreign_keys"). With foreign keys on, ON DELETE CASCADE deletes every child row; the migration succeeds.
# Why users meet it: NOT NULL, a default or a type of a parent's column changed, then migrate() as the guide has it.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with drizzle-kit@0.31.11 drizzle-orm@0.45.1 sql.js@1.13.0
cat >schema.ts <<'TS'
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
export const buyer = sqliteTable("buyer", { id: integer("id").primaryKey(), name: text("name") });
export const sale = sqliteTable("sale", {
  id: integer("id").primaryKey(),
  buyerId: integer("buyer_id").notNull().references(() => buyer.id, { onDelete: "cascade" }),
});
TS
echo 'export default { dialect: "sqlite", schema: "./schema.ts", out: "./first" };' >drizzle.config.ts
npx drizzle-kit generate --name first >/dev/null 2>&1
cp -r first both
sed -i 's/text("name")/text("name").notNull()/' schema.ts
sed -i 's/first/both/' drizzle.config.ts
npx drizzle-kit generate --name second >/dev/null 2>&1
cat >run.cjs <<'JS'
const { drizzle } = require("drizzle-orm/sql-js");
const { migrate } = require("drizzle-orm/sql-js/migrator");
require("sql.js")().then((sqlite) => {
  const file = new sqlite.Database();
  file.run("PRAGMA foreign_keys = ON");
  const counts = () => console.log(...file.exec("SELECT (SELECT count(*) FROM buyer), (SELECT count(*) FROM sale)")[0].values[0]);
  migrate(drizzle(file), { migrationsFolder: "first" });
  file.run("INSERT INTO buyer VALUES (1, 'Ada'); INSERT INTO sale VALUES (1, 1), (2, 1)");
  counts();
  migrate(drizzle(file), { migrationsFolder: "both" });
  counts();
});
JS
expect "the rebuild switches foreign keys off" "PRAGMA foreign_keys=OFF;--> statement-breakpoint" "$(head -1 both/0001_second.sql)"
expect "buyers and sales: before and after" "1 2
1 0" "$(node run.cjs)"
