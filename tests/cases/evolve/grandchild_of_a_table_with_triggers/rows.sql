INSERT INTO accounts (id) VALUES (1);
INSERT INTO projects (id, account_id) VALUES (1, 1);
INSERT INTO labels (id, project_id) VALUES (1, 1), (2, 1);
