"""The pages beside the guide: recipes are proved, settings are read, and what is said to be refused is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.lint.linting import lint, read_lint_settings
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from schemagen.project.settings import (
    DEFAULTS,
    MEANINGS,
    read_ignored,
    read_layouts,
    read_oldest_server,
    read_pages,
    read_places,
    read_query_functions,
    read_rule_levels,
    read_settings,
)
from schemagen.reference import author
from schemagen.reference.topic_names import Topic
from schemagen.reference.topics import Recipe, recipes, settings
from schemagen.verify.runner import Scope, prove

if TYPE_CHECKING:
    from schemagen.databases.servers import Server

ROOT = Path(__file__).parents[2]
RECIPES = recipes()
REFUSED = (
    "SELECT n.id FROM notes n, LATERAL (SELECT 1) AS l",
    "SELECT id FROM notes WHERE to_tsvector('english', body) @@ plainto_tsquery('english', :words)",
    "SELECT made_at AT TIME ZONE 'Europe/Paris' AS made FROM notes",
)


@pytest.mark.parametrize("topic", Topic)
def test_published_topics_are_current(topic: Topic) -> None:
    assert (ROOT / f"docs/guide/{topic}.md").read_text(encoding="utf-8") == author.guide(topic), "run `make docs`"
    assert f"`{topic}`" in author.guide()


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.title for recipe in RECIPES])
def test_a_recipe_is_proved_on_both_engines(recipe: Recipe, tmp_path: Path, postgres18: Server) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    (options.specs / "recipe.yaml").write_text(recipe.spec + "\n", encoding="utf-8")
    loaded = pipeline.load(options)
    assert lint(loaded, read_lint_settings({})) == ()
    pipeline.build(options)
    report = prove(loaded.schema, options.output, Scope(server=postgres18))
    assert report.failures == ()
    assert recipe.why


def test_every_setting_of_the_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", author.guide(Topic.SETTINGS), re.DOTALL)
    (tmp_path / "schemagen.toml").write_text(example, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert set(read_settings()) == set(DEFAULTS) == set(MEANINGS)
    assert read_lint_settings(read_rule_levels()).levels == {"SG518": "error", "SG511": "ignore"}
    assert read_ignored() == ("spatial_*", "legacy_log")
    assert read_query_functions() is False
    places = dict(read_places()["places"])
    assert read_pages() == "table"
    assert read_layouts() == (("dbmate", "dbmate"),)
    assert read_oldest_server() == 16
    assert {setting.key for setting in settings()} - places.keys() == {
        *DEFAULTS,
        "postgres.version",
        "lint.profile",
        "lint.RULE",
        "verify.ignore",
        "models.queries",
        "docs.pages",
        "layouts.RUNNER",
    }


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_not_in_the_language_is_refused(sql: str, tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    columns = (
        "id: {type: integer, primary_key: true}, owner: {type: text}, body: {type: text}, made_at: {type: timestamptz}"
    )
    spec = f'schemagen: 1\ntables: {{notes: {{columns: {{{columns}}}}}}}\nqueries: {{q: {{sql: "{sql}"}}}}\n'
    (options.specs / "notes.yaml").write_text(spec, encoding="utf-8")
    assert pipeline.load(options).failed
