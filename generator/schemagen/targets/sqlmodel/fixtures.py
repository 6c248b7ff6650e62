"""Fixtures of pytest for the application's tests: both engines with the example rows, each test rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.render import render as render_template
from schemagen.targets.python_code import Call, Named, Text, layout, quoted
from schemagen.targets.seeds import seeds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema

_ENGINES: Mapping[str, DialectName] = {"sqlite": "sqlite", "postgresql": "postgres"}
_BEFORE = len("EXAMPLES: dict[str, list[str]] = ")


def render(schema: Schema, package: str) -> dict[str, str]:
    """The module, by its path; ``package`` is how the models are imported."""
    lists = {
        engine: Call("", *(Text(each.sql) for each in seeds(schema, dialect)), brackets="[]")
        for engine, dialect in _ENGINES.items()
    }
    examples = Call("", *(Named(quoted(engine), found, ": ") for engine, found in lists.items()), brackets="{}")
    text = render_template("sqlmodel/fixtures.py.jinja", package=package, examples=layout(examples, before=_BEFORE))
    return {"models/fixtures.py": text}
