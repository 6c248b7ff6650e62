"""Random edits of a spec: its tables, their columns, and the types of these."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from support.schema_drafts import quoted
from support.schema_kinds import BY_NAME, KINDS
from support.schemas import random_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from support.schema_values import Data

    Edit = Callable[[Data, Random], str | None]

WIDER = {
    "smallint": "integer",
    "int2": "bigint",
    "integer": "bigint",
    "int": "bigint",
    "varchar(10)": "varchar(40)",
    "VARCHAR(20)": "text",
    "real": "double precision",
    "numeric(10,2)": "numeric(12,2)",
    "numeric(5)": "numeric(9)",
    "date": "timestamp",
    "timestamp": "timestamptz",
    "json": "jsonb",
    "uuid": "text",
    "boolean": "text",
}
NARROWER = {wide: narrow for narrow, wide in WIDER.items()} | {"text": "varchar(60)", "bigint": "integer"}


# Where an edit takes place


def a_table(spec: Data, random: Random) -> tuple[str, Data]:
    tables: dict[str, Data] = spec["tables"]
    return random.choice(list(tables.items()))


def a_column(spec: Data, random: Random) -> tuple[str, str, Data, Data]:
    name, table = a_table(spec, random)
    column = random.choice(list(table["columns"]))
    return name, column, table["columns"][column], table


def fresh(taken: Any, stem: str) -> str:
    lowered = {name.lower() for name in taken}
    return next(name for number in range(1000) if (name := f"{stem}_{number}") not in lowered)


# Tables


def add_table(spec: Data, random: Random) -> str:
    name = fresh(spec["tables"], "added")
    table = next(iter(random_spec(random)["tables"].values()))
    for column in table["columns"].values():
        for key in (
            "references",
            "on_delete",
            "on_update",
            "deferrable",
            "touch",
            "relationship",
            "inverse",
            "enforced",
            "state",
        ):
            column.pop(key, None)
    table.pop("foreign_keys", None)
    table.pop("class_name", None)
    spec["tables"][name] = table
    return f"add table {name}"


def drop_table(spec: Data, random: Random) -> str | None:
    name, _ = a_table(spec, random)
    if len(spec["tables"]) == 1:
        return None
    del spec["tables"][name]
    spec.pop("queries", None)
    for table in spec["tables"].values():
        forget(table, lambda parent: parent == name)
    return f"drop table {name}"


def forget(table: Data, gone: Callable[[str], bool]) -> None:
    """Leave out the foreign keys to parents that are gone; their columns stay where they have a type."""
    for column in table["columns"].values():
        if "references" in column and gone(column["references"].partition(".")[0]):
            for key in (
                "references",
                "on_delete",
                "on_update",
                "deferrable",
                "touch",
                "relationship",
                "inverse",
                "enforced",
                "state",
            ):
                column.pop(key, None)
    kept = [key for key in table.get("foreign_keys", []) if not gone(key["references"]["table"])]
    if "foreign_keys" in table:
        table["foreign_keys"] = kept


def rename_table(spec: Data, random: Random) -> str:
    old, table = a_table(spec, random)
    new = fresh(spec["tables"], "renamed")
    table["renamed_from"] = table.get("renamed_from", old)
    spec["tables"] = {new if name == old else name: found for name, found in spec["tables"].items()}
    for other in spec["tables"].values():
        for column in other["columns"].values():
            parent, _, of = column.get("references", "").partition(".")
            if parent == old:
                column["references"] = f"{new}.{of}"
        for key in other.get("foreign_keys", []):
            if key["references"]["table"] == old:
                key["references"]["table"] = new
    spec.pop("queries", None)
    return f"rename table {old} to {new}"


# Columns


def add_column(spec: Data, random: Random) -> str:
    name, table = a_table(spec, random)
    kind = random.choice(KINDS)
    column = kind.write(random)
    form = random.choice(["nullable", "default", "backfill", "sql"])
    if form == "nullable":
        column["nullable"] = True
    elif form == "sql" and kind.sql_defaults:
        column["default"] = {"sql": copy.deepcopy(random.choice(kind.sql_defaults))}
    elif form == "backfill" and kind.sql_defaults and kind.name not in {"array", "text"}:
        column["backfill"] = {"sql": random.choice(kind.sql_defaults)}
    else:
        column["default"] = [] if kind.name in {"json", "jsonb"} else kind.value(column, 1, random)
    new = fresh(table["columns"], "added")
    table["columns"][new] = column
    table.pop("examples", None)
    return f"add column {name}.{new} ({kind.name}, {form})"


def drop_column(spec: Data, random: Random) -> str | None:
    name, column, _, table = a_column(spec, random)
    if len(table["columns"]) == 1:
        return None
    del table["columns"][column]
    leave_out(table, column)
    spec.pop("queries", None)
    return f"drop column {name}.{column}"


def leave_out(table: Data, column: str) -> None:
    """Leave out what stands on a column."""
    for section in ("unique", "foreign_keys"):
        if section in table:
            table[section] = [part for part in table[section] if column not in part["columns"]]
    table["indexes"] = [index for index in table.get("indexes", []) if not mentions(index, column)]
    if words := [index for index in table.get("full_text", []) if column not in index["columns"]]:
        table["full_text"] = words
    else:
        table.pop("full_text", None)
    table["checks"] = {key: check for key, check in table.get("checks", {}).items() if not mentions(check, column)}
    for row in table.get("examples", []):
        row.pop(column, None)


def mentions(part: Any, name: str) -> bool:
    if isinstance(part, dict):
        return any(mentions(value, name) for value in part.values())
    if isinstance(part, list):
        return any(mentions(value, name) for value in part)
    return isinstance(part, str) and (part.split()[:1] == [name] or quoted(name) in part)


def rename_column(spec: Data, random: Random) -> str:
    name, old, column, table = a_column(spec, random)
    new = fresh(table["columns"], "renamed")
    column["renamed_from"] = column.get("renamed_from", old)
    table["columns"] = {new if found == old else found: value for found, value in table["columns"].items()}
    for key in [key for key in table if key not in {"columns", "description", "notes", "renamed_from", "class_name"}]:
        table[key] = renamed(table[key], old, new)
    for other in spec["tables"].values():
        for found in other["columns"].values():
            if found.get("references") == f"{name}.{old}":
                found["references"] = f"{name}.{new}"
        for key in other.get("foreign_keys", []):
            if key["references"]["table"] == name:
                key["references"]["columns"] = renamed(key["references"]["columns"], old, new)
    spec.pop("queries", None)
    return f"rename column {name}.{old} to {new}"


def renamed(part: Any, old: str, new: str) -> Any:
    """A part with a column's name replaced where it stands alone or begins an element."""
    if isinstance(part, dict):
        return {new if key == old else key: renamed(value, old, new) for key, value in part.items()}
    if isinstance(part, list):
        return [renamed(value, old, new) for value in part]
    if isinstance(part, str) and part.split()[:1] == [old]:
        return part.replace(old, new, 1)
    return part


def change_type(spec: Data, random: Random) -> str | None:
    name, column, found, table = a_column(spec, random)
    written = found.get("type")
    if any(mentions(text, column) or column in str(text) for text in own_texts(table)):
        return None  # what an engine makes of the new type there is for its author to know
    choices = [table[written] for table in (WIDER, NARROWER) if isinstance(written, str) and written in table]
    if not choices:
        return None
    found["type"] = random.choice(choices)
    return f"change type of {name}.{column} from {written} to {found['type']}"


def own_texts(part: Any) -> Iterator[Any]:
    """What is written for one engine alone."""
    if isinstance(part, dict):
        if {"postgres", "only"} & part.keys():
            yield part
        for value in part.values():
            yield from own_texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from own_texts(value)


def change_enum(spec: Data, random: Random) -> str | None:
    enums = [(name, c, v) for name, table in spec["tables"].items() for c, v in table["columns"].items() if "enum" in v]
    if not enums:
        return None
    name, column, found = random.choice(enums)
    if len(found["enum"]) > 1 and random.random() < 0.4:
        gone = found["enum"].pop(random.randrange(len(found["enum"])))
        return f"drop {gone!r} from the enum {name}.{column}"
    found["enum"].insert(random.randint(0, len(found["enum"])), fresh(found["enum"], "more"))
    return f"add a value to the enum {name}.{column}"


def change_type_definition(spec: Data, random: Random) -> str | None:
    """A label comes, goes, is called otherwise, or all of them stand in another order."""
    if not spec.get("types"):
        return None
    name = random.choice(list(spec["types"]))
    labels: list[Any] = [label_of(each) for each in spec["types"][name]["enum"]]
    spec["types"][name]["enum"] = labels
    place = random.randrange(len(labels))
    match random.choice(["add", "add", "drop", "rename", "order"]):
        case "drop" if len(labels) > 1:
            return f"drop {labels.pop(place)!r} from the type {name}"
        case "rename":
            labels[place] = {
                "value": fresh([label_of(each) for each in labels], "again"),
                "renamed_from": labels[place],
            }
            return f"rename {labels[place]} of the type {name}"
        case "order":
            random.shuffle(labels)
            return f"put the values of the type {name} in another order"
    labels.insert(place, fresh(labels, "more"))
    return f"add a value to the type {name}"


def label_of(label: Any) -> str:
    return str(label["value"] if isinstance(label, dict) else label)


def change_nullability(spec: Data, random: Random) -> str:
    name, column, found, _ = a_column(spec, random)
    if found.pop("nullable", None):
        sql_defaults = [sql for kind in KINDS if kind.name == found.get("type") for sql in kind.sql_defaults]
        if sql_defaults and "generated" not in found:
            found["backfill"] = {"sql": random.choice(sql_defaults)}
        return f"{name}.{column} is not nullable any more"
    found["nullable"] = True
    return f"{name}.{column} is nullable"


def change_default(spec: Data, random: Random) -> str | None:
    name, column, found, _ = a_column(spec, random)
    if "default" in found and random.random() < 0.5:
        del found["default"]
        return f"drop the default of {name}.{column}"
    kind = BY_NAME.get(found.get("type", "")) if isinstance(found.get("type"), str) else None
    if kind is None or kind.name in {"json", "jsonb"}:
        return None
    found["default"] = kind.value(found, random.randrange(50), random)
    return f"change the default of {name}.{column}"


def toggle(*keys: str) -> Edit:
    def edit(spec: Data, random: Random) -> str:
        name, column, found, _ = a_column(spec, random)
        key = random.choice(keys)
        on = not found.pop(key, False)
        if on:
            found[key] = True
        return f"{name}.{column}: {key} {'on' if on else 'off'}"

    return edit


def toggle_stored(spec: Data, random: Random) -> str | None:
    name, column, found, _ = a_column(spec, random)
    if "generated" not in found:
        return None
    found["generated"]["stored"] = not found["generated"].get("stored", True)
    return f"{name}.{column} is {'stored' if found['generated']['stored'] else 'virtual'}"


def store_virtual(spec: Data, random: Random) -> str | None:
    name, column, found, _ = a_column(spec, random)
    if found.get("generated", {}).get("stored", True):
        return None
    del found["generated"]
    return f"{name}.{column} keeps what it computed"


def change_value(key: str, *values: Any) -> Edit:
    def edit(spec: Data, random: Random) -> str | None:
        name, column, found, _ = a_column(spec, random)
        value = random.choice(values)
        if key == "collation" and isinstance(found.get("type"), dict):
            return None  # of a type that the language does not know
        if value is None or found.get(key) == value:
            found.pop(key, None)
        else:
            found[key] = copy.deepcopy(value)
        return f"{name}.{column}: {key} {found.get(key)}"

    return edit
