INSERT INTO lines (id, price, number, name) VALUES (1, 2.50, 3, 'Ab'), (2, 0.10, 7, NULL);
