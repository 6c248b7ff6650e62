"""Create conversations.

- create table conversations

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UPGRADE: dict[str, list[str]] = {
    "sqlite": [
        """\
CREATE TABLE IF NOT EXISTS conversations (
    -- [uuid] Unique identifier
    id          TEXT  NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    -- [uuid] Owner, of the same type as the key of users; every query filters by it
    user_id     TEXT  NOT NULL,
    title       TEXT,                         -- [varchar(255)] Shown in the sidebar; NULL until the thread has a name
    metadata    TEXT  NOT NULL DEFAULT '{}',  -- [jsonb] Room to grow without a migration
    -- [timestamptz] When the thread began (UTC); never changes
    created_at  TEXT  NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'),
    -- [timestamptz] Refreshed on each message and each change of the thread (UTC)
    updated_at  TEXT  NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'),

    CONSTRAINT pk_conversations PRIMARY KEY (id),
    CONSTRAINT fk_conversations_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    -- The target of the composite foreign key by which a message proves its owner
    CONSTRAINT uq_conversations_id_user_id UNIQUE (id, user_id),
    CONSTRAINT ck_conversations_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_conversations_user_id_type CHECK (user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_conversations_title_type CHECK (length(title) <= 255 AND instr(title, char(0)) = 0),
    CONSTRAINT ck_conversations_metadata_type CHECK ((metadata IS NULL OR json_valid(metadata)) AND instr(metadata, char(0)) = 0),
    CONSTRAINT ck_conversations_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    CONSTRAINT ck_conversations_updated_at_type CHECK (substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') || substr(updated_at, 20) IS updated_at)
) STRICT""",
        "CREATE INDEX IF NOT EXISTS idx_conversations_user_id ON conversations (user_id)",
        "CREATE INDEX IF NOT EXISTS idx_conversations_updated_at ON conversations (updated_at)",
        (
            "CREATE INDEX IF NOT EXISTS idx_conversations_user_id_updated_at ON conversations "
            "(user_id, updated_at DESC)"
        ),
        """\
CREATE TRIGGER IF NOT EXISTS trg_conversations_created_at_immutable
BEFORE UPDATE ON conversations FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'conversations.created_at is immutable');
END""",
        """\
CREATE TRIGGER IF NOT EXISTS trg_conversations_updated_at_row_update
AFTER UPDATE ON conversations FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
    ],
    "postgresql": [
        """\
CREATE TABLE IF NOT EXISTS conversations (
    id          uuid          NOT NULL DEFAULT gen_random_uuid(),  -- Unique identifier
    -- Owner, of the same type as the key of users; every query filters by it
    user_id     uuid          NOT NULL,
    -- Shown in the sidebar; NULL until the thread has a name
    title       varchar(255),
    metadata    jsonb         NOT NULL DEFAULT '{}',               -- Room to grow without a migration
    created_at  timestamptz   NOT NULL DEFAULT now(),              -- When the thread began (UTC); never changes
    -- Refreshed on each message and each change of the thread (UTC)
    updated_at  timestamptz   NOT NULL DEFAULT now(),

    CONSTRAINT pk_conversations PRIMARY KEY (id),
    CONSTRAINT fk_conversations_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    -- The target of the composite foreign key by which a message proves its owner
    CONSTRAINT uq_conversations_id_user_id UNIQUE (id, user_id)
)""",
        "COMMENT ON TABLE conversations IS 'One chat thread of one user.'",
        "COMMENT ON COLUMN conversations.id IS 'Unique identifier'",
        (
            "COMMENT ON COLUMN conversations.user_id IS 'Owner, of the same type as the key of "
            "users; every query filters by it'"
        ),
        (
            "COMMENT ON COLUMN conversations.title IS 'Shown in the sidebar; NULL until the thread "
            "has a name'"
        ),
        "COMMENT ON COLUMN conversations.metadata IS 'Room to grow without a migration'",
        (
            "COMMENT ON COLUMN conversations.created_at IS 'When the thread began (UTC); never "
            "changes'"
        ),
        (
            "COMMENT ON COLUMN conversations.updated_at IS 'Refreshed on each message and each "
            "change of the thread (UTC)'"
        ),
        "CREATE INDEX IF NOT EXISTS idx_conversations_user_id ON conversations (user_id)",
        "CREATE INDEX IF NOT EXISTS idx_conversations_updated_at ON conversations (updated_at)",
        (
            "CREATE INDEX IF NOT EXISTS idx_conversations_user_id_updated_at ON conversations "
            "(user_id, updated_at DESC)"
        ),
        """\
CREATE OR REPLACE FUNCTION trg_conversations_created_at_immutable() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'conversations.created_at is immutable';
END
$schemagen$""",
        """\
CREATE OR REPLACE TRIGGER trg_conversations_created_at_immutable
BEFORE UPDATE ON conversations FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_conversations_created_at_immutable()""",
        """\
CREATE OR REPLACE FUNCTION trg_conversations_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$""",
        """\
CREATE OR REPLACE TRIGGER trg_conversations_updated_at_row_update
BEFORE UPDATE ON conversations FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_conversations_updated_at_row_update()""",
    ],
}

DOWNGRADE: dict[str, list[str]] = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS trg_conversations_updated_at_row_update",
        "DROP TRIGGER IF EXISTS trg_conversations_created_at_immutable",
        "DROP TABLE IF EXISTS conversations",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS trg_conversations_updated_at_row_update ON conversations",
        "DROP FUNCTION IF EXISTS trg_conversations_updated_at_row_update()",
        "DROP TRIGGER IF EXISTS trg_conversations_created_at_immutable ON conversations",
        "DROP FUNCTION IF EXISTS trg_conversations_created_at_immutable()",
        "DROP TABLE IF EXISTS conversations",
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
