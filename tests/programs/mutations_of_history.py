# ruff: noqa: E501  (a rule a line)
"""Rules of the mutation test for a project that has been changed: what is lost of its rows, and files out of step."""

from __future__ import annotations

from programs.mutant import Rule

ALTERING = r"migrations/(sqlite|postgres)/(rollback/)?00[456]\D*\.sql"
SQLITE = r"migrations/sqlite/(rollback/)?00[456]\D*\.sql"
POSTGRES = r"migrations/postgres/(rollback/)?00[456]\D*\.sql"
ANY = r"migrations/(sqlite|postgres)/(rollback/)?\d.*\.sql"
REVISION = r"alembic/versions/.*\.py"
END = r"(?m)^(?=(COMMIT|RELEASE schemagen);)"

ROWS_RULES = (
    Rule("copy lost", "rows", SQLITE, r"(?s)\bINSERT INTO parents [^;]*;", ""),
    Rule("copy of half", "rows", SQLITE, r"(?m)^(FROM _schemagen_old_parents) ", r"\1 WHERE rowid % 2 "),
    Rule("copy changed", "rows", SQLITE, r"(?m)^(SELECT _schemagen_rowid, .*?)\bcode\b", r"\1'x' || code"),
    Rule("copy changed", "rows", SQLITE, r"(?m)^SELECT _schemagen_rowid, id", "SELECT _schemagen_rowid, 'x' || id"),
    Rule("copies swapped", "rows", SQLITE, r"(?m)^(SELECT _schemagen_rowid, .*?)\bcode, size\b", r"\1size, code"),
    Rule("rows deleted", "rows", ALTERING, END, "DELETE FROM kids;\n"),
    Rule("rows deleted", "rows", ALTERING, END, "DELETE FROM log WHERE id = (SELECT min(id) FROM log);\n"),
    Rule("rows deleted", "rows", POSTGRES, END, "TRUNCATE kids;\n"),
    Rule("rows deleted", "rows", r"migrations/postgres/005.*\.sql", r"\Z", "\nDELETE FROM kids;\n"),
    Rule("rows changed", "rows", ALTERING, END, "UPDATE log SET line = 'x' || line;\n"),
    Rule("backfill changed", "rows", ALTERING, r"= \('nobody'\)", "= ('somebody')"),
    Rule("backfill changed", "rows", ALTERING, r"= \(size \+ 1\)", "= (size + 2)"),
    Rule("backfill changed", "rows", SQLITE, r"\(size \+ 1\)\n", "(size + 2)\n"),
    Rule("backfill overwrites", "rows", SQLITE, r"coalesce\(name, \('nobody'\)\)", "'nobody'"),
    Rule("backfill overwrites", "rows", POSTGRES, r"\n *AND name IS NULL", ""),
    Rule("table dropped first", "rows", ALTERING, r"(?m)^(SAVEPOINT schemagen_step; )?CREATE TABLE IF NOT EXISTS kv", r"DROP TABLE IF EXISTS kv;\n\g<0>"),
)  # fmt: skip

FILES_RULES = (
    Rule("revision of an edited file", "files", REVISION, r'(?m)^    "[0-9a-f]{8}', '    "00000000', written=True),
    Rule("revision of another file", "files", REVISION, r'FILE = "001', 'FILE = "002', written=True),
    Rule("revision with statements", "files", REVISION, r"(?ms)^FILE = .*", 'UPGRADE: dict[str, list[str]] = {"sqlite": [], "postgresql": []}\nDOWNGRADE: dict[str, list[str]] = {"sqlite": [], "postgresql": []}\nupgrade = downgrade = str\n', written=True),
    Rule("helper edited", "files", r"alembic/statements\.py", r"\Z", "\n", written=True),
    Rule("transaction lost", "files", ANY, r"(?m)^(BEGIN|COMMIT|SAVEPOINT schemagen|RELEASE schemagen);", "", written=True),
    Rule("foreign keys off", "files", ANY, r"(?m)^PRAGMA foreign_keys = ON;", "", written=True),
    Rule("index built under a lock", "files", ANY, r" CONCURRENTLY", "", written=True),
    Rule("told rollback differs", "files", ANY, r"(?m)^-- (DROP|ALTER) TABLE [^\n]*;", "-- SELECT 1;", written=True),
    Rule("told rollback lost", "files", ANY, r"(?ms)^-- Rollback, the same as.*", "", written=True),
    Rule("named rollback lost", "files", ANY, r"(?m)^-- Rollback: rollback/.*", "", written=True),
    Rule("named rollback differs", "files", ANY, r"(?m)^-- Rollback: rollback/\d", "-- Rollback: rollback/9", written=True),
    Rule("comment statement lost", "files", ANY, r"(?m)^COMMENT ON [^\n]*;", "", written=True),
    Rule("environment edited", "files", r"alembic/env\.py", r"target_metadata=Base\.metadata", "target_metadata=None", written=True),
    Rule("environment edited", "files", r"alembic/env\.py", r"transaction_per_migration=True", "transaction_per_migration=False", written=True),
    Rule("environment edited", "files", r"alembic/env\.py", r"make_engine\(url, ", "sa.create_engine(url, ", written=True),
    Rule("environment edited", "files", r"alembic/(alembic\.ini|script\.py\.mako)", r"\Z", "\n", written=True),
    Rule("models edited", "files", r"models/\w+\.py", r"\Z", "\n# edited\n", written=True),
)  # fmt: skip

STRANGERS = {
    "models/evil.py": "",
    "models/more/evil.py": "",
    "docs/other.md": "# Other\n",
    "alembic/versions/note.txt": "",
    "alembic/versions/9999_other.sql": "",
    "migrations/sqlite/note.txt": "",
}
"""Files that no build has written."""
