"""The spec language on one page, made from its definition: for people and agents who write specs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemagen.base import escape
from schemagen.base.render import render
from schemagen.schema.type_spellings import SPELLINGS
from schemagen.spec.column_definition import ApiSpec, ColumnSpec, TypeByEngine
from schemagen.spec.constraint_definition import CheckSpec, ForeignKeySpec, PrimaryKeySpec, Reference, UniqueSpec
from schemagen.spec.definition import QuerySpec, SpecFile, SqliteSpec, TableSpec, VolumeSpec
from schemagen.spec.full_text_definition import FullTextSpec
from schemagen.spec.index_definition import ElementSpec, IndexSpec
from schemagen.spec.object_definition import ObjectSpec, ViewSpec
from schemagen.spec.place_definition import PostgresSpec
from schemagen.spec.sql_definition import SqlByEngine
from schemagen.spec.step_definition import BatchSpec, ProofSpec, StepSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the language: how it is written, and what it means."""

    example: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Section:
    """The keys of one place in a spec."""

    title: str
    keys: tuple[Key, ...]


_PLACES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("A file", SpecFile),
    ("A table: `tables: {NAME: {…}}`", TableSpec),
    ("A column: `columns: {NAME: {…}}`", ColumnSpec),
    ("Requests and answers: `api: {…}`", ApiSpec),
    ("A foreign key: `foreign_keys: [{…}]`", ForeignKeySpec),
    ("A unique constraint: `unique: [{…}]`", UniqueSpec),
    ("A check: `checks: {NAME: {…}}`", CheckSpec),
    ("An index: `indexes: [{…}]`", IndexSpec),
    ("An element of an index: `columns: [{…}]`", ElementSpec),
    ("Words to search: `full_text: [{…}]`", FullTextSpec),
    ("A query pattern: `queries: {NAME: {…}}`", QuerySpec),
    ("A view: `views: {NAME: {…}}`", ViewSpec),
    ("An object of one's own: `objects: {NAME: {…}}`", ObjectSpec),
    ("A step: `steps: {NAME: {…}}`", StepSpec),
    ("Its transactions: `batch: {…}`", BatchSpec),
    ("Its proof: `proof: {…}`", ProofSpec),
    ("The volume: `volume: {…}`", VolumeSpec),
    ("SQLite's options: `sqlite: {…}`", SqliteSpec),
    ("PostgreSQL's place for a table or a view: `postgres: {…}`", PostgresSpec),
    ("A primary key with a name: `primary_key: {…}`", PrimaryKeySpec),
    ("A type for each engine: `type: {…}`", TypeByEngine),
    ("SQL for each engine: `sql: {…}`", SqlByEngine),
)

_SAFE = re.compile(r"[A-Za-z_][\w .>()=':-]*[\w)']|[A-Za-z_]|[0-9]+")
_TRAP = re.compile(r".*(: |:$| #).*")


def render_guide() -> str:
    """The guide as Markdown."""
    text = render(
        "authors/guide.md.jinja",
        sections=[Section(title, tuple(_keys(model))) for title, model in _PLACES],
        types=sorted({str(known) for known in SPELLINGS.values()}),
    )
    return text.rstrip("\n") + "\n"


def _keys(model: type[BaseModel]) -> Iterable[Key]:
    shared = Reference.model_fields
    fields = model.model_fields
    for name in (*(name for name in fields if name not in shared), *(name for name in shared if name in fields)):
        field = fields[name]
        yield Key(escape.markdown_code(f"{field.alias or name}: {_example(field)}"), _meaning(field))


def _meaning(field: FieldInfo) -> str:
    words = (field.description or "").replace("|", "\\|")
    return f"{words} Required." if field.is_required() else words


def _example(field: FieldInfo) -> str:
    return as_flow((field.examples or [""])[0])


def as_flow(value: Any) -> str:
    """A value in YAML's flow style, with quotes only where they are needed."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {as_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_flow, value)) + "]"
    if isinstance(value, str) and _SAFE.fullmatch(value) and not _TRAP.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
