"""Where a database is: what its version table says, else the migration whose catalog it has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from schemagen.databases.servers import failure
from schemagen.drift.drift import own_differences, with_our_triggers
from schemagen.drift.migrated_catalog import made
from schemagen.engines.catalog_differences import differences
from schemagen.engines.spec_names import with_names
from schemagen.importer.proof import named_alike

from .runners import other_runner

if TYPE_CHECKING:
    from schemagen.databases.servers import Server
    from schemagen.engines.catalog import Catalog

    from .chain import Chain
    from .target import Reader, Target

OTHER_RUNNER = "SG488"
UNKNOWN_VERSION = "SG489"
NO_VERSION = "SG490"
OTHER_CATALOG = "SG491"

VERSION_TABLE = "alembic_version"


class Known(StrEnum):
    """How the place of a database is known."""

    RECORDED = "recorded"
    FOUND = "found"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Position:
    """The newest migration that a database has, 0 for none; ``runner`` has the table of another runner and its name."""

    number: int
    known: Known
    runner: tuple[str, str] | None = None


def recorded(reader: Reader, chain: Chain) -> int | None:
    """The number that the version table says; None without one that says anything.

    Raises:
        SchemagenError: SG489 for a revision that the chain does not have, or several.
    """
    versions = _versions(reader)
    if not versions:
        return None
    numbers = {revision: number for number, revision in chain.revisions.items()}
    unknown = [version for version in versions if version not in numbers]
    if unknown or len(versions) > 1:
        message = f"the version table says {', '.join(sorted(versions))}, which is not one of these migrations"
        hint = (
            f"they are {chain.revisions[1]} to {chain.revisions[chain.head]}; a branch's migration that a rebase made "
            "anew is taken back by `schemagen apply --down`, as long as its folder is there in superseded/"
        )
        raise failure(UNKNOWN_VERSION, message, hint)
    return numbers[versions[0]]


def _versions(reader: Reader) -> list[str]:
    if reader.target.dialect == "sqlite":
        known = reader.rows(f"SELECT 1 FROM sqlite_schema WHERE name = '{VERSION_TABLE}'")
    else:
        known = reader.rows(f"SELECT 1 WHERE to_regclass('{VERSION_TABLE}') IS NOT NULL")
    return [str(name) for (name,) in reader.rows(f"SELECT version_num FROM {VERSION_TABLE}")] if known else []


def version_of(reader: Reader) -> str | None:
    """What the version table says, whatever it is; None where it says nothing, or several things."""
    found = _versions(reader)
    return found[0] if len(found) == 1 else None


def position(target: Target, chain: Chain, server: Server | None = None) -> Position:
    """Where a database is.

    Args:
        target: the database; it is only read.
        chain: the migrations.
        server: where PostgreSQL's side is made if the catalog has to be searched; None is the embedded one.

    Raises:
        SchemagenError: SG489 for a version that the chain does not have, SG490 where neither the version table nor the
            catalog is that of a migration, and for a database that cannot be read.
    """
    if not target.exists:
        return Position(0, Known.EMPTY)
    with target.reader() as reader:
        runner = other_runner(reader, chain.lock.schema.by_name)
        number = recorded(reader, chain)
    if number is not None:
        return Position(number, Known.RECORDED, runner)
    live = target.catalog(chain.schemas)
    with target.reader() as reader:
        number = recorded(reader, chain)  # another `apply` may have begun just now
    if number is not None:
        return Position(number, Known.RECORDED, runner)
    if runner:
        live = _without(live, runner[0])
    if not live.tables:
        return Position(0, Known.EMPTY, runner)
    found = _by_catalog(live, chain, server)
    if found is None:
        message = f"{target.shown} has no version table, and its catalog is not that of any of these migrations"
        hint = "`schemagen verify --database URL --at N` tells how it differs from migration N"
        raise failure(NO_VERSION, message, hint)
    return Position(found, Known.FOUND, runner)


def _without(catalog: Catalog, table: str) -> Catalog:
    return replace(catalog, tables=tuple(one for one in catalog.tables if one.name != table))


def _by_catalog(live: Catalog, chain: Chain, server: Server | None) -> int | None:
    """The newest migration that leaves just this catalog."""
    numbers = range(chain.head, 0, -1)
    return next((number for number in numbers if has_catalog_of(live, chain, number, server)), None)


def has_catalog_of(live: Catalog, chain: Chain, number: int, server: Server | None = None) -> bool:
    """Whether a catalog is what the migrations up to a number leave."""
    if live.dialect == "sqlite":
        catalog = chain.sqlite_catalog(number)
    else:
        catalog = made([record.step() for record in chain.after(0, number)], live, server).catalog
    known = with_our_triggers(live, catalog)
    found = differences(known, named_alike(catalog, known), others=False, belongings=True)
    return not found and not any(True for _ in own_differences(live, catalog))


def refuse_other_catalog(target: Target, chain: Chain, number: int) -> None:
    """Stop where tables or columns are missing that a database of this version has.

    Raises:
        SchemagenError: SG491.
    """
    pending = chain.after(number)
    if pending and not pending[0].postgres.transactional and target.dialect == "postgres":
        return  # it may have been stopped half-way, between two versions
    found = with_names(target.catalog(chain.schemas), chain.postgres_names(number)) if target.exists else None
    live = found.by_name if found else {}
    missing = []
    for table in chain.sqlite_catalog(number).tables:
        if table.name not in live:
            missing.append(f"table {table.name}")
            continue
        names = {column.name for column in live[table.name].columns}
        missing += [f"column {table.name}.{one.name}" for one in table.columns if one.name not in names]
    if missing and _is_still_at(target, chain, number):
        message = f"the version table says {chain.title(number)}, but {', '.join(missing[:5])} is missing"
        hint = f"`schemagen verify --database URL --at {number}` tells all that differs, and the SQL that repairs it"
        raise failure(OTHER_CATALOG, message, hint)


def _is_still_at(target: Target, chain: Chain, number: int) -> bool:
    with target.reader() as reader:
        return recorded(reader, chain) == number
