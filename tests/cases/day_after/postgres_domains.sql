CREATE DOMAIN cents AS integer CHECK (VALUE >= 0);
CREATE DOMAIN price AS cents CHECK (VALUE < 100000) CHECK (VALUE <> 13);
CREATE DOMAIN share AS numeric(5,4) DEFAULT 0.5 CHECK (VALUE BETWEEN 0 AND 1);
CREATE DOMAIN word AS text CHECK (VALUE <> '(') CHECK (VALUE ~ '^[a-z(]');
CREATE TABLE goods (id bigint PRIMARY KEY, cost cents DEFAULT 5, price price NOT NULL, part share, name word);
INSERT INTO goods VALUES (1, 7, 10, 0.25, 'nail');
CREATE DOMAIN short AS varchar(8) DEFAULT 'none' CHECK (VALUE ~ '^[a-z]*$');
CREATE DOMAIN moment AS timestamptz DEFAULT now();
CREATE DOMAIN reference AS uuid DEFAULT gen_random_uuid();
CREATE DOMAIN settings AS jsonb DEFAULT '{}'::jsonb CHECK (jsonb_typeof(VALUE) = 'object');
CREATE DOMAIN labels AS text[] CHECK (cardinality(VALUE) < 5);
CREATE DOMAIN shorter AS short CHECK (length(VALUE) < 5);
CREATE TYPE day_kind AS ENUM ('work', 'rest');
CREATE DOMAIN working AS day_kind DEFAULT 'work' CHECK (VALUE <> 'rest');
CREATE TABLE of_domains (
    id integer PRIMARY KEY, a short, b moment, c reference, d settings, e labels, f shorter, g working, h short DEFAULT 'x'
);
