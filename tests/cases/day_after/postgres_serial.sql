CREATE TABLE jobs (id bigserial PRIMARY KEY, name text NOT NULL);
CREATE TABLE steps (job bigint REFERENCES jobs ON DELETE CASCADE, step serial, PRIMARY KEY (job, step));
CREATE TABLE tickets (id uuid PRIMARY KEY, number serial UNIQUE, place smallserial);
ALTER SEQUENCE jobs_id_seq RENAME TO numbers_of_jobs;
-- as a dump of a database from before PostgreSQL 10 makes it
CREATE TABLE old (id integer PRIMARY KEY);
CREATE SEQUENCE old_id_seq OWNED BY old.id;
ALTER TABLE old ALTER id SET DEFAULT nextval('old_id_seq');
INSERT INTO jobs (name) VALUES ('sweep');
INSERT INTO steps (job) VALUES (1);
