INSERT INTO items (id, code, other, paid) VALUES (1, 'a', 'b', 3), (2, 'abcdefgh', NULL, 4);
