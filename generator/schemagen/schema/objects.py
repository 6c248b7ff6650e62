"""Views and objects of one's own, which are made around the tables, and the order in which they are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from .dialect import DialectName, Sql  # noqa: TC001  (the codec reads the hints)
from .index import Index  # noqa: TC001  (the codec reads the hints)
from .places import HERE, Place
from .query import ResultColumn  # noqa: TC001  (the codec reads the hints)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Origin

CheckOption = Literal["local", "cascaded"]
ObjectKind = Literal[
    "function",
    "procedure",
    "aggregate",
    "trigger",
    "policy",
    "grant",
    "rule",
    "sequence",
    "type",
    "constraint",
    "index",
    "statistics",
    "option",
    "partition",
]

STANDALONE: frozenset[str] = frozenset({"function", "procedure", "aggregate", "sequence", "type"})
"""Kinds that tables may be made of: made before the tables, where they need none."""


@dataclass(frozen=True, slots=True)
class View:
    """A view; ``columns`` are its output, of a bare native type where only the engines know it.

    ``needs`` names the tables, views and objects that it reads; ``postgres`` says where it is there.
    """

    name: str
    sql: Sql
    columns: tuple[ResultColumn, ...]
    security_invoker: bool = False
    materialized: bool = False
    indexes: tuple[Index, ...] = ()
    needs: tuple[str, ...] = ()
    description: str = ""
    document: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
    security_barrier: bool = False
    check_option: CheckOption | None = None
    postgres: Place = HERE

    @property
    def options(self) -> tuple[str, ...]:
        """PostgreSQL's options of a plain view, as its catalog has them ("CREATE VIEW", WITH)."""
        flags = {"security_invoker": self.security_invoker, "security_barrier": self.security_barrier}
        found = [f"{name}=true" for name, is_set in flags.items() if is_set]
        return (*found, *([f"check_option={self.check_option}"] if self.check_option else []))

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "materialized view" if self.materialized else "view"

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of its output."""
        return tuple(column.name for column in self.columns)

    def definition(self, dialect: DialectName) -> object:
        """All that decides what one engine has of it; None where it has nothing."""
        text = self.sql.for_dialect(dialect)
        if text is None:
            return None
        own = (self.options, self.materialized, self.indexes, self.postgres) if dialect == "postgres" else ()
        return text, self.column_names, own


@dataclass(frozen=True, slots=True)
class OwnObject:
    """An object of one's own: the statement that makes it on each engine, and the one that drops it.

    ``needs`` names the tables, views and objects that have to be there first.
    """

    name: str
    kind: ObjectKind
    sql: Sql
    drop: Sql
    needs: tuple[str, ...] = ()
    description: str = ""
    document: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
    partition_of: str = ""
    """The table whose rows a partition holds, over any number of partitions, or whose partitions a function makes."""

    @property
    def makes_partitions(self) -> bool:
        """Whether it is the function that makes partitions ahead of time."""
        return bool(self.partition_of) and self.kind == "function"

    def definition(self, dialect: DialectName) -> object:
        """All that decides what one engine has of it; None where it has nothing."""
        text = self.sql.for_dialect(dialect)
        return None if text is None else (self.kind, text, self.drop.for_dialect(dialect))


Attached = View | OwnObject


class Needing(Protocol):
    """What has a name, and needs others by theirs."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what it needs."""


Item = TypeVar("Item", bound=Needing)


def in_order_of_needs(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each after those of them that it needs; what needs itself in a cycle keeps its place."""
    by_name = {item.name: item for item in items}
    done: dict[str, Item] = {}
    for start in by_name:
        waiting = [start]
        entered: set[str] = set()
        while waiting:
            name = waiting[-1]
            first = name not in entered
            entered.add(name)
            needed = [n for n in by_name[name].needs if n in by_name and n not in done and n not in entered]
            if first and needed:
                waiting += reversed(needed)
            else:
                waiting.pop()
                done.setdefault(name, by_name[name])
    return tuple(done.values())
