"""Mistakes in the names of tables, columns, constraints and classes (SG2xx)."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG201": page(
        "SG201",
        "A table or a query is described twice",
        """\
All files share one namespace. SQLite ignores case in names, so `Tasks` and `tasks` are one table.
""",
        wrong="""\
tables:
  tasks: {columns: {id: {type: uuid, primary_key: true}}}
  Tasks: {columns: {id: {type: uuid, primary_key: true}}}
""",
        right="""\
tables:
  tasks: {columns: {id: {type: uuid, primary_key: true}}}
  old_tasks: {columns: {id: {type: uuid, primary_key: true}}}
""",
    ),
    "SG202": page(
        "SG202",
        "A name is already taken",
        """\
PostgreSQL keeps tables, indexes, primary keys and unique constraints of a schema in one namespace, SQLite ignores case,
and two constraints of a table need two names. In two schemas (`postgres: {schema: …}`) an index may have the same name;
on SQLite it then begins with its schema.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    indexes:
      - {columns: [title], name: tasks}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    indexes:
      - {columns: [title], name: idx_tasks_title}
""",
    ),
    "SG220": page(
        "SG220",
        "A table that can't be partitioned so",
        """\
`partition` says one way: `{range: c}`, `{list: c}` or `{hash: c}`. The columns are plain ones (no generated one, no
json), a list has one of them, and no trigger of the table may change them (`on_row_update`). PostgreSQL keeps a primary
key, a unique constraint or a unique index within each partition, so each has to name all columns that divide the rows:
then the same `id` may stand in two partitions, on both engines.

Which partitions there are is said beside it: `by: day`, `week`, `month` or `year` with `range`, of one column that is a
date or timestamp, never NULL and never changes (`immutable: true`); `parts: 16` with `hash`; `values: {eu: [de, fr]}`
with `list`. Without any of them they are objects of kind `partition`, which stand beside `by` too, and beside no other.
""",
        wrong="""\
tables:
  events:
    partition: {range: created_at}
    columns:
      id: {type: uuid, primary_key: true}
      created_at: {type: timestamptz}
""",
        right="""\
tables:
  events:
    partition: {range: created_at}
    primary_key: [id, created_at]
    columns:
      id: {type: uuid}
      created_at: {type: timestamptz}
""",
    ),
    "SG207": page(
        "SG207",
        "Two columns whose names differ in case only",
        """\
SQLite ignores case in names.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
      Title: {type: text}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
      long_title: {type: text}
""",
    ),
    "SG214": page(
        "SG214",
        "A reserved name",
        """\
Names that begin with `sqlite_` or `pg_`, schemas as well, and `information_schema` belong to the engines,
`_schemagen_guard` and `alembic_version` to tools, and every table of PostgreSQL has the system columns tableoid, xmin,
cmin, xmax, cmax and ctid.
""",
        wrong="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      xmin: {type: integer}
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      smallest_x: {type: integer}
""",
    ),
    "SG216": page(
        "SG216",
        "A class name that can't be used",
        """\
Classes are derived from table names, in the singular. Two tables can't become one class, and a word of Python
can't name one.
""",
        wrong="""\
tables:
  task: {columns: {id: {type: uuid, primary_key: true}}}
  tasks: {columns: {id: {type: uuid, primary_key: true}}}
""",
        right="""\
tables:
  task: {columns: {id: {type: uuid, primary_key: true}}, class_name: OldTask}
  tasks: {columns: {id: {type: uuid, primary_key: true}}}
""",
    ),
    "SG217": page(
        "SG217",
        "No table",
        """\
The specs can be read, but none of them describes a table, so there is nothing to build. Once there is a history,
`tables: {}` is not a mistake: the build makes the migration that drops what is left, if it is allowed by name.
""",
        wrong="""\
title: Tasks
""",
        right="""\
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
""",
    ),
}
