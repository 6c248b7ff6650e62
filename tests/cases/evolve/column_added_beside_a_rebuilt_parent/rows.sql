INSERT INTO threads (id, word) VALUES (1, 'a'), (2, NULL);
INSERT INTO messages (id, thread_id) VALUES (1, 1);
