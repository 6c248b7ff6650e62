"""SELECT of PostgreSQL → SELECT of SQLite, clause by clause."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from sqlglot import exp

from schemagen.schema import types as t

from .casts import assign
from .distances import distance
from .errors import SqlError, unknown, untranslatable
from .first_of_each import first_of_each
from .grouping import refuse_ungrouped
from .lateral import INSTEAD, without_lateral
from .natives import spoken
from .nodes import described, name_of, offset_of, only, quote
from .operands import adapt
from .ordering import limits, ordered, sort_key
from .scope import Field, Relation, Scope
from .searches import searched
from .select_parts import UNNAMED, Columns, default_name, merged, renamed
from .translate import Translator
from .windows import window_body, windowed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from schemagen.schema.model import Table

    from .value import Slot, Value

_SELECT = (
    "expressions",
    "distinct",
    "from_",
    "joins",
    "where",
    "group",
    "having",
    "windows",
    "order",
    "limit",
    "offset",
    "with_",
)
_SETS: dict[type[exp.Expression], str] = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


def _refuse_other_order(node: exp.Select) -> None:
    """Refuse ORDER BY over what SELECT DISTINCT does not show: PostgreSQL does ("SELECT", "DISTINCT Clause")."""
    shown = {item.alias_or_name for item in node.expressions}
    texts = {(item.this if isinstance(item, exp.Alias) else item).sql("postgres") for item in node.expressions}
    ordered = node.args["order"].expressions if node.args.get("order") is not None else []
    if any(item.find(exp.Star) for item in node.expressions):
        return
    for term in (one.this if isinstance(one, exp.Ordered) else one for one in ordered):
        is_shown = isinstance(term, exp.Literal) or term.sql("postgres") in texts
        if not is_shown and not (isinstance(term, exp.Column) and term.name in shown):
            hint = "select what is ordered by, or write GROUP BY instead of DISTINCT"
            raise SqlError("SELECT DISTINCT is ordered by what it does not show", hint, offset_of(term))


class SelectTranslator(Translator):
    """Translates SELECT and everything inside it; ``used`` collects the tables, ``slots`` the parameters."""

    aggregates = True
    can_search = False
    """Whether searches and distances can stand in the statement: in query patterns alone."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.parameters: dict[str, Slot] = {}
        super().__init__(Scope(), self.parameters)
        self.tables = tables
        self.used: dict[str, None] = {}
        self.ctes: dict[str, Columns] = {}
        self.targets: list[Field] | None = None
        """The columns that the next SELECT fills, for INSERT … SELECT."""

    def rows(self, node: exp.Expression) -> tuple[str, Columns]:
        """A subquery in parentheses, and its columns."""
        if isinstance(node, exp.Subquery):
            only(node, "this", "alias")
        text, columns = self.nested(node.this if isinstance(node, exp.Subquery) else node)
        indented = text.replace("\n", "\n  ")
        return (f"(\n  {indented}\n)" if "\n" in text else f"({text})"), columns

    def nested(self, node: exp.Expression) -> tuple[str, Columns]:
        """A SELECT with a scope of its own inside the current one."""
        outer, ctes = self.scope, dict(self.ctes)
        self.scope = Scope(parent=outer)
        try:
            return self.select(node)
        finally:
            self.scope, self.ctes = outer, ctes

    def select(self, node: exp.Expression) -> tuple[str, Columns]:
        """A SELECT or set operation in the current scope: its text and its columns."""
        if isinstance(node, tuple(_SETS)):
            return self._set_operation(node)
        if not isinstance(node, exp.Select):
            raise untranslatable(described(node), instead="write a SELECT", offset=offset_of(node))
        locked = node.args.get("locks")
        if locked:
            raise untranslatable("FOR UPDATE (SQLite locks the whole database)", offset=offset_of(node))
        only(node, *_SELECT)
        targets, self.targets = self.targets, None
        lines = self.common_tables(node)
        tail = self._sources(node)
        projected, columns = self._projection(node, targets)
        refuse_ungrouped(node, self.scope.relations, self._tables_here(node))
        distinct = node.args.get("distinct")
        if distinct is not None:
            if distinct.args.get("on"):
                first = first_of_each(self, node, projected, columns, [*tail, *self._grouping(node, columns)])
                return "\n".join([*lines, *first, *limits(self, node)]), columns
            only(distinct)
            _refuse_other_order(node)
        lines.append(f"SELECT {'DISTINCT ' if distinct is not None else ''}{projected}")
        lines += tail + self._grouping(node, columns) + self._ending(node, columns)
        return "\n".join(lines), columns

    def _tables_here(self, node: exp.Select) -> dict[str, Table]:
        """The tables that a SELECT reads from, by the names that they have in it."""
        first = node.args.get("from_")
        sources = [*([first.this] if first else []), *(join.this for join in node.args.get("joins") or ())]
        found = ((source, name_of(source.this)) for source in sources if isinstance(source, exp.Table))
        return {
            name_of(source.args["alias"].this) if source.args.get("alias") else name: self.tables[name]
            for source, name in found
            if name in self.tables and name not in self.ctes
        }

    def common_tables(self, node: exp.Expression) -> list[str]:
        """WITH, as lines."""
        with_ = node.args.get("with_")
        if with_ is None:
            return []
        only(with_, "expressions", "recursive")
        parts = [self._common_table(cte, recursive=bool(with_.args.get("recursive"))) for cte in with_.expressions]
        return [f"WITH {'RECURSIVE ' if with_.args.get('recursive') else ''}{', '.join(parts)}"]

    def _common_table(self, cte: exp.CTE, *, recursive: bool) -> str:
        only(cte, "this", "alias", "materialized")
        alias = cte.args["alias"]
        name, names = name_of(alias.this), [name_of(column) for column in alias.args.get("columns") or []]
        if isinstance(cte.this, exp.DML):
            raise untranslatable("WITH of a statement that writes", offset=offset_of(cte))
        if recursive and isinstance(cte.this, exp.SetOperation):
            _, first = self.nested(cte.this.this)
            self.ctes[name] = renamed(first, names)
        text, columns = self.rows(cte.this)
        self.ctes[name] = renamed(columns, names)
        materialized = cte.args.get("materialized")
        word = {None: "", True: "MATERIALIZED ", False: "NOT MATERIALIZED "}[materialized]
        listed = f" ({', '.join(map(quote, names))})" if names else ""
        return f"{quote(name)}{listed} AS {word}{text}"

    def _set_operation(self, node: exp.Expression) -> tuple[str, Columns]:
        only(node, "this", "expression", "distinct", "order", "limit", "offset", "with_")
        if node.args.get("distinct") is False and not isinstance(node, exp.Union):
            raise untranslatable(f"{_SETS[type(node)]} ALL", offset=offset_of(node))
        lines = self.common_tables(node)
        left, columns = self._operand(node, node.this)
        right, others = self._operand(node, node.expression)
        if len(columns) != len(others):
            raise SqlError(
                "the two sides of the set operation have different numbers of columns", "select as many on both sides"
            )
        both = [merged(one, two) for one, two in zip(columns, others, strict=True)]
        word = _SETS[type(node)] + (" ALL" if node.args.get("distinct") is False else "")
        return "\n".join([*lines, left, word, right, *self._ending(node, both)]), both

    def _operand(self, node: exp.Expression, operand: exp.Expression) -> tuple[str, Columns]:
        """One side of a set operation: SQLite has no parentheses there, and reads from left to right."""
        on_the_right = isinstance(operand, exp.SetOperation) and operand is node.expression
        if isinstance(operand, exp.Subquery) or on_the_right:
            raise untranslatable(
                "a set operation inside a set operation", instead="put it into WITH", offset=offset_of(operand)
            )
        return self.nested(operand)

    def _sources(self, node: exp.Select) -> list[str]:
        """FROM, joins and WHERE, as lines; fills the scope."""
        lines = []
        source = node.args.get("from_")
        if source is not None:
            lines.append(f"FROM {self.source(source.this)}")
        for join in node.args.get("joins") or []:
            lines.append(self._join(without_lateral(join, node, self._columns_of)))
        where = node.args.get("where")
        return [*lines, f"WHERE {self.condition(where.this).sql}"] if where is not None else lines

    def source(self, node: exp.Expression) -> str:
        """A table, common table expression or derived table in FROM; adds it to the scope."""
        if isinstance(node, exp.Subquery) and node.args.get("alias") is not None:
            text, columns = self.rows(node)
            alias = node.args["alias"]
            only(alias, "this")
            name = name_of(alias.this)
            self._add(Relation(name, dict(columns)))
            return f"{text} AS {quote(name)}"
        if isinstance(node, exp.Lateral):
            raise untranslatable("LATERAL", instead=INSTEAD, offset=offset_of(node))
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise untranslatable(
                f"{described(node)} in FROM", instead="name a table, or a SELECT with an alias", offset=offset_of(node)
            )
        only(node, "this", "alias")
        name = name_of(node.this)
        fields = dict(self.ctes[name]) if name in self.ctes else self.table_fields(name, node.this.meta.get("start"))
        alias, table = node.args.get("alias"), None if name in self.ctes else self.tables.get(name)
        if alias is None:
            self._add(Relation(name, fields, table))
            return quote(name)
        only(alias, "this")
        self._add(Relation(name_of(alias.this), fields, table))
        return f"{quote(name)} AS {quote(name_of(alias.this))}"

    def _columns_of(self, name: str) -> Collection[str]:
        """The columns of a table or a common table expression; none of what is neither."""
        if name in self.ctes:
            return {column for column, _ in self.ctes[name]}
        return self.tables[name].by_name if name in self.tables else ()

    def table_fields(self, name: str, offset: int | None) -> dict[str, Field]:
        """The columns of a table of the schema.

        Raises:
            SqlError: when there is no such table.
        """
        table = self.tables.get(name)
        if table is None:
            raise unknown("table", name, self.tables, offset=offset)
        self.used[name] = None
        key = table.primary_key.columns if table.primary_key else ()
        return {
            c.name: Field(spoken(c.type), c.nullable and c.name not in key, refreshed=c.on_row_update is not None)
            for c in table.columns
        }

    def _add(self, relation: Relation) -> None:
        if any(other.name == relation.name for other in self.scope.relations):
            raise SqlError(f"the name {relation.name!r} stands twice in FROM", "give one of them an alias")
        self.scope.relations.append(relation)

    def _join(self, join: exp.Join) -> str:
        only(join, "this", "side", "kind", "on", "using")
        before = len(self.scope.relations)
        text = self.source(join.this)
        side, kind = str(join.args.get("side") or ""), str(join.args.get("kind") or "")
        on, using = join.args.get("on"), join.args.get("using")
        relations = self.scope.relations
        if side in {"RIGHT", "FULL"}:
            relations[:before] = [relation.optional() for relation in relations[:before]]
        if side in {"LEFT", "FULL"}:
            relations[before:] = [relation.optional() for relation in relations[before:]]
        if on is None and not using and not side and kind in {"", "CROSS"}:
            return f"CROSS JOIN {text}" if kind else f", {text}"
        words = " ".join(word for word in (side, "" if kind == "OUTER" else kind, "JOIN") if word)
        if using:
            names = [name_of(column) for column in using]
            for name in names:
                self.scope.resolve(name, relations[-1].name)  # refuses a name that the joined table does not have
            self.scope.merged.update(names)
            return f"{words} {text} USING ({', '.join(map(quote, names))})"
        return f"{words} {text} ON {self.condition(on).sql}"

    def _projection(self, node: exp.Select, targets: list[Field] | None) -> tuple[str, Columns]:
        if not node.expressions:
            raise SqlError("SELECT without a column", "name the columns")
        fills: list[Field | None] = [*targets] if targets is not None else [None] * len(node.expressions)
        parts, columns = [], []
        for item, target in zip_longest(node.expressions, fills):
            if item is None:
                break
            text, found = self.projected(item, target)
            parts.append(text)
            columns += found
        return ", ".join(parts), columns

    def projected(self, item: exp.Expression, target: Field | None = None) -> tuple[str, Columns]:
        """One element of a SELECT list or of RETURNING; ``target`` is the column that it fills."""
        if isinstance(item, exp.Star):
            only(item)
            return "*", self._all_columns()
        if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            name = name_of(item.args["table"])
            return f"{quote(name)}.*", list(self.scope.relation(name, offset_of(item)).fields.items())
        inner = item.this if isinstance(item, exp.Alias) else item
        value = self._output(inner, target)
        field = Field(None if isinstance(value.type, t.Native) else value.type, value.nullable)
        if isinstance(item, exp.Alias):
            name = name_of(item.args["alias"])
            return f"{value.sql} AS {quote(name)}", [(name, field)]
        name = default_name(inner)
        named = isinstance(inner, exp.Column) or target is not None or name == UNNAMED
        return (value.sql if named else f"{value.sql} AS {quote(name)}"), [(name, field)]

    def _output(self, node: exp.Expression, target: Field | None) -> Value:
        value = self.value(node)
        if target is not None and value.slot is not None and value.slot.takes_null is not False:
            value.slot.takes_null = target.nullable
        if target is not None and target.type is not None:
            return assign(value, target.type)
        if isinstance(value.type, t.Interval):
            raise untranslatable(
                "an interval in the result", instead="use EXTRACT(epoch FROM …)", offset=offset_of(node)
            )
        return adapt(value, t.Text()).rounded()

    def _all_columns(self) -> Columns:
        merged: dict[str, Field] = {}
        columns: Columns = []
        for relation in self.scope.relations:
            for name, field in relation.fields.items():
                if name in self.scope.merged and name in merged:
                    continue
                merged[name] = field
                columns.append((name, field))
        return columns

    def _grouping(self, node: exp.Select, columns: Columns) -> list[str]:
        lines = []
        group, having = node.args.get("group"), node.args.get("having")
        if group is not None:
            only(group, "expressions")
            self._refuse_shadowing(node, group)
            lines.append(f"GROUP BY {', '.join(sort_key(self, part, columns).sql for part in group.expressions)}")
        if having is not None:
            lines.append(f"HAVING {self.condition(having.this).sql}")
        windows = [f"{quote(name_of(w.this))} AS ({window_body(self, w)})" for w in node.args.get("windows") or []]
        return [*lines, f"WINDOW {', '.join(windows)}"] if windows else lines

    def _refuse_shadowing(self, node: exp.Select, group: exp.Group) -> None:
        """GROUP BY x means the column x on PostgreSQL, and the alias x on SQLite."""
        aliases = {name_of(e.args["alias"]): e.this for e in node.expressions if isinstance(e, exp.Alias)}
        columns = {column for relation in self.scope.relations for column in relation.fields}
        for part in group.expressions:
            name = name_of(part.this) if isinstance(part, exp.Column) and part.args.get("table") is None else ""
            if name in aliases and name in columns and default_name(aliases[name]) != name:
                raise SqlError(
                    f"GROUP BY {name} may mean the column or the alias", "give the alias another name", offset_of(part)
                )

    def _ending(self, node: exp.Expression, columns: Columns) -> list[str]:
        order = node.args.get("order")
        return [*([f"ORDER BY {ordered(self, order, columns)}"] if order is not None else []), *limits(self, node)]

    def searched(self, node: exp.Anonymous, name: str) -> Value:
        """``search(c, :q)``: the rows that have the words."""
        return searched(self, node, name) if self.can_search else super().searched(node, name)

    def measured(self, node: exp.Expression) -> Value:
        """``a <=> b``: how far two vectors are apart."""
        return distance(self, node) if self.can_search else super().measured(node)

    def windowed(self, node: exp.Expression) -> Value:
        """``f(x) FILTER (WHERE …) OVER (…)``, with either part."""
        return windowed(self, node)
