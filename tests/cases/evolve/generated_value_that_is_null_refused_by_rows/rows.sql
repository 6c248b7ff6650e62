INSERT INTO orders (id, amount) VALUES (1, 7), (2, NULL);
