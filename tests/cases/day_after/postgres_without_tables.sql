CREATE TYPE tide AS ENUM ('low', 'high');
COMMENT ON TYPE tide IS 'How high the water is';
CREATE TYPE reading AS (level numeric(6, 2), taken timestamptz);
CREATE FUNCTION is_low(t tide) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT t = 'low' $$;
COMMENT ON FUNCTION is_low(tide) IS 'Whether boats have to wait';
CREATE FUNCTION is_low(r reading) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT (r).level < 1.5 $$;
CREATE SEQUENCE berth_numbers START 10 INCREMENT 5;
CREATE VIEW harbour_rules AS SELECT 1 AS version;
