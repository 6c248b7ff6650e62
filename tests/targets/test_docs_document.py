"""The spec documents: what they say, that they parse, and that no text of a spec changes their structure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from schemagen.schema.dialect import Sql
from schemagen.schema.model import Column, Document, Example, LiteralDefault, PrimaryKey, Schema, Table
from schemagen.schema.query import Query
from schemagen.schema.types import Jsonb, Uuid
from schemagen.targets.docs import document as docs
from schemagen.targets.docs import guide
from schemagen.targets.docs.markdown import blocks, fence, prose, sentence, table
from schemagen.targets.docs.notes import shapes
from support.counting import steps
from support.docs_reader import dead_links, fences, headings, raw_table_widths, structure, tables, untidy
from support.docs_sample import (
    AGENTS,
    CHAT,
    CONVERSATIONS,
    MESSAGES,
    QUERIES,
    USERS,
    first_steps,
    foreign_key,
    key_column,
)

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

CHAT_DOCUMENT = "docs/conversation-models.md"

HOSTILE = (
    "a | b",
    "x\\|y",
    "\\",
    "`",
    "```\n# heading",
    "<script>alert(1)</script>",
    "[link](javascript:alert(1))",
    "![image](http://example.com)",
    "**bold** _it_ ~~gone~~",
    "# heading\n\n- item\n\n1. one",
    "---",
    "| --- |\n| --- |",
    "&lt; &#35;",
    "{{ 7 * 7 }} {% raw %}",
    "tail\\",
    "`code` and `more|code`",
    "\u202edrawkcab\u0000\x07",
    "-- comment */ '''",
    "> quote",
    "    indented",
    "1) one",
    "http://example.com/a_b_c",
)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    steps = first_steps(CHAT)
    return docs.render(CHAT, steps) | guide.render(CHAT, steps)


def test_the_documents_read_well(files: dict[str, str], snapshot: SnapshotAssertion) -> None:
    for path in (CHAT_DOCUMENT, "docs/users.md"):
        assert files[path] == snapshot(name=path)


def test_every_file_is_tidy_markdown(files: dict[str, str]) -> None:
    for path, text in files.items():
        assert untidy(text) == [], path
        for width, rows in raw_table_widths(text):
            assert rows == [width] * len(rows), path


def test_every_link_leads_somewhere(files: dict[str, str]) -> None:
    steps = first_steps(CHAT)
    known = {f"migrations/{engine}/{step.identifier}.sql" for step in steps for engine in ("sqlite", "postgres")}
    known |= {"models/__init__.py", "alembic/env.py", "schema.lock.json", "migrations/README.md"}
    assert dead_links(files, known) == []


def test_the_sections_stand_in_their_order(files: dict[str, str]) -> None:
    numbered = [heading for heading in headings(files[CHAT_DOCUMENT]) if heading[0].isdigit()]
    assert numbered == [
        "1. Table conversations",
        "2. Table messages",
        "3. Table conversation_agents",
        "4. Relationships & integrity",
        "5. Query patterns & access paths",
        "6. Indexing strategy",
        "7. Scalability & performance",
        "8. Schema evolution & versioning",
        "9. Database-specific considerations",
        "10. Further notes",
    ]


def test_a_field_table_has_the_four_columns_and_every_field(files: dict[str, str]) -> None:
    first = next(rows for rows in tables(files["docs/users.md"]) if rows[0][0] == "Field")
    assert first[0] == ["Field", "Type", "Constraints", "Purpose"]
    assert first[1] == ["id", "uuid", "PRIMARY KEY, DEFAULT gen_random_uuid()", "Unique identifier."]
    assert [row[0] for row in first[1:]] == [column.name for column in USERS.columns]


def test_a_query_stands_once_where_the_engines_run_the_same_text(files: dict[str, str]) -> None:
    shown = fences(files[CHAT_DOCUMENT], "sql")
    assert shown.count(f"{QUERIES[0].sql.postgres}\n") == 1
    assert shown.count(f"{QUERIES[1].sql.postgres}\n") == shown.count(f"{QUERIES[1].sql.sqlite}\n") == 1


def test_a_query_of_one_engine_says_so() -> None:
    query = replace(QUERIES[0], sql=Sql("SELECT 1", None))
    text = docs.render(replace(CHAT, queries=(query,)), ())[CHAT_DOCUMENT]
    assert "Not on SQLite." in text


def test_the_growth_is_the_arithmetic_of_the_volume(files: dict[str, str]) -> None:
    growth = next(rows for rows in tables(files[CHAT_DOCUMENT]) if rows[0][1] == "Rows")
    assert [row[:4] for row in growth[1:]] == [
        ["conversations", "2,000,000", "150,000", "3,800,000"],
        ["messages", "60,000,000", "5,000,000", "120,000,000"],
    ]


def test_an_index_that_no_query_uses_gives_its_reason(files: dict[str, str]) -> None:
    strategy = next(rows for rows in tables(files[CHAT_DOCUMENT]) if rows[0][3:] == ["Serves", "Rationale"])
    row = next(row for row in strategy if row[0] == "idx_messages_created_at")
    assert row[3] == "–"  # noqa: RUF001  (the dash of an empty cell)
    assert row[4].startswith("Evaluation reads recent answers by hand.")


def test_a_foreign_key_without_an_index_is_named() -> None:
    bare = Table(
        "notes",
        (key_column(), Column("user_id", Uuid())),
        PrimaryKey("pk_notes", ("id",)),
        (foreign_key("notes", "user_id", "users"),),
        document="users",
    )
    text = docs.render(replace(CHAT, tables=(USERS, bare)), ())["docs/users.md"]
    assert "`notes` (`user_id`) has no index of its own: deleting a row of `users` reads all of `notes`." in text


def test_a_silent_spec_makes_a_whole_document() -> None:
    bare = Table("things", (Column("thing", Jsonb()),), document="things")
    text = docs.render(Schema((bare,), (), (Document("things", ""), Document("empty", "Empty"))), ())
    for body in text.values():
        assert untidy(body) == []
        assert "TBD" not in body
        found = headings(body)
        assert len([heading for heading in found if heading[0].isdigit()]) >= 6
    assert "No primary key" in text["docs/things.md"]


def test_a_document_in_a_folder_links_back() -> None:
    moved = replace(USERS, document="people/users")
    schema = replace(CHAT, tables=(moved, CONVERSATIONS), documents=(Document("people/users", "U"), CHAT.documents[1]))
    files = docs.render(schema, first_steps(schema))
    known = {
        f"migrations/{engine}/{n}.sql"
        for engine in ("sqlite", "postgres")
        for n in ("001_create_users", "002_create_conversations")
    } | {"migrations/README.md"}
    assert dead_links(files, known) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_spec_changes_the_structure(text: str) -> None:
    def made(value: str) -> dict[str, str]:
        column = replace(CONVERSATIONS.columns[2], description=value, external_reference=value)
        subject = replace(
            CONVERSATIONS,
            description=value,
            columns=(*CONVERSATIONS.columns[:2], column, *CONVERSATIONS.columns[3:]),
            indexes=tuple(replace(index, description=value, reason=value) for index in CONVERSATIONS.indexes),
            examples=(Example((("title", value), ("metadata", {value: value}))),),
            notes=tuple((key, (value, value)) for key in ("security", "future", "phase", "retention", "partitioning")),
        )
        document = replace(
            CHAT.documents[1], title=value, version=value, description=value, notes=(("audit", (value,)),)
        )
        query = Query(
            "q",
            Sql(value, value),
            value,
            ("idx_conversations_user_id_updated_at",),
            tables=("conversations",),
            document=document.name,
        )
        schema = Schema((USERS, subject), (query,), (CHAT.documents[0], document))
        steps = first_steps(schema)
        return docs.render(schema, steps) | guide.render(schema, steps)

    hostile, plain = made(text), made("harmless")
    for path, body in hostile.items():
        assert untidy(body) == []
        for width, rows in raw_table_widths(body):
            assert rows == [width] * len(rows)
        dropped = {("code_inline", "code")}  # spec prose may hold code spans of its own
        kept = [item for item in structure(body) if item not in dropped]
        assert kept == [item for item in structure(plain[path]) if item not in dropped]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_keeps_its_width_and_a_fence_its_end(text: str) -> None:
    body = f"{table(('A', 'B'), [(prose(text), sentence(text))])}\n\n{fence('sql', text)}\n\nend\n"
    assert [len(row) for row in tables(body)[0]] == [2, 2]
    assert structure(body)[-3:] == [("paragraph_open", "p"), ("inline", ""), ("paragraph_close", "p")]


def test_backticks_of_a_spec_become_code() -> None:
    assert prose("by `a_b`, not a_b") == "by `a_b`, not a\\_b"
    assert prose("a lone ` stays") == "a lone \\` stays"
    assert prose("`a|b`") == "\\`a\\|b\\`"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            'An object, for example {"a": 1}. Never NULL',
            'An object, for example:\n\n```json\n{\n  "a": 1\n}\n```\n\nNever NULL.',
        ),
        ("[1]", "```json\n[\n  1\n]\n```"),
        ("{a, b}", "{a, b}."),
        ("A list", "A list."),
        ("[" * 100_000, "[" * 100_000 + "."),
    ],
)
def test_the_shape_of_a_json_column_is_prose_and_json(written: str, shown: str) -> None:
    subject = Table("t", (Column("c", Jsonb()),), notes=(("c_shape", (written,)),))
    (note,) = shapes(subject)
    assert note.title == "Shape of `c`"
    assert note.body.replace("\\", "") == shown


def test_lists_that_meet_become_one_tight_list() -> None:
    assert blocks("text", "", "- a", "- b", "more") == "text\n\n- a\n- b\n\nmore"


def test_defaults_are_written_as_literals() -> None:
    column = Column("tags", Jsonb(), default=LiteralDefault({"a|b": "`"}))
    subject = Table("things", (column,), document="d")
    text = docs.render(Schema((subject,), (), (Document("d", "D"),)), ())["docs/d.md"]
    fields = next(rows for rows in tables(text) if rows[0][0] == "Field")
    assert fields[1][2] == """NOT NULL, DEFAULT '{"a|b": "`"}'"""


def test_rendering_grows_with_the_number_of_tables_and_no_faster() -> None:
    def work(count: int) -> int:
        chain = [replace(AGENTS, name="t0", foreign_keys=(), document="d")]
        for number in range(1, count):
            name = f"t{number}"
            keys = (foreign_key(name, "conversation_id", f"t{number - 1}"), foreign_key(name, "agent_id", "t0"))
            chain.append(
                replace(
                    MESSAGES, name=name, foreign_keys=keys, columns=AGENTS.columns, indexes=(), checks=(), document="d"
                )
            )
        schema = Schema(tuple(chain), (), (Document("d", "D"),))
        return steps(lambda: (docs.render(schema, ()), guide.render(schema, ())))

    work(5)  # what is made once is made here
    assert work(300) / work(50) < 6 * 1.2  # linear is 6; a square would be 36
