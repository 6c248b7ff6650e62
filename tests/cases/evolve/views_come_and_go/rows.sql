INSERT INTO users (id, email, active) VALUES (1, 'a', true), (2, 'b', false);
