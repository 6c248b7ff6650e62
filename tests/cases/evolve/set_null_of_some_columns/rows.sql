INSERT INTO threads (id) VALUES (1), (2);
INSERT INTO messages (id, thread_id, parent_id, body) VALUES (1, 1, NULL, 'a'), (2, 1, 1, 'bb'), (3, 1, 2, 'c'), (4, 2, NULL, 'd');
INSERT INTO pins (id, thread_id, message_id) VALUES (1, 1, 2), (2, 2, 4);
INSERT INTO drafts (id, thread_id, answer_to) VALUES (1, 1, 2), (2, 2, NULL);
