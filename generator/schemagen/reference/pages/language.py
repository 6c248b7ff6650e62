"""Mistakes against the spec language (SG1xx)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG101": page(
        "SG101",
        "An unknown key",
        """\
The language has a fixed set of keys, so that a misspelt one is never read over. The hint names the nearest
key, or those that exist there; `schemagen guide` lists all.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text, nulable: true}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text, nullable: true}
""",
    ),
    "SG102": page(
        "SG102",
        "A key is missing",
        """\
Every file begins with the version of the language, a table has columns, and SQL stands under `sql`.
""",
        wrong="""\
tables:
  tasks: {description: To-do items}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
""",
    ),
    "SG103": page(
        "SG103",
        "A value of the wrong kind",
        """\
What has a name of its author's choice is a mapping (tables, columns, checks, queries); what has a derived
name is a list (foreign_keys, unique, indexes, examples).
""",
        wrong="""\
tables:
  tasks:
    columns:
      - {name: id, type: uuid}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
""",
    ),
    "SG104": page(
        "SG104",
        "A value that is not among the allowed ones",
        """\
Some keys take one of a few words. The hint names the nearest, or all of them.
""",
        wrong="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: casade}
""",
        right="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade}
""",
    ),
    "SG105": page(
        "SG105",
        "A malformed value",
        """\
A flag is `true` or `false`, a number has no leading zero (`_` may group its digits), `references` is
`table.column`. YAML's own guesses, such as `yes` for true, are not made.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text, nullable: yes}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text, nullable: true}
""",
    ),
    "SG106": page(
        "SG106",
        "A key without a value",
        """\
A key that is followed by nothing says nothing. Write a value, or leave the key out.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text, description: }
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text, description: What is to be done}
""",
    ),
    "SG107": page(
        "SG107",
        "A name that is not an identifier",
        """\
Keys of tables, columns, checks and queries, and names of classes, are ASCII letters, digits and `_`, not
beginning with a digit, at most 63 bytes: PostgreSQL cuts longer names without a word.

A table or a column that the database calls otherwise has that name below `name:`; constraints and indexes have a
`name:` as well. It is anything that can be printed, but for backticks and `|`, of at most 63 bytes, and is quoted
wherever it stands. All keys of a spec (`references`, `columns`, `examples`) say the key, and so do models; SQL says
the name, in double quotes. Another `name:` for the same key renames what the database has.
""",
        wrong="""\
tables:
  task-items:
    columns:
      id: {type: uuid, primary_key: true}
      done by: {type: text, check: length(done by) > 0}
""",
        right="""\
tables:
  task_items:
    name: task-items
    columns:
      id: {type: uuid, primary_key: true}
      done_by: {type: text, name: done by, check: length("done by") > 0}
""",
    ),
    "SG108": page(
        "SG108",
        "An unknown version of the language",
        """\
The first key of a file is `schemagen`, the version of the spec language. This program reads version 1.
""",
        wrong="""\
schemagen: 2
""",
        right="""\
schemagen: 1
""",
    ),
    "SG109": page(
        "SG109",
        "An unknown or missing type",
        """\
A column has a type of PostgreSQL's, in any spelling, or an `enum`; a foreign-key column may leave it out and
takes its parent's. A type that the language doesn't know is written for each engine. `serial` is not a type:
write `identity: true`, or `identity: serial` for a column that is one already; `identity: always` takes no number of an
INSERT on PostgreSQL.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      address: {type: inet}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      address: {type: {postgres: inet, sqlite: text, python: str}}
""",
    ),
    "SG110": page(
        "SG110",
        "Two keys that exclude each other",
        """\
Each says something else about the same thing, such as a default and a generated value, or says something
about what isn't there, such as `on_delete` without `references`. Keep the one that is meant.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      total: {type: integer, default: 0, generated: {sql: 1 + 1}}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      total: {type: integer, default: 0}
""",
    ),
    "SG111": page(
        "SG111",
        "A foreign key without on_delete",
        """\
What happens to the children when a parent row is deleted is always written: cascade, restrict, set null, set
default or no action. A cascade is never an accident.
""",
        wrong="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id}
""",
        right="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade}
""",
    ),
    "SG112": page(
        "SG112",
        "A default or an enum value that the column can't hold",
        """\
A literal is read by the type of its column: a number within its range, text within its length, an enum value
from its list, a moment with its zone. A default that a check of the table refuses is a warning: every row would have to
give the value.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      rank: {type: smallint, default: 40000}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      rank: {type: integer, default: 40000}
""",
    ),
    "SG113": page(
        "SG113",
        "An expression written as a literal",
        """\
`default: now()` would be the text `now()`. SQL stands below `sql`; where a text column is meant to hold the text
itself, quote it: `default: "now()"`.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      made_at: {type: timestamptz, default: now()}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      made_at: {type: timestamptz, default: {sql: now()}}
""",
    ),
    "SG114": page(
        "SG114",
        "An example row that can't be stored",
        """\
Example rows are loaded into both engines, so each value has to fit its column, columns that can't be NULL and have
no default need one, and the row has to keep the checks of its table.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    examples:
      - {id: 7b1e, title: Buy groceries}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    examples:
      - {id: 7b1e6f0a-3c1d-4e55-9a55-2f1d7f6f1a01, title: Buy groceries}
""",
    ),
}
