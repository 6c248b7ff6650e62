"""The documents and the migrations guide say what the specs say; they have no engine that could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.history import lock_content
from schemagen.layout import read_generated
from schemagen.lock import loads

from .report import BOTH, Claim

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.model import Schema

    from .report import Ledger, Section


def prove_documents(ledger: Ledger, schema: Schema, output: Path) -> None:
    """Compare every document with what its spec makes of the history in the lock, one fact a file."""
    from schemagen.targets import docs, guide

    content = lock_content(output)
    history = [record.step() for record in loads(content).migrations] if content else []
    with ledger.section(Claim.DOCUMENTS, BOTH) as section:
        for path, text in {**docs.render(schema, history), **guide.render(schema, history)}.items():
            _compare(section, output, path, text)


def _compare(section: Section, output: Path, path: str, text: str) -> None:
    try:
        found = read_generated(str(output / path)).decode(errors="replace")
    except OSError:
        section.fails(path, "the file is there", "it is missing")
        return
    expected, seen = text.splitlines(), found.splitlines()
    differing = [(one, other) for one, other in zip(expected, seen, strict=False) if one != other]
    if differing or len(expected) != len(seen):
        one, other = differing[0] if differing else (f"{len(expected)} lines", f"{len(seen)} lines")
        section.fails(path, one, other, "run `schemagen build`")
    else:
        section.holds()
