INSERT INTO members (id, email, nick, team, seat) VALUES (1, 'a', 'x', 1, 1), (2, 'b', 'y', 2, 1);
