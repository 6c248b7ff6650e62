INSERT INTO events (id, created_at, region, note) VALUES (1, '2024-01-01T00:00:00.000000Z', 'eu', 'a'), (2, '2025-01-01T00:00:00.000000Z', 'us', NULL);
