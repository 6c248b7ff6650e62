"""Create messages.

- create table messages

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UPGRADE: dict[str, list[str]] = {
    "sqlite": [
        """\
CREATE TABLE IF NOT EXISTS messages (
    -- [uuid] Unique identifier
    id               TEXT     NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    conversation_id  TEXT     NOT NULL,               -- [uuid] The thread it belongs to
    -- [uuid] Owner of the thread, so that audits and deletions by user need no join
    user_id          TEXT     NOT NULL,
    role             TEXT     NOT NULL,               -- [enum] Who wrote it
    -- What was said; empty only when the assistant did nothing but call tools
    content          TEXT     NOT NULL,
    -- [jsonb] Audit trail of the tools that the assistant called, in order
    tool_calls       TEXT,
    token_count      INTEGER,                         -- Size of the content in the model's tokens, if it was counted
    -- [jsonb] Room to grow without a migration, such as the model that answered
    metadata         TEXT     NOT NULL DEFAULT '{}',
    -- [timestamptz] When it was written (UTC, millisecond precision or better): the order of the thread
    created_at       TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'),

    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT fk_messages_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    -- A message belongs to a conversation of the same user, or it is refused
    CONSTRAINT fk_messages_conversation_id_user_id FOREIGN KEY (conversation_id, user_id) REFERENCES conversations (id, user_id) ON DELETE CASCADE,
    CONSTRAINT ck_messages_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_messages_conversation_id_type CHECK (conversation_id GLOB '????????-????-????-????-????????????' AND conversation_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(conversation_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_messages_user_id_type CHECK (user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_messages_role_type CHECK (role IN ('user', 'assistant', 'system')),
    CONSTRAINT ck_messages_content_type CHECK (length(content) <= 100000 AND instr(content, char(0)) = 0),
    CONSTRAINT ck_messages_tool_calls_type CHECK ((tool_calls IS NULL OR json_valid(tool_calls)) AND instr(tool_calls, char(0)) = 0),
    CONSTRAINT ck_messages_token_count_type CHECK (token_count BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_messages_metadata_type CHECK ((metadata IS NULL OR json_valid(metadata)) AND instr(metadata, char(0)) = 0),
    CONSTRAINT ck_messages_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    -- No empty messages, except that an assistant may only call tools
    CONSTRAINT ck_messages_content_not_empty CHECK (length(content) > 0 OR tool_calls IS NOT NULL),
    -- Only the assistant calls tools
    CONSTRAINT ck_messages_tool_calls_by_assistant CHECK (tool_calls IS NULL OR role = 'assistant'),
    -- The calls are a list, even when there is one
    CONSTRAINT ck_messages_tool_calls_is_list CHECK (CASE json_type(tool_calls) WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE json_type(tool_calls) END = 'array'),
    CONSTRAINT ck_messages_token_count_not_negative CHECK (token_count >= 0)  -- A count is never below zero
) STRICT""",
        "CREATE INDEX IF NOT EXISTS idx_messages_conversation_id ON messages (conversation_id)",
        "CREATE INDEX IF NOT EXISTS idx_messages_user_id ON messages (user_id)",
        "CREATE INDEX IF NOT EXISTS idx_messages_created_at ON messages (created_at)",
        (
            "CREATE INDEX IF NOT EXISTS idx_messages_conversation_id_created_at ON messages "
            "(conversation_id, created_at)"
        ),
        """\
CREATE TRIGGER IF NOT EXISTS trg_messages_append_only
BEFORE UPDATE ON messages FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'messages is append-only');
END""",
        """\
CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_insert
AFTER INSERT ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.conversation_id AND user_id = NEW.user_id AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
        """\
CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_update
AFTER UPDATE ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE (id = NEW.conversation_id AND user_id = NEW.user_id OR id = OLD.conversation_id AND user_id = OLD.user_id) AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
        """\
CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_delete
AFTER DELETE ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = OLD.conversation_id AND user_id = OLD.user_id AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
    ],
    "postgresql": [
        """\
CREATE TABLE IF NOT EXISTS messages (
    id               uuid         NOT NULL DEFAULT gen_random_uuid(),  -- Unique identifier
    conversation_id  uuid         NOT NULL,                            -- The thread it belongs to
    -- Owner of the thread, so that audits and deletions by user need no join
    user_id          uuid         NOT NULL,
    role             text         NOT NULL,                            -- Who wrote it
    -- What was said; empty only when the assistant did nothing but call tools
    content          text         NOT NULL,
    -- Audit trail of the tools that the assistant called, in order
    tool_calls       jsonb,
    -- Size of the content in the model's tokens, if it was counted
    token_count      integer,
    -- Room to grow without a migration, such as the model that answered
    metadata         jsonb        NOT NULL DEFAULT '{}',
    -- When it was written (UTC, millisecond precision or better): the order of the thread
    created_at       timestamptz  NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT fk_messages_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    -- A message belongs to a conversation of the same user, or it is refused
    CONSTRAINT fk_messages_conversation_id_user_id FOREIGN KEY (conversation_id, user_id) REFERENCES conversations (id, user_id) ON DELETE CASCADE,
    CONSTRAINT ck_messages_role_type CHECK (role IN ('user', 'assistant', 'system')),
    CONSTRAINT ck_messages_content_type CHECK (length(content) <= 100000),
    -- No empty messages, except that an assistant may only call tools
    CONSTRAINT ck_messages_content_not_empty CHECK (length(content) > 0 OR tool_calls IS NOT NULL),
    -- Only the assistant calls tools
    CONSTRAINT ck_messages_tool_calls_by_assistant CHECK (tool_calls IS NULL OR role = 'assistant'),
    -- The calls are a list, even when there is one
    CONSTRAINT ck_messages_tool_calls_is_list CHECK (jsonb_typeof(tool_calls) = 'array'),
    CONSTRAINT ck_messages_token_count_not_negative CHECK (token_count >= 0)  -- A count is never below zero
)""",
        (
            "COMMENT ON TABLE messages IS 'One message of a thread, written by the user, the "
            "assistant or the system; never edited.'"
        ),
        "COMMENT ON COLUMN messages.id IS 'Unique identifier'",
        "COMMENT ON COLUMN messages.conversation_id IS 'The thread it belongs to'",
        (
            "COMMENT ON COLUMN messages.user_id IS 'Owner of the thread, so that audits and "
            "deletions by user need no join'"
        ),
        "COMMENT ON COLUMN messages.role IS 'Who wrote it'",
        (
            "COMMENT ON COLUMN messages.content IS 'What was said; empty only when the assistant "
            "did nothing but call tools'"
        ),
        (
            "COMMENT ON COLUMN messages.tool_calls IS 'Audit trail of the tools that the assistant "
            "called, in order'"
        ),
        (
            "COMMENT ON COLUMN messages.token_count IS 'Size of the content in the model''s "
            "tokens, if it was counted'"
        ),
        (
            "COMMENT ON COLUMN messages.metadata IS 'Room to grow without a migration, such as the "
            "model that answered'"
        ),
        (
            "COMMENT ON COLUMN messages.created_at IS 'When it was written (UTC, millisecond "
            "precision or better): the order of the thread'"
        ),
        "CREATE INDEX IF NOT EXISTS idx_messages_conversation_id ON messages (conversation_id)",
        "CREATE INDEX IF NOT EXISTS idx_messages_user_id ON messages (user_id)",
        "CREATE INDEX IF NOT EXISTS idx_messages_created_at ON messages (created_at)",
        (
            "CREATE INDEX IF NOT EXISTS idx_messages_conversation_id_created_at ON messages "
            "(conversation_id, created_at)"
        ),
        """\
CREATE OR REPLACE FUNCTION trg_messages_append_only() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'messages is append-only';
END
$schemagen$""",
        """\
CREATE OR REPLACE TRIGGER trg_messages_append_only
BEFORE UPDATE ON messages FOR EACH ROW
EXECUTE FUNCTION trg_messages_append_only()""",
        """\
CREATE OR REPLACE FUNCTION trg_messages_conversation_id_user_id_touch() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NULL;
    END IF;
    UPDATE conversations SET updated_at = now()
    WHERE (id = NEW.conversation_id AND user_id = NEW.user_id OR id = OLD.conversation_id AND user_id = OLD.user_id) AND updated_at IS DISTINCT FROM now();
    RETURN NULL;
END
$schemagen$""",
        """\
CREATE OR REPLACE TRIGGER trg_messages_conversation_id_user_id_touch
AFTER INSERT OR UPDATE OR DELETE ON messages FOR EACH ROW
EXECUTE FUNCTION trg_messages_conversation_id_user_id_touch()""",
    ],
}

DOWNGRADE: dict[str, list[str]] = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_insert",
        "DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_update",
        "DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_delete",
        "DROP TRIGGER IF EXISTS trg_messages_append_only",
        "DROP TABLE IF EXISTS messages",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch ON messages",
        "DROP FUNCTION IF EXISTS trg_messages_conversation_id_user_id_touch()",
        "DROP TRIGGER IF EXISTS trg_messages_append_only ON messages",
        "DROP FUNCTION IF EXISTS trg_messages_append_only()",
        "DROP TABLE IF EXISTS messages",
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
