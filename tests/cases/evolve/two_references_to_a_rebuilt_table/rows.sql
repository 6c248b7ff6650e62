INSERT INTO people (id, name) VALUES (1, 'Ada'), (2, 'Bob');
INSERT INTO letters (id, sender_id, receiver_id) VALUES (1, 1, 2), (2, 2, NULL);
