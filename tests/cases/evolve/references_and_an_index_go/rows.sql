INSERT INTO rooms (id) VALUES (1);
INSERT INTO guests (id, room_id) VALUES (1, 1), (2, 1);
INSERT INTO keys (id, label) VALUES (1, 'front');
