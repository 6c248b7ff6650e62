"""Create users.

- create table users

Revision ID: 0001
Revises: nothing
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UPGRADE: dict[str, list[str]] = {
    "sqlite": [
        """\
CREATE TABLE IF NOT EXISTS users (
    -- [uuid] Unique identifier; not sequential, so accounts cannot be counted or guessed
    id             TEXT  NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    email          TEXT  NOT NULL,  -- [varchar(255)] Login name, in lower case; one account per address
    password_hash  TEXT  NOT NULL,  -- [varchar(255)] bcrypt hash of the password, never the password itself
    -- [timestamptz] When the account was made (UTC); never changes
    created_at     TEXT  NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'),
    -- [timestamptz] When the account last changed (UTC)
    updated_at     TEXT  NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'),

    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_users_email_type CHECK (length(email) <= 255 AND instr(email, char(0)) = 0),
    CONSTRAINT ck_users_password_hash_type CHECK (length(password_hash) <= 255 AND instr(password_hash, char(0)) = 0),
    CONSTRAINT ck_users_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    CONSTRAINT ck_users_updated_at_type CHECK (substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') || substr(updated_at, 20) IS updated_at),
    -- Refuses a password that was stored by mistake as plain text
    CONSTRAINT ck_users_password_hash_is_bcrypt CHECK (substr(password_hash, 1, 2) = '$2' AND length(password_hash) = 60)
) STRICT""",
        "CREATE UNIQUE INDEX IF NOT EXISTS idx_users_email ON users (email)",
        """\
CREATE TRIGGER IF NOT EXISTS trg_users_created_at_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'users.created_at is immutable');
END""",
        """\
CREATE TRIGGER IF NOT EXISTS trg_users_updated_at_row_update
AFTER UPDATE ON users FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE users SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
    ],
    "postgresql": [
        """\
CREATE TABLE IF NOT EXISTS users (
    -- Unique identifier; not sequential, so accounts cannot be counted or guessed
    id             uuid          NOT NULL DEFAULT gen_random_uuid(),
    -- Login name, in lower case; one account per address
    email          varchar(255)  NOT NULL,
    -- bcrypt hash of the password, never the password itself
    password_hash  varchar(255)  NOT NULL,
    created_at     timestamptz   NOT NULL DEFAULT now(),              -- When the account was made (UTC); never changes
    updated_at     timestamptz   NOT NULL DEFAULT now(),              -- When the account last changed (UTC)

    CONSTRAINT pk_users PRIMARY KEY (id),
    -- Refuses a password that was stored by mistake as plain text
    CONSTRAINT ck_users_password_hash_is_bcrypt CHECK (substr(password_hash, 1, 2) = '$2' AND length(password_hash) = 60)
)""",
        (
            "COMMENT ON TABLE users IS 'One account, with an e-mail address and a bcrypt password "
            "hash.'"
        ),
        (
            "COMMENT ON COLUMN users.id IS 'Unique identifier; not sequential, so accounts cannot "
            "be counted or guessed'"
        ),
        "COMMENT ON COLUMN users.email IS 'Login name, in lower case; one account per address'",
        (
            "COMMENT ON COLUMN users.password_hash IS 'bcrypt hash of the password, never the "
            "password itself'"
        ),
        "COMMENT ON COLUMN users.created_at IS 'When the account was made (UTC); never changes'",
        "COMMENT ON COLUMN users.updated_at IS 'When the account last changed (UTC)'",
        "CREATE UNIQUE INDEX IF NOT EXISTS idx_users_email ON users (email)",
        """\
CREATE OR REPLACE FUNCTION trg_users_created_at_immutable() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'users.created_at is immutable';
END
$schemagen$""",
        """\
CREATE OR REPLACE TRIGGER trg_users_created_at_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_users_created_at_immutable()""",
        """\
CREATE OR REPLACE FUNCTION trg_users_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$""",
        """\
CREATE OR REPLACE TRIGGER trg_users_updated_at_row_update
BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_users_updated_at_row_update()""",
    ],
}

DOWNGRADE: dict[str, list[str]] = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS trg_users_updated_at_row_update",
        "DROP TRIGGER IF EXISTS trg_users_created_at_immutable",
        "DROP TABLE IF EXISTS users",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS trg_users_updated_at_row_update ON users",
        "DROP FUNCTION IF EXISTS trg_users_updated_at_row_update()",
        "DROP TRIGGER IF EXISTS trg_users_created_at_immutable ON users",
        "DROP FUNCTION IF EXISTS trg_users_created_at_immutable()",
        "DROP TABLE IF EXISTS users",
    ],
}


def upgrade() -> None:
    run(UPGRADE)


def downgrade() -> None:
    run(DOWNGRADE)


def run(statements: dict[str, list[str]]) -> None:
    """Send the engine's statements as they stand: no colon is a parameter, no percent sign a format."""
    context = op.get_context()
    for statement in statements[context.dialect.name]:
        if context.as_sql:
            context.impl.static_output(f"{statement};\n")
        else:
            op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})
