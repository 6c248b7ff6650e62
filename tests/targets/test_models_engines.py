"""The generated models on both engines: the same catalog, the same values, the same deletes as SQL."""

from __future__ import annotations

import datetime as dt
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session, select

from schemagen.engines.catalog_differences import differences
from schemagen.engines.dialects import dialect
from schemagen.migrations.first_build import first_build
from schemagen.targets.sqlmodel import modules as sqlmodel
from support.generated_models import catalog, imported, write
from support.model_values import LITERALS, REFUSED_BY_ENGINES, REFUSED_BY_MODELS, VALUES
from support.models_schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from schemagen.databases.servers import Server
    from schemagen.schema.dialect import DialectName

ENGINES: tuple[DialectName, ...] = ("sqlite", "postgres")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("output")
    write(folder, sqlmodel.render(SCHEMA))
    with imported(folder) as package, warnings.catch_warnings():
        warnings.simplefilter("error")
        configure_mappers()
        yield package


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, models: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """An engine whose database ``create_all`` has made; each test rolls back what it did."""
    if request.param == "sqlite":
        made = models.make_engine(f"sqlite:///{tmp_path_factory.mktemp('db') / 'app.db'}")
        models.Base.metadata.create_all(made)
        yield made
        made.dispose()
        return
    server: Server = request.getfixturevalue("postgres18")
    with server.database() as url:
        made = models.make_engine(url)
        models.Base.metadata.create_all(made)
        yield made
        made.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as made:
            yield made
        transaction.rollback()


def raw(session: Session, statement: str) -> Any:
    return session.connection().exec_driver_sql(statement, execution_options={"no_parameters": True})


def count(session: Session, table: str) -> int:
    number: int = raw(session, f"SELECT count(*) FROM {table}").scalar()
    return number


# The same catalog


def migrated(engine: sa.Engine, name: DialectName) -> None:
    with engine.begin() as connection:
        for step in first_build(SCHEMA):
            for statement in step.for_dialect(name).statements:
                connection.exec_driver_sql(statement.sql, execution_options={"no_parameters": True})


def test_create_all_makes_what_the_migrations_make_on_sqlite(models: ModuleType, tmp_path: Path) -> None:
    ours, theirs = (models.make_engine(f"sqlite:///{tmp_path / name}.db") for name in ("models", "sql"))
    models.Base.metadata.create_all(ours)
    migrated(theirs, "sqlite")
    assert not differences(catalog(theirs), catalog(ours))
    ours.dispose()
    theirs.dispose()


@pytest.mark.parametrize("version", [18, 16])
def test_create_all_makes_what_the_migrations_make_on_postgres(
    models: ModuleType, version: int, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(f"postgres{version}")
    with server.database() as one, server.database() as two:
        ours, theirs = models.make_engine(one), models.make_engine(two)
        models.Base.metadata.create_all(ours)
        migrated(theirs, "postgres")
        assert not differences(catalog(theirs), catalog(ours))
        models.Base.metadata.drop_all(ours)
        with ours.connect() as connection:
            functions = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert not connection.exec_driver_sql(functions).all()
        ours.dispose()
        theirs.dispose()


# The same values


def insert_sample(session: Session) -> None:
    """A row by plain SQL, its values as the canonical literals of the engine."""
    name: DialectName = "sqlite" if session.get_bind().dialect.name == "sqlite" else "postgres"
    columns = SCHEMA.table("samples").columns
    literals = [
        dialect(name).literal(column.type, LITERALS.get(column.name, VALUES[column.name])) for column in columns
    ]
    raw(session, f"INSERT INTO samples ({', '.join(c.name for c in columns)}) VALUES ({', '.join(literals)})")


def test_what_sql_wrote_the_model_reads(models: ModuleType, session: Session) -> None:
    insert_sample(session)
    found = session.exec(select(models.Sample)).one()
    assert {name: getattr(found, name) for name in VALUES} == VALUES
    assert found.a_timestamptz.tzinfo is dt.UTC
    assert str(found.a_numeric) == "-12345678901.2345"


def test_what_the_model_wrote_sql_reads(models: ModuleType, session: Session) -> None:
    insert_sample(session)
    written = raw(session, "SELECT * FROM samples").one()
    session.add(models.Sample(**(VALUES | {"id": 2})))
    session.flush()
    assert raw(session, "SELECT * FROM samples WHERE id = 2").one()[1:] == written[1:]


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in VALUES
        if name not in {"a_json", "a_jsonb", "a_texts", "a_uuids", "a_moments", "a_real", "a_inet"}
    ],
)
def test_a_value_is_found_by_value(models: ModuleType, session: Session, name: str) -> None:
    insert_sample(session)
    assert session.exec(select(models.Sample).where(getattr(models.Sample, name) == VALUES[name])).one()


def test_json_is_looked_into(models: ModuleType, session: Session) -> None:
    insert_sample(session)
    column = models.Sample.a_jsonb
    assert session.exec(select(column["name"].as_string())).one() == "it's"
    assert session.exec(select(column["list"][1].as_integer())).one() == 2


def test_moments_are_compared_and_sorted(models: ModuleType, session: Session) -> None:
    insert_sample(session)
    elsewhere = VALUES["a_timestamptz"].astimezone(dt.timezone(dt.timedelta(hours=5)))
    assert session.exec(select(models.Sample).where(models.Sample.a_timestamptz <= elsewhere)).one()
    assert not session.exec(select(models.Sample).where(models.Sample.a_timestamptz < elsewhere)).all()


@pytest.mark.parametrize(
    ("name", "value"),
    REFUSED_BY_MODELS,
)
def test_what_the_engines_would_read_differently_is_refused(
    models: ModuleType, session: Session, name: str, value: object
) -> None:
    session.add(models.Sample(**(VALUES | {name: value})))
    with pytest.raises((StatementError, ValueError, TypeError)) as caught:
        session.flush()
    assert not isinstance(caught.value, DBAPIError)


@pytest.mark.parametrize(
    ("name", "value"),
    REFUSED_BY_ENGINES,
)
def test_both_engines_refuse_a_bad_value(models: ModuleType, session: Session, name: str, value: object) -> None:
    session.add(models.Sample(**(VALUES | {name: value})))
    with pytest.raises(DBAPIError):
        session.flush()


# Defaults, triggers, generated columns


def user(models: ModuleType, session: Session, email: str = "a@b") -> Any:
    made = models.User(email=email)
    session.add(made)
    session.flush()
    return made


def thread(models: ModuleType, session: Session, owner: Any, *contents: str) -> Any:
    made = models.Conversation(user=owner)
    for content in contents:
        made.messages.append(models.Message(user=owner, role="user", content=content))
    session.add(made)
    session.flush()
    return made


def test_defaults_of_both_sides(models: ModuleType, session: Session) -> None:
    owner = user(models, session)
    made = thread(models, session, owner)
    assert isinstance(made.id, UUID)
    assert made.created_at.tzinfo is dt.UTC
    assert (made.title, made.metadata_) == ("New", {})
    assert made.user_id == owner.id
    assert models.Sample(id=1).a_jsonb == {"a": [1, None, True], "b%:c": "d'e"}


def test_none_is_null_even_where_there_is_a_default(models: ModuleType, session: Session) -> None:
    made = models.Conversation(user=user(models, session), title=None)
    session.add(made)
    session.flush()
    assert raw(session, "SELECT title FROM conversations").scalar() is None


def test_a_literal_default_arrives_byte_for_byte(models: ModuleType, session: Session) -> None:
    owner = user(models, session)
    raw(session, f"INSERT INTO profiles (user_id) VALUES ('{owner.id}')")
    assert owner.profile.model_name == "a \"b\" 'c' :d 100%"
    assert owner.profile.order == -1
    assert owner.profile.user is owner


def test_checks_hold_with_colons_and_percent_signs(models: ModuleType, session: Session) -> None:
    for email in ("a:nobodyb", ":x", "a"):
        with pytest.raises(IntegrityError), session.begin_nested():
            user(models, session, email)


def test_triggers_work_for_models_too(models: ModuleType, session: Session) -> None:
    owner = user(models, session)
    made = thread(models, session, owner, "hello")
    old = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made.updated_at = old
    session.flush()
    made.title = "Changed"
    session.flush()
    assert made.updated_at > old
    made.updated_at = old
    session.flush()
    session.add(models.Message(conversation=made, user=owner, role="user", content="again"))
    session.flush()
    session.refresh(made)
    assert made.updated_at > old
    for change in ((made.messages[0], "content", "other"), (owner, "created_at", old)):
        with pytest.raises(IntegrityError), session.begin_nested():
            setattr(*change)
        session.expire_all()


def test_identities_and_generated_columns(models: ModuleType, session: Session) -> None:
    account = models.Account(name="a")
    transfer = models.Transfer(id=1, from_account=account, amount=Decimal("100.10"), fee=Decimal("19.02"))
    session.add(transfer)
    session.flush()
    assert account.id == transfer.from_account_id == 1
    assert transfer.total == Decimal("119.12")
    assert str(transfer.total) == "119.12"


def test_rows_of_a_cycle_are_written_together(models: ModuleType, session: Session) -> None:
    account = models.Account(name="a")
    account.main_transfer = models.Transfer(id=1, from_account=account)
    session.add(account)
    session.flush()
    session.expire_all()
    assert account.main_transfer.from_account is account


def test_the_core_table_is_there(models: ModuleType, session: Session) -> None:
    session.execute(sa.insert(models.event_table).values(body={"a": 1}))
    row = session.execute(sa.select(models.event_table)).one()
    assert row.body == {"a": 1}
    assert row.at.tzinfo is dt.UTC


def test_a_reference_without_a_constraint_is_read_only(models: ModuleType, session: Session) -> None:
    owner = user(models, session)
    session.add(models.Transfer(id=1, from_account=models.Account(name="a"), auditor_id=owner.id))
    session.flush()
    transfer = session.get_one(models.Transfer, 1)
    assert transfer.auditor is owner
    assert owner.transfers == [transfer]


# The same deletes


def family(models: ModuleType, session: Session) -> tuple[Any, Any]:
    owner, other = user(models, session), user(models, session, "c@d")
    for person in (owner, other):
        thread(models, session, person, "one", "two")
        session.add(models.Profile(user=person))
        session.execute(sa.insert(models.event_table).values(body=1, user_id=person.id))
    session.flush()
    return owner, other


TABLES = ("users", "conversations", "messages", "profiles", "events")


@pytest.mark.parametrize("loaded", [True, False])
def test_a_delete_through_the_session_is_a_delete_in_sql(models: ModuleType, session: Session, loaded: bool) -> None:  # noqa: FBT001
    owner, _ = family(models, session)
    with session.begin_nested() as savepoint:
        raw(session, f"DELETE FROM users WHERE id = '{owner.id}'")
        by_sql = [count(session, table) for table in TABLES]
        savepoint.rollback()
    session.expire_all()
    if loaded:
        assert [len(made.messages) for made in owner.conversations] == [2]
        assert owner.profile
    session.delete(owner)
    session.flush()
    assert [count(session, table) for table in TABLES] == by_sql == [1, 1, 2, 1, 2]
    assert raw(session, "SELECT count(user_id) FROM events").scalar() == 1


def test_set_null_and_restrict_are_left_to_the_database(models: ModuleType, session: Session) -> None:
    one, two = models.Account(name="one"), models.Account(name="two")
    session.add(models.Transfer(id=1, from_account=one, to_account=two))
    session.flush()
    assert [len(one.from_account_transfers), len(two.to_account_transfers)] == [1, 1]
    session.delete(two)
    session.flush()
    assert raw(session, "SELECT to_account_id FROM transfers").scalar() is None
    with pytest.raises(IntegrityError), session.begin_nested():
        session.delete(one)
    session.delete(session.get_one(models.Transfer, 1))
    session.delete(one)
    session.flush()
    assert count(session, "accounts") == 0


def test_a_tree_is_deleted_with_its_root(models: ModuleType, session: Session) -> None:
    root = models.Node(id=1)
    root.nodes = [models.Node(id=2), models.Node(id=3)]
    root.nodes[0].nodes = [models.Node(id=4)]
    session.add(root)
    session.flush()
    assert session.get_one(models.Node, 4).parent.parent is root
    session.delete(root)
    session.flush()
    assert count(session, "nodes") == 0


def test_composite_self_references(models: ModuleType, session: Session) -> None:
    session.add_all([models.Category(shop_id=1, id=1), models.Category(shop_id=2, id=1)])
    session.flush()
    session.add(models.Category(shop_id=1, id=2, parent_id=1, twin_id=1))
    session.flush()
    top = session.get_one(models.Category, (1, 1))
    found = session.get_one(models.Category, (1, 2))
    assert found.parent is top
    assert found.twin is top
    assert top.parent_categories == [found] == top.twins
    session.delete(top)
    session.flush()
    assert count(session, "categories") == 1


def test_foreign_keys_and_ddl_hold_on_sqlite(models: ModuleType) -> None:
    engine = models.make_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
        connection.rollback()
        assert not sa.inspect(connection).get_table_names()
    engine.dispose()
