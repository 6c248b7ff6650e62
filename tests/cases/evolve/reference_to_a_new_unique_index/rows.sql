INSERT INTO people (id, badge) VALUES (1, 7), (2, 8);
INSERT INTO doors (id, badge) VALUES (1, 7), (2, NULL);
