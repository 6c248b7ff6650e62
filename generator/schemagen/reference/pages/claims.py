"""Pages of claims of a spec that `verify` found broken."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG540": page(
        "SG540",
        "An engine refuses a migration",
        """\
The file that is named stops at the statement that is shown, so nothing behind it was proved on this engine. Where the
statement holds SQL of the spec, such as a native type, an operator class or an index method, the engine does not know
it: fix it there. Types and extensions that have to be there first go into `before-import.postgres.sql` beside the
specs.
""",
        """\
tables:
  places:
    columns:
      id: {type: uuid, primary_key: true}
      spot: {type: {postgres: geometry, sqlite: text}}
""",
        """\
tables:
  places:
    columns:
      id: {type: uuid, primary_key: true}
      spot: {type: {postgres: point, sqlite: text}}
""",
    ),
    "SG541": page(
        "SG541",
        "An engine refuses a query",
        """\
`verify` runs each query on rows that it made, with values for its parameters. What the engine said is shown beside the
statement with its values. A query that one engine can't answer says so with `only:`; what it needs of an extension
has to be there first.
""",
        """\
tables:
  users:
    columns:
      id: {type: uuid, primary_key: true}
      name: {type: text}
queries:
  like_a_name:
    only: postgres
    sql: SELECT id FROM users WHERE similarity(name, :name) > 0.5
""",
        """\
tables:
  users:
    columns:
      id: {type: uuid, primary_key: true}
      name: {type: text}
queries:
  like_a_name:
    sql: SELECT id FROM users WHERE name = :name
""",
    ),
    "SG542": page(
        "SG542",
        "A query reads a whole table or index",
        """\
A query with `uses` or `p95_ms` claims to be fast; here the engine reads a large table or an index from end to end, or
makes an index for one run of the query. Walking an index is right for ORDER BY with LIMIT, which ends it early, for a
partial index, and for a query that wants every row. Tables whose `volume` is at most 1,000 rows may be read whole.

A query that claims nothing is reported as a remark, as is one with a comment `# schemagen: ignore SG517` and its
reason.
""",
        """\
tables:
  visits:
    columns:
      id: {type: uuid, primary_key: true}
      ip: {type: text}
      seconds: {type: integer}
    indexes:
      - columns: [ip]
queries:
  long_visits:
    sql: SELECT ip FROM visits WHERE seconds > :seconds
    p95_ms: 5
""",
        """\
tables:
  visits:
    columns:
      id: {type: uuid, primary_key: true}
      ip: {type: text}
      seconds: {type: integer}
    indexes:
      - columns: [seconds, ip]
queries:
  long_visits:
    sql: SELECT ip FROM visits WHERE seconds > :seconds
    p95_ms: 5
""",
    ),
    "SG543": page(
        "SG543",
        "A query does not use the index that it names",
        """\
`uses` names an index, a unique constraint or a key; the plan that is shown finds its rows in another way. Another index
with the same columns counts as the named one. A skip scan does not count: PostgreSQL has it from version 18, SQLite
after ANALYZE, and both only where the first column has few values.
""",
        """\
tables:
  events:
    columns:
      id: {type: uuid, primary_key: true}
      kind: {enum: [seen, sold]}
      day: {type: date}
    indexes:
      - columns: [kind, day]
queries:
  of_a_day:
    sql: SELECT id FROM events WHERE day = :day
    uses: idx_events_kind_day
""",
        """\
tables:
  events:
    columns:
      id: {type: uuid, primary_key: true}
      kind: {enum: [seen, sold]}
      day: {type: date}
    indexes:
      - columns: [day]
queries:
  of_a_day:
    sql: SELECT id FROM events WHERE day = :day
    uses: idx_events_day
""",
    ),
    "SG544": page(
        "SG544",
        "An example row is refused, or comes back as another",
        """\
Example rows are inserted through SQL and through the models, and read back. The engine's message names the rule that
refuses the row; the row or the rule has to change.
""",
    ),
    "SG545": page(
        "SG545",
        "A query is slower than its p95_ms",
        """\
`verify --latency` runs each query many times on rows in the proportions of `volume`. The table of times shows the plan,
and what each index is worth to it. Times depend on the machine: a target that is met by little is missed elsewhere.
""",
    ),
    "SG546": page(
        "SG546",
        "A database that was made is another than the spec's",
        """\
What migrations, Alembic's revisions and the models make, or what a rollback leaves, is compared with the spec, part by
part. An output that was edited differs by that edit: `schemagen build` from an empty folder shows what it was. If the
output is as it was built, the program is wrong: please report it.
""",
    ),
    "SG547": page(
        "SG547",
        "An engine does something else than the spec says",
        """\
A row that breaks a rule was accepted, a right one refused, a delete or a change of a key took other rows than the spec
says, a trigger did something else, or the two engines judged one row differently. Where another rule of the spec says
so, one of the two has to change; if none does, the program is wrong: please report it.
""",
    ),
    "SG548": page(
        "SG548",
        "The models, the documents or the files are not those of the spec",
        """\
The models have other attributes, types, defaults or relationships than the spec, a document says something else, or a
file was edited, is missing, or is there although no build has written it. Run `schemagen build`, and change the specs
instead of what is built from them.
""",
    ),
}
