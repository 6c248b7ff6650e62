#!/usr/bin/env bash
# Version: shandy-sqlfmt 0.32.0.
# Guess: a formatter with a check of its own output ("safety check") keeps PostgreSQL's operators whole.
# So it is: a query keeps #>>, but in CREATE VIEW and CREATE INDEX it becomes `# >>`, which PostgreSQL refuses.
# Why users meet it: a path in a JSON column, in a view or an index; the safety check says nothing.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with shandy-sqlfmt==0.32.0
echo "select body #>> '{a,b}' from notes" >query.sql
echo "create view paths as select body #>> '{a,b}' from notes" >view.sql
venv/bin/sqlfmt -q query.sql view.sql
one_line() { tr -s ' \n' ' ' <"$1"; }
expect "the query" "select body #>> '{a,b}' from notes " "$(one_line query.sql)"
expect "the view" "create view paths as select body # >> '{a,b}' from notes " "$(one_line view.sql)"
