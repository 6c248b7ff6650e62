"""The published JSON Schema: it takes every good spec of the repository, and refuses what it can know to be wrong."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from schemagen.project.pipeline import Options, load
from schemagen.reference.author import language_schema

ROOT = Path(__file__).parents[2]
ERRORS = ROOT / "tests/cases/errors"
GOOD = sorted(
    [
        *ROOT.glob("specs/**/*.yaml"),
        *ROOT.glob("tests/cases/build/**/*.yaml"),
        *ROOT.glob("tests/cases/lint/**/*.yaml"),
    ]
)

ALWAYS_KNOWN = frozenset({"SG101", "SG102", "SG103", "SG104", "SG106", "SG107", "SG108", "SG111"})
"""Mistakes that need nothing but the language to be seen."""

ALSO_KNOWN = frozenset(
    {
        "autoincrement", "default_null", "foreign_type", "generated_with_default",
        "enum_with_a_value_twice", "identity_nullable", "identity_with_default", "immutable_with_on_row_update",
        "index_element_with_column_and_sql", "json_default_written_as_mapping", "nullable_primary_key",
        "on_delete_without_references",
        "references_without_column", "serial", "set_null_on_not_null", "touch_without_references", "type_and_enum",
        "volume_that_is_no_number",
    }
)  # fmt: skip


class _Loader(yaml.SafeLoader):
    """As editors read YAML: their own guesses for numbers and booleans, but dates stay text."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(language_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: str(path.relative_to(ROOT)))
def test_good_specs_fit(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(read(path))]
    assert problems == []


def cases() -> list[Path]:
    """The bad specs that an editor can read at all."""
    found = []
    for folder in sorted(ERRORS.iterdir()):
        with contextlib.suppress(yaml.YAMLError):
            read(folder / "spec.yaml")
            found.append(folder)
    return found


@pytest.mark.parametrize("folder", cases(), ids=lambda folder: folder.name)
def test_bad_specs_are_refused_where_the_schema_can_know(
    folder: Path, validator: jsonschema.Draft202012Validator
) -> None:
    codes = {found.code for found in load(Options(specs=folder)).diagnostics}
    is_refused = not validator.is_valid(read(folder / "spec.yaml"))
    if codes & ALWAYS_KNOWN or folder.name in ALSO_KNOWN:
        assert is_refused
    if not codes:
        assert not is_refused


def test_every_key_is_described_with_an_example() -> None:
    schema = json.loads(language_schema())
    for name, part in {"SpecFile": schema, **schema["$defs"]}.items():
        for key, value in part.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}"
            assert "examples" in value, f"{name}.{key}"
