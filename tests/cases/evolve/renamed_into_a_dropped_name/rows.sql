INSERT INTO current (id, a, b) VALUES (1, 2, 3);
INSERT INTO next (id, current_id) VALUES (5, 1), (6, NULL);
