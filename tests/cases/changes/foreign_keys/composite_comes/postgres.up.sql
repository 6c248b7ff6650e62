-- Migration 004: add_fk_notes_post_owner (PostgreSQL)
--
-- Change: alter table notes: add foreign key fk_notes_post_owner (post, owner) → posts (id, author_id), on delete
-- cascade
-- Stops if a row of notes refers to no row of posts (post, owner).
-- Ask before: SELECT child.id, child.post, child.owner FROM notes AS child WHERE child.post IS NOT NULL AND child.owner
-- IS NOT NULL AND NOT EXISTS (SELECT 1 FROM posts AS parent WHERE parent.id = child.post AND parent.author_id =
-- child.owner);
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 004_add_fk_notes_post_owner.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_add_fk_notes_post_owner.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

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

SET LOCAL lock_timeout = '5s';

-- Every lock at once, or none
DO $schemagen$
DECLARE
    patience text := (SELECT greatest(setting::int / 4, 1) FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout');
    relation regclass; mode text;
BEGIN
    FOR attempt IN REVERSE 20..1 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', patience, true);
            FOR relation, mode IN VALUES
                (to_regclass('notes'), 'ACCESS EXCLUSIVE'),
                (to_regclass('posts'), 'SHARE ROW EXCLUSIVE')
            LOOP
                CONTINUE WHEN relation IS NULL;
                EXECUTE format('LOCK TABLE %s IN %s MODE', relation, mode);
            END LOOP; EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF attempt = 1 THEN RAISE lock_not_available USING MESSAGE = 'others keep notes, posts locked; nothing was changed, run this again'; END IF;
            PERFORM pg_sleep(0.1 + random() / 10);
        END;
    END LOOP;
END
$schemagen$;

DO $schemagen$
DECLARE
    patience text := (SELECT greatest(setting::int / 4, 1) FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout');
    relation regclass; mode text;
BEGIN
    FOR attempt IN REVERSE 20..1 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', patience, true);
            FOR relation, mode IN VALUES
                (to_regclass('notes'), 'SHARE ROW EXCLUSIVE'),
                (to_regclass('posts'), 'SHARE ROW EXCLUSIVE')
            LOOP
                CONTINUE WHEN relation IS NULL;
                EXECUTE format('LOCK TABLE %s IN %s MODE', relation, mode);
            END LOOP; EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF attempt = 1 THEN RAISE lock_not_available USING MESSAGE = 'others keep notes, posts locked; nothing was changed, run this again'; END IF;
            PERFORM pg_sleep(0.1 + random() / 10);
        END;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'fk_notes_post_owner' AND conrelid = 'notes'::regclass) THEN
        ALTER TABLE notes ADD CONSTRAINT fk_notes_post_owner FOREIGN KEY (post, owner) REFERENCES posts (id, author_id) ON DELETE CASCADE NOT VALID;
    END IF;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/004_add_fk_notes_post_owner.sql

-- Migration 005: add_fk_notes_post_owner_online (PostgreSQL)
--
-- Change: alter table notes: add foreign key fk_notes_post_owner (post, owner) → posts (id, author_id), on delete
-- cascade
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 005_add_fk_notes_post_owner_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/005_add_fk_notes_post_owner_online.sql
-- It runs outside a transaction, each statement by itself.

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('schemagen.path', current_setting('search_path'), false),
        set_config('schemagen.rows', current_setting('row_security'), false),
        set_config('row_security', 'off', false);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), (
        SELECT string_agg(DISTINCT quote_ident(nspname), ', ')
        FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace
        WHERE nspname <> current_schema() AND nspname = ANY (current_schemas(false)) AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_class own JOIN pg_catalog.pg_class other USING (relname)
            WHERE own.relkind IN ('r', 'p') AND own.relnamespace = quote_ident(current_schema())::regnamespace
            AND other.relnamespace = n.oid)), 'pg_temp'), false);
END$$;

ALTER TABLE notes VALIDATE CONSTRAINT fk_notes_post_owner;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

