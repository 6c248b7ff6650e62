"""What a handler of one kind of node may ask of the translation that it is part of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from .scope import Field, Scope
    from .value import Slot, Value


class Translating(Protocol):
    """A translation under way (``translate.Translator``), as handlers see it."""

    scope: Scope
    slots: dict[str, Slot] | None
    aggregates: bool

    def value(self, node: exp.Expression | None) -> Value:
        """Translate a node."""

    def condition(self, node: exp.Expression | None) -> Value:
        """Translate a condition, as in WHERE."""

    def values(self, nodes: Sequence[exp.Expression]) -> list[Value]:
        """Translate several."""

    def depend(self, what: str, instead: str) -> None:
        """Note what depends on a setting of the session."""

    def rows(self, node: exp.Expression) -> tuple[str, list[tuple[str, Field]]]:
        """Translate a subquery: its text and its columns."""

    def scalar(self, node: exp.Expression) -> tuple[str, Field]:
        """Translate a subquery of one column."""

    def searched(self, node: exp.Anonymous, name: str) -> Value:
        """Translate a full-text search."""

    def measured(self, node: exp.Expression) -> Value:
        """Translate the distance of two vectors."""

    def windowed(self, node: exp.Expression) -> Value:
        """Translate ``f(x) FILTER (…) OVER (…)``."""
