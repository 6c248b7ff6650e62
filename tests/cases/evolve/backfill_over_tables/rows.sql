INSERT INTO customers (id, name, country) VALUES (1, 'Ada', 'uk'), (2, 'Kurt', 'at'), (3, 'Emmy', 'de');
INSERT INTO orders (id, customer_id, country, placed_at) VALUES (1, 1, NULL, '2024-01-01T00:00:00.000000Z'), (2, 2, 'de', '2024-01-03T00:00:00.000000Z'), (3, 1, NULL, '2024-01-02T00:00:00.000000Z');
INSERT INTO order_lines (order_id, line, amount) VALUES (1, 1, 10.50), (1, 2, 2.25), (3, 1, 7.00);
