INSERT INTO shelves (id) VALUES (1);
INSERT INTO jars (id, shelf_id) VALUES (1, 1);
