CREATE DOMAIN cents AS integer CHECK (VALUE >= 0);
CREATE DOMAIN price AS cents CHECK (VALUE < 100000) CHECK (VALUE <> 13);
CREATE DOMAIN share AS numeric(5,4) DEFAULT 0.5 CHECK (VALUE BETWEEN 0 AND 1);
CREATE DOMAIN word AS text CHECK (VALUE <> '(') CHECK (VALUE ~ '^[a-z(]');
CREATE TABLE goods (id bigint PRIMARY KEY, cost cents DEFAULT 5, price price NOT NULL, part share, name word);
INSERT INTO goods VALUES (1, 7, 10, 0.25, 'nail');
