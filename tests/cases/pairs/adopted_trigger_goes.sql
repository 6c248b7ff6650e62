-- old
CREATE FUNCTION set_it() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.updated_at = now(); RETURN NEW; END$$;
CREATE TABLE t (id integer PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION set_it();
-- rows
INSERT INTO t VALUES (1);
-- new
CREATE TABLE t (id integer PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
-- replaced
the trigger comes back as ours
