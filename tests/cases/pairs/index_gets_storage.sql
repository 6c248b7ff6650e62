-- old
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE INDEX i ON t (a);
-- new
CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE INDEX i ON t (a) WITH (fillfactor = 70);
