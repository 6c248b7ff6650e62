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
        "Migrations that are not chain",
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
more), drops a key or a unique rule that no other one implies, or makes PostgreSQL rewrite a table under a lock. If it
is meant, build with the `--allow` words that the message ends in; if it is a rename, write `renamed_from`. An allowed
narrowing never cuts a value: the migration stops before it changes anything if a row does not fit.

Where SQLite makes an imported table anew, what its import left out would go with it: `--allow rules:TABLE` lets it.
Rules that somebody has made since by hand no build can know: there the rebuild stops, with
`a_table_has_rules_that_no_spec_knows`, where the table has a check, unique rule, foreign key, collation, conflict
clause, default, NOT NULL or generated column that its history does not have, be it added or edited; brackets and the
case of words do not count. `schemagen verify --database URL` names it. Say the rule in the spec, or, while the
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
migration could not be distinguished from the first, and would change them back. Rename one to a third name and build,
then give both their names and build again. Columns beside which another one is added or dropped need one build alone.
""",
    ),
    "SG416": page(
        "SG416",
        "A lock that was changed by hand",
        """\
The lock ends in a hash of all that stands in it. Its schema is what its migrations make: taken apart by hand, or put
together from two branches, it would let a change be lost. Restore it from version control; after a merge
`schemagen rebase --onto REV` recreates it.
""",
    ),
    "SG417": page(
        "SG417",
        "A rename that can't be followed",
        """\
`renamed_from` names what the table, column or value of an enum type was called in the last build. It was not there, is
still there, or has become another one. A `renamed_from` that has been followed may stay where it is.
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
    "SG461": page(
        "SG461",
        "A type that a column keeps can't be recreated",
        """\
PostgreSQL drops no type by which a column is declared. A composite type that is one of `objects` takes more attributes
at its end (ALTER TYPE … ADD ATTRIBUTE), and a named enum in an array takes more values; anything else would have to be
recreated. Give the new type another name, and the column a `backfill` that makes its values of the old ones.
""",
    ),
    "SG460": page(
        "SG460",
        "A table would be divided otherwise",
        """\
PostgreSQL can't make a plain table partitioned where it stands, divide the rows of a partitioned one by other columns,
or change the type of a column that divides them. Make another table, copy the rows in a step of your own (`steps:`),
and drop the old one in a later build.
""",
    ),
    "SG462": page(
        "SG462",
        "Something that the oldest server has not",
        """\
`[tool.schemagen.postgres]` names the oldest PostgreSQL that the migrations run on. What the specs ask of a newer one is
told before anything is written: `nulls_distinct: false`, `security_invoker` and SET NULL of some columns need 15,
`stored: false` and `state: not_enforced` need 18. Without the setting nothing is held against a version.
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
}
