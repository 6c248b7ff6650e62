INSERT INTO labels (id, kind) VALUES (1, 'a'), (2, 'b');
INSERT INTO tickets (id, kind, first_label_id, parent_id) VALUES (1, 'a', 2, NULL), (2, 'b', NULL, 1);
INSERT INTO ticket_labels (ticket_id, label_id) VALUES (1, 1), (2, 2);
