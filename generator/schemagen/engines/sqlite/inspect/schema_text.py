"""What SQLite's schema text says and its pragmas do not: names of constraints, checks, collations, comments and more.

Source of the grammar: SQLite, "CREATE TABLE" and "CREATE INDEX". Only text that SQLite has stored comes here.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from schemagen.schema.conflicts import ConflictRule
from schemagen.schema.model import Deferrable

from .tokens import Kind, Token, catalog_slice, partners, significant, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.engines.catalog import CatalogSql

_COLUMN_WORDS = (
    "CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS"
)  # fmt: skip
_TABLE_WORDS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


@dataclass(slots=True)
class ParsedColumn:
    """What the text says of one column."""

    name: str
    collation: str | None = None
    generated: CatalogSql | None = None
    comment: str = ""
    comment_is_inside: bool = False


@dataclass(frozen=True, slots=True)
class ParsedKey:
    """A primary key or a unique constraint; columns as they are written.

    ``details`` says which of them it compares or orders in a way of its own, such as ``name collate nocase``.
    """

    name: str | None
    columns: tuple[str, ...]
    details: str = ""


@dataclass(frozen=True, slots=True)
class ParsedCheck:
    """A check."""

    name: str | None
    expression: CatalogSql


@dataclass(slots=True)
class ParsedReference:
    """What the text says of one foreign key; its columns and actions are the pragma's to tell."""

    name: str | None
    deferrable: Deferrable = Deferrable.NO


@dataclass(slots=True)
class ParsedTable:
    """What the text of a CREATE TABLE says, in the order of the text."""

    columns: list[ParsedColumn] = field(default_factory=list)
    primary_key: ParsedKey | None = None
    uniques: list[ParsedKey] = field(default_factory=list)
    checks: list[ParsedCheck] = field(default_factory=list)
    references: list[ParsedReference] = field(default_factory=list)
    options: set[str] = field(default_factory=set)
    conflicts: list[ConflictRule] = field(default_factory=list)
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ParsedIndex:
    """What the text of a CREATE INDEX says: each element without direction and collation, and the predicate."""

    elements: tuple[CatalogSql, ...]
    predicate: CatalogSql | None


@lru_cache(maxsize=1024)  # a proof reads the same tables in many states
def parse_table(sql: str) -> ParsedTable:
    """Read the text of a CREATE TABLE as SQLite keeps it; what is returned is not to be changed."""
    every = tokens(sql)
    found = significant(every)
    opening = next(number for number, token in enumerate(found) if token.is_symbol("("))
    closing = partners(found)[opening]
    table = ParsedTable()
    at = opening + 1
    spans: list[range] = []
    for definition in _split(found[opening + 1 : closing]):
        _Definition(table, sql, definition).read()
        at += len(definition)
        spans.append(range(definition[0].offset, found[at].offset))
        at += 1
    _add_comments(table, sql, every, spans)
    return table


def parse_index(sql: str) -> ParsedIndex:
    """Read the text of a CREATE INDEX as SQLite keeps it."""
    found = significant(tokens(sql))
    on = next(number for number, token in enumerate(found) if token.is_word("ON"))
    opening = next(number for number in range(on, len(found)) if found[number].is_symbol("("))
    closing = partners(found)[opening]
    elements = tuple(catalog_slice(sql, _bare_element(part)) for part in _split(found[opening + 1 : closing]))
    rest = found[closing + 1 :]
    return ParsedIndex(elements, catalog_slice(sql, rest[1:]) if rest and rest[0].is_word("WHERE") else None)


def _bare_element(part: list[Token]) -> list[Token]:
    """An element of an index without its direction and its collation."""
    if len(part) > 1 and part[-1].is_word("ASC", "DESC"):
        part = part[:-1]
    return part[:-2] if len(part) > 2 and part[-2].is_word("COLLATE") else part  # noqa: PLR2004


def _own_order(part: Sequence[Token]) -> str:
    """What an element of a key says besides its name: a collation, or that it descends."""
    words = [token.name.lower() for token in part[1:] if not token.is_word("ASC", "AUTOINCREMENT")]
    return " ".join([part[0].name, *words]) if words and words != ["collate", "binary"] else ""


def _split(found: Sequence[Token]) -> Iterator[list[Token]]:
    """The parts between commas that stand in no inner brackets."""
    part: list[Token] = []
    depth = 0
    for token in found:
        depth += token.is_symbol("(") - token.is_symbol(")")
        if depth == 0 and token.is_symbol(","):
            yield part
            part = []
        else:
            part.append(token)
    yield part


class _Definition:
    """A cursor over one part of a CREATE TABLE: a column with its constraints, or table constraints."""

    def __init__(self, table: ParsedTable, sql: str, found: list[Token]) -> None:
        self.table = table
        self.sql = sql
        self.found = found
        self.at = 0

    def read(self) -> None:
        """Put everything that this part says into the table."""
        column = None
        if not self.found[0].is_word(*_TABLE_WORDS):
            column = ParsedColumn(self._next().name)
            self.table.columns.append(column)
            self._skip_type()
        name: str | None = None
        while self.at < len(self.found):
            token = self._next()
            if token.is_word("CONSTRAINT"):
                name = self._next().name
            else:
                self._constraint(token, name, column)
                name = None

    def _constraint(self, token: Token, name: str | None, column: ParsedColumn | None) -> None:
        match token.text.upper():
            case "PRIMARY":
                self._primary_key(name, column)
            case "UNIQUE":
                key = ParsedKey(name, *self._key_columns(column))
                self.table.uniques.append(key)
                self._conflict("unique", key.columns)
            case "CHECK":
                self.table.checks.append(ParsedCheck(name, catalog_slice(self.sql, self._brackets())))
                self._conflict("check")
            case "FOREIGN":
                self._accept("KEY")
                self._brackets()
                self._accept("REFERENCES")
                self._reference(name)
            case "REFERENCES":
                self._reference(name)
            case _:
                self._column_only(token, column)

    def _column_only(self, token: Token, column: ParsedColumn | None) -> None:
        match token.text.upper():
            case "NOT":
                self._accept("NULL")
                self._conflict("not null", (column.name,) if column else ())
            case "NULL":
                self._conflict("null")
            case "DEFAULT":
                self._skip_value()
            case "COLLATE" if column:
                column.collation = self._next().name
            case "GENERATED":
                self._accept("ALWAYS")
            case "AS" if column:
                column.generated = catalog_slice(self.sql, self._brackets())
                self._accept("STORED", "VIRTUAL")

    def _primary_key(self, name: str | None, column: ParsedColumn | None) -> None:
        self._accept("KEY")
        columns, details = self._key_columns(column)
        if self._accept("DESC"):
            self.table.options.add("descending primary key")
        else:
            self._accept("ASC")
        self._conflict("primary key", columns)
        if self._accept("AUTOINCREMENT"):
            self.table.options.add("autoincrement")
        self.table.primary_key = ParsedKey(name, columns, details)

    def _key_columns(self, column: ParsedColumn | None) -> tuple[tuple[str, ...], str]:
        """The columns of a key, and what it says of them besides their names."""
        if column:
            return (column.name,), ""
        inside = self._brackets()
        if any(token.is_word("AUTOINCREMENT") for token in inside):
            self.table.options.add("autoincrement")
        parts = list(_split(inside))
        details = ", ".join(filter(None, map(_own_order, parts)))
        return tuple(part[0].name for part in parts), details

    def _reference(self, name: str | None) -> None:
        reference = ParsedReference(name)
        self.table.references.append(reference)
        self._next()  # the parent's name
        if self._peek_symbol("("):
            self._brackets()
        while self.at < len(self.found):
            if self._accept("ON"):
                self._next()
                if self._accept("SET", "NO"):
                    self._next()
                else:
                    self._accept("CASCADE", "RESTRICT")
            elif self._accept("MATCH"):
                self._next()
            elif not self._deferrable(reference):
                return

    def _deferrable(self, reference: ParsedReference) -> bool:
        start = self.at
        constraint_case = self._accept("NOT")
        if not self._accept("DEFERRABLE"):
            self.at = start
            return False
        deferred = self._accept("INITIALLY") and self._next().is_word("DEFERRED")
        if not constraint_case:
            reference.deferrable = Deferrable.DEFERRED if deferred else Deferrable.IMMEDIATE
        return True

    def _conflict(self, what: str, columns: tuple[str, ...] = ()) -> None:
        start = self.at
        if not (self._accept("ON") and self._accept("CONFLICT")):
            self.at = start
            return
        action = self._next().text.lower()
        if not columns:
            self.table.options.add(f"{what} on conflict {action}")
        elif action != "abort":
            self.table.conflicts.append(ConflictRule(cast("Any", what), columns, cast("Any", action)))

    def _skip_type(self) -> None:
        while self.at < len(self.found) and not self.found[self.at].is_word(*_COLUMN_WORDS):
            if self._peek_symbol("("):
                self._brackets()
            else:
                self.at += 1

    def _skip_value(self) -> None:
        if self._peek_symbol("("):
            self._brackets()
        elif self._next().text in {"+", "-"}:
            self._next()

    def _next(self) -> Token:
        token = self.found[self.at]
        self.at += 1
        return token

    def _accept(self, *words: str) -> bool:
        if self.at < len(self.found) and self.found[self.at].is_word(*words):
            self.at += 1
            return True
        return False

    def _peek_symbol(self, symbol: str) -> bool:
        return self.at < len(self.found) and self.found[self.at].is_symbol(symbol)

    def _brackets(self) -> list[Token]:
        """What the brackets hold that begin here."""
        start = self.at
        end = partners(self.found[start:])[0] + start
        self.at = end + 1
        return self.found[start + 1 : end]


def _add_comments(table: ParsedTable, sql: str, every: list[Token], spans: list[range]) -> None:
    """Give each comment to the column that it is a part of; ``spans`` are the definitions up to their commas.

    Of the others, one behind code belongs to the nearest column of its line that has none yet, since ADD COLUMN writes
    between a column and what stands behind its comma; one on a line of its own to what follows it. Comments before the
    first column on the line of the opening bracket are the table's; those of constraints are nobody's.
    """
    starts = [span.start for span in spans]
    texts: dict[int, list[str]] = {}
    behind: list[tuple[int, int, Token]] = []
    code = 0
    for token in every:
        if token.kind is not Kind.COMMENT:
            code = token.end
            continue
        line = sql.rfind("\n", 0, token.offset) + 1
        alone = code <= line
        number = bisect(starts, token.offset) - 1
        if number >= 0 and token.offset in spans[number] and not (alone and token.text.startswith("--")):
            texts.setdefault(number, []).append(_comment_text(token))
            if number < len(table.columns):
                table.columns[number].comment_is_inside = True
        elif alone:
            texts.setdefault(number + 1, []).append(_comment_text(token))
        else:
            behind.append((line, number, token))
    for line, number, token in behind:
        nearby = (near for near in range(number, -1, -1) if spans[near].start >= line and near not in texts)
        texts.setdefault(next(nearby, number), []).append(_comment_text(token))
    for number, column in enumerate(table.columns):
        column.comment = " ".join(texts.get(number, ()))
    table.comment = " ".join(texts.get(-1, ()))


def _comment_text(token: Token) -> str:
    inside = token.text[2:] if token.text.startswith("--") else token.text[2:].removesuffix("*/")
    return " ".join(inside.split())
