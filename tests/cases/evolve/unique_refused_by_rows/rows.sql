INSERT INTO tags (id, word) VALUES (1, 'same'), (2, 'same');
