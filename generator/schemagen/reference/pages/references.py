"""Mistakes in references: keys, indexes and queries that name what is not there, or cannot be (SG2xx)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG203": page(
        "SG203",
        "A reference to a table that doesn't exist",
        """\
The parent is a table of any file of the folder. The hint names the nearest one.
""",
        wrong="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, references: user.id, on_delete: cascade}
""",
        right="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, references: users.id, on_delete: cascade}
""",
    ),
    "SG204": page(
        "SG204",
        "A column that doesn't exist",
        """\
Keys, indexes, references, `touch` and example rows name columns of their table or of the parent.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    indexes:
      - columns: [titel]
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    indexes:
      - columns: [title]
""",
    ),
    "SG205": page(
        "SG205",
        "A reference to a column that isn't unique",
        """\
A foreign key names one parent row, so both engines want a primary key, a unique constraint or a unique index
on exactly the columns that it refers to.
""",
        wrong="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      email: {references: users.email, on_delete: cascade}
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
    "SG206": page(
        "SG206",
        "Types that depend on each other",
        """\
A foreign-key column without a type takes its parent's. In a cycle of references one of them has to be
written.
""",
        wrong="""\
tables:
  a: {columns: {id: {primary_key: true, references: b.id, on_delete: cascade}}}
  b: {columns: {id: {primary_key: true, references: a.id, on_delete: cascade}}}
""",
        right="""\
tables:
  a: {columns: {id: {type: uuid, primary_key: true, references: b.id, on_delete: cascade}}}
  b: {columns: {id: {primary_key: true, references: a.id, on_delete: cascade}}}
""",
    ),
    "SG208": page(
        "SG208",
        "A foreign key whose types don't fit",
        """\
A column and the column to which it refers hold the same kind of value, and a key of several columns pairs
each with one. Leave the type out to take the parent's.
""",
        wrong="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: integer, references: users.id, on_delete: cascade}
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
    "SG209": page(
        "SG209",
        "An action that can't be carried out",
        """\
`set null` needs a column that may be NULL, `set default` one with a default, and neither works on a column or
a table that refuses updates. `cascade` does not work on a table that refuses deletes.
""",
        wrong="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: set null}
""",
        right="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: set null, nullable: true}
""",
    ),
    "SG210": page(
        "SG210",
        "A column is named twice",
        """\
A key or a constraint names each of its columns once.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    unique:
      - columns: [title, title]
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    unique:
      - columns: [title]
""",
    ),
    "SG211": page(
        "SG211",
        "A touch that can't be made",
        """\
`touch` sets a column of the parent when a child row changes. That column holds a time (or has
`on_row_update`) and may be updated.
""",
        wrong="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, email: {type: text}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade, touch: email}
""",
        right="""\
tables:
  users: {columns: {id: {type: uuid, primary_key: true}, seen_at: {type: timestamptz}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade, touch: seen_at}
""",
    ),
    "SG212": page(
        "SG212",
        "An index that can't be made",
        """\
An element is a column or an expression, not both, and only btree indexes can be unique. The kind of index needs
an operator class for the type: PostgreSQL has none for json, and those of gin are for jsonb and arrays.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    indexes:
      - columns: [{column: title, sql: lower(title)}]
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    indexes:
      - columns: [{sql: lower(title)}]
""",
    ),
    "SG213": page(
        "SG213",
        "A query that uses what its tables don't have",
        """\
`uses` names an index, a unique constraint or a primary key of a table that the query reads; verify proves it
with EXPLAIN.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
queries:
  by_id: {sql: "SELECT title FROM tasks WHERE id = :id", uses: pk_task}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
queries:
  by_id: {sql: "SELECT title FROM tasks WHERE id = :id", uses: pk_tasks}
""",
    ),
    "SG215": page(
        "SG215",
        "A table without a primary key",
        """\
It can be built, but its rows can't be distinguished: no foreign key can refer to them, and the models have it as
a plain Table instead of a class. This is a warning.
""",
        wrong="""\
tables:
  log:
    columns:
      line: {type: text}
""",
        right="""\
tables:
  log:
    columns:
      number: {type: bigint, primary_key: true, identity: true}
      line: {type: text}
""",
    ),
    "SG218": page(
        "SG218",
        "A unique constraint that is there already",
        """\
A primary key keeps its columns unique, and so does another unique constraint on the same columns in the same order.
PostgreSQL silently leaves the second one out of a CREATE TABLE, and makes it where it is added to a table: the
catalog would depend on the way that led to it. In another order the columns may have one of their own, as its index
serves other queries.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true, unique: true}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
""",
    ),
    "SG219": page(
        "SG219",
        "A foreign key to a name with a dot",
        """\
SQLAlchemy writes the target of a foreign key as `table.column` and cuts it at its dots, so generated models could not
name a table or a column that has one in its name. Such a table may stand in a spec; nothing can refer to what has the
dot.
""",
        wrong="""\
tables:
  teams:
    columns:
      id: {type: uuid, primary_key: true, name: "team.id"}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      team_id: {references: teams.id, on_delete: cascade}
""",
        right="""\
tables:
  teams:
    columns:
      id: {type: uuid, primary_key: true, name: "team id"}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      team_id: {references: teams.id, on_delete: cascade}
""",
    ),
}
