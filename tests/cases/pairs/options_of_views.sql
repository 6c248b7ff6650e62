-- old
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a FROM t WHERE id > 0;
-- new
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE VIEW v WITH (security_barrier) AS SELECT id, a FROM t WHERE id > 0 WITH LOCAL CHECK OPTION;
