INSERT INTO users (id, email, active) VALUES (1, 'a', true), (2, 'b', false);
INSERT INTO notes (id, user_id, body) VALUES (1, 1, 'x');
