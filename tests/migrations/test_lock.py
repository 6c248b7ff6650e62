"""The lock: everything comes back as it was, it reads well in git, and one that cannot be used says what to do."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from schemagen.base.diagnostics import Origin, SchemagenError
from schemagen.changes.migration import Migration, Statement, Step
from schemagen.changes.records import ChangeRecord, TableCreated
from schemagen.migrations.history import lock_content, read_history
from schemagen.migrations.lock import DialectRecord, Lock, MigrationRecord, content_hash, dumps, loads, record
from schemagen.schema import types
from schemagen.schema.annotations import Api, Volume
from schemagen.schema.codec import DecodeError, decode, encode
from schemagen.schema.conflicts import ConflictRule
from schemagen.schema.dialect import Sql
from schemagen.schema.index import Index, IndexElement, Nulls
from schemagen.schema.model import (
    Action,
    Check,
    Column,
    Deferrable,
    Document,
    Example,
    ForeignKey,
    LiteralDefault,
    PrimaryKey,
    Schema,
    SqliteOptions,
    Table,
    Unique,
)
from schemagen.schema.partition import Partition
from schemagen.schema.places import Place
from schemagen.schema.query import Parameter, Query
from schemagen.schema.rule_state import RuleState
from support.counting import steps

if TYPE_CHECKING:
    from pathlib import Path

NOW = Sql("now()", "strftime('%s')")

EVERY_TYPE = tuple(cls() for cls in types.TYPES)
TABLE = Table(
    name="messages",
    columns=(
        *(Column(f"c{number}", made) for number, made in enumerate(EVERY_TYPE)),
        Column("a", types.Varchar(255), nullable=True, description="Ünïcode ✓ \u202e"),
        Column("b", types.Enum(("no", "yes")), default=LiteralDefault("no"), immutable=True),
        Column("c", types.Numeric(10, 2), default=LiteralDefault("1.50")),
        Column("d", types.Array(types.Varchar(3)), default=LiteralDefault([])),
        Column("e", types.Native("inet", "text", "str"), external_reference="elsewhere", renamed_from="old"),
        Column("f", types.TimestampTz(), default=NOW, on_row_update=NOW, backfill=NOW),
        Column("g", types.Integer(), generated=Sql("a + 1", None), collation="C", virtual=True),
        Column("h", types.BigInt(), identity=True, serial=True, always=True, by_domain=True),
        Column(
            "i",
            types.Jsonb(),
            track_changes=True,
            tags=("pii",),
            default=LiteralDefault({"b": [1, 2.5, None, False], "a": {}}),
        ),
        Column("j", types.Boolean(), default=LiteralDefault(value=False), api=Api(read=False)),
        Column("k", types.Double(), default=LiteralDefault(0.1), spec_key="kay"),
    ),
    primary_key=PrimaryKey("pk_messages", ("a", "b")),
    foreign_keys=(
        ForeignKey("fk", ("a",), "users", ("id",), Action.SET_NULL, Action.CASCADE, Deferrable.DEFERRED, touch="t"),
        ForeignKey("fk3", ("a", "b"), "x", ("c", "d"), Action.SET_NULL, set_null=("b",), state=RuleState.NOT_VALID),
        ForeignKey("fk2", ("a", "b"), "x", ("c", "d"), Action.CASCADE, enforced=False, relationship="r", inverse="i"),
    ),
    uniques=(Unique("uq", ("a", "b"), "once", nulls_distinct=False),),
    checks=(Check("ck", Sql("a > 0", None), "positive", state=RuleState.NOT_ENFORCED),),
    indexes=(
        Index("ix", (IndexElement("a"), IndexElement(sql=NOW, descending=True, nulls=Nulls.LAST, opclass="o"))),
        Index("ix2", (IndexElement("b"),), unique=True, where=NOW, method="gin", include=("c",), only="postgres"),
        Index("uq_nulls", (IndexElement("a"),), unique=True, nulls_distinct=False, completes=True, postgres="uq"),
    ),
    append_only=True,
    owner="a",
    keeps_rows=True,
    group="Talk",
    team="chat",
    tags=("pii",),
    description='Quotes " and \\ and\nnew lines',
    examples=(Example((("b", "no"), ("a", None), ("i", {"z": 1, "y": 2}))),),
    volume=Volume(10, 2),
    notes=(("security", ("one", "two")), ("i_shape", ("{}",))),
    class_name="Message",
    spec_key="posts",
    postgres=Place("s", "p"),
    renamed_from="posts",
    sqlite=SqliteOptions(strict=False, on_conflict=(ConflictRule("unique", ("a", "b"), "replace"),)),
    document="chat/messages",
    kept_names=(("pk_messages", "pk_posts"),),
    partition=Partition("list", ("a", "b"), "month", 3, 4, (("eu", ("de", None)),), "posts"),
)
SCHEMA = Schema(
    tables=(Table("users", (Column("id", types.Uuid()),)), TABLE),
    queries=(
        Query("q", Sql("SELECT 1", "SELECT 1"), "d", ("ix",), 200.0, (Parameter("p", types.Uuid()),), ("users",)),
    ),
    documents=(Document("chat/messages", "Chat", "1.10", "d", (("future", ("x",)),)),),
)


def migration(dialect: str, number: int, name: str) -> Migration:
    assert dialect in {"sqlite", "postgres"}
    return Migration(number, name, "sqlite" if dialect == "sqlite" else "postgres", (Statement(f"-- {name}"),), ())


def step(number: int, name: str) -> Step:
    return Step(
        migration("sqlite", number, name),
        migration("postgres", number, name),
        (ChangeRecord(f"create {name}", TableCreated(name)),),
    )


FILES = {"migrations/sqlite/001_users.sql": "CREATE 1;\n", "alembic/versions/0001_users.py": "# 1\n"}
FIRST = record(step(1, "users"), None, FILES)
SECOND = record(step(2, "messages"), "001_users", {"migrations/sqlite/002_messages.sql": "CREATE 2;\n"})
LOCK = Lock(SCHEMA, (FIRST, SECOND), ("docs/chat.md", "models/user.py"), (("messages", ("a collation", "a check")),))


def code_of(text: str) -> str:
    with pytest.raises(SchemagenError) as caught:
        loads(text.encode())
    [found] = caught.value.diagnostics
    assert found.hint
    return found.code


def edited(**changes: object) -> str:
    return json.dumps({**json.loads(dumps(LOCK).encode()), **changes})


def test_everything_comes_back() -> None:
    assert loads(dumps(LOCK).encode()) == LOCK
    assert dumps(loads(dumps(LOCK).encode())) == dumps(LOCK)


def test_the_sample_says_something_other_than_the_default_for_every_field() -> None:
    parts: list[Any] = [
        TABLE,
        *TABLE.columns,
        *TABLE.foreign_keys,
        *TABLE.indexes,
        *TABLE.indexes[0].elements,
        *SCHEMA.queries,
    ]
    for cls in {type(part) for part in parts}:
        said: set[str] = set()
        for part in parts:
            if isinstance(part, cls):
                said |= encode(part).keys()
        missing = {field.name for field in fields(cls) if field.compare} - said
        assert missing <= {"writes", "document", "description", "reason", "collation"}, (cls, missing)


def test_positions_are_no_part_of_it() -> None:
    moved = replace(TABLE, origin=Origin("elsewhere.yaml", ("tables", "messages")))
    assert dumps(Lock(Schema((moved,)))) == dumps(Lock(Schema((TABLE,))))


def test_one_changed_column_is_one_changed_line() -> None:
    columns = (replace(TABLE.columns[0], nullable=True), *TABLE.columns[1:])
    after = dumps(Lock(replace(SCHEMA, tables=(SCHEMA.tables[0], replace(TABLE, columns=columns))))).splitlines()
    before = dumps(Lock(SCHEMA)).splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed[0] == (
        '          {"name": "c0", "type": "uuid"},',
        '          {"name": "c0", "type": "uuid", "nullable": true},',
    )
    assert [old.partition(":")[0] for old, _ in changed[1:]] == ['  "sha256"']


def test_a_lock_whose_schema_is_not_that_of_its_migrations_is_refused() -> None:
    text = dumps(Lock(SCHEMA))
    assert loads(
        text.replace('"name": "c0", "type": "uuid"', '"name": "c0", "type": "uuid", "description": "x"').encode()
    )
    with pytest.raises(SchemagenError) as caught:
        loads(text.replace('"name": "c0", "type": "uuid"', '"name": "c0", "type": "text"').encode())
    assert [found.code for found in caught.value.diagnostics] == ["SG416"]


def test_its_text_is_stable() -> None:
    table = Table("t", (Column("a", types.Varchar(9), default=LiteralDefault("x")), Column("b", types.Text())))
    other = DialectRecord("ff", transactional=False, losses=("t.c",))
    lock = Lock(Schema((table,)), (MigrationRecord(1, "t", None, DialectRecord("00"), other),), ("docs/a.md",))
    assert (
        dumps(lock)
        == """{
  "schemagen_lock": 2,
  "schema": {
    "tables": [
      {
        "name": "t",
        "columns": [
          {"name": "a", "type": {"varchar": {"length": 9}}, "default": {"LiteralDefault": {"value": "x"}}},
          {"name": "b", "type": "text"}
        ]
      }
    ]
  },
  "migrations": [
    {
      "number": 1,
      "name": "t",
      "parent": null,
      "sqlite": {
        "sha256": "00"
      },
      "postgres": {
        "sha256": "ff",
        "transactional": false,
        "losses": [
          "t.c"
        ]
      }
    }
  ],
  "files": [
    "docs/a.md"
  ],
  "sha256": "DIGEST"
}
""".replace("DIGEST", json.loads(dumps(lock))["sha256"])
    )


def test_a_record_tells_what_its_step_did() -> None:
    made = step(1, "users")
    assert FIRST.sqlite.sha256 == made.sqlite.sha256
    assert FIRST.files == tuple((path, content_hash(text.encode())) for path, text in sorted(FILES.items()))
    reported = FIRST.step()
    assert (reported.identifier, reported.changes, reported.postgres.transactional) == ("001_users", made.changes, True)
    assert reported.sqlite.statements == made.sqlite.statements


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "SG401"),
        ("{", "SG401"),
        ("[]", "SG401"),
        ("{}", "SG401"),
        (edited(schemagen_lock=True), "SG401"),
        (edited(schemagen_lock="1"), "SG401"),
        (edited(more=1), "SG401"),
        (edited(schema={"tables": [{"name": "t"}]}), "SG401"),
        (edited(schema={"tables": [{"name": "t", "columns": [{"name": "c", "type": "blob"}]}]}), "SG401"),
        (edited(files=["../../etc/passwd"]), "SG401"),
        (edited(schemagen_lock=3), "SG403"),
        (edited(migrations=[encode(SECOND)]), "SG408"),
        (edited(migrations=[encode(FIRST), encode(FIRST)]), "SG408"),
        (edited(migrations=[encode(FIRST), encode(replace(SECOND, parent="001_other"))]), "SG408"),
        ("<<<<<<< HEAD\n" + dumps(LOCK), "SG402"),
        (dumps(LOCK).replace('  "migrations"', '=======\n  "migrations"'), "SG402"),
    ],
)
def test_what_cannot_be_used_is_refused(text: str, code: str) -> None:
    assert code_of(text) == code


def test_an_error_says_where_it_is() -> None:
    value = encode(SCHEMA)
    value["tables"][1]["columns"][2]["nullable"] = "no"
    with pytest.raises(DecodeError, match=r"^tables\.1\.columns\.2\.nullable: 'no' is not bool$"):
        decode(Schema, value)


def test_its_work_grows_with_the_number_of_tables_and_no_faster() -> None:
    def work(count: int) -> int:
        lock = Lock(Schema(tuple(replace(TABLE, name=f"t{number}") for number in range(count))))
        return steps(lambda: loads(dumps(lock).encode()))

    work(1)  # what is made once is made here
    assert work(160) / work(20) < 8 * 1.2  # linear is 8; a square would be 64


def project(folder: Path) -> Path:
    first = {path: text.replace("1", "first") for path, text in FILES.items()}
    lock = Lock(SCHEMA, (record(step(1, "users"), None, first),), ())
    for path, text in {**first, "schema.lock.json": dumps(lock)}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def problems(output: Path) -> list[tuple[str, str]]:
    with pytest.raises(SchemagenError) as caught:
        read_history(output, lock_content(output))
    return [(found.code, found.message) for found in caught.value.diagnostics]


def test_before_the_first_build_there_is_no_history(tmp_path: Path) -> None:
    assert read_history(tmp_path / "output", None) is None


def test_a_history_that_fits(tmp_path: Path) -> None:
    output = project(tmp_path)
    for path in FILES:  # as git checks them out on Windows
        (output / path).write_bytes((output / path).read_bytes().replace(b"\n", b"\r\n"))
    lock = read_history(output, lock_content(output))
    assert lock is not None
    assert lock.schema == SCHEMA


def test_edited_missing_and_foreign_files_are_all_found(tmp_path: Path) -> None:
    output = project(tmp_path)
    (output / "migrations/sqlite/001_users.sql").write_text("-- mine\n", encoding="utf-8")
    (output / "alembic/versions/0001_users.py").unlink()
    (output / "alembic/versions/0002_mine.py").write_text("", encoding="utf-8")
    assert sorted(code for code, _ in problems(output)) == ["SG404", "SG405", "SG406"]


def test_migrations_without_a_lock(tmp_path: Path) -> None:
    output = project(tmp_path)
    (output / "schema.lock.json").unlink()
    assert [code for code, _ in problems(output)] == ["SG407"]


def test_two_branches_that_gave_the_same_number_are_both_named(tmp_path: Path) -> None:
    output = project(tmp_path)
    (output / "migrations/sqlite/001_agents.sql").write_text("", encoding="utf-8")
    assert problems(output) == [("SG409", "migration 001 exists twice: agents and users")]
    lock = output / "schema.lock.json"
    lock.write_text("<<<<<<< HEAD\n" + lock.read_text(encoding="utf-8"), encoding="utf-8")
    assert [code for code, _ in problems(output)] == ["SG402", "SG409"]
