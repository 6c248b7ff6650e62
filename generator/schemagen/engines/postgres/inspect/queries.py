"""The questions that PostgreSQL's system catalogs are asked: one each for a kind of object, for all tables at once.

Those over one schema take the parameter ``schema``. They run on every supported version: a column that only later
versions have is read through ``to_jsonb``. Source: PostgreSQL, "53. System Catalogs".
"""

SURROUNDINGS = """
SELECT coalesce(current_schema(), 'public') AS schema, current_setting('search_path') AS path
"""

SCHEMAS = """
SELECT nspname, has_schema_privilege(oid, 'USAGE') AS usable FROM pg_namespace
WHERE nspname = %(home)s
   OR (nspname !~ '^pg_' AND nspname <> 'information_schema'
       AND ('pg_namespace'::regclass, oid) NOT IN (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'))
ORDER BY nspname COLLATE "C"
"""
"""The schemas of a database, but for PostgreSQL's own and those that extensions have made."""

PREFIX = "SELECT quote_ident(%(schema)s) || '.' AS prefix"

TABLES = """
SELECT c.relname, obj_description(c.oid, 'pg_class') AS comment,
       c.relpersistence::text, c.relrowsecurity, c.relforcerowsecurity, c.relreplident::text, c.relispartition,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
       ARRAY(SELECT p.inhparent::regclass::text FROM pg_inherits p
             WHERE p.inhrelid = c.oid ORDER BY p.inhseqno) AS parents,
       coalesce(c.reloptions, '{}') AS options
FROM pg_class c
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s) AND c.relkind IN ('r', 'p')
ORDER BY c.relname COLLATE "C"
"""

COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
       (a.attnotnull OR t.typnotnull) AND n.oid IS NULL AS not_null, n.oid IS NOT NULL AS not_null_for_new_rows,
       CASE WHEN a.attgenerated = '' THEN
            CASE WHEN s.seqrelid IS NOT NULL AND a.attidentity = '' THEN 'nextval(its own sequence)'
                 ELSE coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault) END END AS default_value,
       CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
       a.attgenerated::text, a.attidentity::text,
       CASE WHEN a.attcollation <> t.typcollation THEN l.collname END AS collation,
       col_description(c.oid, a.attnum) AS comment,
       to_jsonb(s) AS sequence
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_depend o ON o.refclassid = 'pg_class'::regclass AND o.refobjid = c.oid AND o.refobjsubid = a.attnum
     AND o.classid = 'pg_class'::regclass AND o.deptype IN ('a', 'i') AND d.oid IS NOT NULL AND a.attidentity = ''
     AND EXISTS (SELECT FROM pg_depend u
                 WHERE u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid AND u.refobjid = o.objid)
LEFT JOIN pg_depend i ON a.attidentity <> '' AND i.refclassid = 'pg_class'::regclass AND i.refobjid = c.oid
     AND i.refobjsubid = a.attnum AND i.classid = 'pg_class'::regclass AND i.deptype = 'i'
LEFT JOIN pg_sequence s ON s.seqrelid = coalesce(i.objid, o.objid)
LEFT JOIN pg_constraint n ON n.conrelid = c.oid AND n.contype = 'n' AND n.conkey[1] = a.attnum AND NOT n.convalidated
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s) AND c.relkind IN ('r', 'p')
ORDER BY c.relname COLLATE "C", a.attnum
"""

CONSTRAINTS = """
SELECT c.relname, k.conname, k.contype::text,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
             ORDER BY u.place) AS columns,
       k.confrelid::regclass::text AS parent_text, p.relname AS parent,
       (SELECT n.nspname FROM pg_namespace n WHERE n.oid = p.relnamespace) AS parent_schema,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum
             ORDER BY u.place) AS parent_columns,
       k.confdeltype::text, k.confupdtype::text, k.confmatchtype::text, k.condeferrable, k.condeferred, k.convalidated,
       k.connoinherit, coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS enforced,
       coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false) AS period,
       coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct,
       ARRAY(SELECT a.attname::text FROM unnest(k.confdelsetcols) AS u (attnum)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.attnum) AS set_columns,
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS u (attnum, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
             WHERE u.place > i.indnkeyatts ORDER BY u.place) AS include,
       coalesce((SELECT x.reloptions FROM pg_class x WHERE x.oid = i.indexrelid), '{}') AS settings,
       pg_get_expr(k.conbin, k.conrelid) AS expression,
       CASE WHEN k.contype = 'x' THEN pg_get_constraintdef(k.oid) END AS definition
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_class p ON p.oid = k.confrelid
LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u')
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
  AND c.relkind IN ('r', 'p') AND k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0
ORDER BY c.relname COLLATE "C", k.conname COLLATE "C"
"""

INDEXES = """
SELECT c.relname, x.relname AS index, i.indisunique, m.amname, i.indisvalid,
       pg_get_expr(i.indpred, i.indrelid) AS predicate,
       coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct,
       coalesce(x.reloptions, '{}') AS options, e.place > i.indnkeyatts AS included,
       a.attname, (SELECT p.attoptions FROM pg_attribute p
                   WHERE p.attrelid = x.oid AND p.attnum = e.place) AS opclass_parameters,
       CASE WHEN i.indkey[e.place - 1] = 0 THEN pg_get_indexdef(i.indexrelid, e.place, false) END AS expression,
       i.indoption[e.place - 1] AS flags,
       CASE WHEN NOT o.opcdefault OR EXISTS (SELECT FROM pg_depend b WHERE b.classid = 'pg_opclass'::regclass
            AND b.objid = o.oid AND b.deptype = 'e') THEN o.opcname END AS opclass,
       CASE WHEN i.indcollation[e.place - 1] <> coalesce(nullif(a.attcollation, 0), 100)
            THEN l.collname END AS collation
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
CROSS JOIN LATERAL generate_series(1, i.indnatts) AS e (place)
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[e.place - 1] AND a.attnum <> 0
LEFT JOIN pg_opclass o ON o.oid = i.indclass[e.place - 1] AND e.place <= i.indnkeyatts
LEFT JOIN pg_collation l ON l.oid = i.indcollation[e.place - 1] AND e.place <= i.indnkeyatts
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s) AND c.relkind IN ('r', 'p', 'm')
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY c.relname COLLATE "C", x.relname COLLATE "C", e.place
"""

TRIGGERS = """
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid, true) AS definition, t.tgenabled::text,
       (SELECT n.nspname FROM pg_namespace n WHERE n.oid = p.pronamespace) AS function_schema,
       p.proname, l.lanname, p.provolatile::text, p.prosecdef, coalesce(p.proconfig, '{}') AS settings, p.prosrc
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s) AND c.relkind IN ('r', 'p')
  AND NOT t.tgisinternal
ORDER BY c.relname COLLATE "C", t.tgname COLLATE "C"
"""

OTHERS = """
WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s),
     of_extensions AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END AS kind,
       c.relname AS name, CASE WHEN c.relkind <> 'f' THEN pg_get_viewdef(c.oid) ELSE '' END AS definition,
       NULL AS table_name
FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('v', 'm', 'f')
  AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM of_extensions)
UNION ALL
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
       p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.prosrc, NULL
FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM here)
  AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM pg_depend WHERE deptype IN ('e', 'i'))
  AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                  WHERE t.tgfoid = p.oid AND NOT t.tgisinternal AND c.relnamespace IN (SELECT oid FROM here)
                  AND NOT starts_with(t.tgname, '_schemagen_keep'))
UNION ALL
SELECT 'sequence', c.relname,
       concat_ws(' ', 'AS ' || nullif(format_type(s.seqtypid, NULL), 'bigint'),
                 'INCREMENT ' || nullif(s.seqincrement, 1),
                 'MINVALUE ' || nullif(s.seqmin, CASE WHEN s.seqincrement > 0 THEN 1 ELSE -r.largest - 1 END),
                 'MAXVALUE ' || nullif(s.seqmax, CASE WHEN s.seqincrement > 0 THEN r.largest ELSE -1 END),
                 'START ' || nullif(s.seqstart, CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END),
                 'CACHE ' || nullif(s.seqcache, 1), CASE WHEN s.seqcycle THEN 'CYCLE' END), NULL
FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
CROSS JOIN LATERAL (SELECT CASE format_type(s.seqtypid, NULL) WHEN 'smallint' THEN 32767
                                WHEN 'integer' THEN 2147483647 ELSE 9223372036854775807 END AS largest) AS r
WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind = 'S'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refobjsubid > 0
                  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT 'extension', e.extname, '', NULL FROM pg_extension e WHERE e.extname <> 'plpgsql'
UNION ALL
SELECT 'policy', p.polname,
       concat_ws(' ', p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
       c.relname
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace IN (SELECT oid FROM here)
UNION ALL
SELECT 'rule', r.rulename, pg_get_ruledef(r.oid), c.relname
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace IN (SELECT oid FROM here) AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'statistics', s.stxname, pg_get_statisticsobjdef(s.oid), c.relname
FROM pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid WHERE s.stxnamespace IN (SELECT oid FROM here)
UNION ALL
SELECT 'not null constraint', concat_ws(' ', n.conname, 'no inherit'), '', c.relname
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
WHERE c.relnamespace IN (SELECT oid FROM here) AND n.contype = 'n' AND n.connoinherit
UNION ALL
SELECT 'comment', 'on constraint ' || k.conname, d.description, c.relname
FROM pg_description d JOIN pg_constraint k ON k.oid = d.objoid JOIN pg_class c ON c.oid = k.conrelid
WHERE d.classoid = 'pg_constraint'::regclass AND c.relnamespace IN (SELECT oid FROM here)
UNION ALL
SELECT 'comment', 'on schema ' || n.nspname, obj_description(n.oid, 'pg_namespace'), NULL
FROM pg_namespace n WHERE n.oid IN (SELECT oid FROM here)
  AND obj_description(n.oid, 'pg_namespace') <> 'standard public schema'
UNION ALL
SELECT 'comment', 'on index ' || x.relname, d.description, c.relname
FROM pg_description d JOIN pg_index i ON i.indexrelid = d.objoid JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid
WHERE d.classoid = 'pg_class'::regclass AND c.relnamespace IN (SELECT oid FROM here)
UNION ALL
SELECT 'trigger', t.tgname, pg_get_triggerdef(t.oid, true), c.relname
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace IN (SELECT oid FROM here) AND NOT t.tgisinternal AND c.relkind NOT IN ('r', 'p')
UNION ALL
SELECT 'privileges', concat('of ', coalesce(r.rolname, 'PUBLIC'), ': ',
                            string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)), '', c.relname
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
GROUP BY c.relname, r.rolname
UNION ALL
SELECT 'privileges', concat('of ', coalesce(r.rolname, 'PUBLIC'), ' on column ', n.attname, ': ',
                            string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)), '', c.relname
FROM pg_class c JOIN pg_attribute n ON n.attrelid = c.oid AND NOT n.attisdropped
CROSS JOIN LATERAL aclexplode(n.attacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
GROUP BY c.relname, n.attname, r.rolname
UNION ALL
SELECT 'default privileges', concat('of ', coalesce(r.rolname, 'PUBLIC'), ' on ',
                                    CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
                                         WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' ELSE 'schemas' END, ': ',
                                    string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)), '', NULL
FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE (d.defaclnamespace = 0 OR d.defaclnamespace IN (SELECT oid FROM here)) AND a.grantee <> d.defaclrole
  AND pg_get_userbyid(d.defaclrole) <> current_user
GROUP BY d.defaclobjtype, r.rolname
UNION ALL
SELECT 'owner',
       concat_ws(' of ', pg_get_userbyid(c.relowner), CASE WHEN c.relkind NOT IN ('r', 'p') THEN c.relname END),
       '', CASE WHEN c.relkind IN ('r', 'p') THEN c.relname END
FROM pg_class c
WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('r', 'p', 'v', 'm')
  AND pg_get_userbyid(c.relowner) <> current_user
  AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM of_extensions)
UNION ALL
SELECT 'owner', concat(pg_get_userbyid(p.proowner), ' of ', p.proname), '', NULL
FROM pg_proc p
WHERE p.pronamespace IN (SELECT oid FROM here) AND pg_get_userbyid(p.proowner) <> current_user
  AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM of_extensions)
UNION ALL
SELECT 'comment', format('on column %%s of %%s', a.attname, c.relname), d.description, NULL
FROM pg_description d JOIN pg_class c ON c.oid = d.objoid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid
WHERE d.classoid = 'pg_class'::regclass AND c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('v', 'm')
UNION ALL
SELECT 'default', format('of column %%s of view %%s', a.attname, c.relname), pg_get_expr(d.adbin, d.adrelid), NULL
FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind = 'v'
UNION ALL
SELECT 'cast', format('%%s as %%s', format_type(k.castsource, NULL), format_type(k.casttarget, NULL)), '', NULL
FROM pg_cast k JOIN pg_type s ON s.oid = k.castsource JOIN pg_type t ON t.oid = k.casttarget
WHERE (s.typnamespace IN (SELECT oid FROM here) OR t.typnamespace IN (SELECT oid FROM here))
  AND ('pg_cast'::regclass, k.oid) NOT IN (SELECT classid, objid FROM pg_depend WHERE deptype IN ('e', 'i'))
UNION ALL
SELECT 'operator', o.oid::regoperator::text, '', NULL
FROM pg_operator o WHERE o.oprnamespace IN (SELECT oid FROM here)
  AND ('pg_operator'::regclass, o.oid) NOT IN (SELECT classid, objid FROM of_extensions)
UNION ALL
SELECT 'collation', l.collname, '', NULL
FROM pg_collation l WHERE l.collnamespace IN (SELECT oid FROM here)
  AND ('pg_collation'::regclass, l.oid) NOT IN (SELECT classid, objid FROM of_extensions)
UNION ALL
SELECT 'clustering', 'on ' || x.relname, '', c.relname
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relnamespace IN (SELECT oid FROM here) AND i.indisclustered
ORDER BY 1, 2, 4
"""

TYPES = """
WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s),
     of_extensions AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum type' WHEN 'r' THEN 'range type'
       ELSE 'composite type' END AS kind,
       t.typname AS name, quote_ident(t.typname) AS quoted,
       CASE t.typtype
            WHEN 'e' THEN (SELECT string_agg('''' || replace(v.enumlabel, '''', '''''') || '''', ', '
                                             ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = t.oid)
            WHEN 'c' THEN (SELECT string_agg(concat_ws(' ', quote_ident(a.attname),
                                                     format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
                           FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
            WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
                          'COLLATE ' || (SELECT l.oid::regcollation::text FROM pg_collation l, pg_type b
                                         WHERE l.oid = t.typcollation AND b.oid = t.typbasetype
                                         AND b.typcollation <> t.typcollation),
                          CASE WHEN t.typnotnull THEN 'NOT NULL' END,
                          'DEFAULT ' || t.typdefault,
                          (SELECT string_agg(concat_ws(' ', 'CONSTRAINT', quote_ident(k.conname),
                                                       pg_get_constraintdef(k.oid)), ' ' ORDER BY k.conname)
                           FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
            ELSE (SELECT concat_ws(', ', 'SUBTYPE = ' || format_type(r.rngsubtype, NULL),
                                   'SUBTYPE_OPCLASS = ' || (SELECT quote_ident(o.opcname) FROM pg_opclass o
                                                            WHERE o.oid = r.rngsubopc AND NOT o.opcdefault),
                                   'COLLATION = ' || (SELECT r.rngcollation::regcollation::text FROM pg_type b
                                                      WHERE b.oid = r.rngsubtype AND b.typcollation <> r.rngcollation),
                                   'CANONICAL = ' || nullif(r.rngcanonical, 0)::regproc::text,
                                   'SUBTYPE_DIFF = ' || nullif(r.rngsubdiff, 0)::regproc::text,
                                   'MULTIRANGE_TYPE_NAME = ' || (SELECT quote_ident(m.typname) FROM pg_type m
                                                                 WHERE m.oid = r.rngmultitypid))
                  FROM pg_range r WHERE r.rngtypid = t.oid) END AS definition,
       NULL AS table_name, coalesce(obj_description(t.oid, 'pg_type'), '') AS comment
FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typnamespace IN (SELECT oid FROM here)
  AND (t.typtype IN ('d', 'e', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM of_extensions)
ORDER BY kind, name
"""
"""What stands behind AS of what makes each type."""
