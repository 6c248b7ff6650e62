INSERT INTO signals (id, at, level, share, doubled, note) VALUES (1, 1700000000123, 'low', '7', 5, 'a long remark'), (2, 0, 'high', '0', NULL, NULL);
