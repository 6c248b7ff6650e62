"""Random edits of a spec: keys, indexes, checks, and what a table refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.edits_of_tables import a_column, a_table, fresh
from support.schema_drafts import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from support.schema_values import Data

    Edit = Callable[[Data, Random], str | None]


def parts(spec: Data, section: str) -> Iterator[tuple[str, Data]]:
    return ((name, table) for name, table in spec["tables"].items() if table.get(section))


def drop_part(*sections: str) -> Edit:
    def edit(spec: Data, random: Random) -> str | None:
        section = random.choice(sections)
        listed = list(parts(spec, section))
        if not listed:
            return None
        name, table = random.choice(listed)
        keys = list(table[section]) if isinstance(table[section], dict) else range(len(table[section]))
        del table[section][random.choice(list(keys))]
        return f"drop one of the {section} of {name}"

    return edit


def add_index(spec: Data, random: Random) -> str:
    name, column, _, table = a_column(spec, random)
    index: Data = {"columns": [random.choice([column, f"{column} desc"])], "reason": "Added"}
    if random.random() < 0.2:
        index["where"] = f"{quoted(column)} IS NOT NULL"
    table.setdefault("indexes", []).append(index)
    return f"add an index on {name}.{column}"


def add_unique(spec: Data, random: Random) -> str:
    name, column, _, table = a_column(spec, random)
    table.setdefault("unique", []).append({"columns": [column]})
    return f"add a unique constraint on {name}.{column}"


def toggle_nulls_distinct(spec: Data, random: Random) -> str | None:
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


def change_state(spec: Data, random: Random) -> str | None:
    rules: list[Data] = [
        rule
        for table in spec["tables"].values()
        for rule in (
            *table.get("checks", {}).values(),
            *table.get("foreign_keys", []),
            *(column for column in table["columns"].values() if "references" in column),
        )
        if "only" not in rule and rule.get("enforced", True)
    ]
    if not rules:
        return None
    rule = random.choice(rules)
    before = rule.pop("state", None)
    if state := random.choice([each for each in (None, "not_valid", "not_enforced") if each != before]):
        rule["state"] = state
    return f"a rule that was {before} is {state}"


def add_check(spec: Data, random: Random) -> str:
    name, column, _, table = a_column(spec, random)
    key = fresh(table.get("checks", {}), "added")
    table.setdefault("checks", {})[key] = {"sql": f"{quoted(column)} IS NOT NULL OR {quoted(column)} IS NULL"}
    return f"add a check on {name}.{column}"


def change_action(spec: Data, random: Random) -> str | None:
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


def toggle_append_only(spec: Data, random: Random) -> str:
    name, table = a_table(spec, random)
    if not table.pop("append_only", None):
        table["append_only"] = random.choice([True, {"deletes": "refuse"}])
    return f"{name}: append_only {table.get('append_only', False)}"


def reorder(spec: Data, random: Random) -> str:
    name, table = a_table(spec, random)
    columns = list(table["columns"].items())
    random.shuffle(columns)
    table["columns"] = dict(columns)
    return f"put the columns of {name} in another order"
