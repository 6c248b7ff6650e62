"""Runs the revisions on SQLite or PostgreSQL: each in a transaction of its own, DDL included, foreign keys kept."""

import os
import warnings
from logging.config import fileConfig
from typing import Any

import sqlalchemy as sa
from alembic import context
from models import SQLModel, make_engine
from models._support import EngineSql

config = context.config
if config.config_file_name:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

url = os.environ.get("DATABASE_URL") or config.get_main_option("sqlalchemy.url") or ""

# Comments follow the descriptions of the specs without a migration, so they are not compared.
AUTOGENERATE = ["alembic.autogenerate.*", "~alembic.autogenerate.comments"]


# Indexes that are not compared are read back all the same.
warnings.filterwarnings("ignore", ".*expression-based index")
warnings.filterwarnings("ignore", ".*detected to include an operator clause")


def uncomparable_indexes(dialect: str) -> set[str | None]:
    """The indexes that `alembic check` would report though they are as they should be.

    Those that only the other engine has, those with an expression, which the engines print in their own way, and on
    SQLite those with an order, which it cannot read back.
    """
    return {
        index.name
        for table in SQLModel.metadata.tables.values()
        for index in table.indexes
        if index.info.get("only", dialect) != dialect
        or any(isinstance(item, EngineSql) for item in index.expressions)
        or (
            dialect == "sqlite"
            and not all(isinstance(item, sa.Column) for item in index.expressions)
        )
    }


def configure(dialect: str, **options: Any) -> None:
    hidden = uncomparable_indexes(dialect)

    def include_object(
        _object: Any, name: str | None, kind: str, _reflected: bool, _other: Any
    ) -> bool:
        if kind == "table":
            return not (name or "").startswith("_schemagen_")
        return kind != "index" or name not in hidden

    context.configure(
        target_metadata=SQLModel.metadata,
        include_object=include_object,
        autogenerate_plugins=AUTOGENERATE,
        transaction_per_migration=True,
        transactional_ddl=True,
        **options,
    )


def run_offline() -> None:
    """Print the SQL of the revisions instead of running them."""
    target = sa.make_url(url)
    dialect = target.get_backend_name()
    configure(
        dialect, dialect_name=dialect, literal_binds=True, dialect_opts={"paramstyle": "named"}
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    engine = make_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        configure(engine.dialect.name, connection=connection)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
