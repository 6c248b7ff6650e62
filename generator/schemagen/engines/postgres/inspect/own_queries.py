"""The statements that make views and objects again, as PostgreSQL's catalogs print them.

Sources: PostgreSQL, "9.27. System Information Functions and Operators", "53. System Catalogs".
"""

from __future__ import annotations

OWN = """
WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s),
     of_extensions AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
     relations AS (SELECT c.*, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS word
                   FROM pg_class c
                   WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
                   AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM of_extensions)),
     routines AS (SELECT p.*,
                  CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END AS word,
                  CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS granted,
                  format('%%I(%%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS called
                  FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM here)
                  AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM of_extensions)),
     own AS (
SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END AS kind, c.relname::text AS name,
       pg_get_viewdef(c.oid) AS sql, '' AS drop, NULL::text AS table_name,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum) AS columns,
       coalesce(c.reloptions, '{}') AS options, coalesce(obj_description(c.oid, 'pg_class'), '') AS comment
FROM relations c WHERE c.relkind IN ('v', 'm')
UNION ALL
SELECT lower(p.word), p.proname, pg_get_functiondef(p.oid), format('DROP %%s IF EXISTS %%s', p.word, p.called), NULL,
       '{}', '{}', coalesce(obj_description(p.oid, 'pg_proc'), '')
FROM routines p WHERE p.prokind <> 'a'
UNION ALL
SELECT 'aggregate', p.proname, format('CREATE AGGREGATE %%I(%%s) (SFUNC = %%s, STYPE = %%s%%s%%s)', p.proname,
              pg_get_function_arguments(p.oid), a.aggtransfn::regproc, format_type(a.aggtranstype, NULL),
              CASE WHEN a.aggfinalfn <> 0 THEN ', FINALFUNC = ' || a.aggfinalfn::regproc END,
              ', INITCOND = ' || quote_literal(a.agginitval)),
       format('DROP AGGREGATE IF EXISTS %%s', p.called), NULL, '{}', '{}', ''
FROM routines p JOIN pg_aggregate a ON a.aggfnoid = p.oid
UNION ALL
SELECT 'trigger', t.tgname, pg_get_triggerdef(t.oid, true), '', c.relname, '{}', '{}', ''
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL
SELECT 'trigger', t.tgname || '_state', format('ALTER TABLE %%I %%s TRIGGER %%I', c.relname,
              CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
              t.tgname),
       '', c.relname, '{}', ARRAY[t.tgname::text], ''
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled <> 'O'
UNION ALL
SELECT 'policy', p.polname, format('CREATE POLICY %%I ON %%I AS %%s FOR %%s TO %%s%%s%%s', p.polname, c.relname,
              CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
              CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                   ELSE 'ALL' END,
              (SELECT string_agg(CASE WHEN u.r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(u.r)) END, ', ')
               FROM unnest(p.polroles) AS u (r)),
              ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
              ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
       '', c.relname, '{}', '{}', coalesce(obj_description(p.oid, 'pg_policy'), '')
FROM pg_policy p JOIN relations c ON c.oid = p.polrelid
UNION ALL
SELECT 'policy', c.relname || '_row_security', format('ALTER TABLE %%I ENABLE ROW LEVEL SECURITY', c.relname), '',
       c.relname, '{}', '{}', ''
FROM relations c WHERE c.relrowsecurity
UNION ALL
SELECT 'policy', c.relname || '_forced_row_security', format('ALTER TABLE %%I FORCE ROW LEVEL SECURITY', c.relname), '',
       c.relname, '{}', '{}', ''
FROM relations c WHERE c.relforcerowsecurity
UNION ALL
SELECT 'rule', r.rulename, rtrim(pg_get_ruledef(r.oid, true), ';'), '', c.relname, '{}', '{}', ''
FROM pg_rewrite r JOIN relations c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'sequence', c.relname,
       concat_ws(' ', format('CREATE SEQUENCE %%I', c.relname),
                 'AS ' || nullif(format_type(s.seqtypid, NULL), 'bigint'),
                 'INCREMENT BY ' || nullif(s.seqincrement, 1),
                 'MINVALUE ' || nullif(s.seqmin, CASE WHEN s.seqincrement > 0 THEN 1 ELSE -l.largest - 1 END),
                 'MAXVALUE ' || nullif(s.seqmax, CASE WHEN s.seqincrement > 0 THEN l.largest ELSE -1 END),
                 'START WITH ' || nullif(s.seqstart, CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END),
                 'CACHE ' || nullif(s.seqcache, 1), CASE WHEN s.seqcycle THEN 'CYCLE' END),
       '', NULL, '{}', '{}', coalesce(obj_description(c.oid, 'pg_class'), '')
FROM relations c JOIN pg_sequence s ON s.seqrelid = c.oid
CROSS JOIN LATERAL (SELECT CASE format_type(s.seqtypid, NULL) WHEN 'smallint' THEN 32767
                                WHEN 'integer' THEN 2147483647 ELSE 9223372036854775807 END AS largest) AS l
WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                  AND d.refobjsubid > 0 AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT 'grant', concat_ws('_', c.relname, coalesce(r.rolname, 'public'), CASE WHEN a.is_grantable THEN 'grantable' END),
       format('GRANT %%s ON %%s %%I TO %%s%%s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), c.word,
              c.relname, coalesce(quote_ident(r.rolname), 'PUBLIC'),
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END),
       '', c.relname, '{}', '{}', ''
FROM relations c CROSS JOIN LATERAL aclexplode(c.relacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> c.relowner GROUP BY c.relname, c.word, r.rolname, a.is_grantable
UNION ALL
SELECT 'grant', concat_ws('_', c.relname, 'columns', coalesce(r.rolname, 'public'),
                          CASE WHEN a.is_grantable THEN 'grantable' END),
       format('GRANT %%s ON TABLE %%I TO %%s%%s',
              string_agg(format('%%s (%%I)', a.privilege_type, n.attname), ', ' ORDER BY n.attnum, a.privilege_type),
              c.relname, coalesce(quote_ident(r.rolname), 'PUBLIC'),
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END),
       '', c.relname, '{}', '{}', ''
FROM relations c JOIN pg_attribute n ON n.attrelid = c.oid AND NOT n.attisdropped
CROSS JOIN LATERAL aclexplode(n.attacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> c.relowner GROUP BY c.relname, r.rolname, a.is_grantable
UNION ALL
SELECT 'grant', concat_ws('_', p.proname, coalesce(r.rolname, 'public')),
       format('GRANT EXECUTE ON %%s %%s TO %%s%%s', p.granted, p.called,
              coalesce(quote_ident(r.rolname), 'PUBLIC'), CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END),
       '', NULL, '{}', '{}', ''
FROM routines p CROSS JOIN LATERAL aclexplode(p.proacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee NOT IN (p.proowner, 0)
UNION ALL
SELECT 'grant', p.proname || '_not_public',
       format('REVOKE EXECUTE ON %%s %%s FROM PUBLIC', p.granted, p.called),
       '', NULL, '{}', '{}', ''
FROM routines p
WHERE p.proacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) AS a WHERE a.grantee = 0)
)
SELECT own.*, CASE WHEN kind IN ('view', 'materialized view')
              THEN pg_get_viewdef(format('%%I.%%I', %(schema)s::text, name)::regclass, true) END AS shown
FROM own ORDER BY kind, name, sql
"""
"""A row for each: what it is, its name, what makes and what drops it, its table; columns and options of a view, and its
text without the parentheses that PostgreSQL adds."""
