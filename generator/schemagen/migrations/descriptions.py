"""Descriptions that PostgreSQL keeps as comments: a changed one rides in the next migration, or makes one by itself.

A build that changes nothing but prose writes no migration, so the lock may describe a column in words that no database
has. What databases have is what the statements of the history say last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schemagen.base.escape import one_line, sql_string
from schemagen.changes.migration import Migration, Statement, Step
from schemagen.changes.records import ChangeRecord
from schemagen.engines.attached import commented
from schemagen.engines.postgres.dialect import POSTGRES
from schemagen.engines.postgres.session import begun
from schemagen.engines.postgres.statements import LOCK_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemagen.changes.diff import Evolution
    from schemagen.schema.model import Table

    from .lock import MigrationRecord


@dataclass(frozen=True, slots=True)
class Description:
    """A description that is due: whose, and the statements there and back."""

    table: str
    subject: str
    statement: str
    back: str


def due(evolution: Evolution, history: Iterable[MigrationRecord]) -> tuple[Description, ...]:
    """What of the tables and columns that stay is described otherwise than in the databases of a history."""
    said: dict[str, str] = {}
    for record in history:
        for statement in record.postgres.statements:
            if statement.startswith("COMMENT ON "):
                subject, _, text = statement.partition(_IS)
                said[subject] = text
    return tuple(_due(evolution, said))


_IS = " IS "


def _due(evolution: Evolution, said: dict[str, str]) -> Iterator[Description]:
    for table in evolution.new.tables:
        was = evolution.renames.continued_table(table.name, evolution.old)
        if was is None:
            continue
        before = evolution.old.table(was)
        pairs = [(_of_table(before), before.description, _of_table(table), table.description, table.name)]
        for column in table.columns:
            name = evolution.renames.continued_column(table.name, column.name, before)
            if name is not None:
                old = before.column(name)
                subjects = _of_column(before, name), old.description, _of_column(table, column.name), column.description
                pairs.append((*subjects, f"{table.name}.{column.name}"))
        for old_subject, old_text, subject, text, shown in pairs:
            there = said.get(old_subject, _literal(old_text))
            if there != _literal(text):
                yield Description(table.name, shown, f"{subject}{_IS}{_literal(text)}", f"{old_subject}{_IS}{there}")

    yield from _of_types(evolution, said)
    yield from _of_attached(evolution, said)


def _of_types(evolution: Evolution, said: dict[str, str]) -> Iterator[Description]:
    """Those of named types and domains that stay."""
    for word, before, after in (
        ("TYPE", evolution.old.types, evolution.new.types),
        ("DOMAIN", evolution.old.domains, evolution.new.domains),
    ):
        old = {type_.name: type_.description for type_ in before}
        for type_ in after:
            subject = f"COMMENT ON {word} {POSTGRES.quote(type_.name)}"
            there = said.get(subject, _literal(old.get(type_.name, "")))
            if type_.name in old and there != _literal(type_.description):
                text = _literal(type_.description)
                yield Description(type_.name, type_.name, f"{subject}{_IS}{text}", f"{subject}{_IS}{there}")


def _of_attached(evolution: Evolution, said: dict[str, str]) -> Iterator[Description]:
    """Those of views and objects that stay; what is recreated is made with its own."""
    before = {item.name: item for item in evolution.old.attached}
    for item in evolution.new.attached:
        old, subject = before.get(item.name), commented(POSTGRES, item)
        if old is None or subject is None or commented(POSTGRES, old) != subject:
            continue
        if item.definition("postgres") != old.definition("postgres") and item.description and old.description:
            continue
        there, text = said.get(subject, sql_string(old.description)), sql_string(item.description)
        if there != text:
            yield Description(item.name, item.name, f"{subject}{_IS}{text}", f"{subject}{_IS}{there}")


def _of_table(table: Table) -> str:
    return f"COMMENT ON TABLE {POSTGRES.quote(table.name)}"


def _of_column(table: Table, column: str) -> str:
    return f"COMMENT ON COLUMN {POSTGRES.quote(table.name)}.{POSTGRES.quote(column)}"


def _literal(text: str) -> str:
    return sql_string(one_line(text))  # an empty one takes the comment away (PostgreSQL, "COMMENT")


def with_descriptions(steps: Sequence[Step], found: Sequence[Description], number: int) -> tuple[Step, ...]:
    """The steps of a build with descriptions in the first of them, or with a step of their own where there is none.

    Args:
        steps: of the build.
        found: the descriptions that are due.
        number: of the first step.
    """
    if not found:
        return tuple(steps)
    first, *others = steps or [_empty(found, number)]
    forth = tuple(Statement(each.statement, "" if place else "Descriptions") for place, each in enumerate(found))
    back = tuple(Statement(each.back, "" if place else "Descriptions") for place, each in enumerate(found))
    words = f"describe {', '.join(each.subject for each in found)}"
    header = tuple(line for line in first.postgres.header if not line.startswith("Nothing to do"))
    described = replace(
        first.postgres,
        statements=_continued(first.postgres.statements, forth),
        rollback=_continued(first.postgres.rollback, back),
        header=(*header, f"Change: {words}"),
    )
    return (Step(first.sqlite, described, (*first.changes, ChangeRecord(words))), *others)


def _continued(statements: tuple[Statement, ...], more: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return (*statements, *more) if statements else begun((LOCK_TIMEOUT, *more))


def _empty(found: Sequence[Description], number: int) -> Step:
    tables = dict.fromkeys(each.table for each in found)
    name = f"describe_{next(iter(tables)).lower()}" if len(tables) == 1 else "describe_tables"
    nothing = ("Nothing to do: SQLite keeps no descriptions beside its tables.",)
    return Step(
        Migration(number, name, "sqlite", (), (), nothing, altering=True),
        Migration(number, name, "postgres", (), (), altering=True),
    )
