CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE FUNCTION touch_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated = now(); RETURN NEW; END $$;
CREATE TABLE people (
    id serial PRIMARY KEY,
    mood mood NOT NULL DEFAULT 'happy',
    age positive,
    email varchar(255) NOT NULL UNIQUE,
    role varchar(20) NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    address inet,
    tags text[] NOT NULL DEFAULT '{}',
    score double precision DEFAULT 0,
    seen timestamp(3) without time zone,
    updated timestamptz NOT NULL DEFAULT now(),
    search tsvector GENERATED ALWAYS AS (to_tsvector('english', email)) STORED,
    "createdAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Odd name!" CHECK (age < 200)
);
COMMENT ON TABLE people IS 'Everybody, by name';
COMMENT ON COLUMN people.email IS 'Where letters go: one, only';
CREATE INDEX people_search ON people USING gin (search);
CREATE INDEX people_lower ON people (lower(email)) WHERE age > 18;
CREATE TRIGGER people_touch BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION touch_it();
