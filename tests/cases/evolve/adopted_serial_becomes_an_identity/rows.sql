INSERT INTO jobs (id, name) VALUES (1, 'sweep'), (2, 'mend the roof');
