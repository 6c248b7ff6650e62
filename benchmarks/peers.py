"""Drizzle Kit on the same tables, beside a full build: ``make bench-peers``; where npm is missing it says so.

``drizzle-kit generate`` makes the migrations of one dialect alone: no models for Python, no documents, and nothing that
is made is parsed or run. The packages come from the npm registry into a temporary folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import Run, measured
from synthetic import name_of, write_specs

PACKAGES = ("drizzle-kit@0.31", "drizzle-orm@0.44")

POSTGRES = """\
import {{ pgTable, uuid, varchar, numeric, jsonb, timestamp, index, unique, check }} from "drizzle-orm/pg-core";
import {{ sql }} from "drizzle-orm";
{tables}
"""

POSTGRES_TABLE = """
export const {name} = pgTable("{name}", {{
  id: uuid("id").primaryKey().defaultRandom(),
  firstId: uuid("first_id").notNull().references((): any => {first}.id, {{ onDelete: "cascade" }}),
  secondId: uuid("second_id").references((): any => {second}.id, {{ onDelete: "set null" }}),
  name: varchar("name", {{ length: 255 }}).notNull(),
  email: varchar("email", {{ length: 255 }}).notNull(),
  status: varchar("status", {{ length: 20 }}).notNull().default("active"),
  amount: numeric("amount", {{ precision: 10, scale: 2 }}).notNull().default("0"),
  details: jsonb("details").notNull().default({{}}),
  createdAt: timestamp("created_at", {{ withTimezone: true }}).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", {{ withTimezone: true }}).notNull().defaultNow(),
}}, (t) => [
  unique("uq_{name}").on(t.firstId, t.email),
  check("ck_{name}", sql`${{t.amount}} >= 0`),
  index("idx_{name}_first").on(t.firstId, t.createdAt.desc()),
  index("idx_{name}_second").on(t.secondId),
  index("idx_{name}_name").on(t.name).where(sql`${{t.status}} = 'active'`),
]);
"""

SQLITE = """\
import {{ sqliteTable, text, real, index, unique, check }} from "drizzle-orm/sqlite-core";
import {{ sql }} from "drizzle-orm";
{tables}
"""

SQLITE_TABLE = """
export const {name} = sqliteTable("{name}", {{
  id: text("id").primaryKey(),
  firstId: text("first_id").notNull().references((): any => {first}.id, {{ onDelete: "cascade" }}),
  secondId: text("second_id").references((): any => {second}.id, {{ onDelete: "set null" }}),
  name: text("name").notNull(),
  email: text("email").notNull(),
  status: text("status").notNull().default("active"),
  amount: real("amount").notNull().default(0),
  details: text("details").notNull().default("{{}}"),
  createdAt: text("created_at").notNull().default(sql`CURRENT_TIMESTAMP`),
  updatedAt: text("updated_at").notNull().default(sql`CURRENT_TIMESTAMP`),
}}, (t) => [
  unique("uq_{name}").on(t.firstId, t.email),
  check("ck_{name}", sql`${{t.amount}} >= 0`),
  index("idx_{name}_first").on(t.firstId, t.createdAt),
  index("idx_{name}_second").on(t.secondId),
  index("idx_{name}_name").on(t.name).where(sql`${{t.status}} = 'active'`),
]);
"""

FORMS = {"postgresql": (POSTGRES, POSTGRES_TABLE), "sqlite": (SQLITE, SQLITE_TABLE)}


def schema(dialect: str, tables: int) -> str:
    """The schema in Drizzle's own language, the same tables as ``synthetic`` writes."""
    whole, one = FORMS[dialect]
    parts = [
        one.format(name=name_of(number), first=name_of(max(0, number - 1)), second=name_of(number // 2))
        for number in range(tables)
    ]
    return whole.format(tables="".join(parts))


def drizzle(dialect: str, tables: int, folder: Path) -> Run:
    """One run of ``drizzle-kit generate`` from nothing."""
    file = folder / f"{dialect}.ts"
    file.write_text(schema(dialect, tables), encoding="utf-8")
    program = folder / "node_modules" / ".bin" / "drizzle-kit"
    os.chdir(folder)
    return measured(str(program), "generate", f"--dialect={dialect}", f"--schema={file.name}", f"--out={dialect}")


def main() -> int:
    """Install Drizzle Kit, run everything once and print a table; 1 where npm is not there."""
    npm = shutil.which("npm")
    if npm is None:
        print("npm is not installed, so Drizzle Kit can't be run beside schemagen", file=sys.stderr)  # noqa: T201
        return 1
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="schemagen-peers-") as name:
        folder = Path(name)
        install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
        subprocess.run(install, check=True)
        write_specs(folder / "specs", tables)
        places = ("--specs", str(folder / "specs"), "--output", str(folder / "output"))
        rows = {
            "schemagen build, both dialects, models, Alembic, documents": measured(
                sys.executable, "-m", "schemagen", "build", *places
            ),
            **{f"drizzle-kit generate, {dialect} alone": drizzle(dialect, tables, folder) for dialect in FORMS},
        }
    print(f"| {tables:,} tables | CPU | peak memory |\n| --- | ---: | ---: |")  # noqa: T201
    for title, run in rows.items():
        print(f"| {title} | {run.seconds:.2f} s | {run.megabytes:.0f} MB |")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
