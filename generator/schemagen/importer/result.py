"""What an import comes to, before anything of it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .proof import Proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.engines.catalog import Catalog

    from .losses import Loss
    from .proof import PlainPart
    from .translate import Imported


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Specs of a database: their files, what they do not say, and what building them showed.

    ``plain`` names the parts of tables that had to be written in full; ``proof`` is empty where all is well.
    """

    catalog: Catalog
    imported: Imported
    files: Mapping[str, str] = field(repr=False)
    losses: tuple[Loss, ...]
    before: tuple[str, ...]
    plain: frozenset[PlainPart] = frozenset()
    proof: Proof = field(default_factory=Proof)
