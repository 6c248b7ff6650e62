"""SQL of specs: checked, resolved and translated from PostgreSQL to SQLite; generated SQL: parsed and run.

sqlglot is imported by the first call that has to parse something.
"""

from __future__ import annotations

from .errors import SqlError
from .expression import Expression
from .expressions import expression
from .queries import ParsedQuery, query

__all__ = ["Expression", "ParsedQuery", "SqlError", "expression", "query"]
