"""The statements that make views and objects again, as PostgreSQL's catalogs print them.

Sources: PostgreSQL, "9.27. System Information Functions and Operators", "53. System Catalogs".
"""

from __future__ import annotations

OWN = """
WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s),
     of_extensions AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
     relations AS (SELECT c.*, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS word,
                   %(prefix)s::text || quote_ident(c.relname) AS called
                   FROM pg_class c
                   WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
                   AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM of_extensions)),
     routines AS (SELECT p.*,
                  CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END AS word,
                  CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS granted,
                  format('%%s%%I(%%s)', %(prefix)s::text, p.proname,
                         pg_get_function_identity_arguments(p.oid)) AS called
                  FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM here)
                  AND ('pg_proc'::regclass, p.oid) NOT IN
                      (SELECT classid, objid FROM pg_depend WHERE deptype IN ('e', 'i'))),
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
SELECT 'aggregate', p.proname, format('CREATE AGGREGATE %%s%%I(%%s) (SFUNC = %%s, STYPE = %%s%%s)',
              %(prefix)s::text, p.proname,
              pg_get_function_arguments(p.oid), a.aggtransfn::regproc, format_type(a.aggtranstype, NULL),
              concat(', FINALFUNC = ' || nullif(a.aggfinalfn, 0)::regproc,
                     ', INITCOND = ' || quote_literal(a.agginitval),
                     ', COMBINEFUNC = ' || nullif(a.aggcombinefn, 0)::regproc,
                     ', SERIALFUNC = ' || nullif(a.aggserialfn, 0)::regproc,
                     ', DESERIALFUNC = ' || nullif(a.aggdeserialfn, 0)::regproc,
                     ', SSPACE = ' || nullif(a.aggtransspace, 0),
                     ', SORTOP = ' || (SELECT format('OPERATOR(%%I.%%s)', n.nspname, s.oprname) FROM pg_operator s
                                       JOIN pg_namespace n ON n.oid = s.oprnamespace WHERE s.oid = a.aggsortop),
                     CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' END)),
       format('DROP AGGREGATE IF EXISTS %%s', p.called), NULL, '{}', '{}',
       coalesce(obj_description(p.oid, 'pg_proc'), '')
FROM routines p JOIN pg_aggregate a ON a.aggfnoid = p.oid WHERE a.aggkind = 'n' AND a.aggmtransfn = 0
UNION ALL
SELECT 'partition', c.relname,
       concat_ws(' ', format('CREATE TABLE %%s PARTITION OF %%s', c.called, i.inhparent::regclass),
                 pg_get_expr(c.relpartbound, c.oid), 'PARTITION BY ' || pg_get_partkeydef(c.oid)),
       '', (SELECT r.relname FROM pg_class r WHERE r.oid = pg_partition_root(c.oid)), '{}', '{}',
       coalesce(obj_description(c.oid, 'pg_class'), '')
FROM relations c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.relispartition
UNION ALL
SELECT 'trigger', t.tgname, pg_get_triggerdef(t.oid, true), '', c.relname, '{}', '{}',
       coalesce(obj_description(t.oid, 'pg_trigger'), '')
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND NOT starts_with(t.tgname, '_schemagen_keep')
UNION ALL
SELECT 'trigger', t.tgname || '_state', format('ALTER TABLE %%s %%s TRIGGER %%I', c.called,
              CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
              t.tgname),
       '', c.relname, '{}', ARRAY[t.tgname::text], ''
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled <> 'O'
UNION ALL
SELECT 'policy', p.polname, format('CREATE POLICY %%I ON %%s AS %%s FOR %%s TO %%s%%s%%s', p.polname, c.called,
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
SELECT 'policy', c.relname || '_row_security', format('ALTER TABLE %%s ENABLE ROW LEVEL SECURITY', c.called), '',
       c.relname, '{}', '{}', ''
FROM relations c WHERE c.relrowsecurity
UNION ALL
SELECT 'policy', c.relname || '_forced_row_security', format('ALTER TABLE %%s FORCE ROW LEVEL SECURITY', c.called), '',
       c.relname, '{}', '{}', ''
FROM relations c WHERE c.relforcerowsecurity
UNION ALL
SELECT 'rule', r.rulename, rtrim(pg_get_ruledef(r.oid, true), ';'), '', c.relname, '{}', '{}',
       coalesce(obj_description(r.oid, 'pg_rewrite'), '')
FROM pg_rewrite r JOIN relations c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'sequence', c.relname,
       concat_ws(' ', format('CREATE %%sSEQUENCE %%s', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, c.called),
                 'AS ' || nullif(format_type(s.seqtypid, NULL), 'bigint'),
                 'INCREMENT BY ' || nullif(s.seqincrement, 1),
                 'MINVALUE ' || nullif(s.seqmin, CASE WHEN s.seqincrement > 0 THEN 1 ELSE -l.largest - 1 END),
                 'MAXVALUE ' || nullif(s.seqmax, CASE WHEN s.seqincrement > 0 THEN l.largest ELSE -1 END),
                 'START WITH ' || nullif(s.seqstart, CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END),
                 'CACHE ' || nullif(s.seqcache, 1), CASE WHEN s.seqcycle THEN 'CYCLE' END,
                 'OWNED BY ' || o.owner),
       '', NULL, '{}', '{}', coalesce(obj_description(c.oid, 'pg_class'), '')
FROM relations c JOIN pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN LATERAL (SELECT d.refobjid, d.refobjsubid, d.deptype,
                          format('%%s.%%I', d.refobjid::regclass, a.attname) AS owner
                   FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                   WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refobjsubid > 0
                   AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')) AS o ON true
CROSS JOIN LATERAL (SELECT CASE format_type(s.seqtypid, NULL) WHEN 'smallint' THEN 32767
                                WHEN 'integer' THEN 2147483647 ELSE 9223372036854775807 END AS largest) AS l
WHERE o.deptype IS DISTINCT FROM 'i'
  AND NOT EXISTS (SELECT FROM pg_attrdef e JOIN pg_depend u ON u.classid = 'pg_attrdef'::regclass AND u.objid = e.oid
                  WHERE e.adrelid = o.refobjid AND e.adnum = o.refobjsubid AND u.refobjid = c.oid)
UNION ALL
SELECT 'constraint', k.conname, format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', c.called, k.conname,
                                       pg_get_constraintdef(k.oid)),
       '', c.relname, '{}', '{}', coalesce(obj_description(k.oid, 'pg_constraint'), '')
FROM pg_constraint k JOIN relations c ON c.oid = k.conrelid
WHERE k.conparentid = 0 AND (k.contype = 'x'
       OR (c.relispartition AND k.contype IN ('c', 'u', 'p', 'f') AND k.coninhcount = 0)
       OR (k.contype = 'c' AND k.connoinherit AND k.convalidated)
       OR (k.contype = 'u' AND (k.condeferrable OR cardinality(k.conkey) <
           (SELECT i.indnatts FROM pg_index i WHERE i.indexrelid = k.conindid))
           AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = k.conindid)))
UNION ALL
SELECT 'index', x.relname, pg_get_indexdef(i.indexrelid), '', c.relname, '{}', '{}',
       coalesce(obj_description(x.oid, 'pg_class'), '')
FROM pg_index i JOIN relations c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relkind = 'r' AND i.indisvalid AND NOT x.relispartition
  AND (x.reloptions IS NOT NULL OR c.relispartition
       OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attoptions IS NOT NULL))
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
UNION ALL
SELECT 'statistics', s.stxname, pg_get_statisticsobjdef(s.oid), '', c.relname, '{}', '{}',
       coalesce(obj_description(s.oid, 'pg_statistic_ext'), '')
FROM pg_statistic_ext s JOIN relations c ON c.oid = s.stxrelid
UNION ALL
SELECT 'option', c.relname || '_unlogged', format('ALTER TABLE %%s SET UNLOGGED', c.called), '', c.relname, '{}',
       '{unlogged}', ''
FROM relations c WHERE c.relkind = 'r' AND c.relpersistence = 'u'
UNION ALL
SELECT 'option', c.relname || '_storage',
       format('ALTER TABLE %%s SET (%%s)', c.called, array_to_string(c.reloptions, ', ')),
       '', c.relname, '{}', c.reloptions, ''
FROM relations c WHERE c.relkind = 'r' AND c.reloptions IS NOT NULL
UNION ALL
SELECT 'option', c.relname || '_replica_identity', format('ALTER TABLE %%s REPLICA IDENTITY %%s', c.called, w.word),
       '', c.relname, '{}', ARRAY['replica identity ' || lower(w.word)], ''
FROM relations c JOIN (VALUES ('f', 'FULL'), ('n', 'NOTHING')) AS w (sign, word) ON w.sign = c.relreplident::text
WHERE c.relkind IN ('r', 'p')
UNION ALL
SELECT 'option', concat_ws('_', c.relname, a.attname, 'storage'),
       format('ALTER TABLE %%s ALTER COLUMN %%I SET STORAGE %%s', c.called, a.attname, w.word),
       '', c.relname, '{}', '{}', ''
FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid AND t.typstorage <> a.attstorage
JOIN (VALUES ('p', 'PLAIN'), ('e', 'EXTERNAL'), ('m', 'MAIN'), ('x', 'EXTENDED')) AS w (sign, word)
     ON w.sign = a.attstorage::text
WHERE c.relkind = 'r'
UNION ALL
SELECT 'option', concat_ws('_', c.relname, a.attname, 'compression'),
       format('ALTER TABLE %%s ALTER COLUMN %%I SET COMPRESSION %%s', c.called, a.attname,
              CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' ELSE 'lz4' END), '', c.relname, '{}', '{}', ''
FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND to_jsonb(a) ->> 'attcompression' <> ''
UNION ALL
SELECT 'option', concat_ws('_', c.relname, a.attname, 'statistics'),
       format('ALTER TABLE %%s ALTER COLUMN %%I SET STATISTICS %%s', c.called, a.attname, a.attstattarget),
       '', c.relname, '{}', '{}', ''
FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND a.attstattarget >= 0
UNION ALL
SELECT 'grant', concat_ws('_', t.typname, coalesce(r.rolname, 'public')),
       format('GRANT USAGE ON TYPE %%s%%I TO %%s%%s', %(prefix)s::text, t.typname,
              coalesce(quote_ident(r.rolname), 'PUBLIC'),
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END), '', NULL, '{}', '{}', ''
FROM pg_type t CROSS JOIN LATERAL aclexplode(t.typacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE t.typnamespace IN (SELECT oid FROM here) AND t.typrelid = 0 AND a.grantee NOT IN (t.typowner, 0)
  AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM of_extensions)
UNION ALL
SELECT 'grant', t.typname || '_not_public',
       format('REVOKE USAGE ON TYPE %%s%%I FROM PUBLIC', %(prefix)s::text, t.typname),
       '', NULL, '{}', '{}', ''
FROM pg_type t
WHERE t.typnamespace IN (SELECT oid FROM here) AND t.typrelid = 0 AND t.typacl IS NOT NULL
  AND NOT EXISTS (SELECT FROM aclexplode(t.typacl) AS a WHERE a.grantee = 0)
  AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM of_extensions)
UNION ALL
SELECT 'grant', concat_ws('_', 'schema', n.nspname, r.rolname, CASE WHEN a.is_grantable THEN 'grantable' END),
       format('GRANT %%s ON SCHEMA %%I TO %%I%%s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type),
              n.nspname, r.rolname, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END), '', NULL, '{}', '{}', ''
FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) AS a JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname = %(schema)s AND a.grantee <> n.nspowner GROUP BY n.nspname, r.rolname, a.is_grantable
UNION ALL
SELECT 'grant', concat_ws('_', 'default', w.word, coalesce(r.rolname, 'public'),
                          CASE WHEN a.is_grantable THEN 'grantable' END),
       format('ALTER DEFAULT PRIVILEGES%%s GRANT %%s ON %%s TO %%s%%s',
              CASE WHEN d.defaclnamespace <> 0 THEN format(' IN SCHEMA %%I', %(schema)s::text) END,
              string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), upper(w.word),
              coalesce(quote_ident(r.rolname), 'PUBLIC'), CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END),
       '', NULL, '{}', '{}', ''
FROM pg_default_acl d
JOIN (VALUES ('r', 'tables'), ('S', 'sequences'), ('f', 'functions'), ('T', 'types')) AS w (sign, word)
     ON w.sign = d.defaclobjtype::text
CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE pg_get_userbyid(d.defaclrole) = current_user AND a.grantee <> d.defaclrole
  AND (d.defaclnamespace IN (SELECT oid FROM here)
       OR (%(prefix)s::text = '' AND d.defaclnamespace = 0 AND NOT (a.grantee = 0 AND d.defaclobjtype IN ('f', 'T'))))
GROUP BY d.defaclnamespace, w.word, r.rolname, a.is_grantable
UNION ALL
SELECT 'grant', concat_ws('_', 'default', w.word, 'not_public'),
       format('ALTER DEFAULT PRIVILEGES REVOKE %%s ON %%s FROM PUBLIC', w.privilege, upper(w.word)),
       '', NULL, '{}', '{}', ''
FROM pg_default_acl d
JOIN (VALUES ('f', 'functions', 'EXECUTE'), ('T', 'types', 'USAGE')) AS w (sign, word, privilege)
     ON w.sign = d.defaclobjtype::text
WHERE %(prefix)s::text = '' AND pg_get_userbyid(d.defaclrole) = current_user AND d.defaclnamespace = 0
  AND NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) AS a WHERE a.grantee = 0)
UNION ALL
SELECT 'grant', concat_ws('_', c.relname, coalesce(r.rolname, 'public'), CASE WHEN a.is_grantable THEN 'grantable' END),
       format('GRANT %%s ON %%s %%s TO %%s%%s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), c.word,
              c.called, coalesce(quote_ident(r.rolname), 'PUBLIC'),
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END),
       '', c.relname, '{}', '{}', ''
FROM relations c CROSS JOIN LATERAL aclexplode(c.relacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> c.relowner GROUP BY c.relname, c.called, c.word, r.rolname, a.is_grantable
UNION ALL
SELECT 'grant', c.relname || '_not_owner',
       format('REVOKE %%s ON %%s %%s FROM CURRENT_USER', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type),
              c.word, c.called), '', c.relname, '{}', '{}', ''
FROM relations c CROSS JOIN LATERAL aclexplode(
     acldefault((CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", c.relowner)) AS a
WHERE c.relacl IS NOT NULL AND a.grantee = c.relowner AND pg_get_userbyid(c.relowner) = current_user
  AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) AS o
                  WHERE o.grantee = c.relowner AND o.privilege_type = a.privilege_type)
GROUP BY c.relname, c.called, c.word
UNION ALL
SELECT 'grant', concat_ws('_', c.relname, 'columns', coalesce(r.rolname, 'public'),
                          CASE WHEN a.is_grantable THEN 'grantable' END),
       format('GRANT %%s ON TABLE %%s TO %%s%%s',
              string_agg(format('%%s (%%I)', a.privilege_type, n.attname), ', ' ORDER BY n.attnum, a.privilege_type),
              c.called, coalesce(quote_ident(r.rolname), 'PUBLIC'),
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END),
       '', c.relname, '{}', '{}', ''
FROM relations c JOIN pg_attribute n ON n.attrelid = c.oid AND NOT n.attisdropped
CROSS JOIN LATERAL aclexplode(n.attacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> c.relowner GROUP BY c.relname, c.called, r.rolname, a.is_grantable
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
