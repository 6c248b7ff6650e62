"""Mistakes in views and in objects of one's own SQL (SG225 and on)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG225": page(
        "SG225",
        "A view that can't be made",
        """\
A view is one SELECT without parameters whose columns all have names, each another one. `SELECT *` is refused:
PostgreSQL freezes it when the view is made, SQLite does not. Only a materialized view has indexes.
""",
        wrong="""\
tables:
  tasks: {columns: {id: {type: uuid, primary_key: true}, title: {type: text}}}
views:
  all_tasks: {sql: SELECT * FROM tasks}
""",
        right="""\
tables:
  tasks: {columns: {id: {type: uuid, primary_key: true}, title: {type: text}}}
views:
  all_tasks: {sql: "SELECT id, title FROM tasks"}
""",
    ),
    "SG226": page(
        "SG226",
        "Something that is needed is not there, or needs what needs it",
        """\
`needs` names tables, views and objects of the specs; what a text shows need not be listed. Each is made after what it
needs, so that none can need itself, over others either.
""",
        wrong="""\
tables:
  tasks: {columns: {id: {type: uuid, primary_key: true}}}
objects:
  read_tasks: {kind: grant, needs: [task], sql: {postgres: GRANT SELECT ON tasks TO reader}}
""",
        right="""\
tables:
  tasks: {columns: {id: {type: uuid, primary_key: true}}}
objects:
  read_tasks: {kind: grant, sql: {postgres: GRANT SELECT ON tasks TO reader}}
""",
    ),
    "SG227": page(
        "SG227",
        "SQL of one's own that makes something else than it says",
        """\
An object is one statement that makes what its `kind` says: `CREATE FUNCTION`, `CREATE TRIGGER`, `CREATE POLICY` or
`ALTER TABLE … ENABLE ROW LEVEL SECURITY`, `GRANT` or `REVOKE`, `CREATE TYPE` or `CREATE DOMAIN`, `ALTER TABLE … ADD
CONSTRAINT`, `CREATE INDEX`, `CREATE STATISTICS`, and for an `option` `ALTER TABLE … SET UNLOGGED`, `SET (…)`, `REPLICA
IDENTITY FULL`, `ALTER COLUMN … SET STORAGE`, `COMPRESSION` or `STATISTICS`. Make an object of each statement. SQLite
has triggers alone.
""",
        wrong="""\
tables:
  tasks: {columns: {id: {type: uuid, primary_key: true}}}
objects:
  read_tasks: {kind: grant, sql: {postgres: DROP TABLE tasks}}
""",
        right="""\
tables:
  tasks: {columns: {id: {type: uuid, primary_key: true}}}
objects:
  read_tasks: {kind: grant, sql: {postgres: GRANT SELECT ON tasks TO reader}}
""",
    ),
}
