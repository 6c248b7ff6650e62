"""Single statements of altering migrations on PostgreSQL; those outside a transaction can all be run again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.postgres.dialect import POSTGRES
from schemagen.engines.standard import do_block, enclosed, sql_text
from schemagen.schema.names import bounded_name
from schemagen.schema.places import beside, local_name, schema_of
from schemagen.schema.rule_state import RuleState

from .locks import locked
from .session import RESUME_TRIGGERS, SUSPEND_TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemagen.engines.definitions import Constraint
    from schemagen.schema.index import Index
    from schemagen.schema.model import Table

LOCK_WAIT = "5s"
"""How long a statement waits for its lock, and others behind it, before the migration gives up."""

LOCK_TIMEOUT = Statement(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
BATCH_PAGES = 50
"""Pages of a table that one transaction of a backfill covers (400 kB): its rows are locked until it commits."""


def drop_constraint(table: str, name: str) -> Statement:
    """DROP CONSTRAINT IF EXISTS; ``table`` as it stands in SQL."""
    return Statement(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {POSTGRES.quote(name)}")


def index_name(table: str, name: str) -> str:
    """An index as it stands where it is looked for: in the schema of its table."""
    return POSTGRES.quote(beside(table, name))


def drop_index(table: str, name: str) -> Statement:
    """DROP INDEX IF EXISTS."""
    return Statement(f"DROP INDEX IF EXISTS {index_name(table, name)}")


def drop_loose_index(table: str, name: str) -> Statement:
    """DROP INDEX IF EXISTS, unless it is that of a key."""
    return guarded(f"NOT {has_constraint(table, name)}", f"{drop_index(table, name).sql};")


def drop_index_concurrently(table: str, name: str) -> Statement:
    """DROP INDEX without waiting for readers, or making them wait."""
    return Statement(f"DROP INDEX CONCURRENTLY IF EXISTS {index_name(table, name)}")


def add_constraint(table: str, constraint: Constraint) -> Statement:
    """ADD CONSTRAINT, checked at once."""
    return Statement(f"ALTER TABLE {table} ADD CONSTRAINT {POSTGRES.quote(constraint.name)} {constraint.definition}")


def rename_constraint(table: str, before: str, after: str) -> Statement:
    """RENAME CONSTRAINT, if it is there: a rollback may come before it was made."""
    action = f"RENAME CONSTRAINT {POSTGRES.quote(before)} TO {POSTGRES.quote(after)}"
    return guarded(has_constraint(table, before), f"ALTER TABLE {POSTGRES.quote(table)} {action};")


def add_not_valid(table: str, constraint: Constraint, name: str) -> Statement:
    """ADD CONSTRAINT … NOT VALID: new rows are checked from now on, the others when it is validated."""
    action = f"ALTER TABLE {POSTGRES.quote(table)} ADD CONSTRAINT {name} {unchecked(constraint)};"
    parents = {constraint.foreign_key.parent} - {table} if constraint.foreign_key else set()
    return guarded(
        f"NOT {has_constraint(table, constraint.name)}", action, sharing=[table, *parents] if parents else ()
    )


def unchecked(constraint: Constraint) -> str:
    """The definition of a constraint that is not looked for in the rows that are there."""
    return f"{constraint.definition}{RuleState.NOT_VALID.suffix if constraint.is_kept_for_all else ''}"


def add_valid_later(table: str, constraint: Constraint) -> tuple[Statement, ...]:
    """ADD CONSTRAINT … NOT VALID, and what validates it while others write, if rows that are there have to keep it."""
    add = add_not_valid(table, constraint, POSTGRES.quote(constraint.name))
    return (add, validate(table, constraint.name)) if constraint.is_kept_for_all else (add,)


def validate(table: str, name: str) -> Statement:
    """VALIDATE CONSTRAINT, which keeps nobody from writing."""
    return Statement(f"ALTER TABLE {POSTGRES.quote(table)} VALIDATE CONSTRAINT {POSTGRES.quote(name)}")


def add_key_concurrently(table: str, constraint: Constraint, columns: str) -> tuple[Statement, ...]:
    """A primary key or unique constraint by way of an index that is built while others write."""
    add = f"{add_key(table, constraint, constraint.name)};"
    return (
        *unique_index_concurrently(table, constraint.name, columns, constraint),
        guarded(f"NOT {has_constraint(table, constraint.name)}", add),
    )


def swap_key_concurrently(table: str, constraint: Constraint, columns: str) -> tuple[Statement, ...]:
    """Another primary key or unique constraint of the same name: the old one goes when the new index is complete."""
    made = coming_name(constraint.name)
    kind = f"contype = '{constraint.kind[0].lower()}'"
    drop = drop_constraint(POSTGRES.quote(table), constraint.name).sql
    return (
        *unique_index_concurrently(table, made, columns, constraint),
        change_places(
            [table],
            [made],
            [f"NOT {has_constraint(table, constraint.name, kind)}", differ(table, constraint.name)],
            [drop, add_key(table, constraint, made)],
        ),
    )


def unique_index_concurrently(
    table: str, name: str, columns: str, constraint: Constraint | None
) -> tuple[Statement, ...]:
    """CREATE UNIQUE INDEX CONCURRENTLY for a constraint, after what a failed run has left."""
    nulls = " NULLS NOT DISTINCT" if constraint and not constraint.nulls_distinct else ""
    create = f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {POSTGRES.quote(name)}"
    return _drop_invalid(table, name), Statement(f"{create} ON {POSTGRES.quote(table)} ({columns}){nulls}")


def add_key(table: str, constraint: Constraint, index: str) -> str:
    """ADD CONSTRAINT … USING INDEX, which gives the index the name of the constraint ("ALTER TABLE")."""
    add = f"ADD CONSTRAINT {POSTGRES.quote(constraint.name)} {constraint.kind}"
    return f"ALTER TABLE {POSTGRES.quote(table)} {add} USING INDEX {POSTGRES.quote(index)}"


def take_index(table: str, constraint: Constraint, index: str) -> Statement:
    """A key by way of a unique index that is there."""
    return guarded(f"NOT {has_constraint(table, constraint.name)}", f"{add_key(table, constraint, index)};")


def add_missing(table: str, constraint: Constraint) -> Statement:
    """ADD CONSTRAINT, checked at once, if none of that name is there."""
    return guarded(
        f"NOT {has_constraint(table, constraint.name)}", f"{add_constraint(POSTGRES.quote(table), constraint).sql};"
    )


def coming_name(name: str) -> str:
    """What an index is called until it takes the place, and the name, of the one before it."""
    return bounded_name("_schemagen_new", name)


def swap_index_concurrently(table: Table, index: Index) -> tuple[Statement, ...]:
    """Another index of the same name: the old one goes when the new one is complete, in one short transaction."""
    made = coming_name(index.name)
    return (
        *create_index_concurrently(table, replace(index, name=made)),
        change_places(
            [table.name],
            [made],
            [differ(table.name, index.name)],
            [drop_index(table.name, index.name).sql, rename_index(table.name, made, index.name)],
        ),
    )


def rename_index(table: str, before: str, after: str) -> str:
    """ALTER INDEX … RENAME TO."""
    return f"ALTER INDEX {index_name(table, before)} RENAME TO {POSTGRES.quote(after)}"


def change_places(
    tables: Sequence[str], aside: Sequence[str], unfinished: Sequence[str], actions: Sequence[str]
) -> Statement:
    """Put new rules in the place of old ones, all or none; what was built ``aside`` goes where that has been done.

    Args:
        tables: whose rules they are, the one with new indexes first.
        aside: the indexes that were built under names of their own.
        unfinished: the conditions, of which one holds until it has been done.
        actions: statements.
    """
    complete = "".join(
        f"(SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = {regclass(tables[0], name)}) AND "
        for name in aside
    )
    done = "".join(f"\n        {action};" for action in actions)
    gone = "".join(f"\n        {drop_index(tables[0], name).sql};" for name in aside)
    otherwise = f"    ELSE{gone}\n" if aside else ""
    exchange = f"IF {complete}({' OR '.join(unfinished)}) THEN{done}\n{otherwise}    END IF;"
    return _patient(exchange) if len(tables) == 1 else locked(tables, action=exchange)


def regclass(table: str, name: str) -> str:
    """An index of a table, or NULL where there is none of that name."""
    return f"to_regclass({sql_string(index_name(table, name))})"


def differ(table: str, name: str) -> str:
    """Whether the index that comes is another one than the one that is there; also where there is none."""
    made = coming_name(name)
    coming, there = (f"pg_get_indexdef({regclass(table, each)})" for each in (made, name))
    plain = f"replace({coming}, quote_ident({sql_string(made)}), quote_ident({sql_string(name)}))"
    return f"{plain} IS DISTINCT FROM {there}"


def create_index_concurrently(table: Table, index: Index) -> tuple[Statement, ...]:
    """CREATE INDEX CONCURRENTLY, after what a failed run has left."""
    made = POSTGRES.create_index(table, index)
    text = made.sql.replace("INDEX IF NOT EXISTS", "INDEX CONCURRENTLY IF NOT EXISTS", 1)
    return _drop_invalid(table.name, index.name), Statement(text, made.heading)


def set_not_null(
    table: str, column: str, helper: str, fill: str = "", *, partitioned: bool = False
) -> tuple[Statement, ...]:
    """SET NOT NULL without a scan under its lock: a validated check proves it (PostgreSQL, "ALTER TABLE").

    With ``fill`` the rows are filled before the check comes, and those that others have added meanwhile behind it.
    """
    name, constraint = POSTGRES.quote(table), POSTGRES.quote(helper)
    there = has_constraint(table, helper)
    check = f"ALTER TABLE {name} ADD CONSTRAINT {constraint} CHECK ({column} IS NOT NULL) NOT VALID;"
    finish = (
        f"ALTER TABLE {name} ALTER COLUMN {column} SET NOT NULL;\n"
        f"        ALTER TABLE {name} DROP CONSTRAINT {constraint};"
    )
    held = {"there": there, "add": check, "patience": LOCK_WAIT}
    return (
        backfill(name, column, fill, check=held, partitioned=partitioned) if fill else guarded(f"NOT {there}", check),
        Statement(f"ALTER TABLE {name} VALIDATE CONSTRAINT {constraint}"),
        guarded(there, finish),
    )


def move(kind: str, before: str, after: str) -> Iterator[Statement]:
    """RENAME TO and SET SCHEMA; indexes, constraints and sequences go with their table ("ALTER TABLE", "ALTER TYPE").

    Where both change, it has a name of its own on the way: either schema may have another of the other name.
    """
    schema, local = schema_of(after), local_name(after)
    if schema_of(before) == schema:
        yield Statement(f"ALTER {kind} {POSTGRES.quote(before)} RENAME TO {POSTGRES.quote(local)}")
        return
    on_the_way = before
    if local_name(before) != local:
        on_the_way = beside(before, bounded_name("_schemagen_moved", local_name(before)))
        yield Statement(f"ALTER {kind} {POSTGRES.quote(before)} RENAME TO {POSTGRES.quote(local_name(on_the_way))}")
    alter = f"ALTER {kind} {POSTGRES.quote(on_the_way)} SET SCHEMA"
    if schema:
        yield Statement(f"{alter} {POSTGRES.quote(schema)}")
    else:
        yield block(f"    EXECUTE format({sql_string(alter.replace('%', '%%') + ' %I')}, current_schema());")
    if on_the_way is not before:
        name = POSTGRES.quote(beside(after, local_name(on_the_way)))
        yield Statement(f"ALTER {kind} {name} RENAME TO {POSTGRES.quote(local)}")


def refuse_rows(table: str, condition: str, reason: str, *, casts: bool = False) -> Statement:
    """Stop, if there is a row under the condition; one that ``casts`` may fail for a row, which counts as well."""
    name = POSTGRES.quote(table)
    message = sql_string(f"a row of {table}: {reason}; nothing was changed")
    refuse = f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = {message};"
    body = f"    IF EXISTS (SELECT FROM {name} WHERE {condition}) THEN\n        {refuse}\n    END IF;"
    return block(f"{body}\nEXCEPTION WHEN data_exception THEN\n    {refuse}" if casts else body)


def refuse_other_columns(table: Table) -> Statement:
    """Stop, if a table does not have just the columns that it had: the migration has been run already."""
    wanted = ", ".join(sql_string(name) for name in sorted(table.by_name))
    found = (
        'SELECT array_agg(attname::text ORDER BY attname::text COLLATE "C") FROM pg_catalog.pg_attribute '
        f"WHERE attrelid = to_regclass({sql_string(POSTGRES.quote(table.name))}) AND attnum > 0 AND NOT attisdropped"
    )
    message = sql_string(f"{table.name} has other columns than before this migration; nothing was changed")
    return block(
        f"    IF ({found}) IS DISTINCT FROM ARRAY[{wanted}] THEN\n"
        f"        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = {message};\n    END IF;"
    )


def add_marked_column(table: str, column: str, definition: str) -> Statement:
    """Add a column with a mark that its rows are to be filled: a check that holds for each of them.

    The mark goes with the column, or when they are filled; a second run finds the column, and sets none.
    """
    name, mark = POSTGRES.quote(table), POSTGRES.quote(_backfill_mark(table, column))
    missing = (
        f"NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = {sql_string(name)}::regclass "
        f"AND attname = {sql_string(column)} AND NOT attisdropped)"
    )
    check = f"ADD CONSTRAINT {mark} CHECK ({POSTGRES.quote(column)} IS NULL OR true) NOT VALID"
    return guarded(missing, f"ALTER TABLE {name} ADD COLUMN {definition}, {check};")


def backfill_marked(table: str, column: str, fill: str, *, partitioned: bool = False) -> tuple[Statement, ...]:
    """Fill the rows of such a column once: what has become NULL since is somebody's value."""
    name, mark = POSTGRES.quote(table), _backfill_mark(table, column)
    marked = has_constraint(table, mark)
    unmark = guarded(marked, f"ALTER TABLE {name} DROP CONSTRAINT {POSTGRES.quote(mark)};")
    return backfill(name, POSTGRES.quote(column), fill, marked, partitioned=partitioned), unmark


def _backfill_mark(table: str, column: str) -> str:
    return bounded_name("schemagen", table, column, "backfill")


def backfill(
    table: str,
    column: str,
    fill: str,
    condition: str = "",
    check: Mapping[str, str] | None = None,
    *,
    partitioned: bool = False,
) -> Statement:
    """Fill what is NULL, some pages a transaction, until nothing is left; triggers do not see it.

    It waits for no row (SELECT, "The Locking Clause", SKIP LOCKED), so it can be part of no deadlock. With
    a ``condition``, only if it holds when this begins; with a ``check``, once more behind it. Pages of a partitioned
    table are those of each partition, so that fewer of each make a transaction.
    """
    body = sql_text(
        "postgres/backfill.sql.jinja",
        table=table,
        literal=sql_string(table),
        column=column,
        fill=enclosed(fill),
        pages=BATCH_PAGES,
        condition=condition,
        check=check,
        partitioned=partitioned,
    )
    return do_block(body, "Rows that are there take their value")


def backfill_at_once(table: str, column: str, fill: str) -> tuple[Statement, ...]:
    """Fill what is NULL in the transaction that is open."""
    return (
        SUSPEND_TRIGGERS,
        Statement(f"UPDATE {table} SET {column} = {enclosed(fill)} WHERE {column} IS NULL"),
        RESUME_TRIGGERS,
        Statement("SET CONSTRAINTS ALL IMMEDIATE"),
    )


def has_constraint(table: str, name: str, *conditions: str) -> str:
    """The condition that a table has a constraint of a name."""
    found = f"conname = {sql_string(name)}", f"conrelid = {sql_string(POSTGRES.quote(table))}::regclass", *conditions
    return f"EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE {' AND '.join(found)})"


def _drop_invalid(table: str, name: str) -> Statement:
    """An index that a failed run has left is of no use, and would be taken for a finished one."""
    condition = (
        "EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
        f"WHERE c.relname = {sql_string(name)} AND i.indrelid = {sql_string(POSTGRES.quote(table))}::regclass "
        "AND NOT i.indisvalid)"
    )
    return guarded(condition, f"DROP INDEX {index_name(table, name)};")


def guarded(condition: str, action: str, *, sharing: Sequence[str] = ()) -> Statement:
    """Something that is done only under a condition, with a lock of all tables that it is ``sharing`` with readers."""
    whole = f"IF {condition} THEN\n        {action}\n    END IF;"
    return locked((), sharing, action=whole) if sharing else _patient(whole)


def _patient(action: str) -> Statement:
    """An action on one table: nothing is held while it waits, so it cannot be part of a deadlock."""
    return block(f"    PERFORM set_config('lock_timeout', '{LOCK_WAIT}', true);\n    {action}")


def block(body: str, comment: str = "") -> Statement:
    """A DO block of a body in PL/pgSQL."""
    return do_block(f"BEGIN\n{body}\nEND", comment)
