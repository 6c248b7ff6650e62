#!/usr/bin/env bash
# Version: Django 5.2.19, SQLite of the running Python.
# Guess: inspectdb leaves a partial unique index out, as it leaves out checks, or writes a UniqueConstraint with condition.
# So it is: the column gets unique=True. Validation of such a model refuses rows that the database takes.
# Why users meet it: "unique among rows that are not deleted" is the usual rule where rows are deleted softly; the same on PostgreSQL.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with django==5.2.19
cat >p.py <<'PY'
import io, sqlite3
import django
from django.conf import settings
from django.core.management import call_command

sqlite3.connect("one.db").executescript("""
CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT NOT NULL, deleted_at TEXT);
CREATE UNIQUE INDEX one_open ON person (email) WHERE deleted_at IS NULL;
""")
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "one.db"}})
django.setup()
out = io.StringIO()
call_command("inspectdb", "person", stdout=out)
print(next(line.strip() for line in out.getvalue().splitlines() if "email" in line))
PY
expect "the field" "email = models.TextField(unique=True)" "$(venv/bin/python p.py)"
