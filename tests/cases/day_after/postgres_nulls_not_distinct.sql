CREATE TABLE places (id integer PRIMARY KEY, building text NOT NULL, floor integer, code text,
    UNIQUE NULLS NOT DISTINCT (building, floor), CONSTRAINT one_code UNIQUE NULLS NOT DISTINCT (code));
CREATE UNIQUE INDEX idx_places ON places (floor, lower(code)) NULLS NOT DISTINCT WHERE building <> 'x';
CREATE TABLE doors (id integer PRIMARY KEY, code text REFERENCES places (code));
INSERT INTO places VALUES (1, 'a', NULL, NULL), (2, 'b', NULL, 'b'), (3, 'b', 1, 'c');
