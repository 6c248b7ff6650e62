"""A review as text for a terminal, as Markdown for a comment, or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from schemagen.base.counting import counted
from schemagen.base.escape import code_span, markdown, markdown_code, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemagen.project.review import Review, Reviewed
    from schemagen.project.review_queries import QueryChange

NO_CHANGE = "No change of the schema"
UNDOCUMENTED = "nothing that is documented"


def as_json(review: Review) -> str:
    """One object with the fields of ``Review``."""
    return json.dumps(asdict(review), ensure_ascii=False, indent=2) + "\n"


def as_text(review: Review) -> str:
    """For people at a terminal."""
    return "\n".join(_text(review)) + "\n"


def as_markdown(review: Review) -> str:
    """For a comment below a pull request."""
    return "\n".join(_markdown(review)) + "\n"


def _text(review: Review) -> Iterator[str]:
    if review.changes:
        yield f"Since {review.base}: {counted(len(review.changes), 'change')}."
    else:
        yield f"{NO_CHANGE} since {review.base}."
    yield from _migrations(review, str)
    for table, changes in groupby(review.changes, lambda change: change.table):
        yield from ("", table)
        for change in changes:
            yield from _change_lines(change)
    if review.also_rebuilt:
        yield from ("", f"SQLite also makes anew, because of these: {', '.join(review.also_rebuilt)}.")
    if review.rollback_losses:
        yield from ("", "Rolling back loses:", *(f"  {loss}" for loss in review.rollback_losses))
    for delete in review.deletes:
        yield from ("", f"Deletes in {delete.table}:")
        yield from (f"  - {sentence}" for sentence in delete.before if sentence not in delete.after)
        yield from (f"  + {sentence}" for sentence in delete.after if sentence not in delete.before)
    for query in review.queries:
        yield from ("", f"Query {query.query}{_fate(query)}:")
        before, after = _ways(query.before), _ways(query.after)
        yield from (f"  - {one_line(way)}" for way in before if way not in after)
        yield from (f"  {' ' if way in before else '+'} {one_line(way)}" for way in after)


def _migrations(review: Review, shown: Callable[[str], str]) -> Iterator[str]:
    if review.written:
        yield f"Written already: {', '.join(map(shown, review.written))}."
    if review.migrations:
        yield f"`schemagen build` makes of it: {', '.join(map(shown, review.migrations))}."


def _change_lines(change: Reviewed) -> Iterator[str]:
    yield f"  {one_line(change.change)}"
    yield f"    PostgreSQL: {change.postgres}"
    yield f"    SQLite:     {change.sqlite}"
    yield f"    Back:       {_back(change)}"
    yield from (f"    Loses:      {note}" for note in change.notes)
    if change.allow:
        yield f"    Needs:      {_allowed(change)}"


def _markdown(review: Review) -> Iterator[str]:
    yield "### Schema changes"
    yield ""
    if review.changes:
        yield f"Since {code_span(review.base)}: {counted(len(review.changes), 'change')}."
    else:
        yield f"{NO_CHANGE} since {code_span(review.base)}."
    yield from _migrations(review, code_span)
    if review.changes:
        yield from ("", "| Table | Change | PostgreSQL | SQLite | Back | Loses | Needs |", f"|{' --- |' * 7}")
    for change in review.changes:
        cells = (
            markdown_code(change.table),
            markdown(change.change),
            change.postgres,
            change.sqlite,
            _back(change),
            "; ".join(map(markdown, change.notes)),
            markdown_code(_allowed(change)) if change.allow else "",
        )
        yield f"| {' | '.join(cells)} |"
    if review.also_rebuilt:
        yield from ("", f"SQLite also makes anew, because of these: {', '.join(map(code_span, review.also_rebuilt))}.")
    if review.rollback_losses:
        yield from ("", "Rolling back loses:", "", *(f"- {markdown(loss)}" for loss in review.rollback_losses))
    for delete in review.deletes:
        yield from ("", f"Deletes in {code_span(delete.table)}, before:", "")
        yield from (f"- {sentence}" for sentence in delete.before)
        yield from ("", "and now:", "")
        yield from (f"- {sentence}" for sentence in delete.after)
    if review.queries:
        yield from ("", "| Query | Found its rows by | Now by |", f"|{' --- |' * 3}")
    for query in review.queries:
        yield f"| {markdown_code(query.query)}{_fate(query)} | {_cell(query.before)} | {_cell(query.after)} |"


def _fate(query: QueryChange) -> str:
    if query.before is None:
        return " (new)"
    if query.after is None:
        return " (gone)"
    return " (its SQL is another one)" if query.rewritten else ""


def _ways(ways: tuple[str, ...] | None) -> tuple[str, ...]:
    """What a query uses; a query that is not there uses nothing, and of some nothing is documented."""
    return () if ways is None else ways or (UNDOCUMENTED,)


def _cell(ways: tuple[str, ...] | None) -> str:
    return UNDOCUMENTED if ways == () else ", ".join(map(markdown_code, ways or ()))


def _back(change: Reviewed) -> str:
    return "reversible" if change.reversible else "the catalogue alone: what is lost does not come back"


def _allowed(change: Reviewed) -> str:
    return " ".join(f"--allow {word}" for word in change.allow)
