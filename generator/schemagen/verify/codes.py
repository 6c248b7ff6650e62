"""Codes of claims that do not hold: what is wrong with the spec first, then what follows from it."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Why a proof failed, in the order in which a report tells it."""

    MIGRATION_REFUSED = "SG540"
    QUERY_REFUSED = "SG541"
    READS_ALL = "SG542"
    PATH_NOT_TAKEN = "SG543"
    EXAMPLE_NOT_KEPT = "SG544"
    TOO_SLOW = "SG545"
    OTHER_CATALOG = "SG546"
    OTHER_BEHAVIOUR = "SG547"
    OTHER_FILES = "SG548"

    @property
    def is_of_spec(self) -> bool:
        """Whether it is the spec that has to change; else the output differs from it."""
        return self <= Code.TOO_SLOW

    @property
    def hint(self) -> str:
        """The fix, in a sentence."""
        return _HINTS[self]


_HINTS = {
    Code.MIGRATION_REFUSED: "fix the SQL or the type of the spec that the engine names, then `schemagen build`",
    Code.QUERY_REFUSED: "fix the query, or say with `only:` which engine it is for",
    Code.READS_ALL: "add an index on the columns of its conditions, or a comment that ignores SG517 with the reason",
    Code.PATH_NOT_TAKEN: "name what the plan uses, or make an index that begins with the columns of its conditions",
    Code.EXAMPLE_NOT_KEPT: "fix the example row, or the rule that refuses it",
    Code.TOO_SLOW: "make the query or its index better, or set a `p95_ms` that it can meet",
    Code.OTHER_CATALOG: "run `schemagen build`; if the output is as it was built, report it as a mistake of schemagen",
    Code.OTHER_BEHAVIOUR: "look for a rule that says otherwise; without one, report it as a mistake of schemagen",
    Code.OTHER_FILES: "run `schemagen build`, and change the specs instead of what is built from them",
}
