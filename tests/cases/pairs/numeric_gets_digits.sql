-- old
CREATE TABLE t (id integer PRIMARY KEY, a numeric);
-- rows
INSERT INTO t VALUES (1, 12.5), (2, NULL);
-- new
CREATE TABLE t (id integer PRIMARY KEY, a numeric(12,4));
-- allow
rewrite:t.a narrow:t.a
