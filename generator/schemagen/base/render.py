"""The one Jinja environment: strict, without cleverness, over the templates of the checkout or of the wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import escape

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def templates_folder() -> Path:
    """Where the templates are: inside the installed package, else at the top of the checkout."""
    packaged = Path(__file__).parents[1] / "templates"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "templates"


@cache
def environment() -> Environment:
    """The environment of every template; an undefined name is an error, nothing is escaped by itself."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # heavy: only a build that writes needs it

    made = Environment(  # noqa: S701  (no HTML comes out of here; escape.py has a filter for each place text can stand)
        loader=FileSystemLoader(templates_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters.update(escape.FILTERS)
    return made


@cache
def _template(path: str) -> Template:
    """A template, found once: Jinja's own look-up costs more than rendering a small one."""
    return environment().get_template(path)


def render(template: str, **values: Any) -> str:
    """The text of a template, named by its path below ``templates/``."""
    return _template(template).render(values)
