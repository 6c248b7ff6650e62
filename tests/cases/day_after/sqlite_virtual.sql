CREATE TABLE lines (
    id INTEGER PRIMARY KEY,
    price INTEGER NOT NULL,
    number INTEGER NOT NULL,
    total INTEGER AS (price * number) VIRTUAL,
    twice INTEGER GENERATED ALWAYS AS (number * 2) STORED
);
INSERT INTO lines (id, price, number) VALUES (1, 2, 3);
