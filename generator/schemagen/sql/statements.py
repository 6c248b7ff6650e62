"""INSERT, UPDATE and DELETE of PostgreSQL → SQLite, and the choice between them and SELECT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from schemagen.base.counting import counted

from .casts import assign
from .errors import SqlError, unknown, untranslatable
from .nodes import described, name_of, offset_of, only, quote
from .scope import Relation
from .selects import SelectTranslator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemagen.schema.model import Table

    from .scope import Field
    from .select_parts import Columns
    from .value import Value

_INSERT = ("this", "expression", "conflict", "returning", "with_", "default")


class StatementTranslator(SelectTranslator):
    """Translates one whole statement."""

    writes = False
    written = ""
    """The name of the table that is written."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__(tables)
        self.columns: Columns = []
        """The columns of the result; none of a statement that returns nothing."""

    def statement(self, tree: exp.Expression) -> str:
        """The SQLite text of a statement.

        Raises:
            SqlError: for what cannot be translated.
        """
        if isinstance(tree, exp.Insert):
            self.writes = True
            return "\n".join(self._insert(tree))
        if isinstance(tree, exp.Update):
            self.writes = True
            return "\n".join(self._update(tree))
        if isinstance(tree, exp.Delete):
            self.writes = True
            return "\n".join(self._delete(tree))
        text, self.columns = self.select(tree)
        return text

    def _target(self, node: exp.Expression) -> tuple[str, dict[str, Field]]:
        """The table that is written, in the scope under its alias: its text and its columns."""
        if not isinstance(node, exp.Table):
            raise untranslatable(described(node), offset=offset_of(node))
        text = self.source(node)
        if name_of(node.this) in self.ctes:
            raise SqlError(
                f"{name_of(node.this)!r} is a common table expression", "write into a table", offset_of(node)
            )
        self.written = name_of(node.this)
        return text, dict(self.scope.relations[-1].fields)

    def _insert(self, node: exp.Insert) -> list[str]:
        only(node, *_INSERT)
        lines = self.common_tables(node)
        schema = node.this
        target = schema.this if isinstance(schema, exp.Schema) else schema
        text, fields = self._target(target)
        named = [name_of(column) for column in schema.expressions] if isinstance(schema, exp.Schema) else []
        for name in named:
            if name not in fields:
                raise unknown("column", name, fields, where=f" in {name_of(target.this)}", offset=offset_of(schema))
        columns = named or list(fields)
        listed = f" ({', '.join(map(quote, named))})" if named else ""
        lines.append(f"INSERT INTO {text}{listed}")
        lines += self._inserted(node, [fields[name] for name in columns], is_whole=bool(named))
        if node.args.get("conflict") is not None:
            lines += self._conflict(node.args["conflict"], fields)
            self._refuse_old_values(node, node.args["conflict"].expressions, fields)
        return lines + self._returning(node)

    def _inserted(self, node: exp.Insert, fields: Sequence[Field], *, is_whole: bool) -> list[str]:
        if node.args.get("default"):
            if node.args.get("conflict") is not None:
                raise untranslatable(
                    "DEFAULT VALUES with ON CONFLICT",
                    instead="name a column and write its value",
                    offset=offset_of(node.args["conflict"]),
                )
            return ["DEFAULT VALUES"]
        source = node.expression
        if isinstance(source, exp.Values):
            only(source, "expressions")
            rows = [self._row(row, fields, is_whole=is_whole) for row in source.expressions]
            return (
                ["VALUES", *(f"  {row}," for row in rows[:-1]), f"  {rows[-1]}"]
                if len(rows) > 1
                else [f"VALUES {rows[0]}"]
            )
        if source is None:
            raise SqlError("the INSERT has no values", "write VALUES or SELECT")
        if not isinstance(source, exp.Select):
            raise untranslatable(described(source), instead="write VALUES or SELECT", offset=offset_of(source))
        if node.args.get("conflict") is not None and source.args.get("where") is None:
            raise untranslatable(
                "INSERT … SELECT … ON CONFLICT without WHERE", instead="write WHERE true before ON CONFLICT"
            )
        return [self._selected(source, fields)]

    def _row(self, row: exp.Expression, fields: Sequence[Field], *, is_whole: bool) -> str:
        """A row of VALUES; without a list of columns it may leave out the last ones, which is as PostgreSQL has it."""
        items = row.expressions if isinstance(row, exp.Tuple) else [row.this]
        if len(items) > len(fields) or (is_whole and len(items) < len(fields)):
            numbers = f"{counted(len(items), 'value')} for {counted(len(fields), 'column')}"
            raise SqlError(f"VALUES has {numbers}", "give each column one value")
        return f"({', '.join(self.stored(item, field).sql for item, field in zip(items, fields, strict=False))})"

    def _selected(self, source: exp.Select, fields: Sequence[Field]) -> str:
        """INSERT … SELECT: each column of the SELECT as its target stores it."""
        if len(source.expressions) != len(fields) and not any(e.find(exp.Star) for e in source.expressions):
            raise SqlError(
                f"SELECT has {counted(len(source.expressions), 'column')} for {len(fields)}",
                "select one value for each column",
            )
        self.targets = list(fields)
        return self.nested(source)[0]

    def stored(self, node: exp.Expression, field: Field) -> Value:
        """A value as the column stores it."""
        if isinstance(node, exp.Var) and str(node.this).upper() == "DEFAULT":
            raise untranslatable("DEFAULT as a value", instead="leave the column out")
        value = self.value(node)
        if value.slot is not None and value.slot.takes_null is not False:
            value.slot.takes_null = field.nullable
        return assign(value, field.type) if field.type is not None else value

    def _conflict(self, node: exp.OnConflict, fields: Mapping[str, Field]) -> list[str]:
        only(node, "action", "expressions", "conflict_keys", "index_predicate", "where")
        keys = [self._conflict_key(key) for key in node.args.get("conflict_keys") or []]
        target = f" ({', '.join(keys)})" if keys else ""
        predicate = node.args.get("index_predicate")
        if predicate is not None:
            target += f" WHERE {self.condition(predicate.this).sql}"
        if not node.expressions:
            return [f"ON CONFLICT{target} DO NOTHING"]
        self.scope.excluded = Relation("excluded", dict(fields))
        lines = [f"ON CONFLICT{target} DO UPDATE", f"SET {self._changes(node.expressions, fields)}"]
        where = node.args.get("where")
        if where is not None:
            lines.append(f"WHERE {self.condition(where.this).sql}")
        self.scope.excluded = None
        return lines

    def _conflict_key(self, node: exp.Expression) -> str:
        inner = node.this if isinstance(node, exp.Ordered) else node
        return self.value(inner).sql

    def _changes(self, nodes: Sequence[exp.Expression], fields: Mapping[str, Field]) -> str:
        """The assignments of SET."""
        parts = []
        for node in nodes:
            if not isinstance(node, exp.EQ):
                raise untranslatable(described(node), offset=offset_of(node))
            parts.append(self._change(node, fields))
        return ", ".join(parts)

    def _change(self, node: exp.EQ, fields: Mapping[str, Field]) -> str:
        left, right = node.this, node.expression
        many = isinstance(left, exp.Tuple)
        names = [name_of(column.this) for column in (left.expressions if many else [left])]
        for name in names:
            if name not in fields:
                raise unknown("column", name, fields, offset=offset_of(left))
        items = right.expressions if many and isinstance(right, exp.Tuple) else [right]
        if len(items) != len(names):
            raise untranslatable("SET (…) = (SELECT …)", instead="assign each column by itself", offset=offset_of(left))
        values = [self.stored(item, fields[name]).sql for name, item in zip(names, items, strict=True)]
        if many:
            return f"({', '.join(map(quote, names))}) = ({', '.join(values)})"
        return f"{quote(names[0])} = {values[0]}"

    def _update(self, node: exp.Update) -> list[str]:
        only(node, "this", "expressions", "from_", "where", "returning", "with_")
        lines = self.common_tables(node)
        text, fields = self._target(node.this)
        source = node.args.get("from_")
        below = []
        if source is not None:
            only(source.this, "this", "alias", "joins")
            joins = source.this.args.pop("joins", None) or []
            below = [f"FROM {self.source(source.this)}", *(self._join(join) for join in joins)]
        changes = self._changes(node.expressions, fields)
        lines += [f"UPDATE {text}", f"SET {changes}", *below, *self._where(node)]
        returning = node.args.get("returning")
        self._refuse_old_values(node, node.expressions, fields)
        if source is not None and returning is not None:
            self.scope.relations[1:] = []  # SQLite's RETURNING sees the table that is written only
            if returning.find(exp.Star):
                raise untranslatable(
                    "RETURNING * of UPDATE … FROM", instead="name the columns of the table", offset=offset_of(node)
                )
        return lines + self._returning(node)

    def _refuse_old_values(
        self, node: exp.Expression, changes: Sequence[exp.Expression], fields: Mapping[str, Field]
    ) -> None:
        """Refuse to return what a trigger sets after SQLite has returned it.

        Source: SQLite, "RETURNING", 3, "Limitations And Caveats".
        """
        returning = node.args.get("returning")
        set_here = {name_of(column.this) for change in changes for column in change.this.find_all(exp.Column)}
        stale = [name for name, field in fields.items() if field.refreshed and name not in set_here]
        if returning is None or not changes or not stale:
            return
        named = {name_of(column.this) for column in returning.find_all(exp.Column)}
        if found := [name for name in stale if name in named or returning.find(exp.Star)]:
            what = f"RETURNING {found[0]}, which a trigger sets after SQLite has returned the row,"
            raise untranslatable(what, instead="read the row with a SELECT afterwards", offset=offset_of(returning))

    def _delete(self, node: exp.Delete) -> list[str]:
        only(node, "this", "where", "returning", "with_", "using")
        if node.args.get("using"):
            raise untranslatable("DELETE … USING", instead="write WHERE … IN (SELECT …)", offset=offset_of(node))
        lines = self.common_tables(node)
        text, _ = self._target(node.this)
        return [*lines, f"DELETE FROM {text}", *self._where(node), *self._returning(node)]

    def _where(self, node: exp.Expression) -> list[str]:
        where = node.args.get("where")
        return [f"WHERE {self.condition(where.this).sql}"] if where is not None else []

    def _returning(self, node: exp.Expression) -> list[str]:
        returning = node.args.get("returning")
        if returning is None:
            return []
        only(returning, "expressions")
        self._name_the_table(returning)
        parts = [self.projected(item) for item in returning.expressions]
        self.columns = [column for _, columns in parts for column in columns]
        return [f"RETURNING {', '.join(text for text, _ in parts)}"]

    def _name_the_table(self, returning: exp.Expression) -> None:
        """Let RETURNING name the table instead of its alias, which SQLite does not know there ("RETURNING", 2.1)."""
        written = self.scope.relations[0]
        if written.name == self.written:
            return
        if any(name_of(table.this) == self.written and not table.alias for table in returning.find_all(exp.Table)):
            raise untranslatable(
                f"RETURNING with a subquery over {self.written}",
                instead="give that one an alias",
                offset=offset_of(returning),
            )
        for column in returning.find_all(exp.Column):
            qualifier = column.args.get("table")
            if qualifier is not None and name_of(qualifier) == written.name:
                column.set("table", exp.to_identifier(self.written, quoted=True))
        self.scope.relations[0] = Relation(self.written, written.fields)
