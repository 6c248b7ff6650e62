"""Random specs and random changes of them, for the laws of evolution; the same seed makes the same."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import TYPE_CHECKING, Any

from schemagen.migrations.lock import Lock, dumps
from schemagen.project.pipeline import Options, load
from support.schema_edits import random_successor
from support.schema_names import with_database_names
from support.schemas import as_yaml, random_spec, with_extensions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from schemagen.schema.model import Schema

Spec = dict[str, Any]
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
    {"type": "vector(3)"},
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
    "vector(3)": [0, 0.1, 2],
    "enum": "red",
}
NUMBERS = ("integer", "bigint", "smallint")


def make_specs(seed: int) -> tuple[Spec, Spec, Spec]:
    """Three specs, each a few changes from the one before: an even seed changes small tables, an odd one everything."""
    if seed % 2:
        random = Random(f"evolve/{seed}")
        first = random_spec(random)
        second, _ = random_successor(first, random)
        specs = (first, second, random_successor(second, random)[0])
        named = (with_database_names(spec, str(seed), number) for number, spec in enumerate(specs))
        return next(named), next(named), next(named)
    generator = SpecMaker(Random(seed))
    first = generator.spec()
    second = generator.change(first)
    return first, second, generator.change(second)


def resolve(spec: Spec, folder: Path, held: Schema | None = None) -> Schema | None:
    """The schema of a spec, after a lock with another schema if there is one; None for a spec that is not valid."""
    (folder / "laws.yaml").write_text(as_yaml(with_extensions(spec)), encoding="utf-8")
    lock = dumps(Lock(held, (), ())).encode() if held else None
    loaded = load(Options(folder, folder / "output"), lock)
    return None if loaded.failed else loaded.schema


def kind(column: Spec) -> str:
    return "enum" if "enum" in column else str(column.get("type", ""))


class SpecMaker:
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
        numbered = {"type": "bigint", "identity": self.random.choice((True, "always", "serial"))}
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
        words = json.dumps(tables[table])
        for old, made in ((f'"{name}"', f'"{new}"'), (f"{name} ", f"{new} "), (f"({name})", f"({new})")):
            words = words.replace(old, made)
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
            renamed = {"renamed_from": columns[name]["renamed_from"]} if "renamed_from" in columns[name] else {}
            columns[name] = self.column() | renamed

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
        texts = [n for n in columns if kind(tables[table]["columns"][n]).startswith("varchar")]
        if texts and self.chance(0.3):
            tables[table].setdefault("full_text", []).append({"columns": texts[:2]})
            return
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
        found = [key for key in ("indexes", "unique", "checks", "full_text") if tables[table].get(key)]
        if found:
            parts = tables[table][self.random.choice(found)]
            if isinstance(parts, list):
                parts.pop(self.random.randrange(len(parts)))
            else:
                del parts[self.random.choice(list(parts))]

    def change_numbering(self, table: str, tables: Spec) -> None:
        for column in tables[table]["columns"].values():
            if column.get("identity"):
                column["identity"] = self.random.choice((True, "always", "serial", False))

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
