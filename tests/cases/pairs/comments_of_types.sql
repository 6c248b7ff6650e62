-- old
CREATE TYPE mood AS ENUM ('a', 'b');
COMMENT ON TYPE mood IS 'old';
CREATE TABLE t (id integer PRIMARY KEY, m mood);
-- new
CREATE TYPE mood AS ENUM ('a', 'b');
COMMENT ON TYPE mood IS 'new';
CREATE TABLE t (id integer PRIMARY KEY, m mood);
