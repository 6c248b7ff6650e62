"""Whether a live database is still what the specs say, or what the migrations up to a number made.

Both sides are catalogs of the same engine: the database's is read in a transaction that cannot write and takes no
lock that a writer would wait for; the other is read from a database of our own that the migrations have just made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from schemagen.changes.records import schemas_of
from schemagen.engines.attached import PARTS_OF_TABLES
from schemagen.engines.catalog_differences import NOTHING, PRESENT, CatalogDifference, differences
from schemagen.importer.own import differing
from schemagen.importer.proof import named_alike
from schemagen.importer.sources import Request, database_catalog, failure
from schemagen.importer.spec_keys import TableKeys, keys_of
from schemagen.importer.triggers import usual_row_update
from schemagen.migrations.first_build import first_build
from schemagen.migrations.history import lock_content, read_history
from schemagen.schema.names import row_update_name
from schemagen.sql.own_statements import made_name

from .migrated_catalog import made

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

    from schemagen.base.layout import Output
    from schemagen.changes.migration import Step
    from schemagen.databases.servers import Server
    from schemagen.engines.catalog import Catalog, CatalogTable, CatalogTrigger
    from schemagen.schema.model import Schema

NO_MIGRATION = "SG481"


@dataclass(frozen=True, slots=True)
class Drift:
    """How a database differs from what it should be; ``live`` is its catalog, ``wanted`` what migrations make.

    ``accepted`` counts differences that are not among them, as they are ignored. ``missing`` are statements for what
    migrations take for granted that our server refuses, ``left_out`` the tables that could not be compared without it;
    both with the server's words.
    """

    differences: tuple[CatalogDifference, ...]
    live: Catalog
    wanted: Catalog
    accepted: int = 0
    missing: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


def drift(
    database: Request,
    steps: Sequence[Step],
    ignore: Iterable[str] = (),
    server: Server | None = None,
    before: Iterable[str] = (),
) -> Drift:
    """Compare a live database with what migrations make.

    Args:
        database: a PostgreSQL URL or a SQLite file.
        steps: the migrations that it should have run.
        ignore: patterns of tables that it may have besides, such as ``spatial_*``, and of differences that are
            accepted, as they are named: ``users, column id, identity``.
        server: where PostgreSQL's side is made; None is the embedded server.
        before: statements that make what the migrations take for granted, where the live database may lack it.

    Raises:
        SchemagenError: when the database cannot be read, or PostgreSQL's side cannot be made.
    """
    live = database_catalog(database.source, schemas_of(change for step in steps for change in step.changes))
    own = made(steps, live, server, before)
    patterns = tuple(ignore)
    extra = {
        table.name
        for table in live.tables
        if table.name not in own.catalog.by_name and any(fnmatchcase(table.name, pattern) for pattern in patterns)
    }
    kept = _without(live, {*extra, *own.left_out})
    wanted = _without(own.catalog, own.left_out)
    kept = with_our_triggers(kept, wanted)
    found = differences(kept, named_alike(wanted, kept), others=False, belongings=True)
    found = (*found, *own_differences(live, own.catalog, _with_path_of_maker(steps)))
    reported = tuple(one for one in found if not any(fnmatchcase(one.subject, pattern) for pattern in patterns))
    return Drift(reported, kept, wanted, len(found) - len(reported), own.missing, own.left_out)


def _with_path_of_maker(steps: Iterable[Step]) -> frozenset[str]:
    """The functions that keep the search path of the migration that makes them."""
    made = (each.sql for step in steps for each in step.postgres.statements if _OF_MAKER in each.sql)
    return frozenset(name for sql in made if (name := made_name(sql)))


_OF_MAKER = "SET search_path FROM CURRENT"


def own_differences(live: Catalog, made: Catalog, of_maker: Collection[str] = ()) -> Iterator[CatalogDifference]:
    """Views and objects that migrations make and the database has not, or has otherwise; others are its own affair.

    ``of_maker`` are functions with the search path of whoever made them. What is a part of a table is compared with
    the table, as are the functions of triggers, and types with those of the specs.
    """
    there = {(own.kind, own.name) for own in live.own}
    types = {other.name for other in made.others if other.kind in {"enum type", "domain"}}
    called = {each.function.split()[0] for table in made.tables for each in table.triggers if each.function}
    for own in differing(made.own, live.own, of_maker):
        is_there = (own.kind, own.name) in there
        is_part = own.kind in PARTS_OF_TABLES and own.kind != "partition"  # those come and go with the months
        is_compared = is_part or own.name in called or (own.kind == "type" and own.name in types)
        if not is_compared and not (own.kind == "grant" and is_there):
            difference = "another definition" if is_there else NOTHING
            yield CatalogDifference(None, f"{own.kind} {own.name}", difference, PRESENT)


def _without(catalog: Catalog, names: Container[str]) -> Catalog:
    return replace(catalog, tables=tuple(table for table in catalog.tables if table.name not in names))


def with_our_triggers(live: Catalog, wanted: Catalog) -> Catalog:
    """An adopted database, with our triggers in place of those that do the same under another name."""
    return replace(live, tables=tuple(_with_our_triggers(table, wanted) for table in live.tables))


def _with_our_triggers(table: CatalogTable, wanted: Catalog) -> CatalogTable:
    ours = wanted.by_name[table.name].triggers if table.name in wanted.by_name else ()
    keys = keys_of(wanted.tables).get(table.name, TableKeys(table.name))
    known = {trigger.name: trigger for trigger in ours}
    taken = {trigger.name for trigger in table.triggers}

    def same(trigger: CatalogTrigger) -> CatalogTrigger:
        filled = usual_row_update(trigger) if trigger.name not in known else None
        own = known.get(row_update_name(keys.table, keys.column(filled[0]))) if filled else None
        return own if own and own.name not in taken else trigger

    triggers = tuple(sorted(map(same, table.triggers), key=lambda trigger: trigger.name))
    return replace(table, triggers=triggers)


def steps_of_specs(schema: Schema) -> tuple[Step, ...]:
    """The migrations that build a schema from nothing."""
    return first_build(schema)


def steps_until(output: Output, number: int) -> tuple[Step, ...]:
    """The migrations of the lock up to a number.

    Raises:
        SchemagenError: SG481 when the lock has no such migration, SG40x when it does not fit its files.
    """
    lock = read_history(output, lock_content(output))
    steps = tuple(record.step() for record in lock.migrations) if lock else ()
    if number not in {step.number for step in steps}:
        known = f"{steps[0].number} to {steps[-1].number}" if steps else "none"
        raise failure(NO_MIGRATION, f"there is no migration {number}", f"the lock in {output} has {known}")
    return tuple(step for step in steps if step.number <= number)
