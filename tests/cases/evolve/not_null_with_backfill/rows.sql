INSERT INTO posts (id, body, edited_at, author) VALUES (1, 'one', '2024-01-01T00:00:00.000000Z', NULL), (2, NULL, '2024-01-02T00:00:00.000000Z', 'Ada');
