"""Which names keys, constraints and indexes have where a spec gives none: our own, PostgreSQL's or those of Rails."""

from __future__ import annotations

import hashlib
from enum import Enum
from itertools import chain

from .names import bounded_name

_LETTERS = 10
"""How much of its hash Rails takes into the name of a foreign key."""


class Naming(Enum):
    """A convention; each method gives the parts of a name, which ``_`` joins.

    Sources: PostgreSQL's names of constraints and indexes that a statement leaves without one (``ChooseIndexName`` and
    ``ChooseConstraintName`` in its source; "CREATE INDEX" names the rule); Rails' "Active Record Migrations" for
    ``index_…_on_…`` and ``fk_rails_…``.
    """

    OWN = "schemagen"
    POSTGRES = "postgres"
    RAILS = "rails"

    def primary_key(self, table: str) -> tuple[str, ...]:
        """``pk_users``; ``users_pkey``, also in databases of Rails."""
        return ("pk", table) if self is Naming.OWN else (table, "pkey")

    def unique(self, table: str, *columns: str) -> tuple[str, ...]:
        """``uq_users_email``; ``users_email_key``, also in Rails, which has unique indexes where it can."""
        return ("uq", table, *columns) if self is Naming.OWN else (table, *columns, "key")

    def foreign_key(self, table: str, *columns: str) -> tuple[str, ...]:
        """``fk_notes_user_id``; ``notes_user_id_fkey``; ``fk_rails_`` and a hash of the table and the columns."""
        match self:
            case Naming.OWN:
                return ("fk", table, *columns)
            case Naming.POSTGRES:
                return (table, *columns, "fkey")
            case Naming.RAILS:
                hashed = hashlib.sha256(f"{table}_{'_'.join(columns)}_fk".encode()).hexdigest()
                return ("fk", "rails", hashed[:_LETTERS])

    def check(self, table: str, key: str) -> tuple[str, ...]:
        """``ck_users_name``; ``users_name_check``, which Rails leaves to PostgreSQL where the column's name says it."""
        return ("ck", table, key) if self is Naming.OWN else (table, key, "check")

    def check_key(self, table: str, name: str) -> str | None:
        """The key below which a check of that name stands; None where it is not derived."""
        before, after = "_".join(self.check(table, "\0")).split("\0")
        key = name.removeprefix(before).removesuffix(after)
        return key if key and bounded_name(*self.check(table, key)) == name else None

    def index(self, table: str, *columns: str) -> tuple[str, ...]:
        """``idx_notes_user_id``; ``notes_user_id_idx``; ``index_notes_on_user_id_and_kind``."""
        match self:
            case Naming.OWN:
                return ("idx", table, *columns)
            case Naming.POSTGRES:
                return (table, *columns, "idx")
            case Naming.RAILS:
                return ("index", table, "on", *list(chain.from_iterable(("and", name) for name in columns))[1:])
