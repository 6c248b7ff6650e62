INSERT INTO places (id, zip) VALUES (1, '12345'), (2, '01234');
