"""Mistakes in owners of rows, and in what stands beside them (SG231 and on)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG231": page(
        "SG231",
        "An owner that can't be one",
        """\
The owner of a row is a value that every row has and that its writer gives: a uuid, an integer or a text, never NULL. It
has one type in all tables, since a transaction sets one owner for all of them. A partitioned table has none, since a
query that names a partition would see the rows of every owner.
""",
        wrong="""\
tables:
  tasks:
    owner: user_id
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, nullable: true, index: true}
""",
        right="""\
tables:
  tasks:
    owner: user_id
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, index: true}
""",
    ),
    "SG232": page(
        "SG232",
        "A policy or a view that opens a table with an owner",
        """\
PostgreSQL joins the policies of a table by OR, so one beside `owner:` would show rows of others. A view reads as who
made it, unless it says `security_invoker: true`; a materialized one keeps the rows of every owner.
""",
        wrong="""\
tables:
  tasks:
    owner: user_id
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, index: true}
views:
  mine: {sql: "SELECT id FROM tasks"}
""",
        right="""\
tables:
  tasks:
    owner: user_id
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, index: true}
views:
  mine: {sql: "SELECT id FROM tasks", security_invoker: true}
""",
    ),
}
