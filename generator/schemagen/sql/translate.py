"""PostgreSQL expression tree → SQLite text. Only node classes in ``HANDLERS`` pass; all others are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import operators as op
from .distances import operator_of
from .errors import SqlError, untranslatable
from .handlers import HANDLERS
from .nodes import described, offset_of, only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from .scope import Field, Scope
    from .value import Slot, Value


class Translator:
    """Translates the expressions of one statement; queries add subqueries and aggregates (see ``selects``)."""

    aggregates = False
    volatile = False
    """Whether the current time or a random value was read."""

    depends_on: tuple[str, str] | None = None
    """What depends on a setting of the session, which PostgreSQL calls stable, and what can be written instead."""

    def __init__(self, scope: Scope, slots: dict[str, Slot] | None = None) -> None:
        self.scope = scope
        self.slots = slots

    def value(self, node: exp.Expression | None) -> Value:
        """Translate a node.

        Raises:
            SqlError: for whatever the published list does not have.
        """
        if node is None:
            raise SqlError("an operand is missing", "write it as PostgreSQL wants it")
        found = HANDLERS.get(type(node))
        if found is None:
            raise untranslatable(described(node), offset=offset_of(node))
        handler, allowed = found
        only(node, *allowed)
        try:
            value = handler(self, node)
        except SqlError as problem:
            if problem.offset is None:
                problem.offset = offset_of(node)
            raise
        self.volatile = self.volatile or value.clock
        return value

    def depend(self, what: str, instead: str) -> None:
        """Note what depends on a setting of the session."""
        self.depends_on = self.depends_on or (what, instead)

    def values(self, nodes: Sequence[exp.Expression]) -> list[Value]:
        """Translate several."""
        return [self.value(node) for node in nodes]

    def condition(self, node: exp.Expression | None) -> Value:
        """Translate a condition, as in WHERE."""
        return op.truth(self.value(node), "a check, a predicate or WHERE")

    def rows(self, node: exp.Expression) -> tuple[str, list[tuple[str, Field]]]:
        """Translate a subquery: its text and its columns. Queries override this."""
        raise SqlError(
            "a subquery can stand in no check, default, index or generated column",
            "use a trigger, or a query",
            offset_of(node),
        )

    def windowed(self, node: exp.Expression) -> Value:
        """Translate ``f(x) FILTER (…) OVER (…)``. Queries override this."""
        raise SqlError(
            "an aggregate or window function can stand in a query only",
            "a check, default or index sees one row",
            offset_of(node),
        )

    def searched(self, node: exp.Anonymous, name: str) -> Value:
        """Translate a full-text search. Queries override this."""
        hint = "a check, default, index or view can't ask an index of words"
        raise SqlError(f"{name}() can stand in a query pattern only", hint, offset_of(node))

    def measured(self, node: exp.Expression) -> Value:
        """Translate the distance of two vectors. Queries override this."""
        hint = "SQLite has no such function but on the connections that the models make"
        raise SqlError(f"{operator_of(node)} can stand in a query pattern only", hint, offset_of(node))

    def scalar(self, node: exp.Expression) -> tuple[str, Field]:
        """Translate a subquery of one column."""
        text, fields = self.rows(node)
        if len(fields) != 1:
            raise SqlError(f"the subquery has {len(fields)} columns", "select one column", offset_of(node))
        return text, fields[0][1]
