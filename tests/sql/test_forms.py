"""sqlglot parses each form of statement once, and notices what it notices when it parses each statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemagen.sql import validate
from schemagen.sql.validate import validate_statement, validate_statements

if TYPE_CHECKING:
    from schemagen.schema.dialect import DialectName

TABLE = """CREATE TABLE IF NOT EXISTS table_{0} (
    id_{0}    TEXT NOT NULL, -- the key; of ({0}
    amount    REAL DEFAULT {0}.5,
    parent_{0} TEXT CONSTRAINT fk_{0} REFERENCES table_{1} (id_{1}) CHECK (length(parent_{0}) < {0}),
    CONSTRAINT pk_{0} PRIMARY KEY (id_{0}),
    CONSTRAINT ck_{0}_amount CHECK (amount >= {0} AND id_{0} NOT IN ('(', 'é{0}')),
    CONSTRAINT ck_{0}_id CHECK (length(id_{0}) = 36 AND id_{0} GLOB '*-*')
) STRICT"""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that sqlglot was given."""
    seen: list[str] = []
    unparsed = validate.unparsed

    def counted(dialect: DialectName, text: str) -> str | None:
        seen.append(text)
        return unparsed(dialect, text)

    monkeypatch.setattr(validate, "unparsed", counted)
    return seen


def test_each_form_is_parsed_once(parsed: list[str]) -> None:
    def count(tables: int) -> int:
        parsed.clear()
        statements = [TABLE.format(number, number + 1) for number in range(tables)]
        statements += [f"CREATE INDEX idx_{number} ON table_{number} (id_{number})" for number in range(tables)]
        assert validate_statements((sql, "sqlite") for sql in statements) == ()
        return len(parsed)

    assert count(3) == count(30) == 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("length(parent_7) < 7", "length(parent_7) < "),
        ("length(parent_7) < 7", "length(parent_7 < 7"),
        ("amount >= 7", "amount >= >= 7"),
        ("'(', 'é7'", "'(, 'é7'"),
        ("table_8 (id_8)", "table_8 (id_8"),
        (") STRICT", ")) STRICT"),
        ("id_7    TEXT", "id_7    TEXT TEXT, ,"),
    ],
)
def test_a_mistake_among_many_of_a_form_is_found(old: str, new: str) -> None:
    statements = [TABLE.format(number, number + 1) for number in range(10)]
    assert old in statements[7]
    statements[7] = statements[7].replace(old, new)
    found = validate_statements((sql, "sqlite") for sql in statements)
    alone = validate_statement(statements[7], "sqlite")
    assert alone is not None
    assert [(place, str(problem)) for place, problem in found] == [(7, str(alone))]


def test_a_word_of_the_parser_is_no_name() -> None:
    good, bad = "SELECT current_timestamp", "SELECT a_b current_timestamp FROM"
    for statements in ([good, bad], [bad, good]):
        found = validate_statements((sql, "postgres") for sql in statements)
        assert [place for place, _ in found] == [statements.index(bad)]
