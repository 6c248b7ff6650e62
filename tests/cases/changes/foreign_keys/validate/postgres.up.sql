-- Migration 003: validate_fk_posts_author_id (PostgreSQL)
--
-- Change: alter table posts: validate foreign key fk_posts_author_id
-- Stops if a row of posts refers to no row of users (author_id).
-- Ask before: SELECT child.id, child.author_id FROM posts AS child WHERE child.author_id IS NOT NULL AND NOT EXISTS
-- (SELECT 1 FROM users AS parent WHERE parent.id = child.author_id);
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_validate_fk_posts_author_id.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_validate_fk_posts_author_id.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

-- Rollback: rollback/003_validate_fk_posts_author_id.sql

-- Migration 004: validate_fk_posts_author_id_online (PostgreSQL)
--
-- Change: alter table posts: validate foreign key fk_posts_author_id
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 004_validate_fk_posts_author_id_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_validate_fk_posts_author_id_online.sql
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

ALTER TABLE posts VALIDATE CONSTRAINT fk_posts_author_id;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

