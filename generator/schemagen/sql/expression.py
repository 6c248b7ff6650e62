"""An expression of a spec, as both engines read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemagen.schema.dialect import Sql


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression on both engines: the author's own text, its translation, and the columns it reads in order."""

    sql: Sql
    columns: tuple[str, ...] = ()
