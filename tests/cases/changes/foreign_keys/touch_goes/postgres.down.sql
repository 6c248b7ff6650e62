-- Rollback of migration 003: alter_posts (PostgreSQL)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_posts.sql

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

-- A change to posts refreshes users.seen_at
CREATE OR REPLACE FUNCTION trg_posts_author_id_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NULL;
        END IF;
    END IF;
    UPDATE users SET seen_at = now()
    WHERE id IN (NEW.author_id, OLD.author_id) AND seen_at IS DISTINCT FROM now();
    RETURN NULL;
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_posts_author_id_touch
AFTER INSERT OR UPDATE OR DELETE ON posts FOR EACH ROW
EXECUTE FUNCTION trg_posts_author_id_touch();

COMMIT;
