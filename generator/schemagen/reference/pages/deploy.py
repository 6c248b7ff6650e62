"""Pages of errors of `build --name`, `export`, `status` and `apply`."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG442": page(
        "SG442",
        "No layout of that name",
        """\
`schemagen export --layout NAME DIR` knows dbmate, sql-migrate, goose, golang-migrate, yoyo, node-pg-migrate, knex,
django, supabase and d1. For every other runner that sends a file as it stands, the files in `migrations/` do.
""",
    ),
    "SG443": page(
        "SG443",
        "An exported migration that has changed",
        """\
A file of the export is there already and says something else. A migration that was run never changes, so nothing is
written: restore it from version control, or, if it was never run, move it away and export again.
""",
    ),
    "SG444": page(
        "SG444",
        "A line that the runner would take for its own",
        """\
Some runners look for words of theirs, such as `-- migrate:down`, at the beginning of any line of a file, also inside of
a text. A statement of this migration has such a line, and what follows it would be run as something else.
""",
    ),
    "SG445": page(
        "SG445",
        "No name for a migration",
        """\
`build --name split-address` calls the migration of a change so, for both engines: at most 48 letters, digits and
hyphens, a letter first, and not ending in `online`, as the second half of a change does. A first build has one for each
table.
""",
    ),
    "SG485": page(
        "SG485",
        "No build to deploy",
        """\
`status` and `apply` read the migrations of the output folder, and there is none. Run `schemagen build`, or name the
folder with `--output`.
""",
    ),
    "SG486": page(
        "SG486",
        "Alembic is not installed",
        """\
`status` and `apply` run the revisions on Alembic's machinery. The extra `models` brings it:
`pip install 'schemagen[models]'`.
""",
    ),
    "SG487": page(
        "SG487",
        "No database that can be migrated",
        """\
A database is `postgresql://user:password@host:5432/name`, `sqlite:///app.db` or the path of a SQLite file. A driver in
the URL, such as asyncpg's or aiosqlite's, is of no matter: the engine's sync driver is taken.
""",
    ),
    "SG488": page(
        "SG488",
        "Another runner keeps the history",
        """\
The database has the table in which another runner keeps what it has run, and Alembic's version table says nothing.
Two histories of one database would not know of each other, so `apply` does nothing. Go on with that runner; where it is
of no use any more, drop its table, and `schemagen apply --adopt N` records where the database is.
""",
    ),
    "SG489": page(
        "SG489",
        "A version that these migrations do not have",
        """\
`alembic_version` names a revision that is not in the output folder: the database belongs to another project, the output
is older than the database, or a branch's migration was recreated by `rebase` after this database had run it. Then
`schemagen apply --down` takes it back by what the rebase has kept in `superseded/`, and `schemagen apply` goes on.
""",
    ),
    "SG490": page(
        "SG490",
        "Nobody knows where the database is",
        """\
There is no version table, and the catalog is not what any of these migrations leaves. `schemagen verify --database URL
--at N` tells how it differs from migration N; when nothing differs any more, `schemagen apply --adopt N` records it.
""",
    ),
    "SG491": page(
        "SG491",
        "The version table and the catalog do not agree",
        """\
The version table says that a migration was run, but a table or column that it leaves is missing. The next migration
could only fail, or do harm, so nothing is run.
""",
    ),
    "SG492": page(
        "SG492",
        "A migration was stopped",
        """\
The engine refused a statement, or the connection was lost. A migration in a transaction leaves nothing behind. One
outside of a transaction (its name ends in `_online`) leaves what it had done; it is written so that
`schemagen apply` runs it again from its beginning, and what is done already is skipped.
""",
    ),
    "SG493": page(
        "SG493",
        "This goal cannot be reached so",
        """\
`--to N` goes on to migration N, `--down --to N` goes back to it, and `--adopt N` records what the catalog of a database
without a version table is. What was asked for is none of these from where the database is.
""",
    ),
    "SG494": page(
        "SG494",
        "Another `apply` does not end",
        """\
On PostgreSQL, `apply` takes an advisory lock of the database for as long as it runs; the next one waits for
ten minutes. Behind a pooler that gives each transaction another session, such a lock is of no use: name the server
itself.
""",
    ),
    "SG495": page(
        "SG495",
        "A database refuses the example rows",
        """\
`schemagen seed` inserts the example rows of the last build, parents first, in one transaction; a row whose key is there
already is left as it is. The database has another schema, or rows of its own that an example collides with. Nothing was
kept.
""",
        right="""\
schemagen apply --database "$DATABASE_URL"
schemagen seed --database "$DATABASE_URL"
""",
        fence="console",
    ),
}
