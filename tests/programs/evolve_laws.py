"""Laws of evolution: for random pairs of specs A → B with rows, on both engines.

The migrated catalogue is that of a fresh build of B; every row is there with what it held; the rollback leads to A's
catalogue with every row; or the database refuses, and then nothing has changed. For some of them a third spec follows:
A → B → C leads to the catalogue of A → C. ``make evolve N=… SEED=…`` runs many.
"""

from __future__ import annotations

import copy
import json
import sqlite3
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import psycopg

from schemagen.changes.diff import Evolution, evolve
from schemagen.changes.migration import Statement
from schemagen.changes.renames import renames_of
from schemagen.changes.safety import losses
from schemagen.databases.embedded import embedded_server
from schemagen.databases.memory import insert
from schemagen.databases.servers import connect
from schemagen.datagen.fill import Filler
from schemagen.datagen.synthetic import Unfillable
from schemagen.engines.catalog_differences import differences
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.offenders import stops_of
from schemagen.engines.postgres.inspect.catalog import read_postgres
from schemagen.engines.sqlite.inspect.catalog import read_sqlite
from schemagen.migrations.first_build import first_build
from schemagen.migrations.lock import Lock, dumps
from schemagen.migrations.next_build import next_steps
from schemagen.project.pipeline import Options, load
from schemagen.sql.validate import validate_statements
from support.schema_edits import random_successor
from support.schemas import as_yaml, random_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from schemagen.changes.migration import Migration, Step
    from schemagen.engines.catalog import Catalog
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema

Spec = dict[str, Any]
Rows = dict[str, list[tuple[Any, ...]]]

TYPES: tuple[Spec, ...] = (
    {"type": "integer"},
    {"type": "bigint"},
    {"type": "smallint"},
    {"type": "text"},
    {"type": "text", "max_length": 40},
    {"type": "varchar(60)"},
    {"type": "varchar(90)"},
    {"type": "boolean"},
    {"type": "numeric(8,2)"},
    {"type": "numeric(10,2)"},
    {"type": "double precision"},
    {"type": "timestamptz"},
    {"type": "timestamp"},
    {"type": "timestamp(3)"},
    {"type": "timestamptz(0)"},
    {"type": "date"},
    {"type": "jsonb"},
    {"type": "uuid"},
    {"type": "bytea"},
    {"enum": ["red", "green"]},
    {"enum": ["red", "green", "blue"]},
)
DEFAULTS: dict[str, Any] = {
    "integer": 7,
    "bigint": 8,
    "smallint": 9,
    "text": "it's",
    "varchar(60)": "none",
    "varchar(90)": "none",
    "boolean": True,
    "numeric(8,2)": "1.50",
    "numeric(10,2)": "2.25",
    "double precision": 0.5,
    "timestamptz": {"sql": "now()"},
    "timestamp": "2024-01-02T03:04:05",
    "timestamp(3)": "2024-01-02T03:04:05.5",
    "timestamptz(0)": {"sql": "now()"},
    "date": "2024-05-06",
    "jsonb": {},
    "uuid": {"sql": "gen_random_uuid()"},
    "bytea": "\\x00ff",
    "enum": "red",
}
NUMBERS = ("integer", "bigint", "smallint")
DETOUR_EVERY = 5
"""Each pair whose seed is a multiple of it is led on to a third schema."""


def kind(column: Spec) -> str:
    return "enum" if "enum" in column else str(column.get("type", ""))


class Maker:
    """Random specs, and random changes to them; the same seed makes the same."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def spec(self) -> Spec:
        tables: Spec = {}
        for _ in range(self.random.randint(1, 4)):
            self.add_table(tables)
        return {"schemagen": 1, "title": "Laws", "tables": tables}

    def add_table(self, tables: Spec) -> None:
        numbered = {"type": "bigint", "identity": self.random.choice((True, "serial"))}
        keys = ({"type": "integer"}, numbered, {"type": "uuid"}, {"type": "varchar(60)"})
        key = {**self.random.choice(keys), "primary_key": True}
        table: Spec = {"description": "t", "columns": {"id": key}}
        if self.chance(0.15):
            table["columns"]["part"] = {"type": "integer"}
            del key["primary_key"]
            key.pop("identity", None)
            table["primary_key"] = ["id", "part"]
        name = self.name(self.random.choice(("t", "order", "Item")))
        tables[name] = table
        for _ in range(self.random.randint(1, 4)):
            self.add_column(name, tables)
        for _ in range(self.random.randint(0, 2)):
            self.random.choice((self.add_index, self.add_unique, self.add_check, self.add_reference))(name, tables)

    def column(self) -> Spec:
        column = copy.deepcopy(self.random.choice(TYPES))
        if self.chance(0.4):
            column["nullable"] = True
        if self.chance(0.35):
            column["default"] = DEFAULTS[kind(column)]
        if column.get("type") == "timestamptz" and self.chance(0.4):
            column["on_row_update"] = {"sql": "now()"}
        elif self.chance(0.1):
            column["immutable"] = True
        return column

    def add_column(self, table: str, tables: Spec) -> None:
        columns = tables[table]["columns"]
        numbers = [name for name, column in columns.items() if kind(column) in NUMBERS and not column.get("generated")]
        if numbers and self.chance(0.12):
            source = self.random.choice(numbers)
            columns[self.name("g")] = {"type": "bigint", "nullable": True, "generated": {"sql": f"{source} + 1"}}
            return
        column = self.column()
        if "default" not in column and self.chance(0.3):
            value = DEFAULTS[kind(column)]
            literal = value["sql"] if isinstance(value, dict) and value else _literal(value)
            column["backfill"] = {"sql": literal}
        columns[self.name(self.random.choice(("c", "order", "createdAt")))] = column

    def drop_column(self, table: str, tables: Spec) -> None:
        columns = tables[table]["columns"]
        free = [name for name in columns if not self.is_used(table, name, tables)]
        if free and len(columns) > 1:
            del columns[self.random.choice(free)]

    def is_used(self, table: str, name: str, tables: Spec) -> bool:
        own = {key: value for key, value in tables[table].items() if key != "columns"}
        column = tables[table]["columns"][name]
        if column.get("primary_key") or name in json.dumps(own):
            return True
        for other in tables.values():
            for each in other["columns"].values():
                if each.get("references") == f"{table}.{name}" or (
                    each.get("touch") == name and each["references"].startswith(f"{table}.")
                ):
                    return True
        texts = [each.get("generated", {}).get("sql", "") for each in tables[table]["columns"].values()]
        return any(name in text for text in texts)

    def rename_column(self, table: str, tables: Spec) -> None:
        columns = tables[table]["columns"]
        name = self.random.choice(list(columns))
        if columns[name].get("renamed_from"):
            return
        new = self.name("r")
        words = (
            json.dumps(tables[table])
            .replace(f'"{name}"', f'"{new}"')
            .replace(f"{name} ", f"{new} ")
            .replace(f"({name})", f"({new})")
        )
        tables[table] = json.loads(words)
        tables[table]["columns"][new]["renamed_from"] = name
        for each in [column for other in tables.values() for column in other["columns"].values()]:
            if each.get("references") == f"{table}.{name}":
                each["references"] = f"{table}.{new}"
            if each.get("touch") == name and each["references"].startswith(f"{table}."):
                each["touch"] = new

    def swap_columns(self, table: str, tables: Spec) -> None:
        columns = tables[table]["columns"]
        free = [
            n
            for n in columns
            if not self.is_used(table, n, tables)
            and not columns[n].get("renamed_from")
            and not columns[n].get("generated")
        ]
        if len(free) > 1:
            one, other = self.random.sample(free, 2)
            columns[one], columns[other] = columns[other], columns[one]
            columns[one]["renamed_from"], columns[other]["renamed_from"] = other, one

    def retype_column(self, table: str, tables: Spec) -> None:
        columns = tables[table]["columns"]
        free = [
            n
            for n, c in columns.items()
            if not self.is_used(table, n, tables) and not c.get("generated") and "references" not in c
        ]
        if free:
            name = self.random.choice(free)
            renamed = columns[name].get("renamed_from")
            columns[name] = self.column()
            if renamed:
                columns[name]["renamed_from"] = renamed

    def change_column(self, table: str, tables: Spec) -> None:
        columns = tables[table]["columns"]
        name = self.random.choice(list(columns))
        column = columns[name]
        if column.get("primary_key") or name in tables[table].get("primary_key", []) or column.get("generated"):
            return
        action = self.random.randint(0, 3)
        if action == 0 and "references" not in column:
            column["nullable"] = not column.get("nullable")
        elif action == 1 and "references" not in column:
            if "default" in column:
                del column["default"]
            else:
                column["default"] = DEFAULTS[kind(column)]
        elif action == 2 and "references" not in column:
            column["immutable"] = not column.get("immutable") and "on_row_update" not in column
        elif "references" in column:
            column["on_delete"] = self.action(column)

    def add_index(self, table: str, tables: Spec) -> None:
        columns = [n for n, c in tables[table]["columns"].items() if kind(c) != "jsonb"]
        index: Spec = {"columns": self.random.sample(columns, self.random.randint(1, min(2, len(columns))))}
        if self.chance(0.3):
            index["columns"][0] += " desc"
        if self.chance(0.2):
            index["where"] = f"{columns[0]} IS NOT NULL"
        tables[table].setdefault("indexes", []).append(index)

    def add_unique(self, table: str, tables: Spec) -> None:
        columns = [n for n, c in tables[table]["columns"].items() if kind(c) not in {"jsonb", "boolean", "enum"}]
        columns = [
            n
            for n in columns
            if not tables[table]["columns"][n].get("primary_key") and n not in tables[table].get("primary_key", [])
        ]
        if columns:
            found = {"columns": sorted(self.random.sample(columns, self.random.randint(1, min(2, len(columns)))))}
            if found not in tables[table].setdefault("unique", []):
                tables[table]["unique"].append(found)

    def add_check(self, table: str, tables: Spec) -> None:
        columns = [n for n, c in tables[table]["columns"].items() if kind(c) in NUMBERS]
        if columns:
            sql = f"{self.random.choice(columns)} >= {self.random.choice((-5, 0))}"
            tables[table].setdefault("checks", {})[self.name("k")] = {"sql": sql}

    def add_reference(self, table: str, tables: Spec) -> None:
        parents = [
            n
            for n, t in tables.items()
            if "primary_key" not in t and list(tables).index(n) <= list(tables).index(table)
        ]
        if not parents:
            return
        parent = self.random.choice(parents)
        key = next((n for n, c in tables[parent]["columns"].items() if c.get("primary_key")), None)
        if key is None:
            return
        column: Spec = {"references": f"{parent}.{key}", "nullable": parent == table or self.chance(0.5)}
        column["on_delete"] = self.action(column)
        if self.chance(0.25):
            column["on_update"] = self.random.choice(("cascade", "restrict"))
        touched = [
            n for n, c in tables[parent]["columns"].items() if c.get("type") == "timestamptz" and not c.get("immutable")
        ]
        if touched and parent != table and self.chance(0.4) and not tables[parent].get("append_only"):
            column["touch"] = self.random.choice(touched)
        tables[table]["columns"][self.name("f")] = column

    def action(self, column: Spec) -> str:
        choices = ["cascade", "restrict", "no action", *(["set null"] if column.get("nullable") else [])]
        return self.random.choice(choices)

    def drop_listed(self, table: str, tables: Spec) -> None:
        found = [key for key in ("indexes", "unique", "checks") if tables[table].get(key)]
        if found:
            parts = tables[table][self.random.choice(found)]
            if isinstance(parts, list):
                parts.pop(self.random.randrange(len(parts)))
            else:
                del parts[self.random.choice(list(parts))]

    def change_numbering(self, table: str, tables: Spec) -> None:
        for column in tables[table]["columns"].values():
            if column.get("identity"):
                column["identity"] = self.random.choice((True, "serial", False))

    def change_options(self, table: str, tables: Spec) -> None:
        if self.chance(0.5):
            was = tables[table].get("append_only")
            tables[table]["append_only"] = False if was else self.random.choice((True, {"deletes": "refuse"}))
        else:
            tables[table]["sqlite"] = self.random.choice(({"strict": False}, {"parity": False}, {"strict": True}))

    def rename_table(self, table: str, tables: Spec) -> None:
        if tables[table].get("renamed_from"):
            return
        new = self.name("n")
        words = json.dumps(tables).replace(f'"references": "{table}.', f'"references": "{new}.')
        changed = {new if name == table else name: value for name, value in json.loads(words).items()}
        changed[new]["renamed_from"] = table
        tables.clear()
        tables.update(changed)

    def drop_table(self, table: str, tables: Spec) -> None:
        if len(tables) < 2:
            return
        for other in tables.values():
            gone = [n for n, c in other["columns"].items() if str(c.get("references", "")).startswith(f"{table}.")]
            for name in gone:
                if other is not tables[table] and name in json.dumps(
                    {k: v for k, v in other.items() if k != "columns"}
                ):
                    return
        for other in tables.values():
            for name in [
                n for n, c in other["columns"].items() if str(c.get("references", "")).startswith(f"{table}.")
            ]:
                del other["columns"][name]
        del tables[table]

    def replace_key(self, table: str, tables: Spec) -> None:
        if any(
            str(c.get("references", "")).startswith(f"{table}.") for t in tables.values() for c in t["columns"].values()
        ):
            return
        columns = tables[table]["columns"]
        unique = json.dumps(tables[table].get("unique", []))
        others = [
            n
            for n, c in columns.items()
            if kind(c) in {"integer", "bigint", "uuid"}
            and not c.get("nullable")
            and not c.get("generated")
            and f'"{n}"' not in unique
        ]
        if not others:
            return
        for column in columns.values():
            column.pop("primary_key", None)
            column.pop("identity", None)
        tables[table]["primary_key"] = [self.random.choice(others)]

    def change(self, spec: Spec) -> Spec:
        """Another spec, a few changes away."""
        found = copy.deepcopy(spec)
        for table in found["tables"].values():
            table.pop("renamed_from", None)
            for column in table["columns"].values():
                column.pop("renamed_from", None)
        steps: tuple[Callable[[str, Spec], None], ...] = (
            *[self.add_column] * 4, *[self.drop_column] * 2, self.rename_column, self.swap_columns, *[self.retype_column] * 2,  # noqa: E501
            *[self.change_column] * 4, *[self.add_index] * 2, self.add_unique, self.add_check, *[self.add_reference] * 2,  # noqa: E501
            *[self.drop_listed] * 2, self.change_options, self.rename_table, self.drop_table, self.replace_key,
            self.change_numbering,
        )  # fmt: skip
        for _ in range(self.random.randint(1, 4)):
            tables = found["tables"]
            self.random.choice(steps)(self.random.choice(list(tables)), tables)
        if self.chance(0.15):
            self.add_table(found["tables"])
        return found


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "'{}'::jsonb"
    return "'" + str(value).replace("'", "''") + "'" if isinstance(value, str) else str(value)


def resolve(spec: Spec, folder: Path, held: Schema | None = None) -> Schema | None:
    """The schema of a spec, after a lock with another schema if there is one; None for a spec that is not valid."""
    (folder / "laws.yaml").write_text(as_yaml(spec), encoding="utf-8")
    lock = dumps(Lock(held, (), ())).encode() if held else None
    loaded = load(Options(folder, folder / "output"), lock)
    return None if loaded.failed else loaded.schema


class BrokenLawError(AssertionError):
    """A law that does not hold."""


@dataclass
class Sqlite:
    """A SQLite database in memory; a migration runs as its file does."""

    dialect: DialectName = "sqlite"

    def __post_init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys = ON")

    def run(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self.connection.execute(statement.sql)

    def migrate(self, migration: Migration, statements: Sequence[Statement]) -> str:
        """What the engine says against it; nothing where it has run."""
        assert migration.transactional
        self.connection.execute("SAVEPOINT schemagen")
        try:
            self.run(statements)
            self.connection.execute("RELEASE schemagen")
        except sqlite3.IntegrityError as error:
            self.connection.execute("ROLLBACK")
            return str(error)
        return ""

    def catalog(self) -> Catalog:
        return read_sqlite(self.connection)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def check_clean(self) -> None:
        if self.ask("PRAGMA foreign_key_check"):
            raise BrokenLawError("foreign keys are violated")
        ours = "name LIKE '\\_schemagen%' ESCAPE '\\' AND tbl_name <> '_schemagen_guard'"
        left = self.ask(f"SELECT name FROM sqlite_schema WHERE {ours}")
        if left:
            raise BrokenLawError(f"left over: {left}")

    def close(self) -> None:
        self.connection.close()


_STRONG_LOCKS = """
    SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND granted AND locktype = 'relation'
    AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
"""The tables, and indexes, that this session keeps others from writing, with the modes."""


class Postgres:
    """A schema of a PostgreSQL database."""

    dialect: DialectName = "postgres"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        connection.execute("DROP SCHEMA IF EXISTS law CASCADE")
        connection.execute("CREATE SCHEMA law")
        connection.execute("SET search_path = law")

    def run(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self.connection.execute(statement.sql.encode())

    def _run_with_locks_first(self, statements: Sequence[Statement]) -> None:
        """Every table that others use is locked by one statement, or is the only one: no deadlock is a client's.

        Raises:
            BrokenLawError: when a later statement locks one more, or locks it harder.
        """
        there = {row[0] for row in self.ask("SELECT oid FROM pg_class WHERE relkind IN ('r', 'p')")}
        held: set[tuple[int, str]] = set()
        for statement in statements:
            self.run([statement])
            if "LOCK TABLE" in statement.sql:
                held = set(self.ask(_STRONG_LOCKS))
        late = {(table, mode) for table, mode in self.ask(_STRONG_LOCKS) if table in there}
        late -= held | {(table, mode) for table, mode in late if (table, "AccessExclusiveLock") in held}
        if late and (held or len(late) > 1):
            raise BrokenLawError(f"locked after the work began: {sorted(late)}, before it: {sorted(held)}")

    def migrate(self, migration: Migration, statements: Sequence[Statement]) -> str:
        try:
            if migration.transactional:
                with self.connection.transaction():
                    self._run_with_locks_first(statements)
            else:
                self.run(statements)
                self.run(statements)  # it can be run again
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
            return str(error)
        except psycopg.errors.CannotCoerce as error:
            return str(error)
        except psycopg.errors.DatatypeMismatch as error:
            return str(error)
        return ""

    def catalog(self) -> Catalog:
        return read_postgres(self.connection, "law")

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql.encode()).fetchall()

    def check_clean(self) -> None:
        pass

    def close(self) -> None:
        pass


Engine = Sqlite | Postgres


def rows_of(engine: Engine, schema: Schema) -> Rows:
    """Every row of every table as text, in one order."""
    quote = (SQLITE if engine.dialect == "sqlite" else POSTGRES).quote
    found: Rows = {}
    for table in schema.tables:
        cast = "::text" if engine.dialect == "postgres" else ""
        names = ", ".join(f"{quote(column.name)}{cast}" for column in table.columns)
        found[table.name] = sorted(engine.ask(f"SELECT {names} FROM {quote(table.name)}"), key=repr)
    return found


def kept_rows(before: Rows, after: Rows, evolution: Evolution) -> None:
    """Every row of a table that stays is there, with its values in columns whose type is the same.

    Raises:
        BrokenLawError: when one is not.
    """
    for change in (*evolution.altered, *(evolution.unchanged(n) for n in _unaltered(evolution))):
        old, new = change.old, change.new
        if len(before[old.name]) != len(after[new.name]):
            raise BrokenLawError(f"{len(before[old.name])} rows of {old.name}, {len(after[new.name])} of {new.name}")
        same = [
            (list(old.by_name).index(was), list(new.by_name).index(name))
            for name, was in change.columns
            if old.column(was).type == new.column(name).type
            and new.column(name).generated is None
            and not (old.column(was).nullable and new.column(name).backfill)
        ]
        one = sorted([tuple(row[i] for i, _ in same) for row in before[old.name]], key=repr)
        other = sorted([tuple(row[j] for _, j in same) for row in after[new.name]], key=repr)
        if one != other:
            raise BrokenLawError(f"other values in {new.name}: {one} became {other}")


def _unaltered(evolution: Evolution) -> list[str]:
    altered = {change.new.name for change in evolution.altered}
    created = {table.name for table in evolution.created}
    return [table.name for table in evolution.new.tables if table.name not in altered | created]


def same_catalog(engine: Engine, wanted: Catalog, what: str) -> None:
    found = differences(engine.catalog(), wanted)
    if found:
        raise BrokenLawError(f"{what}: " + "; ".join(each.sentence("the migrated", "the fresh") for each in found))


@dataclass
class Pair:
    """Two schemas, the steps between them, and rows of the first."""

    old: Schema
    new: Schema
    evolution: Evolution
    back: Evolution
    steps: tuple[Step, ...]
    rows: dict[str, list[dict[str, Any]]]


def make_pair(seed: int, folder: Path) -> Pair | None:
    """The pair of a seed; None where it makes no valid one."""
    first, second, _ = make_specs(seed)
    return pair_of(first, second, folder, seed)


def make_specs(seed: int) -> tuple[Spec, Spec, Spec]:
    """Three specs, each a few changes away from the one before.

    An even seed makes small tables full of the changes that lose rows, an odd one every feature of the language.
    """
    if seed % 2:
        random = Random(f"evolve/{seed}")
        first = random_spec(random)
        second, _ = random_successor(first, random)
        return first, second, random_successor(second, random)[0]
    maker = Maker(Random(seed))
    first = maker.spec()
    second = maker.change(first)
    return first, second, maker.change(second)


def pair_of(first: Spec, second: Spec, folder: Path, seed: int) -> Pair | None:
    old = resolve(first, folder)
    new = resolve(second, folder, old)
    if old is None or new is None:
        return None
    evolution = evolve(old, new, renames_of(old, new))
    steps = next_steps(evolution, len(first_build(old)) + 1, losses(evolution))
    try:
        filler = Filler(old, [table.name for table in old.tables], seed)
        rows = filler.fill({table.name: 4 for table in old.tables})
    except Unfillable:
        rows = {}
    back = evolve(new, old, evolution.renames.reversed())
    return Pair(old, new, evolution, back, steps, rows)


def load_rows(engine: Engine, pair: Pair) -> None:
    dialect = SQLITE if engine.dialect == "sqlite" else POSTGRES
    for table in pair.old.tables:
        for row in pair.rows.get(table.name, []):
            try:
                engine.run([Statement(insert(dialect, table, [row]))])
            except (sqlite3.IntegrityError, psycopg.errors.IntegrityError):
                continue  # a touch has set two parents to one moment, in a column that is unique


def law(
    engine: Engine,
    pair: Pair,
    fresh_old: Catalog,
    fresh_new: Catalog,
    *,
    filled: bool,
    load: Callable[[Engine], None] | None = None,
) -> str:
    """Check the laws; what the outcome was. ``load`` puts rows in, else those of the pair."""
    for step in first_build(pair.old):
        engine.run(step.for_dialect(engine.dialect).statements)
    if filled and load:
        load(engine)
    elif filled:
        load_rows(engine, pair)
    found = offenders(engine, pair.evolution)
    outcome = there_and_back(engine, pair, fresh_old, fresh_new, filled=filled)
    if outcome.startswith("refused") != bool(found):
        raise BrokenLawError(f"{outcome}, where the queries for offenders find {found or 'none'}")
    return outcome


def offenders(engine: Engine, evolution: Evolution) -> dict[str, list[tuple[Any, ...]]]:
    """The rows before which a migration is said to stop, by the reason."""
    found = {}
    for _, stop in stops_of(evolution):
        query = stop.sqlite if engine.dialect == "sqlite" else stop.postgres
        if query is not None and (rows := engine.ask(query)):
            found[stop.reason] = rows
    return found


def there_and_back(  # noqa: C901  (one story: forth, back, and every way to be refused)
    engine: Engine, pair: Pair, fresh_old: Catalog, fresh_new: Catalog, *, filled: bool
) -> str:
    """Migrate and roll back, and what became of it."""
    before = rows_of(engine, pair.old)
    for number, step in enumerate(pair.steps):
        migration = step.for_dialect(engine.dialect)
        refused = migrate(engine, migration, migration.statements)
        if refused and not filled:
            raise BrokenLawError(f"refused without rows: {refused}")
        if refused and number == 0:
            same_catalog(engine, fresh_old, f"after a refusal ({refused})")
            if rows_of(engine, pair.old) != before:
                raise BrokenLawError("rows have changed by a refused migration")
            return "refused"
        if refused:
            first = pair.steps[0].for_dialect(engine.dialect)
            again = migrate(engine, first, first.rollback)
            if again:
                return "refused online, rollback refused"
            same_catalog(engine, fresh_old, f"rolled back after a refusal ({refused})")
            return "refused online"
    engine.check_clean()
    same_catalog(engine, fresh_new, "migrated")
    after = rows_of(engine, pair.new)
    kept_rows(before, after, pair.evolution)
    for step in reversed(pair.steps):
        migration = step.for_dialect(engine.dialect)
        refused = migrate(engine, migration, migration.rollback)
        if refused and not filled:
            raise BrokenLawError(f"rollback refused without rows: {refused}")
        if refused:
            same_catalog(engine, fresh_new, f"after a refused rollback ({refused})")
            if rows_of(engine, pair.new) != after:
                raise BrokenLawError("rows have changed by a refused rollback")
            return "rollback refused"
    engine.check_clean()
    same_catalog(engine, fresh_old, "rolled back")
    kept_rows(after, rows_of(engine, pair.old), pair.back)
    return "kept"


def migrate(engine: Engine, migration: Migration, statements: Sequence[Statement]) -> str:
    return engine.migrate(migration, statements) if statements else ""


def fresh(engine: Engine, schema: Schema) -> Catalog:
    for step in first_build(schema):
        engine.run(step.for_dialect(engine.dialect).statements)
    return engine.catalog()


def engine_makers(connection: psycopg.Connection[Any] | None) -> list[Callable[[], Engine]]:
    """New, empty databases of SQLite and, with a connection, of PostgreSQL."""
    return [Sqlite] if connection is None else [Sqlite, lambda: Postgres(connection)]


def check_pair(pair: Pair, connection: psycopg.Connection[Any] | None) -> Counter[str]:
    """The laws of one pair on both engines, with rows and without.

    Raises:
        BrokenLawError: when one does not hold.
    """
    outcomes: Counter[str] = Counter()
    for make in engine_makers(connection):
        catalogs = []
        for schema in (pair.old, pair.new):
            engine = make()
            catalogs.append(fresh(engine, schema))
            engine.close()
        outcome = ""
        for filled in (True, False):
            if outcome == "kept":  # without rows it would be the same way again
                break
            engine = make()
            try:
                outcome = law(engine, pair, *catalogs, filled=filled)
            except (sqlite3.Error, psycopg.Error) as error:
                raise BrokenLawError(f"{type(error).__name__}: {error}") from error
            finally:
                engine.close()
            if filled:
                outcomes[f"{engine.dialect}: {outcome}"] += 1
    problems = validate_statements(
        (each.sql, migration.dialect)
        for step in pair.steps
        for migration in (step.sqlite, step.postgres)
        for each in (*migration.statements, *migration.rollback)
    )
    if problems:
        raise BrokenLawError(f"not parsed: {problems[0][1]}")
    return outcomes


def check_detour(seed: int, folder: Path, connection: psycopg.Connection[Any] | None) -> str:
    """A → B → C leads to the catalogue of A → C on both engines, without rows; what the outcome was.

    Raises:
        BrokenLawError: when it does not.
    """
    first, second, third = (resolve(spec, folder) for spec in make_specs(seed))
    if first is None or second is None or third is None:
        return "invalid"
    for make in engine_makers(connection):
        straight = walked(make(), (first, third))
        found = differences(walked(make(), (first, second, third)), straight)
        if found:
            words = "; ".join(each.sentence("the one by way of B", "the straight one") for each in found)
            raise BrokenLawError(f"detour: {words}")
    return "same"


def walked(engine: Engine, schemas: Sequence[Schema]) -> Catalog:
    """The catalogue of the last schema: the first is built, and migrated to each of the others; closes the engine.

    Raises:
        BrokenLawError: when a migration fails, though there are no rows.
    """
    try:
        fresh(engine, schemas[0])
        number = len(first_build(schemas[0]))
        for old, new in pairwise(schemas):
            evolution = evolve(old, new, renames_of(old, new))
            for step in next_steps(evolution, number + 1, losses(evolution)):
                number = step.number
                migration = step.for_dialect(engine.dialect)
                refused = migrate(engine, migration, migration.statements)
                if refused:
                    raise BrokenLawError(f"refused without rows: {refused}")
        return engine.catalog()
    except (sqlite3.Error, psycopg.Error) as error:
        raise BrokenLawError(f"{type(error).__name__}: {error}") from error
    finally:
        engine.close()


def main(count: int, seed: int, *, postgres: bool = True) -> int:
    """Run many pairs; the number of those that break a law."""
    outcomes: Counter[str] = Counter()
    failures = 0
    with (
        tempfile.TemporaryDirectory() as name,
        embedded_server(18).database() as url,
        connect(url, autocommit=True) as connection,
    ):
        connection.execute("SET client_min_messages = error")
        for each in range(seed, seed + count):
            pair = make_pair(each, Path(name))
            if pair is None:
                outcomes["invalid"] += 1
                continue
            try:
                outcomes += check_pair(pair, connection if postgres else None)
                if each % DETOUR_EVERY == 0:
                    outcomes[f"detour: {check_detour(each, Path(name), connection if postgres else None)}"] += 1
            except (BrokenLawError, sqlite3.Error, psycopg.Error) as error:
                failures += 1
                words = [change.describe() for change in pair.evolution.changes]
                print(f"seed {each}: {str(error)[:600]}\n    {words}", flush=True)  # noqa: T201
                connection.execute("ROLLBACK")
    print(f"{count} pairs from seed {seed}: {failures} broken; {dict(sorted(outcomes.items()))}")  # noqa: T201
    return failures


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2]), postgres=sys.argv[3:] != ["sqlite"]) else 0)
