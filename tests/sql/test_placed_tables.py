"""SQL of specs in which PostgreSQL has tables elsewhere: what is written for it, and what is left as it is."""

from __future__ import annotations

import copy
import pickle

import pytest

from schemagen.schema.model import Column, Schema, Table
from schemagen.schema.places import Place, PlacedName
from schemagen.schema.types import Integer
from schemagen.sql.placed_tables import with_placed_tables, with_spec_tables

COLUMNS = (Column("id", Integer()),)
TABLES = Schema(
    (
        Table("auth_users", COLUMNS, postgres=Place("auth", "users")),
        Table("events", COLUMNS, postgres=Place("Order")),
        Table("plain", COLUMNS),
    )
).by_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT auth_users.id FROM auth_users", "SELECT auth_users.id FROM auth.users AS auth_users"),
        ("SELECT u.id FROM auth_users u, plain", "SELECT u.id FROM auth.users u, plain"),
        ("SELECT events.id FROM Events", 'SELECT events.id FROM "Order".events'),
        (
            'SELECT 1 FROM "auth_users" JOIN plain USING (id)',
            "SELECT 1 FROM auth.users JOIN plain USING (id)",
        ),
        ("SELECT id FROM auth_users AS users", "SELECT id FROM auth.users"),
        ("INSERT INTO auth_users (id) VALUES (1)", "INSERT INTO auth.users (id) VALUES (1)"),
        ("UPDATE auth_users SET id = :n WHERE id = :m", "UPDATE auth.users SET id = :n WHERE id = :m"),
        (
            "DELETE FROM auth_users WHERE auth_users.id = 1",
            "DELETE FROM auth.users AS auth_users WHERE auth_users.id = 1",
        ),
        ("SELECT to_json(auth_users) FROM auth_users", "SELECT to_json(auth_users) FROM auth.users AS auth_users"),
        ("SELECT 'auth_users' FROM plain -- auth_users", "SELECT 'auth_users' FROM plain -- auth_users"),
        ("SELECT id FROM auth.auth_users", "SELECT id FROM auth.auth_users"),
        (
            "WITH auth_users AS (SELECT 1 AS id) SELECT id FROM auth_users",
            "WITH auth_users AS (SELECT 1 AS id) SELECT id FROM auth_users",
        ),
    ],
)
def test_a_table_is_called_by_its_place(text: str, expected: str) -> None:
    assert with_placed_tables(text, TABLES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT id FROM auth.users", "SELECT id FROM auth_users"),
        ("SELECT users.id FROM auth.users, plain", "SELECT users.id FROM auth_users AS users, plain"),
        (
            'SELECT u.id FROM auth.users u JOIN "Order".events USING (id)',
            "SELECT u.id FROM auth_users u JOIN events USING (id)",
        ),
        ("SELECT id FROM other.users", "SELECT id FROM other.users"),
    ],
)
def test_the_way_back(text: str, expected: str) -> None:
    names = {Place("auth", "users"): "auth_users", Place("Order", "events"): "events"}
    assert with_spec_tables(text, names) == expected


def test_the_row_of_a_backfill_has_no_alias() -> None:
    text = "(SELECT max(plain.id) FROM plain WHERE plain.id = auth_users.id)"
    expected = "(SELECT max(plain.id) FROM plain WHERE plain.id = users.id)"
    assert with_placed_tables(text, TABLES, "auth_users") == expected


def test_a_name_keeps_its_place_in_copies() -> None:
    name = PlacedName("auth_users", "auth", "users")
    for made in (copy.deepcopy(name), pickle.loads(pickle.dumps(name))):
        assert (made, made.schema, made.local) == ("auth_users", "auth", "users")
