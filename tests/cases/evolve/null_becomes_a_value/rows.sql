INSERT INTO places (id, building, floor, code) VALUES (1, 'a', 1, 'x'), (2, 'a', NULL, NULL), (3, 'b', NULL, 'y'), (4, 'b', 0, 'z');
INSERT INTO doors (id, code) VALUES (1, 'x'), (2, NULL), (3, NULL);
