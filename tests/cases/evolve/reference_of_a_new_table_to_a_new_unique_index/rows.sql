INSERT INTO people (id, badge) VALUES (1, 7), (2, 8);
