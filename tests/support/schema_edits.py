"""Random successors of a spec: a few edits, each of which leaves it valid."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from schemagen.base.diagnostics import Severity
from schemagen.project.pipeline import Options, load
from support.edits_of_rules import (
    add_check,
    add_index,
    add_unique,
    change_action,
    change_state,
    drop_part,
    reorder,
    toggle_append_only,
    toggle_nulls_distinct,
)
from support.edits_of_tables import (
    add_column,
    add_table,
    change_default,
    change_enum,
    change_nullability,
    change_type,
    change_type_definition,
    change_value,
    drop_column,
    drop_table,
    rename_column,
    rename_table,
    store_virtual,
    toggle,
    toggle_stored,
)
from support.schemas import as_yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from support.schema_values import Data

    Edit = Callable[[Data, Random], str | None]

ATTEMPTS = 8


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


EDITS: tuple[Edit, ...] = (
    add_table,
    drop_table,
    rename_table,
    add_column,
    add_column,
    drop_column,
    rename_column,
    change_type,
    change_type,
    change_enum,
    change_type_definition,
    change_nullability,
    change_nullability,
    change_default,
    toggle("unique", "index"),
    toggle("immutable"),
    toggle_stored,
    store_virtual,
    change_value("collation", "C", None),
    change_value("on_row_update", {"sql": "now()"}, None),
    change_value("description", "Described anew"),
    change_value("max_length", 500, 50000),
    drop_part("indexes", "unique", "checks", "foreign_keys", "examples"),
    add_index,
    add_unique,
    change_state,
    toggle_nulls_distinct,
    add_check,
    change_action,
    toggle_append_only,
    reorder,
)
