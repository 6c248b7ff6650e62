CREATE TABLE User (id INTEGER PRIMARY KEY AUTOINCREMENT, "e-mail" TEXT NOT NULL UNIQUE, createdAt DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE order_items (id INTEGER PRIMARY KEY, [select] INTEGER CHECK ("select" > 0));
CREATE TABLE [order-items] (
    "order id" INTEGER NOT NULL,
    `Unit Price (€)` DECIMAL(8,2) NOT NULL DEFAULT 0 CONSTRAINT "Price: not below 0" CHECK ("Unit Price (€)" >= 0),
    "2nd" VARCHAR(20),
    "user:id" INTEGER NOT NULL CONSTRAINT "user's" REFERENCES User ON DELETE CASCADE,
    "100%" DECIMAL(8,2) GENERATED ALWAYS AS ("Unit Price (€)" * 2) STORED,
    PRIMARY KEY ("order id", "user:id")
);
CREATE INDEX "by price" ON "order-items" ("Unit Price (€)" DESC, "2nd") WHERE "2nd" <> '';
CREATE INDEX nd ON "order-items" (lower("2nd"));
CREATE TABLE "Ärger" ("größe" INTEGER PRIMARY KEY, "order id" INTEGER, "user:id" INTEGER,
    FOREIGN KEY ("order id", "user:id") REFERENCES "order-items" ON DELETE SET NULL);
INSERT INTO User ("e-mail") VALUES ('a@b.c');
INSERT INTO "order-items" ("order id", "Unit Price (€)", "2nd", "user:id") VALUES (1, 2.5, 'x', 1);
