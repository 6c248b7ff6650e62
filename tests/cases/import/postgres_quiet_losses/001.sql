CREATE TABLE people (
    id integer PRIMARY KEY WITH (fillfactor = 70),
    number integer UNIQUE WITH (fillfactor = 60),
    words tsvector,
    note text
);
ALTER TABLE people ADD CONSTRAINT number_there NOT NULL number NOT VALID;
ALTER TABLE people ADD CONSTRAINT note_there NOT NULL note NO INHERIT;
CREATE INDEX people_words ON people USING gist (words tsvector_ops (siglen = 100));
ALTER TABLE people FORCE ROW LEVEL SECURITY;
ALTER TABLE people REPLICA IDENTITY FULL;
COMMENT ON CONSTRAINT people_pkey ON people IS 'The key';
COMMENT ON INDEX people_words IS 'The words';
CREATE RULE nothing AS ON INSERT TO people DO ALSO NOTHING;
