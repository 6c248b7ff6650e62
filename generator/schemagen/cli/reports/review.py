"""A review as text for a terminal, as Markdown for a comment, or as JSON."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from schemagen.base.counting import counted
from schemagen.base.escape import code_span, markdown, one_line
from schemagen.project.review_marks import Marks
from schemagen.targets.docs.markdown import fence, prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from schemagen.project.review import DeleteChange, Review, Reviewed, RulesLost
    from schemagen.project.review_queries import QueryChange
    from schemagen.project.review_waits import Wait

NO_CHANGE = "No change of the schema"
NEEDS_16 = "pg_input_is_valid"
UNDOCUMENTED = "nothing that is documented"
WIDTH = 96
"""How wide a line of a comment may be before GitHub scrolls it sideways."""

LONGEST_COMMENT = 60_000
"""How much Markdown is written before the SQL is left out: GitHub takes no comment of more than 65,536 characters."""


def as_json(review: Review) -> str:
    """One object with the fields of ``Review``."""
    return json.dumps(asdict(review), ensure_ascii=False, indent=2) + "\n"


def _of_rolling_back(review: Review) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What there is to say of the way back: titles with their lines."""
    if review.rollback_losses:
        yield "Rolling back loses", review.rollback_losses
    if review.rollback_stops:
        yield "Rolling back stops, before it has changed anything, if", review.rollback_stops


def as_text(review: Review) -> str:
    """For people at a terminal."""
    return "\n".join(_text(review)) + "\n"


def as_markdown(review: Review) -> str:
    """For a comment below a pull request; without the SQL where that would be too long for one."""
    text = "\n".join(_markdown(review)) + "\n"
    sql = "\n".join(_folded_scripts(review))
    if not sql:
        return text
    if len(text) + len(sql) > LONGEST_COMMENT:
        return f"{text}\nThe SQL is too long for a comment: `schemagen diff` prints it.\n"
    return f"{text}\n{sql}\n"


def _text(review: Review) -> Iterator[str]:
    yield _heading(review, str)
    yield from _summary(review, str)
    for table, changes in groupby(review.changes, lambda change: change.table):
        listed = list(changes)
        yield from ("", f"{table}{_whose(listed, str)}")
        for change in listed:
            yield from _change_lines(change)
    if review.also_rebuilt:
        yield from ("", f"SQLite also recreates, because of these: {', '.join(review.also_rebuilt)}.")
    for lost in review.rules_lost:
        yield from ("", f"{_lost_with(lost, str)}:", *(f"  {one_line(rule)}" for rule in lost.rules))
        yield f"  Needs: --allow {lost.allow}"
    for wait in review.waits:
        yield from ("", f"{_runs(wait)}:")
        yield from (f"  {line}" for line in _wait_lines(wait, str))
    for title, lines in _of_rolling_back(review):
        yield from ("", f"{title}:", *(f"  {line}" for line in lines))
    for delete in review.deletes:
        yield from ("", f"Deletes in {delete.table}:", *(f"  {line}" for line in _delete_lines(delete)))
    for query in review.queries:
        yield from ("", f"Query {query.query}{_fate(query)}:", *(f"  {line}" for line in _query_lines(query)))
    for script in review.scripts:
        yield from ("", f"{script.migration} on {script.engine}:", "", *(f"    {x}" for x in script.sql.split("\n")))


def _heading(review: Review, shown: Callable[[str], str]) -> str:
    if not review.changes:
        return f"{NO_CHANGE} since {shown(review.base)}."
    return f"Since {shown(review.base)}: {counted(len(review.changes), 'change')}."


def _summary(review: Review, shown: Callable[[str], str]) -> Iterator[str]:
    """What a reviewer looks for first: how many changes lose data, need a word, or may stop; and the migrations."""
    said = {
        "not reversible": sum(not change.reversible for change in review.changes),
        "may stop": sum(bool(change.stops) for change in review.changes),
        "to be allowed": sum(bool(change.allow) for change in review.changes) + len(review.rules_lost),
    }
    if dangers := [f"{number} {what}" for what, number in said.items() if number]:
        yield f"Of these: {', '.join(dangers)}."
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
    if change.marks.tagged:
        yield f"    Tagged:     {one_line('; '.join(change.marks.tagged))}"
    if change.allow:
        yield f"    Needs:      {_allowed(change)}"
    for stop in change.stops:
        yield f"    Stops if    {stop.reason}"
        for engine, query in _queries(stop.postgres, stop.sqlite):
            yield f"      {engine}:"
            yield from (f"        {line}" for line in f"{query};".split("\n"))


def _whose(changes: Iterable[Reviewed], shown: Callable[[str], str]) -> str:
    """The group, the team and the tags of a table, where its specs say them."""
    marks = next((each.marks for each in changes), Marks())
    said = (("group", marks.group), ("team", marks.team), ("tagged", ", ".join(marks.tags)))
    found = [f"{word} {shown(one_line(text))}" for word, text in said if text]
    return f" ({', '.join(found)})" if found else ""


def _lost_with(lost: RulesLost, shown: Callable[[str], str]) -> str:
    return f"SQLite makes {shown(lost.table)} anew, and rules of the imported database that no spec says go with it"


def _queries(postgres: str | None, sqlite: str | None) -> Iterator[tuple[str, str]]:
    """The queries, once where both engines have the same."""
    if postgres == sqlite and postgres is not None:
        yield "ask both", postgres
        return
    if postgres is not None:
        yield f"ask PostgreSQL{' (16 or newer)' if NEEDS_16 in postgres else ''}", postgres
    if sqlite is not None:
        yield "ask SQLite", sqlite


def _runs(wait: Wait) -> str:
    return f"On {wait.engine}, {wait.runs}"


def _wait_lines(wait: Wait, shown: Callable[[str], str]) -> Iterator[str]:
    if wait.locked:
        yield f"Locked: {', '.join(map(shown, wait.locked))}"
    if wait.written:
        yield f"Locked for writers: {', '.join(map(shown, wait.written))}"
    yield f"Readers {wait.readers}"
    yield f"Writers {wait.writers}"
    yield f"The migration {wait.migration}"


def _delete_lines(delete: DeleteChange) -> Iterator[str]:
    yield from (f"- {sentence}" for sentence in delete.before if sentence not in delete.after)
    yield from (f"+ {sentence}" for sentence in delete.after if sentence not in delete.before)


def _query_lines(query: QueryChange) -> Iterator[str]:
    before, after = _ways(query.before), _ways(query.after)
    yield from (f"- {one_line(way)}" for way in before if way not in after)
    yield from (f"{' ' if way in before else '+'} {one_line(way)}" for way in after)


def _markdown(review: Review) -> Iterator[str]:
    yield from ("### Schema changes", "", _heading(review, code_span), *_summary(review, code_span))
    for table, changes in groupby(review.changes, lambda change: change.table):
        listed = list(changes)
        yield from ("", f"#### {code_span(table)}{_whose(listed, markdown)}", "")
        for change in listed:
            yield from _change_items(change)
    if review.also_rebuilt:
        yield from ("", f"SQLite also recreates, because of these: {', '.join(map(code_span, review.also_rebuilt))}.")
    for lost in review.rules_lost:
        yield from ("", f"{_lost_with(lost, code_span)}:", "")
        yield from (f"- **loses** {markdown(rule)}" for rule in lost.rules)
        yield f"- needs {code_span(f'--allow {lost.allow}')}"
    if review.waits:
        yield from ("", "#### Who waits")
    for wait in review.waits:
        yield from ("", f"{_runs(wait)}:", "", *(f"- {line}" for line in _wait_lines(wait, code_span)))
    for title, lines in _of_rolling_back(review):
        yield from ("", f"#### {title}", "", *(f"- {markdown(line)}" for line in lines))
    yield from _effects(review)


def _effects(review: Review) -> Iterator[str]:
    """Deletes and queries, before and now."""
    if review.deletes:
        yield from ("", "#### Deletes")
    for delete in review.deletes:
        yield from ("", f"In {code_span(delete.table)}:", "", *_diff_block(_delete_lines(delete)))
    if review.queries:
        yield from ("", "#### Queries")
    for query in review.queries:
        yield from ("", f"{code_span(query.query)}{_fate(query)}:", "", *_diff_block(_query_lines(query)))


def _change_items(change: Reviewed) -> Iterator[str]:
    yield f"- {prose(change.change)}"
    yield f"  - PostgreSQL: {change.postgres}; SQLite: {change.sqlite}; back: {_back(change)}"
    yield from (f"  - **loses** {markdown(note)}" for note in change.notes)
    if change.marks.tagged:
        yield f"  - tagged {markdown('; '.join(change.marks.tagged))}"
    if change.allow:
        yield f"  - needs {code_span(_allowed(change))}"
    for stop in change.stops:
        yield f"  - **stops if** {prose(stop.reason)}"
        for engine, query in _queries(stop.postgres, stop.sqlite):
            yield from _folded(f"{engine} for the rows", "sql", f"{query};", "    ")


def _folded_scripts(review: Review) -> Iterator[str]:
    if review.scripts:
        yield "#### SQL"
    for script in review.scripts:
        yield ""
        yield from _folded(f"{script.migration} on {script.engine}", "sql", script.sql, "")


def _folded(title: str, language: str, text: str, indent: str) -> Iterator[str]:
    lines = ("", f"<details><summary>{title}</summary>", "", *fence(language, text).split("\n"), "", "</details>", "")
    yield from (f"{indent}{line}".rstrip() for line in lines[0 if indent else 1 :])


def _diff_block(lines: Iterable[str]) -> list[str]:
    """Removed and added lines as GitHub colours them, none wider than a comment."""
    folded = [
        f"{line[:2]}{part}" for line in lines for part in textwrap.wrap(line[2:], WIDTH, break_on_hyphens=False) or [""]
    ]
    return fence("diff", "\n".join(folded)).split("\n")


def _fate(query: QueryChange) -> str:
    if query.before is None:
        return " (new)"
    if query.after is None:
        return " (gone)"
    return " (its SQL is another one)" if query.rewritten else ""


def _ways(ways: tuple[str, ...] | None) -> tuple[str, ...]:
    """What a query uses; a query that is not there uses nothing, and of some nothing is documented."""
    return () if ways is None else ways or (UNDOCUMENTED,)


def _back(change: Reviewed) -> str:
    return "reversible" if change.reversible else "the catalog alone: what is lost does not come back"


def _allowed(change: Reviewed) -> str:
    return " ".join(f"--allow {word}" for word in change.allow)
