"""Every command of the README runs as it stands, in a copy of the checkout, and prints what the README shows.

Blocks are fenced as ``console`` (lines that begin with ``$ `` are commands, what follows is their output, ``...``
stands for anything) or ``bash`` (every line is part of one script). A block right after ``<!-- not run: REASON -->`` is
not run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from schemagen.databases.embedded import embedded_server
from schemagen.databases.servers import connect
from support.docs_reader import dead_links, tokens, untidy

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
NOT_RUN = re.compile(r"<!--\s*not run: (.+?)\s*-->")
COPIED = ("specs", "output", "docs", "README.md", "pyproject.toml", "Makefile", "benchmarks", "tests/cases")
SET_UP = re.compile(r"^(make|git clone|cd|uv) |-m venv |pip install |-m pytest")
"""What sets a checkout up, runs its tests or leaves the folder: CI does these itself, before and after this test."""


@dataclass(frozen=True)
class Command:
    """A command and the output that is shown below it; None where none is shown."""

    line: int
    text: str
    shown: str | None = None


def commands(markdown: str) -> list[Command]:
    """The commands of all blocks that are run, in order."""
    found: list[Command] = []
    suppressed = False
    for token in tokens(markdown):
        if token.type == "html_block" and NOT_RUN.search(token.content):
            suppressed = True
            continue
        if token.type == "fence" and token.info in {"console", "bash", "sh", "shell"} and not suppressed:
            line = (token.map or [0])[0] + 2
            found += _of_console(token.content, line) if token.info == "console" else [Command(line, token.content)]
        suppressed = False
    return found


def _of_console(block: str, line: int) -> list[Command]:
    found: list[Command] = []
    for number, text in enumerate(block.splitlines(), start=line):
        if text.startswith("$ "):
            found.append(Command(number, text[2:]))
        elif found and found[-1].text.endswith("\\"):
            found[-1] = Command(found[-1].line, f"{found[-1].text}\n{text.removeprefix('> ')}")
        elif found:
            last = found[-1]
            found[-1] = Command(last.line, last.text, f"{last.shown or ''}{text}\n")
    return found


def matches(shown: str, printed: str) -> bool:
    """Whether an output is what the README shows, ``...`` standing for anything and spaces at line ends for nothing."""
    pattern = r".*?".join(re.escape(_tidy(part)) for part in shown.strip().split("..."))
    return re.fullmatch(pattern, _tidy(printed.strip()), re.DOTALL) is not None


def _tidy(text: str) -> str:
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


def run_all(found: list[Command], folder: Path) -> list[str]:
    """Run commands one after the other in one folder; what went wrong, by line."""
    tools = ROOT / ".venv" / "bin"
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "120"}
    wrong = []
    for command in found:
        if SET_UP.search(command.text.strip()):
            continue
        done = subprocess.run(
            ["bash", "-c", f"set -eu -o pipefail\n{command.text}"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        shows_failure = command.shown is not None and "error" in command.shown
        if done.returncode and not shows_failure:
            wrong.append(f"line {command.line}: {command.text!r} ended with {done.returncode}: {done.stdout}")
        elif command.shown is not None and not matches(command.shown, done.stdout):
            wrong.append(f"line {command.line}: {command.text!r} printed {done.stdout!r}")
    return wrong


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in COPIED:
        source, place = ROOT / name, tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns(".schemagen", "__pycache__"))
        elif source.exists():
            shutil.copy(source, place)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def test_every_command_of_the_readme_runs_and_prints_what_is_shown(checkout: Path) -> None:
    assert run_all(commands(README.read_text(encoding="utf-8")), checkout) == []


@pytest.mark.xdist_group("import")
def test_every_command_of_the_page_on_imports_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    found = commands(page)
    (shop,) = re.findall(r"<<'SQL'\n(.+?)^SQL$", page, re.DOTALL | re.MULTILINE)
    with embedded_server().database() as url:
        with connect(url, autocommit=True) as connection:
            connection.execute(shop)
        monkeypatch.setenv("DATABASE_URL", url)
        assert run_all(found, tmp_path) == []


def test_every_command_of_the_tutorial_runs(tmp_path: Path) -> None:
    found = commands((ROOT / "docs/tutorial.md").read_text(encoding="utf-8"))
    (entered,) = [number for number, command in enumerate(found) if command.text == "cd shop"]
    assert run_all(found[:entered], tmp_path) == []
    assert run_all(found[entered + 1 :], tmp_path / "shop") == []


def test_every_link_of_the_readme_leads_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    inside = {"README.md": re.sub(r"\]\((https?:|mailto:)[^)]*\)", "](README.md)", text)}
    known = {path.relative_to(ROOT).as_posix() for name in COPIED for path in (ROOT / name, *(ROOT / name).rglob("*"))}
    assert [link for link in dead_links(inside, known) if not (ROOT / link.split(": ")[1].split("#")[0]).exists()] == []
    assert untidy(text) == []


SAMPLE = """
# Sample

```console
$ echo one two
one two
$ printf 'a\\nb\\nc\\n'
a
...
c
$ echo \\
> joined
joined
```

```bash
mkdir made
touch made/here
```

```yaml
schemagen: 1
```

<!-- not run: it needs a server -->
```console
$ false
```

```console
$ ls made
here
$ make demo
```
"""


def test_the_runner_finds_and_runs_commands(tmp_path: Path) -> None:
    found = commands(SAMPLE)
    assert [command.line for command in found] == [5, 7, 11, 17, 31, 33]
    assert found[0] == Command(5, "echo one two", "one two\n")
    assert found[-1].shown is None
    assert run_all(found, tmp_path) == []


def test_the_runner_sees_what_is_wrong(tmp_path: Path) -> None:
    text = "```console\n$ echo one\ntwo\n$ exit 3\n```\n\n```bash\nfalse\ntrue\n```\n"
    wrong = run_all(commands(text), tmp_path)
    assert [line.partition(":")[0] for line in wrong] == ["line 2", "line 4", "line 8"]


SPECS = [
    (page, token.content)
    for page in ("README.md", "docs/agents.md", "docs/import.md")
    for token in tokens((ROOT / page).read_text(encoding="utf-8"))
    if token.type == "fence" and token.info == "yaml" and "schemagen: 1" in token.content
]


@pytest.mark.parametrize(("page", "text"), SPECS, ids=[f"{page}-{number}" for number, (page, _) in enumerate(SPECS)])
def test_every_spec_of_the_pages_builds(page: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "sample.yaml").write_text(text, encoding="utf-8")
    assert run_all([Command(1, "schemagen build"), Command(2, "schemagen check")], tmp_path) == [], page
