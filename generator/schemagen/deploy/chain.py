"""The chain of migrations of an output folder: what the lock keeps of each, and its Alembic revision."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemagen.base.layout import migration_number
from schemagen.base.tree import located
from schemagen.changes.placed import names_before, names_in_postgres
from schemagen.changes.records import schemas_of
from schemagen.databases.servers import failure
from schemagen.engines.reading import read_catalog
from schemagen.migrations.history import lock_content, read_history
from schemagen.migrations.written import revision_lists
from schemagen.sql.authorizer import confine

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

    from schemagen.base.layout import Output
    from schemagen.engines.catalog import Catalog
    from schemagen.migrations.lock import DialectRecord, Lock, MigrationRecord
    from schemagen.schema.dialect import DialectName

NO_BUILD = "SG485"
EXTRA_MISSING = "SG486"
SQLALCHEMY_NAMES = {"sqlite": "sqlite", "postgres": "postgresql"}


@dataclass(frozen=True)
class Chain:
    """Migrations in order; their numbers begin with 1, and 0 stands for an empty database; ``output`` has them."""

    lock: Lock
    script: ScriptDirectory
    output: Output

    @property
    def records(self) -> tuple[MigrationRecord, ...]:
        """What the lock keeps of each migration."""
        return self.lock.migrations

    @property
    def head(self) -> int:
        """The number of the newest migration."""
        return len(self.records)

    @cached_property
    def revisions(self) -> dict[int, str]:
        """Alembic's name for each migration, by its number."""
        scripts: list[Any] = list(self.script.walk_revisions())
        numbers = {migration_number(f"alembic/versions/{Path(one.path).name}"): one.revision for one in scripts}
        return {number: revision for number, revision in sorted(numbers.items()) if number is not None}

    @cached_property
    def schemas(self) -> tuple[str, ...]:
        """The schemas of PostgreSQL that migrations have put tables in."""
        return schemas_of(change for record in self.records for change in record.changes)

    def postgres_names(self, number: int) -> dict[str, str]:
        """The whole names of tables on PostgreSQL after a migration, by what the specs called them then."""
        names = names_in_postgres(self.lock.schema)
        for record in reversed(self.after(number)):
            names = names_before(record.changes, names)
        return names

    def title(self, number: int) -> str:
        """``003_alter_orders``; of 0, what stands for nothing."""
        return self.records[number - 1].identifier if number else "nothing (an empty database)"

    def after(self, number: int, until: int | None = None) -> tuple[MigrationRecord, ...]:
        """The migrations that follow a number, all or until another one."""
        return self.records[number : self.head if until is None else until]

    def half(self, number: int, dialect: DialectName) -> DialectRecord:
        """What the lock keeps of a migration on one engine."""
        record = self.records[number - 1]
        return record.postgres if dialect == "postgres" else record.sqlite

    def statements(self, number: int, dialect: DialectName, *, down: bool = False) -> list[str]:
        """What the revision of a migration sends to an engine."""
        path = next(path for path, _ in self.records[number - 1].files if path.startswith("alembic/versions/"))
        up_down = revision_lists(self.output, path)
        return up_down[down][SQLALCHEMY_NAMES[dialect]]

    def sqlite_catalog(self, number: int) -> Catalog:
        """What the migrations up to a number make on SQLite; names of tables and columns are PostgreSQL's too."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            confine(connection)
            for record in self.records[:number]:
                for sql in record.sqlite.statements:
                    connection.execute(sql)
            return read_catalog(connection)


def built_lock(output: Output) -> Lock:
    """The lock of an output folder, its files proved to be those that were built.

    Raises:
        SchemagenError: SG40x for a lock or files that do not fit, SG485 where there is no build.
    """
    lock = read_history(output, lock_content(output))
    if lock is None:
        raise failure(NO_BUILD, f"{output} holds no build", "run `schemagen build`, or name the folder with `--output`")
    return lock


def read_chain(output: Output) -> Chain:
    """The chain of an output folder, its files proved to be those that were built.

    Raises:
        SchemagenError: SG40x for a lock or files that do not fit, SG485 where there is no build, SG486 without Alembic.
    """
    lock = built_lock(output)
    try:
        from alembic.script import ScriptDirectory
    except ImportError as error:
        message, hint = "Alembic is not installed", "`pip install 'schemagen[models]'` brings it"
        raise failure(EXTRA_MISSING, message, hint) from error
    return Chain(lock, ScriptDirectory(located(output, "alembic")), output)
