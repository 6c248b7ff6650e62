"""Five roads, one catalog: migrations, Alembic, ``create_all``, the file of the whole schema, and the spec itself."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.base.tree import located
from schemagen.databases.partitions import take_every_row
from schemagen.databases.refusals import StatementError
from schemagen.engines.catalog_differences import differences
from schemagen.migrations.first_build import first_build
from schemagen.migrations.next_build import ONLINE
from schemagen.verify.models.process import ModelsError
from schemagen.verify.report import Claim

from .claims import compare_with_spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.base.layout import Output
    from schemagen.databases.scratch import Database
    from schemagen.engines.catalog import Catalog, CatalogTable
    from schemagen.engines.catalog_differences import CatalogDifference
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section

MIGRATIONS, ALEMBIC, MODELS = "the migrations", "Alembic's revisions", "create_all of the models"
WHOLE = "the file of the whole schema"
NOTHING_LEFT = "nothing is left"


def migration_scripts(output: Output, dialect: str, folder: str = "") -> list[Path]:
    """The SQL files of an engine in their order; ``folder`` is empty or ``rollback``."""
    files = Path(located(output, f"migrations/{dialect}"), folder).glob("*.sql")
    return sorted(files, key=lambda file: (number_of(file), file.name))


def number_of(script: Path) -> int:
    """The number of the migration that a SQL file is of; 0 for one of no migration."""
    digits = script.name.partition("_")[0]
    return int(digits) if digits.isdecimal() else 0


def facts_of(table: CatalogTable) -> int:
    """How many things a catalog says of a table: columns, constraints, indexes, triggers, and the table itself."""
    parts = (table.columns, table.foreign_keys, table.uniques, table.checks, table.indexes, table.triggers)
    return 1 + sum(map(len, parts)) + (table.primary_key is not None)


def migrate(database: Database, output: Output) -> None:
    """Run every migration, and give partitioned tables room for every row.

    Raises:
        StatementError: when the engine refuses one.
    """
    for file in migration_scripts(output, database.dialect.name):
        database.run_script(file)
    take_every_row(database)


def prove_equivalence(context: ProofContext, migrated: Database) -> None:
    """Compare what the roads make with what the spec makes, and the models' ``drop_all`` with nothing."""
    with context.section(Claim.CATALOG) as section:
        catalog = migrated.catalog()
        compare_with_spec(section, context.schema, migrated, catalog)
        paths_found = {MIGRATIONS: catalog, ALEMBIC: _by_alembic(context), MODELS: _by_models(context, section)}
        paths_found[WHOLE] = _by_whole_schema(context, section, catalog)
        _compare(section, _by_spec(context), {road: found for road, found in paths_found.items() if found})


def _compare(section: Section, spec: Catalog, paths_found: Mapping[str, Catalog]) -> None:
    """Tell each difference once, with all the roads on which it is the same."""
    reported: dict[CatalogDifference, list[str]] = {}
    for road, catalog in paths_found.items():
        found = differences(spec, catalog)
        for difference in found:
            reported.setdefault(difference, []).append(road)
        section.holds(max(0, sum(map(facts_of, spec.tables)) - len(found)))
    for difference, names in reported.items():
        what = f"{difference.table}, {difference.what}" if difference.table else difference.what
        section.fails(f"{what}: {' and '.join(names)}", difference.left, difference.right)


def _by_spec(context: ProofContext) -> Catalog:
    """What the statements of a first build make, which come from the spec and not from the files."""
    with context.engine.database() as database:
        if context.dialect.name == "postgres":  # what each migration sets for its transaction
            database.run("SET check_function_bodies = off")
        for step in first_build(context.schema):
            for statement in step.for_dialect(context.dialect.name).statements:
                database.run(statement.sql)
        return database.catalog()


def _by_whole_schema(context: ProofContext, section: Section, migrated: Catalog) -> Catalog | None:
    """What the one file of the whole schema makes; its columns stand in the order that the migrations leave."""
    file = Path(located(context.output, f"schema.{context.dialect.name}.sql"))
    with context.engine.database() as database:
        try:
            database.run_script(file)
        except StatementError as error:
            section.fails(file.name, "the file runs", error.reported, error.statement)
            return None
        except FileNotFoundError:
            section.fails(file.name, "the file is there", "it is missing", "schemagen build")
            return None
        catalog = database.catalog()
    for table in migrated.tables:
        if table.name in catalog.by_name:
            orders = (", ".join(column.name for column in one.columns) for one in (table, catalog.by_name[table.name]))
            section.equal(f"{file.name}, columns of {table.name}", *orders)
    return catalog


def _by_models(context: ProofContext, section: Section) -> Catalog | None:
    with context.engine.database() as database:
        empty = database.catalog()
        try:
            context.models.create_all(database.url)
            catalog = database.catalog()
            context.models.drop_all(database.url)
        except ModelsError as error:
            section.fails("the models", "create_all and drop_all run", str(error), "Base.metadata.create_all")
            return None
        section.equal("drop_all of the models", NOTHING_LEFT, _leftovers(database.catalog(), empty))
        return catalog


def _by_alembic(context: ProofContext) -> Catalog | None:
    with context.engine.database() as database, context.section(Claim.CATALOG) as section:
        empty = database.catalog()
        if not _runs(context, section, database, "upgrade", "head"):
            return None
        catalog = database.catalog()
        _runs(context, section, database, "check", "")
        for file in migration_scripts(context.output, context.dialect.name)[:1]:
            reader = located(context.output, "alembic/statements.py")
            refusal = context.models.read_edited(reader, file, context.dialect.name)
            section.equal(f"{ALEMBIC}, an edited file", "refused", "refused" if file.name in refusal else refusal)
        with context.section(Claim.ROLLBACKS) as rollbacks:
            if _runs(context, rollbacks, database, "downgrade", "base"):
                left = _leftovers(database.catalog(), empty)
                rollbacks.equal("alembic downgrade base", NOTHING_LEFT, left)
        return catalog


def _runs(context: ProofContext, section: Section, database: Database, command: str, revision: str) -> bool:
    """Run a command of Alembic: whether it has; ``check`` fails where the models are not what the revisions made."""
    words = f"{command} {revision}".rstrip()
    try:
        context.models.alembic(database.url, command, revision)
    except ModelsError as error:
        section.fails(ALEMBIC, f"{words} runs", str(error), f"alembic {words}")
        return False
    section.holds()
    return True


def _leftovers(catalog: Catalog, before: Catalog) -> str:
    """What a catalog has that it had not before the migrations, which may begin with types and extensions."""
    names = [table.name for table in catalog.tables]
    names += [
        f"{other.kind} {other.name}"
        for other in catalog.others
        if other not in before.others and other.kind != "extension"
    ]
    return ", ".join(names) or NOTHING_LEFT


def prove_rollbacks(context: ProofContext, _: Database) -> None:
    """Run every migration in a database of its own and roll each one back: the catalog is what it was before."""
    scripts = migration_scripts(context.output, context.engine.dialect.name)
    newer = [script for script in scripts if _is_new(context, script)]
    with context.engine.database() as database, context.section(Claim.ROLLBACKS) as section:
        before: list[Catalog] = []
        try:
            for script in scripts:
                if script in newer:
                    before.append(database.catalog())
                database.run_script(script)
            if scripts:
                _prove_repeatable(section, database, scripts[-1])
            for script, catalog in zip(reversed(newer), reversed(before), strict=True):
                rollback = rollback_of(script)
                if is_undone_by_the_one_before(rollback):
                    continue
                database.run_script(rollback)
                found = differences(catalog, database.catalog())
                for difference in found:
                    section.fails(f"rollback of {script.name}", *_both(difference), f"rollback/{script.name}")
                section.holds(not found)
        except StatementError as error:
            section.fails(error.file, "the file runs", error.reported, error.statement)
        except FileNotFoundError as error:
            section.fails("rollbacks", "each migration has one", f"{error.filename} is missing")


def _is_new(context: ProofContext, script: Path) -> bool:
    """Whether a migration is to be proved: with a focus, one that came after the state that it begins with."""
    return context.focus is None or number_of(script) > context.focus.migration


def rollback_of(script: Path) -> Path:
    """The rollback of a migration's file."""
    return script.parent / "rollback" / script.name


def is_undone_by_the_one_before(rollback: Path) -> bool:
    """Whether a migration is the second half of a change, with a rollback that says only where to look."""
    lines = rollback.read_text(encoding="utf-8").splitlines()
    return rollback.stem.endswith(ONLINE) and all(not line or line.startswith("--") for line in lines)


def _prove_repeatable(section: Section, database: Database, newest: Path) -> None:
    """The newest migration may be run again: it changes nothing, or stops before it has changed anything."""
    catalog = database.catalog()
    with suppress(StatementError):  # where it has stopped, what counts is that nothing has changed
        database.run_script(newest)
    found = differences(catalog, database.catalog())
    for difference in found:
        section.fails(f"{newest.name} run again", *_both(difference), newest.name)
    section.holds(not found)


def _both(difference: CatalogDifference) -> tuple[str, str]:
    where = f"{difference.table}, {difference.what}: " if difference.table else f"{difference.what}: "
    return f"{where}{difference.left}", f"{where}{difference.right}"
