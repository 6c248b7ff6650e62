"""The classes of requests and answers in a FastAPI application: valid bodies are stored, no mistake is a 500."""

from __future__ import annotations

import importlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build
from support.application import application
from support.generated_models import imported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from schemagen.databases.servers import Server

THINGS = """\
schemagen: 1
tables:
  things:
    description: One column of each type.
    columns:
      id: {type: bigint, identity: true, primary_key: true}
      name: {type: varchar(5), unique: true}
      note: {type: text, nullable: true, check: "length(note) >= 2"}
      code: {type: char(3), nullable: true}
      kind: {enum: [a, "say \\"UUID\\""], default: a}
      small: {type: smallint, nullable: true, check: "small BETWEEN -3 AND 7"}
      count: {type: integer, default: 5, check: "count > 0 AND count <> 13"}
      big: {type: bigint, nullable: true}
      price: {type: "numeric(6,2)", nullable: true, check: "price >= 0.5"}
      exact: {type: numeric, nullable: true}
      single: {type: real, nullable: true}
      ratio: {type: double precision, nullable: true}
      active: {type: boolean, default: true}
      born: {type: date, nullable: true}
      opens: {type: time, nullable: true}
      local: {type: timestamp, nullable: true}
      seen: {type: timestamptz, nullable: true}
      span: {type: interval, nullable: true}
      schema: {type: jsonb, default: {}}
      class: {type: json, nullable: true}
      photo: {type: bytea, nullable: true}
      tags: {type: "text[]", default: []}
      owner: {type: uuid, nullable: true}
      grade: {type: text, default: b, check: "grade IN ('a', 'b')"}
      secret: {type: text, nullable: true, api: {read: false}}
      hidden: {type: text, default: x, api: {write: false}}
      due: {type: date, default: {sql: CURRENT_DATE}, api: {write: true}}
      twice: {type: integer, generated: {sql: "count * 2"}}
      made: {type: timestamptz, default: {sql: now()}, immutable: true}
      changed: {type: timestamptz, default: {sql: now()}, on_row_update: {sql: now()}}
    checks:
      in_order: {sql: "born < due"}
  people:
    columns:
      id: {type: integer, primary_key: true}
      born: {type: date, nullable: true}
      seen: {type: timestamptz, nullable: true}
      name: {type: varchar(5), default: x}
  logs:
    append_only: true
    columns:
      id: {type: integer, primary_key: true}
      thing_id: {references: things.id, on_delete: cascade, index: true}
"""
WHOLE = {
    "name": "Zoë",
    "note": "ok",
    "code": "ab",
    "kind": 'say "UUID"',
    "small": 7,
    "count": 3,
    "big": 2**63 - 1,
    "price": "1234.50",
    "exact": "0.1",
    "single": 0.5,
    "ratio": 1e300,
    "active": False,
    "born": "2001-02-03",
    "opens": "09:30:00",
    "local": "2026-01-02T03:04:05.678901",
    "seen": "2026-01-02T03:04:05+02:00",
    "span": "P1DT2H",
    "schema": {"a": [1, None, "ü"]},
    "class": "text",
    "photo": "/wA=",
    "tags": ["a", "b"],
    "owner": "7b1e6f0a-3c1d-4e55-9a55-2f1d7f6f1a01",
    "grade": "a",
    "secret": "s",
    "due": "2026-01-02",
}
MISTAKES: tuple[tuple[str, Any], ...] = (
    ("name", "too long"), ("name", None), ("name", "a\0"), ("name", "\ud800"), ("note", "x"), ("code", "abcd"),
    ("kind", "c"), ("kind", None), ("small", 8), ("small", -4), ("count", 0), ("count", 2**31), ("count", "many"),
    ("big", 2**63), ("price", "10000.00"), ("price", "1.234"), ("price", "0.4"), ("price", float("nan")),
    ("exact", float("inf")), ("single", 1e39), ("ratio", float("nan")), ("ratio", float("-inf")), ("active", "perhaps"),
    ("born", "soon"), ("born", "2026-02-30"), ("opens", "09:30:00Z"), ("opens", "25:00"),
    ("local", "2026-01-02T03:04:05Z"), ("seen", "2026-01-02T03:04:05"), ("seen", "9999-12-31T23:59:59-05:00"),
    ("span", "long"), ("schema", None), ("schema", {"a": float("nan")}), ("schema", {"a\0": 1}),
    ("schema", ["\udfff"]), ("class", "\0"), ("photo", "no base64!"), ("photo", "é"), ("tags", "a"), ("tags", [1]),
    ("tags", ["a\0"]), ("tags", None), ("owner", "me"), ("grade", "c"), ("hidden", "x"), ("due", None), ("id", 1),
    ("twice", 2), ("made", "2026-01-02T03:04:05Z"), ("changed", "2026-01-02T03:04:05Z"), ("colour", "red"),
)  # fmt: skip


@contextmanager
def client(output: Path, url: str) -> Iterator[TestClient]:
    with imported(output) as models:
        api = importlib.import_module("models.api")
        importlib.import_module("models.api.handlers")
        options: dict[str, Any] = {}
        if url == "sqlite://":
            options = {"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}}
        engine = models.make_engine(url, **options)
        models.Base.metadata.create_all(engine)
        try:
            yield TestClient(application(models, api, engine), raise_server_exceptions=False)
        finally:
            engine.dispose()


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("things")
    (folder / "specs").mkdir()
    (folder / "specs/things.yaml").write_text(THINGS, encoding="utf-8")
    build(Options(folder / "specs", folder / "output"))
    return folder / "output"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def app(request: pytest.FixtureRequest, things: Path, postgres18: Server) -> Iterator[TestClient]:
    if request.param == "sqlite":
        with client(things, "sqlite://") as made:
            yield made
        return
    with postgres18.database() as url, client(things, sqlalchemy_url(url)) as made:
        yield made


def send(app: TestClient, method: str, place: str, body: Any) -> Any:
    """A request with JSON as Python writes it, NaN and half a surrogate pair included."""
    return app.request(method, place, content=json.dumps(body), headers={"Content-Type": "application/json"})


def test_a_valid_body_is_stored_and_answered(app: TestClient) -> None:
    made = send(app, "POST", "/things", WHOLE)
    assert made.status_code == 201, made.text
    row = made.json()
    filled = {"id", "twice", "made", "changed", "hidden"}
    assert {key: row[key] for key in row if key not in filled} == {
        **{key: value for key, value in WHOLE.items() if key != "secret"},
        "seen": "2026-01-02T01:04:05Z",
    }
    assert (row["twice"], row["hidden"]) == (6, "x")
    assert app.get(f"/things/{row['id']}").json() == row
    changed = send(app, "PATCH", f"/things/{row['id']}", {"schema": [1], "photo": "_w==", "note": None})
    assert changed.status_code == 200, changed.text
    assert {key: changed.json()[key] for key in ("schema", "photo", "note", "name")} == {
        "schema": [1], "photo": "/w==", "note": None, "name": "Zoë",
    }  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(("field", "value"), MISTAKES, ids=[f"{field}={value!r}" for field, value in MISTAKES])
def test_a_mistake_is_told_with_its_field(app: TestClient, method: str, field: str, value: Any) -> None:
    place = "/things" if method == "POST" else "/things/1"
    answer = send(app, method, place, {"name": "mine", field: value})
    assert answer.status_code == 422, answer.text
    assert {found["loc"][1] for found in answer.json()["detail"]} == {field}


def test_what_the_database_refuses_is_told(app: TestClient) -> None:
    one = send(app, "POST", "/things", {"name": "one"})
    assert one.status_code == 201, one.text
    again = send(app, "POST", "/things", {"name": "one"})
    assert (again.status_code, again.json()["detail"][0]["loc"]) == (409, ["body", "name"])
    order = send(app, "POST", "/things", {"name": "two", "born": "2026-01-02", "due": "2026-01-01"})
    assert (order.status_code, order.json()["detail"][0]["msg"]) == (
        422,
        "The database refuses it: ck_things_in_order",
    )
    orphan = send(app, "POST", "/logs", {"id": 1, "thing_id": 99})
    assert (orphan.status_code, orphan.json()["detail"][0]["type"]) == (409, "foreign_key")


def test_a_table_class_is_no_body_but_its_create_class_is(app: TestClient) -> None:
    bodies: list[Any] = [{"id": 1, "born": "2026-01-02"}, {"id": 2, "seen": "2026-01-02T03:04:05Z"}, {"id": 3}]
    assert [send(app, "POST", "/people", body).status_code for body in bodies] == [201, 201, 201]
    bad: list[Any] = [{"id": 4, "name": "too long"}, {"id": 4, "born": "soon"}, {"id": None}]
    assert [send(app, "POST", "/people", body).status_code for body in bad] == [422, 422, 422]
    without_key = send(app, "POST", "/people", {})
    assert without_key.status_code in {201, 422}
    assert without_key.status_code == 201 or without_key.json()["detail"][0]["loc"] == ["body", "id"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.sampled_from(
        ["2026-01-02", "09:30", "2026-01-02T03:04:05Z", "0001-01-01T00:00:00+14:00", "P1D", "/wA=", "1e400", "-0.0"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
bodies = st.dictionaries(st.sampled_from([*WHOLE, "id", "made"]) | st.text(st.characters()), values, max_size=4)


@given(body=bodies | values, whole=st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_body_is_a_500(app: TestClient, body: Any, whole: bool) -> None:  # noqa: FBT001
    sent = {**WHOLE, **body} if whole and isinstance(body, dict) else body
    for method, place in (("POST", "/things"), ("PATCH", "/things/1")):
        answer = send(app, method, place, sent)
        assert answer.status_code in {200, 201, 404, 409, 422}, answer.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b'{"\\ud800": 1}',
        b"[" * 100_000,
        b'{"big": ' + b"9" * 5000 + b"}",
        b'{"schema": ' + b"[" * 500 + b"]" * 500 + b"}",
    ],
)
def test_no_content_is_a_500(app: TestClient, content: bytes) -> None:
    answer = app.post("/things", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text


def test_the_openapi_document_of_the_demo(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    build(Options(output=tmp_path / "output"))
    with client(tmp_path / "output", "sqlite://") as demo:
        assert json.dumps(demo.get("/openapi.json").json()["components"]["schemas"], indent=1) == snapshot


ASYNC_DRIVERS = ("sqlite+aiosqlite", "postgresql+psycopg", "postgresql+asyncpg")


@pytest.mark.parametrize("driver", ASYNC_DRIVERS)
def test_what_the_database_refuses_is_told_by_async_drivers(
    driver: str, things: Path, tmp_path: Path, postgres18: Server
) -> None:
    with postgres18.database() as server, imported(things) as models:
        handlers = importlib.import_module("models.api.handlers")
        place = f"sqlite:///{tmp_path}/app.db" if driver.startswith("sqlite") else sqlalchemy_url(server)
        models.Base.metadata.create_all(sync := models.make_engine(place))
        sync.dispose()
        url = sa.make_url(place).set(drivername=driver).difference_update_query(["options", "client_encoding"])
        engine = models.make_async_engine(url, poolclass=sa.NullPool)
        app = FastAPI()
        handlers.add_handlers(app)

        @app.post("/{table}")
        async def add(table: str, body: dict[str, Any]) -> None:
            async with engine.begin() as connection:
                await connection.execute(sa.insert(models.Base.metadata.tables[table]).values(**body))

        made = TestClient(app)
        assert send(made, "POST", "/things", {"name": "one"}).status_code == 200
        answers = [
            send(made, "POST", place, body)
            for place, body in (
                ("/things", {"name": "one"}),
                ("/things", {"name": "two", "count": 0}),
                ("/things", {}),
                ("/logs", {"id": 1, "thing_id": 99}),
            )
        ]
        assert [answer.status_code for answer in answers] == [409, 422, 422, 409]
        found = [answer.json()["detail"][0] for answer in answers]
        assert [each["loc"][1:] for each in found[:3]] == [["name"], [], ["name"]]
        assert found[1]["msg"] == "The database refuses it: ck_things_count"
