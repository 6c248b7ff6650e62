INSERT INTO posts (id, words) VALUES (1, 3);
