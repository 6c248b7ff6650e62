"""Queries: what they are given, and what they give."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .dialect import Sql  # noqa: TC001  (the codec reads the hints)

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin

    from .types import Type


@dataclass(frozen=True, slots=True)
class Parameter:
    """A ``:name`` of a query and the type of what it is compared with or stored into.

    ``nullable``: NULL may be given. ``known`` false: nothing says its type, which PostgreSQL takes for text.
    """

    name: str
    type: Type
    nullable: bool = field(default=False, compare=False)
    known: bool = field(default=True, compare=False)


class Rows(StrEnum):
    """How many rows a query gives."""

    ONE = "one"
    AT_MOST_ONE = "at most one"
    MANY = "many"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of a query's result; ``type`` is a bare native one where it is of the engines' own."""

    name: str
    type: Type
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gives: its columns, and how many rows."""

    rows: Rows
    columns: tuple[ResultColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A query pattern: one statement, what it is for, and the index, unique constraint or key that serves it."""

    name: str
    sql: Sql
    description: str = ""
    uses: tuple[str, ...] = ()
    p95_ms: float | None = None
    parameters: tuple[Parameter, ...] = ()
    tables: tuple[str, ...] = ()
    writes: bool = False
    result: Result | None = field(default=None, compare=False)
    """What it gives; None for SQL that each engine has in its own words."""
    document: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
