"""What the specs say: a schema, its files, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Severity

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Diagnostic
    from schemagen.schema.model import Schema
    from schemagen.schema.own_steps import OwnStep
    from schemagen.spec.source import Sources


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the specs say, and everything that is wrong with them; after errors the schema is not to be built.

    ``held`` is the schema of the lock, as far as there is one that can be used; ``steps`` are in the order in which
    they are numbered.
    """

    schema: Schema
    sources: Sources
    diagnostics: tuple[Diagnostic, ...]
    held: Schema | None = None
    steps: tuple[OwnStep, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there is an error among the diagnostics."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)
