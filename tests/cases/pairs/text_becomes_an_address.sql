-- old
CREATE TABLE t (id integer PRIMARY KEY, a text);
-- rows
INSERT INTO t VALUES (1, '10.0.0.1'), (2, NULL);
-- new
CREATE TABLE t (id integer PRIMARY KEY, a inet);
-- allow
rewrite:t.a lossy:t.a
