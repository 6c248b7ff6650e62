"""Full-text indexes: on texts of a limited length, in tables whose rows a key tells apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.counting import counted
from schemagen.schema import types as t
from schemagen.schema.full_text import LONGEST, METHOD, kept_names
from schemagen.schema.index import Index, IndexElement

from .context import NAME_TAKEN
from .keys import check_columns, key_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.model import Table
    from schemagen.schema.types import Type
    from schemagen.spec.reporter import Reporter

    from .context import Context, Draft

BAD_FULL_TEXT = "SG229"
NOTE_BESIDE_KEY = "SG230"
NOTE = "full_text"


def full_text_indexes(draft: Draft, types: dict[str, Type], context: Context) -> Iterator[Index]:
    """The full-text indexes of a table; what is wrong is reported and left out."""
    for number, written in enumerate(draft.spec.full_text):
        at = draft.origin.child("full_text", number)
        if not _can_be_searched(written.columns, draft, types, at, context):
            context.reporter.damage(at)
            continue
        name = written.name or context.relations.derive(("fts", draft.name, *written.columns), METHOD, at)
        elements = tuple(map(IndexElement, written.columns))
        description, reason = written.description, written.reason
        yield Index(name, elements, method=METHOD, description=description, reason=reason, origin=at)


def _can_be_searched(columns: list[str], draft: Draft, types: dict[str, Type], at: Origin, context: Context) -> bool:
    reporter = context.reporter
    if not check_columns(columns, draft, at.child("columns"), context):
        return False
    if not key_columns(draft):
        message = f"`{draft.name}` has no primary key, by which a search finds its rows"
        reporter.error(BAD_FULL_TEXT, message, at, hint="give it one: `primary_key: true` on a column")
        return False
    fine = True
    for number, name in enumerate(columns):
        if problem := _obstacle(name, draft, types[name]):
            reporter.error(BAD_FULL_TEXT, problem[0], at.child("columns", number), hint=problem[1])
            fine = False
    return fine


def _obstacle(name: str, draft: Draft, type_: Type) -> tuple[str, str] | None:
    """Why the words of a column can't be kept, and the fix."""
    if not isinstance(type_, t.TextType) or isinstance(type_, t.Enum):
        return f"`{name}` is {type_}, which has no words", "search a column of type text or varchar"
    if type_.limit is None:
        hint = f"give it `max_length: {LONGEST // 2}`, or any up to {LONGEST}"
        return f"`{name}` has no `max_length`: PostgreSQL refuses a row with more than 1 MiB of words", hint
    if type_.limit > LONGEST:
        message = f"`{name}` may have {counted(type_.limit, 'character')}: PostgreSQL refuses more than 1 MiB of words"
        return message, f"give it `max_length: {LONGEST}` or less"
    if draft.spec.columns[name].on_row_update:
        return f"`{name}` is filled by a trigger, whose order beside the index's is open", "search another column"
    return None


def report_kept_names(tables: Iterable[Table], names: Iterable[str], reporter: Reporter) -> None:
    """Report relations that are called as what SQLite keeps beside a full-text index."""
    taken = {name.lower(): name for name in names}
    for table in tables:
        for index in (one for one in table.indexes if one.is_full_text):
            for kept in kept_names(index.name):
                if (other := taken.get(kept.lower())) and index.origin:
                    message = (
                        f"SQLite keeps the words of `{index.name}` in `{other}`, which is another name of the specs"
                    )
                    reporter.error(NAME_TAKEN, message, index.origin, hint="give one of them another `name`")


def report_notes(drafts: Iterable[Draft], reporter: Reporter) -> None:
    """Report the note of a table that speaks of a full-text search that its key has."""
    for draft in drafts:
        if draft.spec.full_text and NOTE in draft.spec.notes:
            message = f"the note `{NOTE}` of `{draft.name}` stands beside the key `{NOTE}`, which the document tells of"
            at = draft.origin.child("notes", NOTE)
            hint = "move what it says to the `description` of the index"
            reporter.warning(NOTE_BESIDE_KEY, message, at, key=True, hint=hint)
