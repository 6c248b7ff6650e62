CREATE TABLE logs (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100), at date NOT NULL, note text, PRIMARY KEY (id, at))
    PARTITION BY RANGE (at);
CREATE TABLE logs_2024 PARTITION OF logs FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE rooms (number integer, during tsrange, EXCLUDE USING gist (during WITH &&),
    UNIQUE NULLS NOT DISTINCT (number), UNIQUE (number, during) DEFERRABLE);
CREATE TABLE "Order" (
    "user" integer REFERENCES people ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    "group" integer NOT NULL,
    "größe" integer
);
CREATE TABLE lines (
    a integer, b integer, c integer NOT NULL REFERENCES people ON DELETE SET NULL ON UPDATE CASCADE,
    PRIMARY KEY (a, b) INCLUDE (c)
);
CREATE TABLE sub_lines (a integer, b integer, FOREIGN KEY (a, b) REFERENCES lines MATCH FULL, x integer) INHERITS (rooms);
CREATE VIEW adults AS SELECT * FROM people WHERE age >= 18;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM people;
CREATE SEQUENCE tickets;
CREATE UNLOGGED TABLE scratch (id integer PRIMARY KEY, ticket integer DEFAULT nextval('tickets'));
ALTER TABLE scratch ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON scratch USING (id > 0);
