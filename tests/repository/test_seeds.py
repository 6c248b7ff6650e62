"""The seeds' system: docs/seeds.md points at things that exist, and the schema has the main facts of each seed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.resolve.resolver import build_schema
from schemagen.schema.dialect import Sql
from schemagen.schema.model import Action, LiteralDefault, Schema, Table
from schemagen.schema.types import Boolean, Enum, Jsonb, Text, TimestampTz, Uuid, Varchar
from schemagen.spec.language import read_specs
from schemagen.spec.reporter import Reporter
from schemagen.spec.source import Mapping, Node, Sequence, Sources, read_sources

if TYPE_CHECKING:
    from schemagen.schema.index import Index

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "seeds.md"
LINK = re.compile(r"\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<target>[^)]+)\)")
OWNED = {"tasks", "conversations", "messages", "conversation_agents"}


def _links() -> list[tuple[str, str]]:
    return sorted({(match["label"], match["target"]) for match in LINK.finditer(PAGE.read_text(encoding="utf-8"))})


def _headings(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.fixture(scope="module")
def sources() -> Sources:
    found, diagnostics = read_sources(ROOT / "specs")
    assert not diagnostics
    return found


@pytest.fixture(scope="module")
def schema(sources: Sources) -> Schema:
    reporter = Reporter(sources)
    built = build_schema(read_specs(sources, reporter), reporter)
    assert not reporter.diagnostics
    return built


@pytest.mark.parametrize(("label", "target"), _links())
def test_every_link_of_the_page_leads_somewhere(label: str, target: str, sources: Sources) -> None:
    path, _, anchor = target.partition("#")
    file = (PAGE.parent / path).resolve() if path else PAGE
    assert file.exists(), f"{target} does not exist"
    if anchor:
        assert anchor in _headings(file.read_text(encoding="utf-8"))
    if label.startswith("`") and file.suffix == ".yaml":
        _assert_path_exists(sources, file.name, label.strip("`"))


def _assert_path_exists(sources: Sources, file: str, dotted: str) -> None:
    node: Node | None = next(source.root for source in sources.files if Path(source.file).name == file)
    for step in dotted.split("."):
        if isinstance(node, Sequence):
            node = node.items[int(step)] if int(step) < len(node.items) else None
        else:
            node = node.get(step) if isinstance(node, Mapping) else None
        assert node is not None, f"{dotted} is not in {file}"


def _index(table: Table, name: str) -> Index:
    return next(index for index in table.indexes if index.name == name)


def _elements(index: Index) -> list[tuple[str | None, bool]]:
    return [(element.column, element.descending) for element in index.elements]


def test_tables_are_made_in_the_order_of_seed_002_with_the_table_of_seed_000_last(schema: Schema) -> None:
    assert [table.name for table in schema.tables] == [
        "users",
        "tasks",
        "conversations",
        "messages",
        "conversation_agents",
    ]


def test_every_part_says_what_it_is_for(schema: Schema) -> None:
    for table in schema.tables:
        assert table.description
        assert table.examples
        assert table.volume
        assert table.note("phase")
        assert all(column.description for column in table.columns), table.name
        assert all(index.description for index in table.indexes), table.name
    assert all(query.description for query in schema.queries)


def test_every_index_has_a_query_or_a_reason(schema: Schema) -> None:
    used = {name for query in schema.queries for name in query.uses}
    for table in schema.tables:
        for index in table.indexes:
            assert index.name in used or index.reason, index.name


def test_every_foreign_key_cascades_and_is_served_by_an_index(schema: Schema) -> None:
    for table in schema.tables:
        starts = {index.columns[0] for index in table.indexes}
        for key in table.foreign_keys:
            assert key.enforced
            assert key.on_delete is Action.CASCADE
            assert key.columns[0] in starts, key.name


def test_seed_000_conversation_agents(schema: Schema) -> None:
    table = schema.table("conversation_agents")
    assert [column.name for column in table.columns] == [
        "id", "conversation_id", "agent_id", "added_at", "is_active", "display_order",
    ]  # fmt: skip
    assert table.column("agent_id").external_reference
    assert not any("agent_id" in key.columns for key in table.foreign_keys)
    assert isinstance(table.column("added_at").default, Sql)
    assert table.column("is_active").type == Boolean()
    assert table.column("is_active").default == LiteralDefault(value=True)
    assert table.column("display_order").default == LiteralDefault(0)
    assert [unique.columns for unique in table.uniques] == [("conversation_id", "agent_id")]
    assert {index.name: index.columns for index in table.indexes} == {
        "idx_conversation_agents_conversation": ("conversation_id",),
        "idx_conversation_agents_agent": ("agent_id",),
    }


def test_seed_001_messages_are_append_only_and_refresh_their_conversation(schema: Schema) -> None:
    messages = schema.table("messages")
    (to_conversation,) = (key for key in messages.foreign_keys if key.parent == "conversations")
    assert messages.append_only
    assert to_conversation.touch == "updated_at"
    assert (to_conversation.relationship, to_conversation.inverse) == ("conversation", "messages")
    assert messages.column("role").type == Enum(("user", "assistant", "system"))
    assert messages.column("tool_calls").type == Jsonb()
    assert messages.column("tool_calls").nullable
    assert messages.shape("tool_calls")
    conversations = schema.table("conversations")
    assert conversations.column("title").nullable
    assert _elements(_index(conversations, "idx_conversations_updated_at")) == [("updated_at", False)]


def test_seed_001_a_task_has_normal_priority_unless_said(schema: Schema) -> None:
    priority = schema.table("tasks").column("priority")
    assert isinstance(priority.type, Enum)
    assert priority.default == LiteralDefault("normal")


def test_seed_002_keys_are_uuids_and_moments_are_utc(schema: Schema) -> None:
    for table in schema.tables:
        assert table.primary_key is not None
        assert table.primary_key.columns == ("id",)
        assert table.column("id").type == Uuid()
        assert isinstance(table.column("id").default, Sql)
        assert all(column.type == TimestampTz() for column in table.columns if column.name.endswith("_at"))


def test_seed_002_columns(schema: Schema) -> None:
    users, tasks, conversations, messages = (
        schema.table(name) for name in ("users", "tasks", "conversations", "messages")
    )
    assert users.column("email").type == users.column("password_hash").type == Varchar(255)
    assert users.column("created_at").immutable
    assert users.column("updated_at").on_row_update
    assert tasks.column("title").type == conversations.column("title").type == Varchar(255)
    assert tasks.column("description").nullable
    assert tasks.column("completed").default == LiteralDefault(value=False)
    assert messages.column("content").type == Text(100_000)
    assert not messages.column("content").nullable


def test_seed_002_indexes(schema: Schema) -> None:
    expected = {
        "users": {"idx_users_email": [("email", False)]},
        "tasks": {
            "idx_tasks_user_id": [("user_id", False)],
            "idx_tasks_user_id_created_at": [("user_id", False), ("created_at", True)],
        },
        "conversations": {
            "idx_conversations_user_id": [("user_id", False)],
            "idx_conversations_user_id_updated_at": [("user_id", False), ("updated_at", True)],
        },
        "messages": {
            "idx_messages_conversation_id": [("conversation_id", False)],
            "idx_messages_user_id": [("user_id", False)],
            "idx_messages_conversation_id_created_at": [("conversation_id", False), ("created_at", False)],
        },
    }
    for name, indexes in expected.items():
        for index, elements in indexes.items():
            assert _elements(_index(schema.table(name), index)) == elements
    assert _index(schema.table("users"), "idx_users_email").unique


def test_seed_002_a_message_belongs_to_the_owner_of_its_conversation(schema: Schema) -> None:
    keys = {key.columns: (key.parent, key.parent_columns) for key in schema.table("messages").foreign_keys}
    assert keys == {
        ("user_id",): ("users", ("id",)),
        ("conversation_id", "user_id"): ("conversations", ("id", "user_id")),
    }


def test_seed_002_every_query_on_owned_rows_names_the_user(schema: Schema) -> None:
    for query in schema.queries:
        if OWNED & set(query.tables) and "across users" not in query.description:
            assert "user_id" in {parameter.name for parameter in query.parameters}, query.name


def test_seed_003_query_patterns_and_latency_targets(schema: Schema) -> None:
    queries = {query.name: query for query in schema.queries}
    assert queries["fetch_history"].p95_ms == 200
    assert queries["append_user_message"].p95_ms == queries["append_assistant_message"].p95_ms == 50
    assert queries["dashboard"].p95_ms == 1000
    assert {"recent_conversations", "conversation_summary", "login"} <= set(queries)


def test_seed_003_index_on_created_at_and_considered_columns(schema: Schema) -> None:
    messages = schema.table("messages")
    assert _elements(_index(messages, "idx_messages_created_at")) == [("created_at", False)]
    assert {"token_count", "metadata"} <= set(messages.by_name)
    assert "metadata" in schema.table("conversations").by_name


def test_seed_003_examples_show_user_and_assistant_messages(schema: Schema) -> None:
    roles = {dict(example.values)["role"] for example in schema.table("messages").examples}
    assert {"user", "assistant"} <= roles


@pytest.mark.parametrize(
    "note",
    ["partitioning", "archiving", "evolution", "soft_deletes", "timestamps", "concurrency", "full_text", "embeddings"],
)
def test_seed_003_considerations_are_written_down(schema: Schema, note: str) -> None:
    (document,) = (document for document in schema.documents if document.name == "conversation-models")
    assert dict(document.notes)[note]
    assert document.version == "1.0"
