"""What an INSERT or an UPDATE stores: which parameter goes into which column, and what it writes there besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .mentions import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot import exp

    from schemagen.schema.model import Column, Schema, Table, Value


@dataclass(frozen=True, slots=True)
class NewRow:
    """One row of an INSERT, or what an UPDATE makes of one.

    Attributes:
        parameters: the column of each parameter; of one inside an expression, such as `lower(:a)`, that of the result.
        constants: what is written as it stands, NULL among it.
        calculated: SQL of other values.
        copied: columns that take those of a row that a SELECT finds: the table's name in the statement, the column's.
    """

    parameters: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Value] = field(default_factory=dict)
    calculated: dict[str, str] = field(default_factory=dict)
    copied: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def written(self) -> set[str]:
        """The columns that the statement names."""
        return {*self.parameters.values(), *self.constants, *self.calculated, *self.copied}


@dataclass(frozen=True, slots=True)
class Insertion:
    """An INSERT or an UPDATE: its table and its rows."""

    table: Table
    rows: tuple[NewRow, ...]


def insertion(schema: Schema, sql: str) -> Insertion | None:
    """What a statement inserts; None for one that is not INSERT into a table of the schema, or can't be parsed."""
    from sqlglot import exp

    tree, table = _statement(schema, sql, exp.Insert)
    if tree is None or table is None:
        return None
    names = [each.name for each in tree.this.expressions] if isinstance(tree.this, exp.Schema) else list(table.by_name)
    columns = [table.by_name[name] for name in names if name in table.by_name]
    return Insertion(table, tuple(_row(columns, values) for values in _values(tree)))


def update(schema: Schema, sql: str) -> Insertion | None:
    """What an UPDATE makes of a row, which keeps its other columns; None for one that is none, or can't be parsed."""
    from sqlglot import exp

    tree, table = _statement(schema, sql, exp.Update)
    if tree is None or table is None:
        return None
    parts = [part for part in tree.expressions if isinstance(part, exp.EQ) and part.this.name in table.by_name]
    columns = [table.column(part.this.name) for part in parts]
    return Insertion(table, (_row(columns, [part.expression for part in parts]),))


def constants(schema: Schema, sql: str) -> dict[str, Value]:
    """What a statement writes whatever its parameters are, by column: an INSERT of one row, or an UPDATE."""
    written = insertion(schema, sql) or update(schema, sql)
    return written.rows[0].constants if written and len(written.rows) == 1 else {}


def filled_by_parameters(schema: Schema, sql: str) -> set[str]:
    """The columns of an INSERT or an UPDATE whose values parameters decide."""
    written = insertion(schema, sql) or update(schema, sql)
    return {column for row in written.rows for column in row.parameters.values()} if written else set()


def _statement(schema: Schema, sql: str, kind: type[exp.Expr]) -> tuple[exp.Expr | None, Table | None]:
    """A statement of a kind, and the table of the schema that it writes; None where it is another one."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, read="sqlite").find(kind)
    except sqlglot.errors.ParseError:
        return None, None
    target = tree.find(exp.Table) if tree else None
    return tree, schema.by_name.get(target.name) if target else None


def _values(tree: exp.Expr) -> Iterator[Sequence[exp.Expr]]:
    """The expressions of each row; those of a SELECT are one row, and DEFAULT VALUES has none."""
    from sqlglot import exp

    source = tree.expression
    if isinstance(source, exp.Values):
        yield from (row.expressions if isinstance(row, exp.Tuple) else [row] for row in source.expressions)
    elif isinstance(source, exp.Select):
        yield source.expressions
    else:
        yield []


def _row(columns: Sequence[Column], values: Sequence[exp.Expr]) -> NewRow:
    from sqlglot import exp

    row = NewRow()
    for column, value in zip(columns, values, strict=False):
        inner = value.this if isinstance(value, exp.Alias) else value
        parameter = inner.find(exp.Placeholder)
        constant = _constant(column, inner)
        if parameter is not None:
            row.parameters.setdefault(parameter.name, column.name)
        elif isinstance(inner, exp.Null) or constant is not None:
            row.constants[column.name] = constant
        elif isinstance(inner, exp.Column):
            row.copied[column.name] = (inner.table, inner.name)
        else:
            row.calculated[column.name] = inner.sql("sqlite")
    return row


def _constant(column: Column, value: exp.Expr) -> Value:
    """What a literal is in a column; None for NULL and for what is not a literal."""
    from sqlglot import exp

    if isinstance(value, exp.Boolean):
        return bool(value.this)
    literal = value.this if isinstance(value, exp.Neg) else value
    if not isinstance(literal, exp.Literal):
        return None
    return parsed(column.type, f"-{literal.name}" if literal is not value else literal.name)
