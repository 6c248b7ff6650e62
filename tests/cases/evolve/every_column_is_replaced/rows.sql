INSERT INTO flags (code) VALUES (3);
INSERT INTO notes (code) VALUES ('b');
