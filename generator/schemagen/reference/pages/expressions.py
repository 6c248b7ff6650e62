"""Mistakes in the SQL of a spec (SG3xx)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG301": page(
        "SG301",
        "An expression that can't be used",
        """\
Expressions are PostgreSQL's SQL. They are parsed, their columns and types are resolved, and they are
translated to SQLite; what is not on the list of `schemagen guide` has no translation that is known to be
equal. Give SQLite its own text then, or leave the part out of it with `only: postgres`.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    checks:
      short: {sql: length(titel) < 100}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    checks:
      short: {sql: length(title) < 100}
""",
    ),
    "SG302": page(
        "SG302",
        "A query pattern that can't be used",
        """\
A query pattern is one SELECT, INSERT, UPDATE or DELETE of PostgreSQL's SQL, with parameters written `:name`.
Its tables and columns are resolved, and it is translated to SQLite like every expression (see SG301).
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
queries:
  by_title: {sql: SELECT id FROM task WHERE title = :title}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
queries:
  by_title: {sql: SELECT id FROM tasks WHERE title = :title}
""",
    ),
    "SG303": page(
        "SG303",
        "A query pattern that can't be a function",
        """\
Each query becomes a function of its name, with a keyword for each parameter and a row with the columns of the
result. So its name is one that Python has no other use for and no other query has, something says the type of
each parameter (what it is compared with or stored into, or a CAST), and each column of the result has a name of
its own. A project that wants no functions says `queries = false` below `[tool.schemagen.models]`.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
queries:
  count_words: {sql: "SELECT id, length(title) + 1 FROM tasks WHERE id = :id"}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
queries:
  count_words: {sql: "SELECT id, length(title) + 1 AS letters FROM tasks WHERE id = :id"}
""",
    ),
    "SG310": page(
        "SG310",
        "A generated statement is not valid SQL",
        """\
Every statement is parsed in its dialect before it is written. Only text that a spec gives to one engine comes
into statements as it is (a type or an expression in a mapping `{postgres, sqlite}`), so look there first.
""",
    ),
    "SG311": page(
        "SG311",
        "SQLite refuses a generated statement",
        """\
Every SQLite migration is run in memory before it is written. Only text that a spec gives to SQLite alone
comes into statements as it is, so look there first.
""",
    ),
    "SG312": page(
        "SG312",
        "SQLite can't evaluate an expression",
        """\
Checks and defaults are evaluated in memory before they are written. Only text that a spec gives to SQLite
alone comes there as it is, so look there first.
""",
    ),
}
