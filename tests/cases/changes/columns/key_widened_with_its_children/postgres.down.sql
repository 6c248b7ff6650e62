-- Rollback of migration 003: change_schema (PostgreSQL)
--
-- This stops, before it has changed anything, if:
--   a value of users.id does not fit integer
--   a value of posts.author_id does not fit integer
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_change_schema.sql

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
                (to_regclass('posts'), 'ACCESS EXCLUSIVE'),
                (to_regclass('users'), 'ACCESS EXCLUSIVE')
            LOOP
                CONTINUE WHEN relation IS NULL;
                EXECUTE format('LOCK TABLE %s IN %s MODE', relation, mode);
            END LOOP; EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF attempt = 1 THEN RAISE lock_not_available USING MESSAGE = 'others keep posts, users locked; nothing was changed, run this again'; END IF;
            PERFORM pg_sleep(0.1 + random() / 10);
        END;
    END LOOP;
END
$schemagen$;

ALTER TABLE posts DROP CONSTRAINT IF EXISTS fk_posts_author_id;

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM users WHERE NOT ((id::integer)::bigint IS NOT DISTINCT FROM id)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: id does not fit integer; nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: id does not fit integer; nothing was changed';
END
$schemagen$;

ALTER TABLE users ALTER COLUMN id TYPE integer;

-- What the planner knew of the column is gone with its type
ANALYZE users (id);

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM posts WHERE NOT ((author_id::integer)::bigint IS NOT DISTINCT FROM author_id)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of posts: author_id does not fit integer; nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of posts: author_id does not fit integer; nothing was changed';
END
$schemagen$;

ALTER TABLE posts ALTER COLUMN author_id TYPE integer;

-- What the planner knew of the column is gone with its type
ANALYZE posts (author_id);

ALTER TABLE posts ADD CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;

COMMIT;

-- Rollback of migration 004: change_schema_online (PostgreSQL)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_change_schema_online.sql
--
-- Nothing to do on PostgreSQL.
