"""A database that is what a spec says, and what somebody may change in it by hand."""

from __future__ import annotations

SPEC = """schemagen: 1
tables:
  users:
    columns:
      id: {type: integer, identity: true, primary_key: true}
      name: {type: varchar(20), immutable: true}
      email: {type: text, unique: true, nullable: true}
      born: {type: date, nullable: true, index: true}
      state: {enum: [new, old], default: new, check: "length(state) > 2"}
      seen_at: {type: timestamptz, default: {sql: now()}, on_row_update: {sql: now()}}
  notes:
    append_only: true
    columns:
      id: {type: integer, primary_key: true}
      user_id: {references: users.id, on_delete: cascade, touch: seen_at, index: true}
      body: {type: text, default: ""}
"""
ROWS = "INSERT INTO users (name) VALUES ('Ann'), ('Bea'); INSERT INTO notes (id, user_id) VALUES (1, 1), (2, 2);"

BOTH = {
    "index missing": "DROP INDEX idx_users_born",
    "index besides": "CREATE INDEX idx_more ON users (seen_at, name)",
    "another index": "DROP INDEX idx_users_born; CREATE INDEX idx_users_born ON users (name)",
    "table missing": "DROP TABLE notes",
}
POSTGRES = {
    "column missing": "DROP INDEX idx_users_born; ALTER TABLE users DROP COLUMN born",
    "default": "ALTER TABLE users ALTER COLUMN state DROP DEFAULT",
    "type": "ALTER TABLE users ALTER COLUMN email TYPE varchar(10)",
    "check": "ALTER TABLE users DROP CONSTRAINT ck_users_state",
    "unique": "ALTER TABLE users DROP CONSTRAINT uq_users_email",
    "foreign key": "ALTER TABLE notes DROP CONSTRAINT fk_notes_user_id",
    "another foreign key": (
        "ALTER TABLE notes DROP CONSTRAINT fk_notes_user_id, "
        "ADD CONSTRAINT fk_notes_user_id FOREIGN KEY (user_id) REFERENCES users (id)"
    ),
    "trigger": "DROP TRIGGER trg_users_name_immutable ON users",
}
SQLITE = {
    "trigger": "DROP TRIGGER trg_users_name_immutable",
    "append only": "DROP TRIGGER trg_notes_append_only",
    "one of three triggers": "DROP TRIGGER trg_notes_user_id_touch_update",
}
OTHER_TRIGGER = {
    "sqlite": """DROP TRIGGER trg_users_name_immutable;
        CREATE TRIGGER trg_users_name_immutable BEFORE UPDATE ON users BEGIN SELECT 1; END""",
    "postgres": """CREATE OR REPLACE FUNCTION trg_users_name_immutable() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN RETURN NEW; END'""",
}
NO_CHECK = (
    "DROP TRIGGER trg_notes_user_id_touch_insert; PRAGMA writable_schema = ON;"
    "UPDATE sqlite_schema SET sql = replace(sql, 'length(state) > 2', 'length(state) > 1') WHERE name = 'users';"
    "PRAGMA writable_schema = RESET"
)
"""On SQLite, the table of users has to be recreated."""
COLUMN = ("ALTER TABLE users ADD COLUMN age INTEGER", "drop:users.age")
TABLE = ("CREATE TABLE more (id INTEGER PRIMARY KEY)", "drop:more")
LOSSES = [
    *((engine, *case) for engine in ("sqlite", "postgres") for case in (COLUMN, TABLE)),
    ("postgres", "ALTER TABLE users ALTER COLUMN state DROP NOT NULL", "not_null:users.state"),
    ("postgres", "ALTER TABLE users DROP CONSTRAINT ck_users_state_type", "enum:users.state"),
]
CASES = [
    *((engine, sql) for engine in ("sqlite", "postgres") for sql in BOTH.values()),
    *(("postgres", sql) for sql in POSTGRES.values()),
    *(("sqlite", sql) for sql in SQLITE.values()),
    *OTHER_TRIGGER.items(),
    *((engine, f"{sql}; DROP INDEX idx_users_born") for engine, sql in OTHER_TRIGGER.items()),
    ("sqlite", f"{OTHER_TRIGGER['sqlite']}; {NO_CHECK}"),
]
