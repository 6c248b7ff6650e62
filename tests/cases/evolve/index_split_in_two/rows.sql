INSERT INTO tasks (id, owner, rank) VALUES (1, 1, 1), (2, 1, 2);
