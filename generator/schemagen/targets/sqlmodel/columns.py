"""The columns of a model: fields with their SQLAlchemy columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import one_line
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.sqlite.types import is_numbered
from schemagen.schema import types as t
from schemagen.schema.conflicts import conflict_action
from schemagen.schema.model import Action, Deferrable
from schemagen.schema.rule_state import RuleState
from schemagen.targets.python_code import INDENT, WIDTH, Call, Code, Named, Text, flat, layout, quoted

from .types import RANDOM_UUID, annotation, column_type, limits, python_default

if TYPE_CHECKING:
    from schemagen.schema.model import Column, ForeignKey, Schema, Table
    from schemagen.schema.model_names import ModelNames


_CLOCKS = frozenset(
    {"now()", "current_timestamp", "clock_timestamp()", "statement_timestamp()", "transaction_timestamp()"}
)


def closed(text: str) -> str:
    """SQL that a bracket will follow; an author's ``--`` comment cannot swallow it."""
    return f"{text}\n" if "--" in text else text


def engine_sql(postgres: str | None, sqlite: str | None) -> Call:
    """``db.sql(…)`` with one text where both engines share it."""
    if postgres is None or sqlite is None or postgres == sqlite:
        return Call("db.sql", Text(postgres or sqlite or ""))
    return Call("db.sql", Named("postgres", Text(postgres)), Named("sqlite", Text(sqlite)))


def needs_quotes(name: str) -> bool:
    """Whether SQLAlchemy has to be told to quote a name: it sees capitals by itself, but not every reserved word."""
    return name.islower() and any(dialect.quote(name) != name for dialect in (POSTGRES, SQLITE))


def field(column: Column, table: Table, names: ModelNames, schema: Schema) -> tuple[str, str]:
    """A column as a field of a class, and the alias that its annotation needs above the class, or nothing."""
    name = names.attributes[column.name]
    kind: Code = annotation(column.type)
    alias = ""
    if len(INDENT) + len(f"{name}: {flat(kind)} | None = Field(") > WIDTH:
        alias_name = _alias_name(name, names)
        before = f"{alias_name} = "
        alias = before + layout(kind, before=len(before))
        kind = alias_name
    optional = " | None" if column.nullable else ""
    before = f"{INDENT}{name}: {flat(kind)}{optional} = "
    return before + layout(_field(column, table, name, schema), before=len(before), indent=INDENT), alias


def _alias_name(attribute: str, names: ModelNames) -> str:
    """``task_status`` → ``_TaskStatus``; the attribute itself where another one would make the same."""

    def pascal(name: str) -> str:
        return "".join(part.capitalize() for part in name.split("_"))

    alone = [pascal(other) for other in names.attributes.values()].count(pascal(attribute)) == 1
    return f"_{pascal(attribute) if alone else attribute}"


def _field(column: Column, table: Table, name: str, schema: Schema) -> Call:
    arguments: list[Code] = []
    default = python_default(column)
    if default:
        arguments.append(default)
    elif column.nullable or column.default or column.identity or column.generated or is_numbered(column, table):
        arguments.append("default=None")
    arguments += limits(column.type)
    if column.description:
        arguments.append(Named("description", Text(one_line(column.description))))
    arguments.append(Named("sa_column", sa_column(column, table, schema, attribute=name)))
    return Call("Field", *arguments)


def sa_column(column: Column, table: Table, schema: Schema, *, attribute: str = "") -> Call:
    """A column as SQLAlchemy writes it; its name is left out where the attribute says it."""
    is_implied = attribute == column.name and not needs_quotes(column.name)
    arguments: list[Code] = [] if is_implied else [quoted(column.name)]
    arguments.append(column_type(column, table, schema))
    keys = [key for key in table.enforced_foreign_keys if key.columns == (column.name,)]
    arguments += [_foreign_key(key, table, schema) for key in keys]
    if column.generated:
        text = engine_sql(closed(column.generated.postgres or ""), closed(column.generated.sqlite or ""))
        arguments.append(Call("sa.Computed", text, Named("persisted", str(not column.virtual))))
    if column.identity and not column.serial:
        arguments.append(Call("sa.Identity", *([Named("always", "True")] if column.always else [])))
    arguments += _options(column, table, schema)
    return Call("sa.Column", *arguments)


def _options(column: Column, table: Table, schema: Schema) -> list[Code]:
    options: list[Code] = []
    in_key = table.primary_key is not None and column.name in table.primary_key.columns
    is_counted = column.identity and not column.serial
    options.append("primary_key=True" if in_key else f"nullable={column.nullable}")
    if conflict := conflict_action(table.sqlite.on_conflict, "not null", (column.name,)):
        options.append(Named("sqlite_on_conflict_not_null", quoted(conflict)))
    if is_serial_key(column, table):
        options.append("autoincrement=True")  # SQLAlchemy makes it a serial
    elif in_key and not is_counted and isinstance(column.type, t.IntegerType):
        options.append("autoincrement=False")
    postgres, sqlite = POSTGRES.default(column), SQLITE.default(column)
    if postgres is not None or sqlite is not None:
        options.append(Named("server_default", engine_sql(postgres or "NULL", sqlite or "NULL")))
    elif column.serial or is_numbered(column, table):
        options.append("server_default=sa.FetchedValue()")  # the number of a sequence, or SQLite's own
    is_key = table.primary_key is not None and table.primary_key.columns == (column.name,)
    if is_key and python_default(column) is RANDOM_UUID:
        options += ["default=uuid4", "insert_sentinel=True"]  # so that a flush sends many rows by one statement
    if is_told_the_time(column):
        options.append("onupdate=db.utc_now")
    elif is_refreshed(column, table, schema):
        options.append("server_onupdate=sa.FetchedValue()")
    if needs_quotes(column.name):
        options.append("quote=True")
    return options


def is_told_the_time(column: Column) -> bool:
    """Whether a session gives the time of an UPDATE itself, so that it need not be read from the database.

    Where a column has fewer decimals the database rounds it, so there it is read.
    """
    text = column.on_row_update.postgres if column.on_row_update else None
    return column.type == t.TimestampTz() and (text or "").lower() in _CLOCKS


def is_refreshed(column: Column, table: Table, schema: Schema) -> bool:
    """Whether the database alone knows what a column holds after an UPDATE of its row."""
    is_touched = any(key.touch == column.name for _, key in schema.children(table.name))
    return not is_told_the_time(column) and (column.on_row_update is not None or is_touched)


def is_serial_key(column: Column, table: Table) -> bool:
    """Whether a column is a serial and the primary key, which SQLAlchemy knows how to make."""
    return column.serial and table.primary_key is not None and table.primary_key.columns == (column.name,)


def _foreign_key(key: ForeignKey, table: Table, schema: Schema) -> Call:
    return Call("sa.ForeignKey", quoted(f"{key.parent}.{key.parent_columns[0]}"), *_key_options(key, table, schema))


def composite_foreign_key(key: ForeignKey, table: Table, schema: Schema) -> Call:
    """A foreign key of several columns, which stands among the table's constraints."""
    columns = Call("", *map(quoted, key.columns), brackets="[]")
    targets = Call("", *(quoted(f"{key.parent}.{column}") for column in key.parent_columns), brackets="[]")
    kind = "db.PartlyNulled" if key.set_null else "sa.ForeignKeyConstraint"
    return Call(kind, columns, targets, *_key_options(key, table, schema))


def _key_options(key: ForeignKey, table: Table, schema: Schema) -> list[Code]:
    options: list[Code] = [Named("name", quoted(key.name)), Named("ondelete", quoted(POSTGRES.on_delete(key)))]
    if key.on_update is not Action.NO_ACTION:
        options.append(Named("onupdate", quoted(key.on_update.upper())))
    if key.deferrable is not Deferrable.NO:
        when = "DEFERRED" if key.deferrable is Deferrable.DEFERRED else "IMMEDIATE"
        options += ["deferrable=True", Named("initially", quoted(when))]
    if key.state is RuleState.NOT_VALID:
        options.append("postgresql_not_valid=True")  # which CREATE TABLE would ignore
    if schema.is_late(table, key) or key.state is RuleState.NOT_VALID:
        options.append("use_alter=True")
    return options
