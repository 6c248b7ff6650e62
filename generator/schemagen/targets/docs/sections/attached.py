"""Sections "Views" and "Objects of one's own"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.schema.objects import View
from schemagen.targets.docs.markdown import codes, fence, sentence, table

from .access import in_both

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.schema.model import Document
    from schemagen.schema.objects import Attached, OwnObject
    from schemagen.targets.docs.overview import Overview

VIEWS, OBJECTS = "Views", "Objects of one's own"


@dataclass(frozen=True, slots=True)
class AttachedSection:
    """One view or object in finished Markdown."""

    heading: str
    description: str
    facts: str
    sql: str


def attached(document: Document, overview: Overview) -> dict[str, tuple[AttachedSection, ...]]:
    """By title, the sections of a document's views and objects, in the order in which they are made."""
    own = [item for item in overview.schema.attached if item.document == document.name]
    views = [item for item in own if isinstance(item, View)]
    others = [item for item in own if not isinstance(item, View)]
    found = {
        VIEWS: tuple(_view(view, overview) for view in views),
        OBJECTS: tuple(_object(item, overview) for item in others),
    }
    return {title: sections for title, sections in found.items() if sections}


def _view(view: View, overview: Overview) -> AttachedSection:
    rows = [(f"`{column.name}`", _type(column.type), "yes" if column.nullable else "no") for column in view.columns]
    facts = [table(("Column", "Type", "May be NULL"), rows), _reads(view)]
    if view.materialized:
        facts.append(
            "Materialized on PostgreSQL: its rows are those of the last `REFRESH MATERIALIZED VIEW`. "
            "On SQLite it is a plain view, whose rows are always those of now."
        )
    if view.security_invoker:
        facts.append("PostgreSQL reads with the rights of whoever asks (`security_invoker`).")
    if view.security_barrier:
        facts.append("PostgreSQL chooses its rows before a condition of whoever asks sees them (`security_barrier`).")
    if view.check_option:
        facts.append(f"PostgreSQL refuses a row that it would not show (`check_option: {view.check_option}`).")
    return AttachedSection(
        f"View `{view.name}`", sentence(view.description), _paragraphs(facts), in_both(view.sql, overview)
    )


def _type(type_: t.Type) -> str:
    return "as the engine has it" if isinstance(type_, t.Native) else f"`{type_}`"


def _object(item: OwnObject, overview: Overview) -> AttachedSection:
    text = "\n\n".join(
        f"{engine.title}:\n\n{fence('sql', text)}"
        for engine in overview.dialects
        if (text := item.sql.for_dialect(engine.name)) is not None
    )
    heading = f"{item.kind.capitalize()} `{item.name}`"
    return AttachedSection(heading, sentence(item.description), _reads(item), text)


def _reads(item: Attached) -> str:
    return f"Needs {codes(item.needs)}." if item.needs else ""


def _paragraphs(texts: Iterable[str] | Sequence[str]) -> str:
    return "\n\n".join(text for text in texts if text)
