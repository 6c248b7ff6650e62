"""Where each note of a spec stands in the documents."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .markdown import blocks, bullets, fence, sentence
from .words import spaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.schema.model import Notes, Table

_JSON_START = re.compile(r"[{\[]")

SHAPE = "_shape"
"""The end of a note's key that documents a JSON column: ``{column}_shape``."""

PHASE = "phase"
"""The note that groups tables in the migrations guide."""

HEADINGS = {
    "design_decisions": "Design decisions",
    "security": "Security",
    "persistence": "Persistence",
    "audit": "Audit trail",
    "soft_deletes": "Soft deletes",
    "ordering": "Ordering",
    "performance": "Performance",
    "scalability": "Scalability",
    "partitioning": "Partitioning strategy",
    "archiving": "Archive strategy",
    "size_limits": "Size limits",
    "evolution": "Evolution",
    "future": "Future extensibility",
    "timestamps": "Timestamps",
    "concurrency": "Concurrency",
    "full_text": "Full-text search",
    "embeddings": "Embeddings",
}
"""The known keys with their headings, in the order of the document."""

OF_TABLE = ("security", "persistence", "audit", "design_decisions")
"""Notes of a table that stand in the table's own section; the other known ones stand in the later sections."""


@dataclass(frozen=True, slots=True)
class Note:
    """One heading with the finished Markdown below it."""

    title: str
    body: str


def title_of(key: str) -> str:
    """The heading of a note: the known one, or one made from its key."""
    return HEADINGS.get(key) or spaced(key).capitalize()


def phase_of(table: Table, document_notes: Notes) -> str:
    """The phase of a table, else of its document; empty without one."""
    return " ".join(table.note(PHASE) or dict(document_notes).get(PHASE, ()))


def paragraphs(texts: Sequence[str]) -> str:
    """One text as a paragraph, several as a list."""
    return sentence(texts[0]) if len(texts) == 1 else bullets(filter(None, map(sentence, texts)))


def table_notes(table: Table) -> tuple[Note, ...]:
    """The notes that stand in a table's own section: the known ones in order, then those with a key of their own."""
    if not table.notes:
        return ()
    notes = dict(table.notes)
    keys = [key for key in OF_TABLE if key in notes]
    found = [Note(title_of(key), paragraphs(notes[key])) for key in keys]
    further = [key for key in notes if key not in HEADINGS and key != PHASE and not _is_shape(key, table)]
    if further:
        found.append(Note("Further notes", bullets(f"**{title_of(key)}**: {_inline(notes[key])}" for key in further)))
    return tuple(found)


def shapes(table: Table) -> tuple[Note, ...]:
    """The documented shapes of its JSON columns: prose, and the JSON inside it as a fenced block."""
    found = []
    for column in table.columns if table.notes else ():
        if texts := table.shape(column.name):
            found.append(Note(f"Shape of `{column.name}`", blocks(*map(_shape, texts))))
    return tuple(found)


def _shape(text: str) -> str:
    start = _JSON_START.search(text)
    if start is None:
        return sentence(text)
    try:
        value, end = json.JSONDecoder().raw_decode(text, start.start())
        example = fence("json", json.dumps(value, ensure_ascii=False, indent=2))
    except (ValueError, RecursionError):
        return sentence(text)
    before, after = text[: start.start()].rstrip(" ,:."), text[end:].lstrip(" .")
    return blocks(sentence(f"{before}:") if before else "", example, sentence(after))


def gathered(key: str, document_notes: Notes, tables: Iterable[Table]) -> str:
    """The texts of one key from the document and its tables, as Markdown; empty where nobody wrote one."""
    own = dict(document_notes).get(key, ())
    reported = [f"`{table.name}`: {_inline(texts)}" for table in tables if table.notes and (texts := table.note(key))]
    return blocks(paragraphs(own) if own else "", bullets(reported))


def further(document_notes: Notes) -> tuple[Note, ...]:
    """The document's notes whose keys have no place of their own."""
    known = {*HEADINGS, PHASE}
    return tuple(Note(title_of(key), paragraphs(texts)) for key, texts in document_notes if key not in known)


def _inline(texts: Iterable[str]) -> str:
    return " ".join(map(sentence, texts))


def _is_shape(key: str, table: Table) -> bool:
    return key.endswith(SHAPE) and key.removesuffix(SHAPE) in table.by_name
