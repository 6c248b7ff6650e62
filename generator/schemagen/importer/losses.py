"""What an import could not say, said another way, or could say better with a person's help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SKIPPED = "statement at "
"""How a statement of SQL that was left out is called; its file and line follow."""


class Effect(StrEnum):
    """How much an entry of the report weighs."""

    LEFT_OUT = "left out"
    """It is in the database and not in the specs."""

    CHANGED = "said another way"
    """The specs build something a little different in its place."""

    NO_DEFAULT = "without a default on the other engine"
    """An INSERT on the other engine has to give a value that the database's own engine fills in."""

    ONE_ENGINE = "on one engine only"
    """The database's own engine has it; the other one has not."""

    HINT = "could be nicer"
    """The specs say it plainly; a nicer form would change the catalog."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One entry of the report; ``table`` is None for an object outside of tables.

    ``is_rule`` says of what is said another way that rows are treated otherwise by it.
    """

    effect: Effect
    table: str | None
    what: str
    reason: str
    is_rule: bool = False

    @property
    def lasts(self) -> bool:
        """Whether the database has a rule of a table until that is recreated; triggers and indexes are parts apart."""
        if self.effect is Effect.LEFT_OUT:
            return self.table is not None and not self.what.startswith(("trigger ", "index "))
        return self.is_rule
