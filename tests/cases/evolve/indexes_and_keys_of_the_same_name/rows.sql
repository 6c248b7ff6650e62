INSERT INTO rooms (house, number, label, floor) VALUES (1, 1, 'attic', 3), (1, 2, 'hall', 0), (2, 1, 'cellar', 3);
INSERT INTO keys (id, house, floor) VALUES (1, 1, 3), (2, 2, 3), (3, 1, NULL);
