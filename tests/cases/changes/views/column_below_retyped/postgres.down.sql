-- Rollback of migration 003: alter_users_visits (PostgreSQL)
--
-- This stops, before it has changed anything, if:
--   a value of users.visits does not fit integer
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_users_visits.sql

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

-- Stop where view authors has what the specs do not say
DO $schemagen$
DECLARE
    unknown text;
BEGIN
    WITH recreated AS (
        SELECT oid, 'r'::"char" AS kind, relowner AS owner, relnamespace AS namespace, relacl AS acl
        FROM pg_catalog.pg_class WHERE oid = to_regclass('authors')
    ), is_there AS (
        SELECT recreated.*, item.grantee, item.privilege_type
        FROM recreated, aclexplode(coalesce(acl, acldefault(kind, owner))) AS item WHERE item.grantee <> owner
    ), will_come AS (
        SELECT item.grantee, item.privilege_type
        FROM recreated JOIN pg_catalog.pg_roles maker ON rolname = current_user, aclexplode(coalesce((
            SELECT defaclacl FROM pg_catalog.pg_default_acl
            WHERE defaclrole = maker.oid AND defaclobjtype = kind AND defaclnamespace = 0
        ), acldefault(kind, maker.oid)) || (
            SELECT defaclacl FROM pg_catalog.pg_default_acl
            WHERE defaclrole = maker.oid AND defaclobjtype = kind AND defaclnamespace = namespace
        )) AS item WHERE item.grantee <> maker.oid
    )
    SELECT string_agg(said, ', ' ORDER BY said) INTO unknown FROM (
        SELECT 'a grant to ' || CASE grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(grantee) END AS said
        FROM (SELECT grantee, privilege_type FROM is_there EXCEPT SELECT grantee, privilege_type FROM will_come) AS more
        UNION
        SELECT 'a REVOKE from ' || CASE grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(grantee) END
        FROM (SELECT grantee, privilege_type FROM will_come EXCEPT SELECT grantee, privilege_type FROM is_there) AS less
        UNION
        SELECT 'the owner ' || pg_get_userbyid(owner) FROM recreated WHERE pg_get_userbyid(owner) <> current_user
        UNION
        SELECT 'a grant to ' || CASE item.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(item.grantee) END
        FROM recreated JOIN pg_catalog.pg_attribute ON attrelid = oid, aclexplode(attacl) AS item WHERE item.grantee <> owner
        UNION
        SELECT 'the option ' || option FROM recreated JOIN pg_catalog.pg_class USING (oid), unnest(reloptions) AS option
        WHERE relkind = 'v'
    ) AS found
    WHERE said NOT IN ('');
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'making view authors again would take from it what the specs do not say: ' || unknown,
            HINT = 'write it below `objects`, or take it from the database, and run this again';
    END IF;
END
$schemagen$;

DO $$BEGIN IF to_regclass('users') IS NOT NULL THEN LOCK TABLE users IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DROP VIEW IF EXISTS authors;

ALTER TABLE users ALTER COLUMN visits DROP DEFAULT;

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM users WHERE NOT ((visits::integer)::bigint IS NOT DISTINCT FROM visits)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: visits does not fit integer; nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: visits does not fit integer; nothing was changed';
END
$schemagen$;

ALTER TABLE users ALTER COLUMN visits TYPE integer;

-- What the planner knew of the column is gone with its type
ANALYZE users (visits);

ALTER TABLE users ALTER COLUMN visits SET DEFAULT 0;

CREATE OR REPLACE VIEW authors (id, visits) AS
SELECT id, visits FROM users;

COMMIT;
