CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE TYPE "Order State" AS ENUM ('a');
CREATE TYPE state AS ENUM ('open', 'waiting', 'closed');
CREATE TYPE unused AS ENUM ('one');
CREATE TYPE kind AS ENUM ('small', 'large');
CREATE DOMAIN big AS kind CHECK (VALUE <> 'small');
CREATE TABLE people (
    id serial PRIMARY KEY,
    mood mood NOT NULL DEFAULT 'it''s ok',
    before mood,
    moods mood[] NOT NULL DEFAULT '{}',
    size big,
    CONSTRAINT people_mood_check CHECK (mood <> 'sad' OR before IS NOT NULL),
    CONSTRAINT people_before_check CHECK (before IN ('sad', 'happy')),
    CONSTRAINT people_order_check CHECK (mood >= 'it''s ok'::mood)
);
CREATE TABLE tickets (
    id integer PRIMARY KEY,
    person_id integer NOT NULL REFERENCES people ON DELETE CASCADE,
    state state NOT NULL DEFAULT 'open'
);
CREATE UNIQUE INDEX tickets_open ON tickets (person_id) WHERE state = 'open';
CREATE INDEX tickets_state ON tickets (state, id) WHERE state = ANY (ARRAY['open'::state, 'waiting'::state]);
