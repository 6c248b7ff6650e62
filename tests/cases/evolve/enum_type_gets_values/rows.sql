INSERT INTO tickets (id, state, before) VALUES (1, 'open', NULL);
INSERT INTO tickets (id, state, before) VALUES (2, 'waiting', 'open');
INSERT INTO tickets (id, state, before) VALUES (3, 'closed', 'waiting');
