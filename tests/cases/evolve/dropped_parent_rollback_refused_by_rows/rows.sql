INSERT INTO depots (id) VALUES (1);
INSERT INTO vans (id, depot_id) VALUES (1, 1);
