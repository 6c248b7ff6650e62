"""docs/tour.md: three states of a small spec, and all that build wrote for each."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from schemagen.cli.reports.review import as_markdown
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from schemagen.project.review import review

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

TITLES = (
    "A first build",
    "A column gets another name, an enum one more value",
    "A column comes, and the index that the query needs goes with it",
)
HEAD = """<!-- Made from tests/cases/tour: edit that. -->
# A tour: one spec, built three times

Each state of `specs/notes.yaml`, what `schemagen diff` says of it below a pull request, and every file that
`schemagen build` then writes or changes, but for what is nearly the same in every project (lock, helpers, guide)
or stands elsewhere on this page (the asynchronous queries, the whole schema in one file). A test proves all of it.
"""
LANGUAGES = {".sql": "sql", ".py": "python", ".md": "markdown"}
LEFT_OUT = ("_*.py", "env.py", "statements.py", "handlers.py", "aqueries.py", "README.md", "schema.*.sql")


def tour(specs: Sequence[Path], folder: Path) -> str:
    """The page, of builds in a folder."""
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    return "\n".join([HEAD, *(line for place in range(len(specs)) for line in _state(specs, place, options))])


def _state(specs: Sequence[Path], place: int, options: Options) -> Iterator[str]:
    text = specs[place].read_text(encoding="utf-8")
    yield f"## {place + 1}. {TITLES[place]}\n"
    yield from _fenced("diff", _changes(specs[place - 1].read_text("utf-8"), text)) if place else _fenced("yaml", text)
    (options.specs / "notes.yaml").write_text(text, encoding="utf-8")
    before = _files(options.output)
    if place:
        yield "`schemagen diff`:\n"
        said = as_markdown(review(options, sql=False)).replace(f"{options.output}/", "output/")
        yield from (f"> {line}".rstrip() for line in said.splitlines())
        yield ""
    pipeline.build(options)
    yield "`schemagen build` writes:\n"
    for path, content in _files(options.output).items():
        if path not in before:
            yield from _folded(path, LANGUAGES[path[path.rindex(".") :]], content)
        elif before[path] != content:
            yield from _folded(f"{path}, changed", "diff", _changes(before[path], content))


def _files(output: Path) -> dict[str, str]:
    """What a person reads of an output: path → text."""
    return {
        path.relative_to(output).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(output.rglob("*"))
        if path.suffix in LANGUAGES and not any(map(path.match, LEFT_OUT)) and ".schemagen" not in path.parts
    }


def _changes(before: str, after: str) -> str:
    lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]
    return "\n".join(line.rstrip() for line in lines)


def _fenced(language: str, text: str) -> Iterator[str]:
    fence = "````" if "```" in text else "```"
    yield f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def _folded(title: str, language: str, text: str) -> Iterator[str]:
    yield f"<details><summary>{title}</summary>\n"
    yield from _fenced(language, text)
    yield "</details>\n"
