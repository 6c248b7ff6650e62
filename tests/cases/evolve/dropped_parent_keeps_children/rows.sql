INSERT INTO teams (id) VALUES (1);
INSERT INTO players (id, team_id) VALUES (1, 1), (2, 1);
INSERT INTO goals (id, player_id) VALUES (1, 1), (2, 2);
