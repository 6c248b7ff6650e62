CREATE TABLE people (
    id integer PRIMARY KEY,
    email text UNIQUE,
    age integer CHECK (age > 0),
    born date,
    CHECK (born IS NULL OR age IS NOT NULL)
);
CREATE TABLE notes (
    id integer PRIMARY KEY,
    person_id integer NOT NULL REFERENCES people ON DELETE CASCADE ON UPDATE CASCADE,
    other_id bigint REFERENCES people ON DELETE SET NULL,
    words text,
    UNIQUE (person_id, words)
);
CREATE INDEX ON notes (other_id);
CREATE INDEX notes_by_words ON notes (words);
