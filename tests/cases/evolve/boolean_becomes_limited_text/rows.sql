INSERT INTO flags (id, value) VALUES (1, true), (2, false);
