INSERT INTO users (id, email, paid) VALUES (1, 'a@b.c', 2.50), (2, 'd@e.f', NULL);
