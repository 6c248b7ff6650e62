"""What the schema does, in words: cardinalities, cascades, triggers, constraints; as finished Markdown."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from schemagen.base.escape import code_span, markdown, markdown_code
from schemagen.schema.model import Action, Deferrable, LiteralDefault
from schemagen.schema.names import words_of
from schemagen.schema.partitions import function_name
from schemagen.schema.quoting import quoted
from schemagen.schema.rule_state import RuleState
from schemagen.schema.triggers import TriggerKind
from schemagen.schema.types import Enum, Text

from .markdown import codes, joined, sentence

if TYPE_CHECKING:
    from schemagen.engines.base import Dialect
    from schemagen.schema.index import Index
    from schemagen.schema.model import Check, Column, ForeignKey, Schema, Table
    from schemagen.schema.partition import Partition
    from schemagen.schema.triggers import Trigger

_AN = re.compile(r"(?!uni|use|uti|usu|eu|one\b|once)(?:[aeiou]|hour|heir|honest)")

_UNCOUNTABLE = frozenset({
    "advice", "data", "equipment", "feedback", "furniture", "hardware", "information", "luggage", "metadata", "money",
    "music", "news", "personnel", "rice", "software", "staff", "traffic",
})  # fmt: skip
"""Nouns that "a" can't stand before."""

LONGEST_CASCADE = 20
"""How many references one sentence about a delete follows; the tables beyond have sections of their own."""


@lru_cache(maxsize=4096)
def spaced(name: str) -> str:
    """``ConversationAgent`` and ``conversation_agent`` as ``conversation agent``."""
    return " ".join(words_of(name))


def noun(table: Table) -> str:
    """What one row is called: the model's name in words, else the table's; of what has no singular, a row."""
    name = spaced(table.class_name or table.name)
    return f"row of {name}" if name.rpartition(" ")[2] in _UNCOUNTABLE else name


def with_article(word: str) -> str:
    """``a message``, ``an agent``."""
    return f"{'an' if _AN.match(word) else 'a'} {word}"


def is_optional(table: Table, key: ForeignKey) -> bool:
    """Whether a row of a child table may stand without a parent."""
    return any(table.column(name).nullable for name in key.columns)


def cardinality(table: Table, key: ForeignKey, schema: Schema) -> str:
    """``conversations 1→N messages`` with what each side may have."""
    parent = schema.table(key.parent)
    one = table.is_unique(key.columns)
    left = "0..1" if is_optional(table, key) else "1"
    many = f"has at most one {noun(table)}" if one else f"has any number of {spaced(table.name)}"
    belongs = f"belongs to at most one {noun(parent)}" if left != "1" else f"belongs to exactly one {noun(parent)}"
    kept = "" if key.enforced else "; no constraint keeps this"
    return (
        f"**`{parent.name}` {left}→{'0..1' if one else 'N'} `{table.name}`**: one {noun(parent)} {many}; "
        f"each {noun(table)} {belongs} (`{table.name}`: {codes(key.columns)}){kept}."
    )


def many_to_many(table: Table) -> str | None:
    """The sentence for a table that joins two others: its key, or a unique constraint, is made of two references."""
    keys = [unique.columns for unique in table.uniques]
    if table.primary_key:
        keys.insert(0, table.primary_key.columns)
    for columns in keys:
        wanted = set(columns)
        parts = [key for key in table.foreign_keys if wanted.issuperset(key.columns)]
        if len(parts) == 2 and set(parts[0].columns) | set(parts[1].columns) == wanted:  # noqa: PLR2004
            return f"**`{parts[0].parent}` N↔M `{parts[1].parent}`**, joined by `{table.name}`, one row a pair."
    return None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a delete of a ``parent`` row does to the ``child`` rows that refer to it by ``key``."""

    parent: Table
    child: Table
    key: ForeignKey
    repeated: bool = False
    """Whether the child's rows were already among those that go: a cycle, or a second way to the same table."""


@dataclass(slots=True)
class DeleteEffects:
    """Everything that a delete of one row sets off, the nearest references first."""

    effects: list[Effect] = field(default_factory=list)
    complete: bool = True

    def of(self, *actions: Action) -> list[Effect]:
        """The effects with one of these actions."""
        return [effect for effect in self.effects if effect.key.on_delete in actions]


def delete_effects(table: Table, schema: Schema, limit: int = LONGEST_CASCADE) -> DeleteEffects:
    """Follow every enforced reference that a delete of one row sets off, at most ``limit`` of them."""
    found = DeleteEffects()
    gone = {table.name}
    queue = deque([table])
    while queue:
        parent = queue.popleft()
        for child, key in schema.children(parent.name):
            if not key.enforced:
                continue
            if len(found.effects) == limit:
                found.complete = False
                return found
            found.effects.append(Effect(parent, child, key, child.name in gone))
            if key.on_delete is Action.CASCADE and child.name not in gone:
                gone.add(child.name)
                queue.append(child)
    return found


def delete_sentences(table: Table, schema: Schema) -> list[str]:
    """What deleting a row does, a sentence an item, as in "Deleting a user deletes its tasks"."""
    if table.keeps_rows:
        return [f"Both engines refuse to delete {with_article(noun(table))}."]
    found = delete_effects(table, schema)
    if not found.effects:
        return [
            f"Nothing refers to {with_article(noun(table))} by an enforced key: deleting one removes that row alone."
        ]
    lines = _cascades(table, found, schema)
    lines += [_kept(effect, "NULL", effect.key.emptied) for effect in found.of(Action.SET_NULL)]
    lines += [_kept(effect, "its default", effect.key.columns) for effect in found.of(Action.SET_DEFAULT)]
    going = {effect.child.name for effect in found.of(Action.CASCADE)}
    lines += [_refused(table, effect, going) for effect in found.of(Action.RESTRICT, Action.NO_ACTION)]
    if not found.complete:
        lines.append("It reaches further tables; their own sections say how.")
    return lines


def _cascades(table: Table, found: DeleteEffects, schema: Schema) -> list[str]:
    by_parent: dict[str, list[Effect]] = {}
    for effect in found.of(Action.CASCADE):
        by_parent.setdefault(effect.parent.name, []).append(effect)
    lines = []
    for name, effects in by_parent.items():
        what = joined([_child_phrase(effect, schema) for effect in effects])
        if name == table.name:
            lines.append(f"Deleting {with_article(noun(table))} deletes {what}.")
        else:
            lines.append(f"With each {noun(effects[0].parent)} that goes, {what} go too.")
    if table.name not in by_parent:
        lines.append(f"Deleting {with_article(noun(table))} deletes no row of another table.")
    elif len(by_parent) > 1:
        reached = list(dict.fromkeys(effect.child.name for effect in found.of(Action.CASCADE)))
        lines.append(f"In all it reaches {codes(reached)}.")
    return lines


def _child_phrase(effect: Effect, schema: Schema) -> str:
    child, key = effect.child, effect.key
    if child.name == effect.parent.name:
        return f"the {spaced(child.name)} below it ({codes(key.columns)}), at any depth"
    name = noun(child) if child.is_unique(key.columns) else spaced(child.name)
    prefix = f"{noun(effect.parent)} "
    if name.startswith(prefix) and name.removeprefix(prefix).replace(" ", "_") not in schema.by_name:
        name = name.removeprefix(prefix)
    twins = [other for other in child.foreign_keys if other.parent == key.parent and other.enforced]
    by = f" (by {codes(key.columns)})" if len(twins) > 1 else ""
    return f"its {name}{by}{' (already named)' if effect.repeated and not by else ''}"


def _kept(effect: Effect, value: str, columns: tuple[str, ...]) -> str:
    child = effect.child
    verb = "become" if len(columns) > 1 else "becomes"
    each = f"the {noun(effect.parent)}"
    return f"The {spaced(child.name)} of {each} stay: {codes(columns)} of `{child.name}` {verb} {value}."


def _refused(table: Table, effect: Effect, going: set[str]) -> str:
    """What stands in the way of a delete; ``going`` are the tables that lose rows by it, by whatever key.

    A row that goes itself may be gone before or after an engine looks for it: the order of all that a delete sets off
    is SQLite's and PostgreSQL's own. Only a key that is looked at on COMMIT finds none of them.
    """
    child, key, parent = effect.child, effect.key, effect.parent
    what = "it" if parent.name == table.name else f"one of the {spaced(parent.name)} that would go"
    when = ""
    if key.on_delete is Action.NO_ACTION:
        deferred = key.deferrable is Deferrable.DEFERRED
        when = " (looked at when the transaction commits)" if deferred else " (looked at when the statement ends)"
    reported = f"It is refused while rows of `{child.name}` refer to {what} by {codes(key.columns)}{when}"
    if child.name in going and key.deferrable is not Deferrable.DEFERRED:
        reported += (
            "; where those rows would go as well, by another key, the engine decides whether they stand in the way"
        )
    return f"{reported}."


def trigger_sentence(trigger: Trigger, schema: Schema) -> str:
    """What one trigger sees to, in words."""
    table = schema.table(trigger.table)
    if trigger.foreign_key:
        return _of_parents(trigger, trigger.foreign_key, schema)
    match trigger.kind:
        case TriggerKind.APPEND_ONLY:
            deletes = "" if table.keeps_rows else " A DELETE is not."
            return f"`{table.name}` is append-only: every UPDATE of a row is refused.{deletes}"
        case TriggerKind.NO_DELETE:
            return f"A DELETE of a row of `{table.name}` is refused as well."
        case TriggerKind.NO_TRUNCATE:
            return f"So is a TRUNCATE of `{table.name}`, which PostgreSQL alone has."
        case TriggerKind.IMMUTABLE:
            return f"`{table.name}.{trigger.column}` is immutable: an UPDATE that changes it is refused."
    value = table.column(trigger.column).on_row_update
    fresh = code_span(value.postgres or "") if value else "a fresh value"
    unchanged = f"on an UPDATE of {with_article(noun(table))} that leaves it unchanged"
    return f"`{table.name}.{trigger.column}` becomes {fresh} {unchanged}; a value given by hand wins."


def _of_parents(trigger: Trigger, key: ForeignKey, schema: Schema) -> str:
    child, parent = noun(schema.table(trigger.table)), noun(schema.table(key.parent))
    if trigger.kind is TriggerKind.SET_NULL:
        emptied = f"{codes(key.emptied)} of each {child} that refers to it by {codes(key.columns)}"
        return f"Deleting {with_article(parent)} sets {emptied} to NULL: on SQLite by a trigger."
    return (
        f"Inserting, updating or deleting {with_article(child)} refreshes `{key.parent}.{trigger.column}` "
        f"of the {parent} it belongs to (by {codes(key.columns)})."
    )


def reference(key: ForeignKey) -> str:
    """``users(id)``: what a foreign key points at."""
    return f"{key.parent}({', '.join(key.parent_columns)})"


def on_actions(key: ForeignKey) -> str:
    """``ON DELETE CASCADE``, with ON UPDATE where it is not the default, and when the key is checked."""
    some = f" ({', '.join(key.set_null)})" if key.set_null else ""
    words = f"ON DELETE {key.on_delete.upper()}{some}"
    if key.on_update is not Action.NO_ACTION:
        words += f" ON UPDATE {key.on_update.upper()}"
    if key.deferrable is not Deferrable.NO:
        words += f" DEFERRABLE {key.deferrable.upper()}"
    return words + ("" if key.state is RuleState.NOT_ENFORCED else key.state.suffix)


def limit_words(column: Column) -> str:
    """The limit that a type sets beyond its name: ``one of …``, ``at most 100,000 characters``; else empty."""
    match column.type:
        case Enum(values=values):
            return "one of " + ", ".join([markdown_code(value) for value in values])
        case Text(max_length=int(length)):
            return f"at most {length:,} characters"
    return ""


def default_words(column: Column, postgres: Dialect) -> str:
    """DEFAULT, GENERATED or IDENTITY of a column as PostgreSQL writes it, as a cell; else empty."""
    if column.serial:
        return "SERIAL (a sequence of its own)"
    if column.identity:
        return f"GENERATED {'ALWAYS' if column.always else 'BY DEFAULT'} AS IDENTITY"
    if column.generated:
        kept = "VIRTUAL" if column.virtual else "STORED"
        return f"GENERATED ALWAYS AS {markdown_code(f'({column.generated.postgres})')} {kept}"
    if isinstance(column.default, LiteralDefault):
        return f"DEFAULT {markdown_code(postgres.literal(column.type, column.default.value))}"
    if column.default and column.default.postgres is not None:
        return f"DEFAULT {markdown_code(column.default.postgres)}"
    return ""


_STATES = {
    RuleState.NOT_VALID: "kept for rows that are written from now on (NOT VALID)",
    RuleState.NOT_ENFORCED: "kept for no row (NOT ENFORCED)",
}


def check_sentence(check: Check) -> str:
    """One check of the author's: its name, what it demands on which engine, and why."""
    sql = check.sql
    if sql.postgres == sql.sqlite:
        demand = code_span(sql.postgres or "")
    else:
        sides = [("PostgreSQL", sql.postgres), ("SQLite", sql.sqlite)]
        demand = "; ".join(f"{code_span(text)} on {engine}" for engine, text in sides if text is not None)
        demand += "" if sql.postgres and sql.sqlite else " only"
    demand += "" if check.state is RuleState.VALID else f", {_STATES[check.state]}"
    return f"Check `{check.name}`: {demand}. {sentence(check.description)}".rstrip()


def index_kind(index: Index) -> str:
    """``unique, partial``: what makes an index more than a plain one, as a cell."""
    kinds = ["unique"] if index.unique else []
    if not index.nulls_distinct:
        kinds.append("nulls not distinct")
    if index.method != "btree":
        kinds.append("full text" if index.is_full_text else index.method)
    if index.where:
        kinds.append("partial")
    if any(element.sql for element in index.elements):
        kinds.append("on an expression")
    if index.include:
        kinds.append("covering")
    if len(index.elements) > 1:
        kinds.append("composite")
    if index.only:
        kinds.append("PostgreSQL only" if index.only == "postgres" else "SQLite only")
    return markdown(", ".join(kinds)) or "plain"


def division(by: Partition) -> str:
    """How a table is divided, and which partitions it has where its spec says so."""
    way = f"{by.method} of {codes(by.columns)}"
    if by.period:
        made = f"`SELECT {quoted(function_name(by))}()` makes those of the present {by.period} and {by.ahead} more"
        return f"{way}, a partition for each {by.period} (UTC; {made}, whenever it is called)"
    if by.parts:
        return f"{way}, in {by.parts} partitions"
    if by.values:
        said = {name: ", ".join("NULL" if one is None else code_span(one) for one in each) for name, each in by.values}
        return f"{way}: {', '.join(f'`{name}` ({values})' for name, values in said.items())}"
    return way
