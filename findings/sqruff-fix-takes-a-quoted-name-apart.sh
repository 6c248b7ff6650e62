#!/usr/bin/env bash
# Version: sqruff 0.44.0.
# Guess: `sqruff fix` for PostgreSQL knows that "" inside of a quoted name is one quote (documentation, 4.1.1).
# So it is: "size""in" is read as the column "size" with an alias and written so: the file still runs where there is such a
#   column, and answers it under another name. As the name of a column in CREATE TABLE it is left alone.
# Why users meet it: names that came from spreadsheets and other databases; a fix is run without reading each line.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqruff==0.44.0
printf '[sqruff]\ndialect = postgres\n' >.sqruff
printf 'SELECT "size""in" FROM parts;\n' >in.sql
printf 'CREATE TABLE parts ("size""in" integer);\n' >table.sql
venv/bin/sqruff fix in.sql table.sql >/dev/null 2>&1 || true
expect "the query" 'SELECT "size" AS "in" FROM parts;' "$(cat in.sql)"
expect "the table" 'CREATE TABLE parts ("size""in" integer);' "$(cat table.sql)"
