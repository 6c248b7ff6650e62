"""What is proved: a schema, the output that claims to make it, an engine, and where facts are written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from schemagen.base.layout import Output
    from schemagen.databases.scratch import Engine
    from schemagen.datagen.test_rows import SampleRows
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Schema

    from .focus import Focus
    from .models.process import Models
    from .report import Claim, Ledger, Section


@dataclass(frozen=True, slots=True)
class ProofContext:
    """One engine's part of a run; every proof takes it."""

    schema: Schema
    output: Output
    engine: Engine
    models: Models
    sample_rows: SampleRows
    ledger: Ledger
    suppressed: frozenset[str] = frozenset()
    focus: Focus | None = None

    @property
    def dialect(self) -> Dialect:
        """The dialect of the engine."""
        return self.engine.dialect

    def section(self, claim: Claim) -> AbstractContextManager[Section]:
        """Where the facts of a claim on this engine are written down."""
        return self.ledger.section(claim, self.dialect.title)
