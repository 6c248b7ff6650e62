-- as Prisma, TypeORM and hands name things
CREATE TABLE "User" (id serial PRIMARY KEY, "e-mail" text NOT NULL CONSTRAINT "e-mail, once" UNIQUE, "createdAt" timestamptz(3) NOT NULL DEFAULT now());
CREATE TABLE order_items (id integer PRIMARY KEY, "select" integer CHECK ("select" > 0));
CREATE TABLE "order-items" (
    "order id" integer NOT NULL,
    "Unit Price (€)" numeric(8,2) NOT NULL DEFAULT 0 CONSTRAINT "Price: not below 0" CHECK ("Unit Price (€)" >= 0),
    "2nd" varchar(20),
    "user:id" integer NOT NULL CONSTRAINT "user's" REFERENCES "User" ON DELETE CASCADE,
    "100%" numeric(8,2) GENERATED ALWAYS AS ("Unit Price (€)" * 2) STORED,
    PRIMARY KEY ("order id", "user:id")
);
CREATE INDEX "by price" ON "order-items" ("Unit Price (€)" DESC, "2nd") WHERE "2nd" <> '';
CREATE INDEX ON "order-items" (lower("2nd"));
CREATE TABLE "Ärger" ("größe" integer PRIMARY KEY, "order id" integer, "user:id" integer,
    FOREIGN KEY ("order id", "user:id") REFERENCES "order-items" ON DELETE SET NULL);
INSERT INTO "User" ("e-mail") VALUES ('a@b.c');
INSERT INTO "order-items" ("order id", "Unit Price (€)", "2nd", "user:id") VALUES (1, 2.5, 'x', 1);
