"""Random successors of a spec: a few edits, each of which leaves it valid."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from schemagen.base.diagnostics import Severity
from schemagen.project.pipeline import Options, load
from support.schema_kinds import BY_NAME, KINDS, Data
from support.schemas import as_yaml, quoted, random_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    Edit = Callable[[Data, Random], str | None]

ATTEMPTS = 8
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


def successors(spec: Data) -> st.SearchStrategy[tuple[Data, list[str]]]:
    """Random valid successors of a spec, each with its edits in words."""
    return st.builds(lambda random: random_successor(spec, random), st.randoms(use_true_random=False))


def random_successor(spec: Data, random: Random, most: int = 5) -> tuple[Data, list[str]]:
    """A valid spec that follows from another by one to ``most`` edits, and the edits in words.

    What an earlier change was renamed from or filled with is left out first: it belongs to that change. Where no edit
    leaves the spec valid, the successor is the spec itself, without edits.
    """
    current, words = _settled(spec), []
    for _ in range(random.randint(1, most)):
        for _ in range(ATTEMPTS):
            candidate = copy.deepcopy(current)
            said = random.choice(EDITS)(candidate, random)
            if said and is_valid(candidate):
                current = candidate
                words.append(said)
                break
    return current, words


def is_valid(spec: Data) -> bool:
    """Whether a spec has no errors."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "spec.yaml").write_text(as_yaml(spec), encoding="utf-8")
        found = load(Options(Path(folder), Path(folder) / "output"))
    return all(diagnostic.severity is not Severity.ERROR for diagnostic in found.diagnostics)


def _settled(spec: Data) -> Data:
    spec = copy.deepcopy(spec)
    for table in spec["tables"].values():
        table.pop("renamed_from", None)
        for column in table["columns"].values():
            column.pop("renamed_from", None)
            column.pop("backfill", None)
    return spec


# Where an edit takes place


def _table(spec: Data, random: Random) -> tuple[str, Data]:
    return random.choice(list(spec["tables"].items()))


def _column(spec: Data, random: Random) -> tuple[str, str, Data, Data]:
    name, table = _table(spec, random)
    column = random.choice(list(table["columns"]))
    return name, column, table["columns"][column], table


def _fresh(taken: Any, stem: str) -> str:
    lowered = {name.lower() for name in taken}
    return next(name for number in range(1000) if (name := f"{stem}_{number}") not in lowered)


# Tables


def _add_table(spec: Data, random: Random) -> str:
    name = _fresh(spec["tables"], "added")
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
        ):
            column.pop(key, None)
    table.pop("foreign_keys", None)
    table.pop("class_name", None)
    spec["tables"][name] = table
    return f"add table {name}"


def _drop_table(spec: Data, random: Random) -> str | None:
    name, _ = _table(spec, random)
    if len(spec["tables"]) == 1:
        return None
    del spec["tables"][name]
    spec.pop("queries", None)
    for table in spec["tables"].values():
        _forget(table, lambda parent: parent == name)
    return f"drop table {name}"


def _forget(table: Data, gone: Callable[[str], bool]) -> None:
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
            ):
                column.pop(key, None)
    kept = [key for key in table.get("foreign_keys", []) if not gone(key["references"]["table"])]
    if "foreign_keys" in table:
        table["foreign_keys"] = kept


def _rename_table(spec: Data, random: Random) -> str:
    old, table = _table(spec, random)
    new = _fresh(spec["tables"], "renamed")
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


def _add_column(spec: Data, random: Random) -> str:
    name, table = _table(spec, random)
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
    new = _fresh(table["columns"], "added")
    table["columns"][new] = column
    table.pop("examples", None)
    return f"add column {name}.{new} ({kind.name}, {form})"


def _drop_column(spec: Data, random: Random) -> str | None:
    name, column, _, table = _column(spec, random)
    if len(table["columns"]) == 1:
        return None
    del table["columns"][column]
    _leave_out(table, column)
    spec.pop("queries", None)
    return f"drop column {name}.{column}"


def _leave_out(table: Data, column: str) -> None:
    """Leave out what stands on a column."""
    for section in ("unique", "foreign_keys"):
        if section in table:
            table[section] = [part for part in table[section] if column not in part["columns"]]
    table["indexes"] = [index for index in table.get("indexes", []) if not _mentions(index, column)]
    table["checks"] = {key: check for key, check in table.get("checks", {}).items() if not _mentions(check, column)}
    for row in table.get("examples", []):
        row.pop(column, None)


def _mentions(part: Any, name: str) -> bool:
    if isinstance(part, dict):
        return any(_mentions(value, name) for value in part.values())
    if isinstance(part, list):
        return any(_mentions(value, name) for value in part)
    return isinstance(part, str) and (part.split()[:1] == [name] or quoted(name) in part)


def _rename_column(spec: Data, random: Random) -> str:
    name, old, column, table = _column(spec, random)
    new = _fresh(table["columns"], "renamed")
    column["renamed_from"] = column.get("renamed_from", old)
    table["columns"] = {new if found == old else found: value for found, value in table["columns"].items()}
    for key in [key for key in table if key not in {"columns", "description", "notes", "renamed_from", "class_name"}]:
        table[key] = _renamed(table[key], old, new)
    for other in spec["tables"].values():
        for found in other["columns"].values():
            if found.get("references") == f"{name}.{old}":
                found["references"] = f"{name}.{new}"
        for key in other.get("foreign_keys", []):
            if key["references"]["table"] == name:
                key["references"]["columns"] = _renamed(key["references"]["columns"], old, new)
    spec.pop("queries", None)
    return f"rename column {name}.{old} to {new}"


def _renamed(part: Any, old: str, new: str) -> Any:
    """A part with a column's name replaced where it stands alone or begins an element."""
    if isinstance(part, dict):
        return {new if key == old else key: _renamed(value, old, new) for key, value in part.items()}
    if isinstance(part, list):
        return [_renamed(value, old, new) for value in part]
    if isinstance(part, str) and part.split()[:1] == [old]:
        return part.replace(old, new, 1)
    return part


def _change_type(spec: Data, random: Random) -> str | None:
    name, column, found, table = _column(spec, random)
    written = found.get("type")
    if any(_mentions(text, column) or column in str(text) for text in _own_texts(table)):
        return None  # what an engine makes of the new type there is for its author to know
    choices = [table[written] for table in (WIDER, NARROWER) if isinstance(written, str) and written in table]
    if not choices:
        return None
    found["type"] = random.choice(choices)
    return f"change type of {name}.{column} from {written} to {found['type']}"


def _own_texts(part: Any) -> Iterator[Any]:
    """What is written for one engine alone."""
    if isinstance(part, dict):
        if {"postgres", "only"} & part.keys():
            yield part
        for value in part.values():
            yield from _own_texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _own_texts(value)


def _change_enum(spec: Data, random: Random) -> str | None:
    enums = [(name, c, v) for name, table in spec["tables"].items() for c, v in table["columns"].items() if "enum" in v]
    if not enums:
        return None
    name, column, found = random.choice(enums)
    if len(found["enum"]) > 1 and random.random() < 0.4:
        gone = found["enum"].pop(random.randrange(len(found["enum"])))
        return f"drop {gone!r} from the enum {name}.{column}"
    found["enum"].insert(random.randint(0, len(found["enum"])), _fresh(found["enum"], "more"))
    return f"add a value to the enum {name}.{column}"


def _change_type_definition(spec: Data, random: Random) -> str | None:
    """A label comes, goes, is called otherwise, or all of them stand in another order."""
    if not spec.get("types"):
        return None
    name = random.choice(list(spec["types"]))
    labels = spec["types"][name]["enum"] = [_label(label) for label in spec["types"][name]["enum"]]
    place = random.randrange(len(labels))
    match random.choice(["add", "add", "drop", "rename", "order"]):
        case "drop" if len(labels) > 1:
            return f"drop {labels.pop(place)!r} from the type {name}"
        case "rename":
            labels[place] = {
                "value": _fresh([_label(label) for label in labels], "again"),
                "renamed_from": labels[place],
            }
            return f"rename {labels[place]} of the type {name}"
        case "order":
            random.shuffle(labels)
            return f"put the values of the type {name} in another order"
    labels.insert(place, _fresh(labels, "more"))
    return f"add a value to the type {name}"


def _label(label: Any) -> str:
    return str(label["value"] if isinstance(label, dict) else label)


def _change_nullability(spec: Data, random: Random) -> str:
    name, column, found, _ = _column(spec, random)
    if found.pop("nullable", None):
        sql_defaults = [sql for kind in KINDS if kind.name == found.get("type") for sql in kind.sql_defaults]
        if sql_defaults and "generated" not in found:
            found["backfill"] = {"sql": random.choice(sql_defaults)}
        return f"{name}.{column} is not nullable any more"
    found["nullable"] = True
    return f"{name}.{column} is nullable"


def _change_default(spec: Data, random: Random) -> str | None:
    name, column, found, _ = _column(spec, random)
    if "default" in found and random.random() < 0.5:
        del found["default"]
        return f"drop the default of {name}.{column}"
    kind = BY_NAME.get(found.get("type", "")) if isinstance(found.get("type"), str) else None
    if kind is None or kind.name in {"json", "jsonb"}:
        return None
    found["default"] = kind.value(found, random.randrange(50), random)
    return f"change the default of {name}.{column}"


def _toggle(*keys: str) -> Edit:
    def edit(spec: Data, random: Random) -> str:
        name, column, found, _ = _column(spec, random)
        key = random.choice(keys)
        on = not found.pop(key, False)
        if on:
            found[key] = True
        return f"{name}.{column}: {key} {'on' if on else 'off'}"

    return edit


def _change_value(key: str, *values: Any) -> Edit:
    def edit(spec: Data, random: Random) -> str | None:
        name, column, found, _ = _column(spec, random)
        value = random.choice(values)
        if key == "collation" and isinstance(found.get("type"), dict):
            return None  # of a type that the language does not know
        if value is None or found.get(key) == value:
            found.pop(key, None)
        else:
            found[key] = copy.deepcopy(value)
        return f"{name}.{column}: {key} {found.get(key)}"

    return edit


# Keys, indexes, checks


def _parts(spec: Data, section: str) -> Iterator[tuple[str, Data]]:
    return ((name, table) for name, table in spec["tables"].items() if table.get(section))


def _drop_part(*sections: str) -> Edit:
    def edit(spec: Data, random: Random) -> str | None:
        section = random.choice(sections)
        listed = list(_parts(spec, section))
        if not listed:
            return None
        name, table = random.choice(listed)
        keys = list(table[section]) if isinstance(table[section], dict) else range(len(table[section]))
        del table[section][random.choice(list(keys))]
        return f"drop one of the {section} of {name}"

    return edit


def _add_index(spec: Data, random: Random) -> str:
    name, column, _, table = _column(spec, random)
    index: Data = {"columns": [random.choice([column, f"{column} desc"])], "reason": "Added"}
    if random.random() < 0.2:
        index["where"] = f"{quoted(column)} IS NOT NULL"
    table.setdefault("indexes", []).append(index)
    return f"add an index on {name}.{column}"


def _add_unique(spec: Data, random: Random) -> str:
    name, column, _, table = _column(spec, random)
    table.setdefault("unique", []).append({"columns": [column]})
    return f"add a unique constraint on {name}.{column}"


def _toggle_nulls_distinct(spec: Data, random: Random) -> str | None:
    rules = [
        (name, rule)
        for name, table in spec["tables"].items()
        for rule in (*table.get("unique", []), *(index for index in table.get("indexes", []) if index.get("unique")))
    ]
    if not rules:
        return None
    name, rule = random.choice(rules)
    if rule.pop("nulls_distinct", True):
        rule["nulls_distinct"] = False
    return f"{name}: nulls_distinct {rule.get('nulls_distinct', True)} of a unique rule"


def _add_check(spec: Data, random: Random) -> str:
    name, column, _, table = _column(spec, random)
    key = _fresh(table.get("checks", {}), "added")
    table.setdefault("checks", {})[key] = {"sql": f"{quoted(column)} IS NOT NULL OR {quoted(column)} IS NULL"}
    return f"add a check on {name}.{column}"


def _change_action(spec: Data, random: Random) -> str | None:
    keys = [
        column for table in spec["tables"].values() for column in table["columns"].values() if "references" in column
    ]
    keys += [key for table in spec["tables"].values() for key in table.get("foreign_keys", [])]
    if not keys:
        return None
    key = random.choice(keys)
    what = random.choice(["on_delete", "on_update"])
    key[what] = random.choice(["cascade", "restrict", "no action", "set null"])
    return f"change {what} of a foreign key to {key[what]}"


def _toggle_append_only(spec: Data, random: Random) -> str:
    name, table = _table(spec, random)
    if not table.pop("append_only", None):
        table["append_only"] = random.choice([True, {"deletes": "refuse"}])
    return f"{name}: append_only {table.get('append_only', False)}"


def _reorder(spec: Data, random: Random) -> str:
    name, table = _table(spec, random)
    columns = list(table["columns"].items())
    random.shuffle(columns)
    table["columns"] = dict(columns)
    return f"put the columns of {name} in another order"


EDITS: tuple[Edit, ...] = (
    _add_table,
    _drop_table,
    _rename_table,
    _add_column,
    _add_column,
    _drop_column,
    _rename_column,
    _change_type,
    _change_type,
    _change_enum,
    _change_type_definition,
    _change_nullability,
    _change_nullability,
    _change_default,
    _toggle("unique", "index"),
    _toggle("immutable"),
    _change_value("collation", "C", None),
    _change_value("on_row_update", {"sql": "now()"}, None),
    _change_value("description", "Described anew"),
    _change_value("max_length", 500, 50000),
    _drop_part("indexes", "unique", "checks", "foreign_keys", "examples"),
    _add_index,
    _add_unique,
    _toggle_nulls_distinct,
    _add_check,
    _change_action,
    _toggle_append_only,
    _reorder,
)
