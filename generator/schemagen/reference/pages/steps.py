"""What is wrong with a step of one's own (SG304, SG429, SG446 to SG449)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG304": page(
        "SG304",
        "SQL of a step that can't run",
        """\
A step is INSERT, UPDATE and DELETE on the tables that it finds: those of the last build with what this change adds;
what the change drops is still there. Its SQL is PostgreSQL's and is translated to SQLite, or written for each engine.
It names nothing else, has no parameters, and `done` is one SELECT.
""",
        right="""\
steps:
  split_address:
    up: |
      INSERT INTO addresses (customer_id, street)
      SELECT c.id, c.address FROM customers AS c WHERE c.address IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM addresses AS a WHERE a.customer_id = c.id)
    down: none
""",
    ),
    "SG429": page(
        "SG429",
        "A step can't be called so",
        """\
Its name becomes that of its migration: lower_snake_case, at most 48 characters, not ending with `_online`, and not that
of another step, which it keeps for ever.
""",
    ),
    "SG446": page(
        "SG446",
        "A step that can't be cut into batches",
        """\
With `batch` PostgreSQL runs a step for some rows of a table at a time. Which rows those are has to decide what is done:
`up` is one INSERT … SELECT, UPDATE or DELETE whose outermost FROM, or target, is that table, and it has no GROUP BY,
DISTINCT, LIMIT or WITH there. The table has a primary key, along which it is walked.
""",
        right="""\
steps:
  split_address:
    up: |
      INSERT INTO addresses (customer_id, street)
      SELECT c.id, c.address FROM customers AS c WHERE c.address IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM addresses AS a WHERE a.customer_id = c.id)
    batch: {table: customers, as: c, rows: 10000}
    down: none
""",
    ),
    "SG447": page(
        "SG447",
        "A step was edited",
        """\
A step that a build has numbered is a migration, and databases have run it as it was. Restore its text, or delete it
from the spec: the migration stays. What is left to do is another step, under another name. Its description may change.
""",
    ),
    "SG448": page(
        "SG448",
        "A step between two things of one name",
        """\
Between the two halves of a change what is dropped is still there, and what is new is there already. They can't have the
same name. Give the new one another name, or drop the old one in a build of its own.
""",
    ),
    "SG449": page(
        "SG449",
        "A step is skipped",
        """\
The history begins with this build, so no database has rows that the step could change. It is skipped, and is not asked
for again.
""",
    ),
}
