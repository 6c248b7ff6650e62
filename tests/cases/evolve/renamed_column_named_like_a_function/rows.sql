INSERT INTO words (id, length) VALUES (1, 'abc'), (2, 'de');
