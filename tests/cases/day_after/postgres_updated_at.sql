CREATE TABLE jobs (id integer PRIMARY KEY, name text, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE plans (id integer PRIMARY KEY, "changedAt" timestamp, updated_at timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- the moment of the change
  NEW.updated_at = CURRENT_TIMESTAMP;
  RETURN NEW;
END;
$$;
CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS $$ begin new."changedAt" := timezone('utc', now()); return new; end $$;
CREATE TRIGGER jobs_touch BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER plans_touch BEFORE UPDATE ON plans FOR EACH ROW EXECUTE PROCEDURE touch();
CREATE TRIGGER plans_changed BEFORE UPDATE ON plans FOR EACH ROW EXECUTE PROCEDURE changed();
