CREATE TYPE reading AS (level double precision, taken timestamptz);
CREATE TYPE span AS RANGE (SUBTYPE = double precision, SUBTYPE_DIFF = float8mi);
CREATE TYPE "Hull Kind" AS ENUM ('steel', 'wood');
CREATE FUNCTION is_word(v text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT v <> '' $$;
CREATE DOMAIN word AS text CHECK (is_word(VALUE));
CREATE TABLE berths (
    id integer PRIMARY KEY, hull "Hull Kind", depth span, tide reading, label word, place integer NOT NULL,
    taken tstzrange, notes text STORAGE EXTERNAL,
    CONSTRAINT berths_place UNIQUE (place) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT berths_taken EXCLUDE USING gist (taken WITH &&),
    CONSTRAINT berths_positive CHECK (place > 0) NO INHERIT
) WITH (fillfactor = 70);
CREATE INDEX berths_label ON berths (label) WITH (fillfactor = 60);
COMMENT ON INDEX berths_label IS 'Finds a berth by its label';
CREATE STATISTICS berths_place_label (dependencies) ON place, label FROM berths;
ALTER TABLE berths REPLICA IDENTITY FULL;
ALTER TABLE berths ALTER COLUMN label SET STATISTICS 500;
CREATE UNLOGGED TABLE pings (id integer PRIMARY KEY);
CREATE SEQUENCE spare OWNED BY pings.id;
REVOKE USAGE ON TYPE reading FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
