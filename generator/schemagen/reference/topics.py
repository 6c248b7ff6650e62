"""What the guide has a page of its own for: recipes, the SQL that translates, settings, and how things are meant."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from schemagen.base import escape
from schemagen.base.render import render, templates_folder
from schemagen.lint.linting import LEVELS, PROFILE
from schemagen.lint.profiles import Profile
from schemagen.project.settings import (
    DEFAULTS,
    DOCS,
    IGNORE,
    LAYOUTS,
    LINT,
    MEANINGS,
    MODELS,
    OLDEST,
    PAGES,
    PAGES_KEY,
    POSTGRES,
    QUERIES,
    VERIFY,
)

from .topic_names import Topic

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Recipe:
    """A spec that shows how something is said, with what it shows and why so."""

    title: str
    why: str
    spec: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the settings; the value, and what it is when nothing is said, as cells."""

    key: str
    value: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Translation:
    """One kind of SQL that is translated."""

    postgres: str
    sqlite: str
    note: str


def render_topic(topic: Topic) -> str:
    """The page of a topic as Markdown."""
    values: dict[str, object] = {}
    match topic:
        case Topic.SQL:
            values = {"groups": _translations()}
        case Topic.RECIPES:
            values = {"recipes": recipes()}
        case Topic.SETTINGS:
            values = {"settings": settings()}
    return render(f"authors/topics/{topic}.md.jinja", **values).rstrip("\n") + "\n"


def recipes() -> tuple[Recipe, ...]:
    """Every recipe, in the order of their files: the first line of one is its title, further comments say why."""
    files = sorted((templates_folder() / "authors/recipes").glob("*.yaml"))
    return tuple(_recipe(file.read_text(encoding="utf-8")) for file in files)


def _recipe(text: str) -> Recipe:
    lines = text.rstrip("\n").split("\n")
    said = [line.removeprefix("# ") for line in lines if line.startswith("#")]
    return Recipe(said[0], "\n".join(said[1:]), "\n".join(lines[len(said) :]))


_KINDS = (
    (MODELS, "models, request models and query functions"),
    ("migrations", "SQL files and the migrations guide"),
    ("alembic", "`env.py` and the revisions"),
    (DOCS, "documents"),
)


def settings() -> tuple[Setting, ...]:
    """Every key of the settings."""
    folders = (Setting(key, "a folder", f"`{DEFAULTS[key]}`", MEANINGS[key]) for key in DEFAULTS)
    profile = "how much lint asks; each profile has the rules of those before it"
    rules = "a rule of lint by its code or name: its findings are errors, warnings, or are not reported"
    pages = "one page a document, or an index with a page a table: readable at hundreds of tables"
    layouts = "the migrations in the form of another runner, as `export --layout` writes them, kept by each build"
    ignored = "tables that a live database may have besides the specs, or differences, as patterns"
    oldest = "the oldest PostgreSQL that migrations run on: what the specs ask of a newer one is an error"
    return (
        *folders,
        Setting(f"{POSTGRES}.version", f"a number from {OLDEST} on", "none is held against it", oldest),
        Setting(f"{LINT}.{PROFILE}", _one_of(Profile), f'`"{Profile.SAFETY}"`', profile),
        Setting(f"{LINT}.RULE", _one_of(LEVELS), "the rule's own", rules),
        Setting(f"{DOCS}.{PAGES_KEY}", _one_of(PAGES), f'`"{PAGES[0]}"`', pages),
        Setting(f"{LAYOUTS}.RUNNER", "a folder below the output, or `{path = …}`", "none", layouts),
        Setting(f"{VERIFY}.{IGNORE}", "a list of patterns", "`[]`", ignored),
        Setting(f"{MODELS}.{QUERIES}", "a flag", "`true`", "whether each query becomes a function beside the models"),
        *(Setting(f"{kind}.path", "a folder", f"`{kind}` in the output", f"where {what} lie") for kind, what in _KINDS),
        Setting(f"{MODELS}.package", "a dotted name", "the last folder of `path`", "how Python imports the models"),
        Setting("alembic.ini", "a file", "one is written", "the project's own `alembic.ini`, which names that folder"),
    )


def _one_of(values: Iterable[str]) -> str:
    return ", ".join(f'`"{value}"`' for value in values)


def _translations() -> list[tuple[str, list[Translation]]]:
    from schemagen.sql.published import PUBLISHED  # sqlglot

    return [
        (name, [_translation(entry.postgres, entry.sqlite, entry.note) for entry in entries])
        for name, entries in groupby(PUBLISHED, key=lambda entry: entry.group)
    ]


def _translation(postgres: str, sqlite: str, note: str) -> Translation:
    is_prose = sqlite.startswith("the same")
    there = escape.markdown(sqlite) if is_prose else escape.markdown_code(sqlite)
    return Translation(escape.markdown_code(postgres), there, escape.markdown(note))
