CREATE TABLE marks (id integer PRIMARY KEY, club text NOT NULL, place integer NOT NULL, CONSTRAINT once UNIQUE (club, place), UNIQUE (place, club));
ALTER TABLE marks ADD CONSTRAINT again UNIQUE (id);
ALTER TABLE marks ADD CONSTRAINT twice UNIQUE (club, place);
