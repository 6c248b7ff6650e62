CREATE TABLE lines (
    id integer PRIMARY KEY,
    price integer NOT NULL,
    number integer NOT NULL,
    total integer GENERATED ALWAYS AS (price * number) VIRTUAL,
    twice integer NOT NULL GENERATED ALWAYS AS (number * 2) STORED
);
