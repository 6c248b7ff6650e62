-- old
CREATE TYPE place AS (street text);
CREATE TABLE t (id integer PRIMARY KEY, a place);
-- rows
INSERT INTO t VALUES (1, ROW('x'));
-- new
CREATE TYPE place AS (street text, zip numeric(5,0), floor integer);
CREATE TABLE t (id integer PRIMARY KEY, a place);
