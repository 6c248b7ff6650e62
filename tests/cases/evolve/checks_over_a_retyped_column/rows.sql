INSERT INTO meters (id, reading, label) VALUES (1, 12, 'a'), (2, 37, NULL);
