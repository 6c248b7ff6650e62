-- Migration 002: create_tasks (PostgreSQL)
--
-- Table: tasks
-- Purpose: One to-do item of one user, with its completion status.
-- Security: The foreign key to users makes sure that every task has an owner.
-- Security: Every query carries user_id = :user_id, so a task of somebody else is never found; the application has to
-- pass the signed-in user.
-- Security: Deleting a user deletes the user's tasks.
-- Design decisions: priority is missing in seed 002; seed 001 gives it the default 'normal' and uses 'high'. The values
-- low, normal and high are ours; a check holds them on both engines.
-- Design decisions: Seed 002 leaves the length of description open; we allow 10,000 characters.
-- Depends on: users
-- Referenced by: nothing
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_create_tasks.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_create_tasks.sql
-- Running it again is safe while it is the newest migration.

BEGIN;

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('row_security', 'off', true);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), (
        SELECT string_agg(DISTINCT quote_ident(nspname), ', ')
        FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace
        WHERE nspname <> current_schema() AND nspname = ANY (current_schemas(false)) AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_class own JOIN pg_catalog.pg_class other USING (relname)
            WHERE own.relkind IN ('r', 'p') AND own.relnamespace = quote_ident(current_schema())::regnamespace
            AND other.relnamespace = n.oid)), 'pg_temp'), true);
END$$;

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
);

-- Descriptions
COMMENT ON TABLE tasks IS 'One to-do item of one user, with its completion status.';

COMMENT ON COLUMN tasks.id IS 'Unique identifier';

COMMENT ON COLUMN tasks.user_id IS 'Owner; every query filters by it';

COMMENT ON COLUMN tasks.title IS 'What is to be done';

COMMENT ON COLUMN tasks.description IS 'Details, if any';

COMMENT ON COLUMN tasks.completed IS 'Whether it is done';

COMMENT ON COLUMN tasks.priority IS 'How pressing it is';

COMMENT ON COLUMN tasks.created_at IS 'When the task was written down (UTC); never changes';

COMMENT ON COLUMN tasks.updated_at IS 'When the task last changed (UTC)';

-- Fast filtering by owner
CREATE INDEX IF NOT EXISTS idx_tasks_user_id ON tasks (user_id);

-- The dashboard, filtered by owner and sorted newest first by one index
CREATE INDEX IF NOT EXISTS idx_tasks_user_id_created_at ON tasks (user_id, created_at DESC);

-- tasks.created_at never changes
CREATE OR REPLACE FUNCTION trg_tasks_created_at_immutable() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'tasks.created_at is immutable';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_tasks_created_at_immutable
BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_tasks_created_at_immutable();

-- tasks.updated_at is refreshed by an UPDATE that does not set it
CREATE OR REPLACE FUNCTION trg_tasks_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_tasks_updated_at_row_update
BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_tasks_updated_at_row_update();

COMMIT;

-- Rollback, the same as rollback/002_create_tasks.sql.
-- It loses:
--   every row of table tasks
--
-- BEGIN;
-- DO $$BEGIN
--     PERFORM set_config('row_security', 'off', true);
--     PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
-- END$$;
-- DROP TRIGGER IF EXISTS trg_tasks_updated_at_row_update ON tasks;
-- DROP FUNCTION IF EXISTS trg_tasks_updated_at_row_update();
-- DROP TRIGGER IF EXISTS trg_tasks_created_at_immutable ON tasks;
-- DROP FUNCTION IF EXISTS trg_tasks_created_at_immutable();
-- DROP TABLE IF EXISTS tasks;
-- COMMIT;
