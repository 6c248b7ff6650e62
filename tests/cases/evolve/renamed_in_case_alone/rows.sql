INSERT INTO bills (id, total) VALUES (1, 7);
INSERT INTO lines (id, bill_id) VALUES (1, 1);
