-- Migration 003: alter_posts (PostgreSQL)
--
-- Change: alter table posts: rename foreign key fk_posts_author_id to posts_author
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_alter_posts.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_posts.sql
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

DO $$BEGIN IF to_regclass('posts') IS NOT NULL THEN LOCK TABLE posts IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'fk_posts_author_id' AND conrelid = 'posts'::regclass) THEN
        ALTER TABLE posts RENAME CONSTRAINT fk_posts_author_id TO posts_author;
    END IF;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/003_alter_posts.sql
