"""Cascades, cardinalities and triggers in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemagen.schema.model import Action, Column, Deferrable, ForeignKey, PrimaryKey, Schema, Table, Unique
from schemagen.schema.triggers import triggers_of
from schemagen.schema.types import Uuid
from schemagen.targets.docs import words
from schemagen.targets.docs.sizes import human_bytes
from support.docs_sample import CHAT, CONVERSATIONS, MESSAGES, USERS, foreign_key, key_column


def linked(name: str, *keys: ForeignKey, nullable: bool = False, uniques: tuple[Unique, ...] = ()) -> Table:
    names = dict.fromkeys(column for key in keys for column in key.columns)
    columns = (key_column(), *(Column(column, Uuid(), nullable=nullable) for column in names))
    return Table(name, columns, PrimaryKey(f"pk_{name}", ("id",)), keys, uniques)


def after_delete(name: str, *tables: Table) -> list[str]:
    schema = Schema(tables)
    return words.delete_sentences(schema.table(name), schema)


def test_a_cascade_is_told_level_by_level() -> None:
    assert words.delete_sentences(USERS, CHAT) == [
        "Deleting a user deletes its conversations.",
        "With each conversation that goes, its messages and its agents go too.",
        "In all it reaches `conversations`, `messages`, `conversation_agents`.",
    ]
    assert words.delete_sentences(CONVERSATIONS, CHAT) == [
        "Deleting a conversation deletes its messages and its agents."
    ]


def test_what_has_no_singular_is_told_by_its_rows() -> None:
    reported = after_delete("staff", linked("staff"), linked("tasks", foreign_key("tasks", "staff_id", "staff")))
    assert reported == ["Deleting a row of staff deletes its tasks."]


def test_a_row_that_nothing_refers_to_goes_alone() -> None:
    assert words.delete_sentences(MESSAGES, CHAT) == [
        "Nothing refers to a message by an enforced key: deleting one removes that row alone."
    ]


@pytest.mark.parametrize(
    ("action", "reported"),
    [
        (Action.SET_NULL, "The tasks of the users stay: `user_id` of `tasks` becomes NULL."),
        (Action.SET_DEFAULT, "The tasks of the users stay: `user_id` of `tasks` becomes its default."),
        (Action.RESTRICT, "It is refused while rows of `tasks` refer to it by `user_id`."),
        (
            Action.NO_ACTION,
            "It is refused while rows of `tasks` refer to it by `user_id` (looked at when the statement ends).",
        ),
    ],
)
def test_each_other_action_has_its_sentence(action: Action, reported: str) -> None:
    child = linked("tasks", foreign_key("tasks", "user_id", "users", action))
    assert after_delete("users", linked("users"), child) == [
        "Deleting a users deletes no row of another table.",
        reported,
    ]


def test_a_deferred_key_is_looked_at_on_commit() -> None:
    key = replace(foreign_key("tasks", "user_id", "users", Action.NO_ACTION), deferrable=Deferrable.DEFERRED)
    assert after_delete("users", linked("users"), linked("tasks", key))[-1].endswith(
        "(looked at when the transaction commits)."
    )


def test_a_refusal_below_a_cascade_names_the_rows_that_would_go() -> None:
    logs = linked("logs", foreign_key("logs", "task_id", "tasks", Action.RESTRICT))
    tasks = linked("tasks", foreign_key("tasks", "user_id", "users"))
    assert after_delete("users", linked("users"), tasks, logs)[-1] == (
        "It is refused while rows of `logs` refer to one of the tasks that would go by `task_id`."
    )


@pytest.mark.parametrize("deferrable", [Deferrable.NO, Deferrable.DEFERRED])
def test_rows_that_would_go_as_well_stand_in_the_way_or_not(deferrable: Deferrable) -> None:
    """The engine says which, as it looks while the delete spreads; on COMMIT those rows are gone for certain."""
    users = linked("users", foreign_key("users", "org_id", "orgs"))
    requester = replace(foreign_key("tickets", "user_id", "users", Action.NO_ACTION), deferrable=deferrable)
    tickets = linked("tickets", foreign_key("tickets", "org_id", "orgs"), requester)
    reported = after_delete("orgs", linked("orgs"), users, tickets)[-1]
    assert "refer to one of the users that would go by `user_id`" in reported
    assert ("the engine decides whether they stand in the way" in reported) == (deferrable is Deferrable.NO)


def test_a_table_that_refers_to_itself_is_followed_once() -> None:
    comments = replace(linked("comments", foreign_key("comments", "parent_id", "comments")), class_name="Comment")
    assert after_delete("comments", comments) == [
        "Deleting a comment deletes the comments below it (`parent_id`), at any depth."
    ]


def test_a_cycle_ends() -> None:
    first = linked("a", foreign_key("a", "c_id", "c"))
    second = linked("b", foreign_key("b", "a_id", "a"))
    third = linked("c", foreign_key("c", "b_id", "b"))
    assert after_delete("a", first, second, third)[-1] == "In all it reaches `b`, `c`, `a`."


def test_two_keys_to_one_parent_are_told_apart() -> None:
    keys = (foreign_key("mails", "sender_id", "users"), foreign_key("mails", "reader_id", "users"))
    assert after_delete("users", USERS, linked("mails", *keys)) == [
        "Deleting a user deletes its mails (by `sender_id`) and its mails (by `reader_id`)."
    ]


def test_a_long_cascade_is_cut_with_a_word_about_it() -> None:
    children = [linked(f"t{number}", foreign_key(f"t{number}", "user_id", "users")) for number in range(50)]
    assert after_delete("users", USERS, *children)[-1] == "It reaches further tables; their own sections say how."


def test_references_without_a_constraint_delete_nothing() -> None:
    key = replace(foreign_key("tasks", "user_id", "users"), enforced=False)
    assert after_delete("users", USERS, linked("tasks", key))[0].startswith("Nothing refers")


def test_cardinalities() -> None:
    one = linked("profiles", foreign_key("profiles", "user_id", "users"), uniques=(Unique("uq", ("user_id",)),))
    loose = linked("tasks", foreign_key("tasks", "user_id", "users"), nullable=True)
    schema = Schema((USERS, one, loose))
    assert words.cardinality(one, one.foreign_keys[0], schema).startswith("**`users` 1→0..1 `profiles`**")
    assert words.cardinality(loose, loose.foreign_keys[0], schema).startswith("**`users` 0..1→N `tasks`**")
    assert words.cardinality(MESSAGES, MESSAGES.foreign_keys[0], CHAT).startswith("**`conversations` 1→N `messages`**")


def test_a_joining_table_makes_many_to_many() -> None:
    keys = (foreign_key("tags", "task_id", "tasks"), foreign_key("tags", "label_id", "labels"))
    tags = replace(linked("tags", *keys), primary_key=PrimaryKey("pk_tags", ("task_id", "label_id")))
    assert words.many_to_many(tags) == "**`tasks` N↔M `labels`**, joined by `tags`, one row a pair."
    assert words.many_to_many(MESSAGES) is None


def test_every_trigger_has_its_sentence() -> None:
    reported = [
        words.trigger_sentence(trigger, CHAT) for table in (CONVERSATIONS, MESSAGES) for trigger in triggers_of(table)
    ]
    assert reported == [
        "`conversations.created_at` is immutable: an UPDATE that changes it is refused.",
        (
            "`conversations.updated_at` becomes `now()` on an UPDATE of a conversation that leaves it unchanged; "
            "a value given by hand wins."
        ),
        "`messages` is append-only: every UPDATE of a row is refused. A DELETE is not.",
        (
            "Inserting, updating or deleting a message refreshes `conversations.updated_at` "
            "of the conversation it belongs to (by `conversation_id`)."
        ),
    ]


@pytest.mark.parametrize(
    ("word", "reported"),
    [("user", "a user"), ("agent", "an agent"), ("hour", "an hour"), ("one time code", "a one time code")],
)
def test_articles(word: str, reported: str) -> None:
    assert words.with_article(word) == reported


@pytest.mark.parametrize(
    ("count", "reported"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_960, "100 kB"), (999_999, "1.0 MB"), (10**18, "1000 PB")],
)
def test_bytes_for_people(count: int, reported: str) -> None:
    assert human_bytes(count) == reported
