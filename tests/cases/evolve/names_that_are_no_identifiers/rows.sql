INSERT INTO "User" (id, "e-mail") VALUES (1, 'a@b.c'), (2, 'd@e.f');
INSERT INTO "order-items: 100%" (id, "user id", "Unit Price (€)", "select", "it's ""said""", "2 be gone") VALUES (1, 1, 2.50, 2, NULL, 'x'), (2, 1, 3.25, 1, 'A', NULL);
