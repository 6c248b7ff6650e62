"""Mistakes in full-text indexes and in searches (SG228 and on)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG228": page(
        "SG228",
        "A search of a column without a full-text index",
        """\
`search(c, :words)` and `search_prefix(c, :words)` ask an index of the words of a column: without one PostgreSQL would
read every row, and SQLite has nothing to ask. The column is one of a table, not of a view or a subquery.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: varchar(200)}
queries:
  found: {sql: "SELECT id FROM tasks WHERE search(title, :words) ORDER BY id"}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: varchar(200)}
    full_text:
      - columns: [title]
queries:
  found: {sql: "SELECT id FROM tasks WHERE search(title, :words) ORDER BY id"}
""",
    ),
    "SG229": page(
        "SG229",
        "A full-text index that can't be made",
        """\
Words are those of texts with a limit: PostgreSQL refuses a row whose words fill more than 1 MiB, which 200,000
characters never do. The table has a primary key, by which a search finds its rows on SQLite. A column with
`on_row_update` is filled by a trigger, and which of two triggers comes first is open.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      body: {type: text}
    full_text:
      - columns: [body]
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      body: {type: text, max_length: 100000}
    full_text:
      - columns: [body]
""",
    ),
    "SG230": page(
        "SG230",
        "A note about a search that the key describes",
        """\
The note `full_text` says in prose what the key `full_text` makes: the document tells of the index by itself. A note
of a file stays, for what is said of several tables.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: varchar(200)}
    full_text:
      - columns: [title]
    notes:
      full_text: Not indexed yet.
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: varchar(200)}
    full_text:
      - columns: [title]
        description: Words of a task's title
""",
    ),
}
