"""The engines, and the one of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .postgres.dialect import POSTGRES
from .sqlite.dialect import SQLITE

if TYPE_CHECKING:
    from schemagen.schema.dialect import DialectName

    from .base import Dialect

__all__ = ["POSTGRES", "SQLITE", "dialect"]


def dialect(name: DialectName) -> Dialect:
    """The dialect of an engine."""
    return POSTGRES if name == "postgres" else SQLITE
