"""The diagrams: a strict grammar of what we write, what they show, and how large ones are split."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from schemagen.schema.model import Column, ForeignKey, Schema, Table
from schemagen.schema.type_spellings import SPELLINGS
from schemagen.schema.types import Array, Enum, Native, Numeric, Text, Type, Varchar
from schemagen.targets.docs.diagram import er_diagram, type_word
from support.docs_sample import AGENTS, CHAT, CONVERSATIONS, MESSAGES, USERS, foreign_key

# The part of Mermaid's erDiagram grammar that we use; Mermaid 11 takes more.
ENTITY = re.compile(r' {4}"[A-Za-z_][A-Za-z0-9_]*"(?: \{)?')
ATTRIBUTE = re.compile(
    r" {8}[A-Za-z_][A-Za-z0-9_()\[\]-]* (?!(?:pk|fk|uk)\b)[A-Za-z_][A-Za-z0-9_]*(?: (?:PK|FK|UK)(?:, (?:PK|FK|UK))*)?",
    re.IGNORECASE,
)
EDGE = re.compile(r' {4}"\w+" (?:\|\||\|o)(?:--|\.\.)(?:o\{|o\|) "\w+" : "[\w .,:()/+\'-]+(?:<br/>[\w .,:()/+\'-]+)*"')


def check_grammar(text: str) -> None:
    lines = text.split("\n")
    assert lines.pop(0) == "erDiagram"
    inside = False
    for line in lines:
        if inside:
            inside = line != "    }"
            assert not inside or ATTRIBUTE.fullmatch(line), line
        elif ENTITY.fullmatch(line):
            inside = line.endswith("{")
        else:
            assert EDGE.fullmatch(line), line
    assert not inside


def test_a_document_shows_its_tables_and_their_neighbours_by_key() -> None:
    (diagram,) = er_diagram((CONVERSATIONS, MESSAGES, AGENTS), CHAT)
    check_grammar(diagram.text)
    assert '    "users" {\n        uuid id PK\n    }' in diagram.text
    assert '    "conversations" ||--o{ "messages" : "conversation_id: cascade"' in diagram.text


def test_optional_unique_and_loose_references_have_their_own_ends() -> None:
    key = replace(foreign_key("t", "email", "users"), enforced=False)
    child = replace(
        USERS, name="t", columns=(Column("email", Text(), nullable=True),), primary_key=None, foreign_keys=(key,)
    )
    (diagram,) = er_diagram((child,), Schema((USERS, child)))
    check_grammar(diagram.text)
    assert '"users" |o..o| "t" : "email: not enforced"' in diagram.text


@pytest.mark.parametrize("name", ["PK", "fk", "Uk", "end", "class", "o", "title", "order"])
def test_words_of_mermaid_are_names_too(name: str) -> None:
    table = Table(name, (Column(name, Text()),))
    (diagram,) = er_diagram((table,), Schema((table,)))
    check_grammar(diagram.text)


@pytest.mark.parametrize(
    "type_",
    [
        *SPELLINGS.values(),
        Varchar(9),
        Numeric(10, 2),
        Enum(("a b", '"')),
        Array(Enum()),
        Native('we"ird {x}', "text"),
        Native("9"),
    ],
)
def test_every_type_is_one_word(type_: Type) -> None:
    assert ATTRIBUTE.fullmatch(f"        {type_word(type_)} name")


def test_many_tables_are_split_into_pictures_in_which_each_has_its_parents() -> None:
    def family(prefix: str) -> list[Table]:
        root = replace(USERS, name=f"{prefix}0", foreign_keys=())
        return [root] + [
            replace(CONVERSATIONS, name=f"{prefix}{n}", foreign_keys=(foreign_key("x", "user_id", f"{prefix}0"),))
            for n in range(1, 12)
        ]

    tables = [*family("a"), *family("b"), replace(USERS, name="alone")]
    diagrams = er_diagram(tables, Schema(tuple(tables)))
    drawn = [name for diagram in diagrams for name in diagram.tables]
    assert sorted(drawn) == sorted(table.name for table in tables if table.name != "alone")
    for diagram in diagrams:
        check_grammar(diagram.text)
        assert len({name[0] for name in diagram.tables}) == 1
        assert 2 <= diagram.text.count(" {\n") <= 6
        assert not diagram.left_out
        for name in diagram.tables:
            assert name.endswith("0") or f'"{name[0]}0" ||--o{{ "{name}" : ' in diagram.text


def test_a_hub_names_the_neighbours_it_has_no_room_for() -> None:
    children = [
        replace(CONVERSATIONS, name=f"c{n}", foreign_keys=(foreign_key("x", "user_id", "users"),)) for n in range(40)
    ]
    (diagram,) = er_diagram((USERS,), Schema((USERS, *children)))
    check_grammar(diagram.text)
    assert 34 <= len(diagram.left_out) <= 38


def test_keys_between_the_same_tables_share_a_line() -> None:
    columns = (Column("author_id", Text()), Column("reviewer_id", Text(), nullable=True))
    keys = tuple(foreign_key("t", column.name, "users") for column in columns)
    child = replace(USERS, name="t", columns=columns, primary_key=None, uniques=(), foreign_keys=keys)
    (diagram,) = er_diagram((child,), Schema((USERS, child)))
    check_grammar(diagram.text)
    assert '"users" ||--o{ "t" : "author_id: cascade<br/>reviewer_id: cascade (optional)"' in diagram.text


def test_wide_tables_stay_below_what_mermaid_takes() -> None:
    columns = tuple(Column(f"a_rather_long_column_name_{n}", Varchar(255)) for n in range(100))
    tables = tuple(Table(f"wide_{n}", columns) for n in range(15))
    assert all(len(diagram.text) < 50_000 for diagram in er_diagram(tables, Schema(tables)))


def test_a_key_over_itself_is_drawn() -> None:
    key: ForeignKey = foreign_key("conversations", "title", "conversations")
    (diagram,) = er_diagram(
        (replace(CONVERSATIONS, foreign_keys=(key,)),), Schema((replace(CONVERSATIONS, foreign_keys=(key,)),))
    )
    check_grammar(diagram.text)
    assert '"conversations" |o--o{ "conversations"' in diagram.text
