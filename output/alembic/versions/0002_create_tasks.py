"""Create tasks.

- create table tasks

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UPGRADE: dict[str, list[str]] = {
    "sqlite": [
        """\
CREATE TABLE IF NOT EXISTS tasks (
    -- [uuid] Unique identifier
    id           TEXT     NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    user_id      TEXT     NOT NULL,                   -- [uuid] Owner; every query filters by it
    title        TEXT     NOT NULL,                   -- [varchar(255)] What is to be done
    description  TEXT,                                -- Details, if any
    completed    INTEGER  NOT NULL DEFAULT 0,         -- [boolean] Whether it is done
    priority     TEXT     NOT NULL DEFAULT 'normal',  -- [enum] How pressing it is
    -- [timestamptz] When the task was written down (UTC); never changes
    created_at   TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'),
    -- [timestamptz] When the task last changed (UTC)
    updated_at   TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'),

    CONSTRAINT pk_tasks PRIMARY KEY (id),
    CONSTRAINT fk_tasks_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_tasks_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_tasks_user_id_type CHECK (user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_tasks_title_type CHECK (length(title) <= 255 AND instr(title, char(0)) = 0),
    CONSTRAINT ck_tasks_description_type CHECK (length(description) <= 10000 AND instr(description, char(0)) = 0),
    CONSTRAINT ck_tasks_completed_type CHECK (completed IN (0, 1)),
    CONSTRAINT ck_tasks_priority_type CHECK (priority IN ('low', 'normal', 'high')),
    CONSTRAINT ck_tasks_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    CONSTRAINT ck_tasks_updated_at_type CHECK (substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') || substr(updated_at, 20) IS updated_at)
) STRICT""",
        "CREATE INDEX IF NOT EXISTS idx_tasks_user_id ON tasks (user_id)",
        (
            "CREATE INDEX IF NOT EXISTS idx_tasks_user_id_created_at ON tasks (user_id, created_at "
            "DESC)"
        ),
        """\
CREATE TRIGGER IF NOT EXISTS trg_tasks_created_at_immutable
BEFORE UPDATE ON tasks FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'tasks.created_at is immutable');
END""",
        """\
CREATE TRIGGER IF NOT EXISTS trg_tasks_updated_at_row_update
AFTER UPDATE ON tasks FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE tasks SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
    ],
    "postgresql": [
        """\
CREATE TABLE IF NOT EXISTS tasks (
    id           uuid          NOT NULL DEFAULT gen_random_uuid(),  -- Unique identifier
    user_id      uuid          NOT NULL,                            -- Owner; every query filters by it
    title        varchar(255)  NOT NULL,                            -- What is to be done
    description  text,                                              -- Details, if any
    completed    boolean       NOT NULL DEFAULT false,              -- Whether it is done
    priority     text          NOT NULL DEFAULT 'normal',           -- How pressing it is
    -- When the task was written down (UTC); never changes
    created_at   timestamptz   NOT NULL DEFAULT now(),
    updated_at   timestamptz   NOT NULL DEFAULT now(),              -- When the task last changed (UTC)

    CONSTRAINT pk_tasks PRIMARY KEY (id),
    CONSTRAINT fk_tasks_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_tasks_description_type CHECK (length(description) <= 10000),
    CONSTRAINT ck_tasks_priority_type CHECK (priority IN ('low', 'normal', 'high'))
)""",
        "COMMENT ON TABLE tasks IS 'One to-do item of one user, with its completion status.'",
        "COMMENT ON COLUMN tasks.id IS 'Unique identifier'",
        "COMMENT ON COLUMN tasks.user_id IS 'Owner; every query filters by it'",
        "COMMENT ON COLUMN tasks.title IS 'What is to be done'",
        "COMMENT ON COLUMN tasks.description IS 'Details, if any'",
        "COMMENT ON COLUMN tasks.completed IS 'Whether it is done'",
        "COMMENT ON COLUMN tasks.priority IS 'How pressing it is'",
        (
            "COMMENT ON COLUMN tasks.created_at IS 'When the task was written down (UTC); never "
            "changes'"
        ),
        "COMMENT ON COLUMN tasks.updated_at IS 'When the task last changed (UTC)'",
        "CREATE INDEX IF NOT EXISTS idx_tasks_user_id ON tasks (user_id)",
        (
            "CREATE INDEX IF NOT EXISTS idx_tasks_user_id_created_at ON tasks (user_id, created_at "
            "DESC)"
        ),
        """\
CREATE OR REPLACE FUNCTION trg_tasks_created_at_immutable() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'tasks.created_at is immutable';
END
$schemagen$""",
        """\
CREATE OR REPLACE TRIGGER trg_tasks_created_at_immutable
BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_tasks_created_at_immutable()""",
        """\
CREATE OR REPLACE FUNCTION trg_tasks_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$""",
        """\
CREATE OR REPLACE TRIGGER trg_tasks_updated_at_row_update
BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_tasks_updated_at_row_update()""",
    ],
}

DOWNGRADE: dict[str, list[str]] = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS trg_tasks_updated_at_row_update",
        "DROP TRIGGER IF EXISTS trg_tasks_created_at_immutable",
        "DROP TABLE IF EXISTS tasks",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS trg_tasks_updated_at_row_update ON tasks",
        "DROP FUNCTION IF EXISTS trg_tasks_updated_at_row_update()",
        "DROP TRIGGER IF EXISTS trg_tasks_created_at_immutable ON tasks",
        "DROP FUNCTION IF EXISTS trg_tasks_created_at_immutable()",
        "DROP TABLE IF EXISTS tasks",
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
