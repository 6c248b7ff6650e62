INSERT INTO parcels (id, weight, "Depth") VALUES (1, 20, 3), (2, 7, 4);
