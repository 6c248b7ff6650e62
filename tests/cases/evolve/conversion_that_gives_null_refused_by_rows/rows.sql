INSERT INTO moods (id, mood) VALUES (1, 'good'), (2, 'odd');
