INSERT INTO states (id, name) VALUES (1, 'new'), (2, 'old');
INSERT INTO orders (id, state_id) VALUES (1, 1);
