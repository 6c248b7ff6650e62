"""Six user stories with generated models and by hand: the second table of ``make bench-models``.

Lines are those with code. Statements are what SQLite gets in one walk through all stories, an account with ten tasks;
CPU is a ratio over many walks, the median of several pairs. A mistake is one replacement in the stories; it counts as
found where ``mypy --strict`` complains.
"""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).parent
SPEC = HERE.parents[1] / "specs/accounts-and-tasks.yaml"
HASH = "$2b$12$" + "x" * 53
TASKS, WALKS, PAIRS = 10, 100, 5
SIDES = ("generated", "by_hand")

_LOGIN = ("found.password_hash if found else None", "found.password_hash")
_TITLE = ("task.title for", "task.titel for")
MISTAKES = {
    "a misspelt column": (("login(session, email=", "login(session, mail="), ("User.email ==", "User.mail ==")),
    "a value that is needed is left out": ((", title=title", ""), (", title=title", "")),
    "text where a key belongs": (
        ("user_id=user_id)]", "user_id='1')]"),
        ("user_id == user_id, col", "user_id == '1', col"),
    ),
    "a label that no rule allows": (('"high"', '"urgent"'), ('"high"', '"urgent"')),
    "an account that may not be there": (_LOGIN, _LOGIN),
    "a misspelt result": (_TITLE, _TITLE),
    "a number where text belongs": (("title=title", "title=5"), ("title=title", "title=5")),
    "two keys in each other's place": (
        (
            "toggle_task(session, task_id=task_id, user_id=user_id",
            "toggle_task(session, task_id=user_id, user_id=task_id",
        ),
        ("Task.id == task_id, Task.user_id == user_id", "Task.id == user_id, Task.user_id == task_id"),
    ),
    "a condition on a column of another type": (
        ("user_id=user_id)]", "user_id=True)]"),
        ("col(Task.completed).is_(False)", "Task.completed == 'no'"),
    ),
}
"""What is replaced by what, on each side."""


def lines(file: Path) -> int:
    """How many lines of a file have code."""
    text = re.sub(r'"""[^"]*"""', "", file.read_text(encoding="utf-8"))
    return sum(1 for line in text.splitlines() if line.strip())


def walk(side: ModuleType, session: Session, number: int) -> None:
    """Every story once, an account with some tasks."""
    email = f"ann{number}@example.org"
    user = side.sign_up(session, email, HASH)
    assert side.hash_of(session, email) == HASH
    tasks = [side.add_task(session, user, f"task {each}") for each in range(TASKS)]
    assert side.toggle(session, tasks[0], user) is True
    assert len(side.open_titles(session, user)) == TASKS - 1
    assert side.delete_account(session, user)


def engine_of(name: str) -> sa.Engine:
    """A database in memory with the tables of a side, as each side makes its engine."""
    importlib.import_module(name)
    models: Any = importlib.import_module("models")
    make, base = (models.make_engine, models.Base) if name == "generated" else (sa.create_engine, SQLModel)
    engine: sa.Engine = make("sqlite://")
    base.metadata.create_all(engine)
    return engine


def statements(name: str) -> int:
    """How many statements one walk sends."""
    engine, sent = engine_of(name), list[str]()
    sa.event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    with Session(engine) as session:
        walk(importlib.import_module(name), session, 0)
    return len(sent)


def seconds(name: str) -> float:
    """The CPU time of many walks, once everything is warm."""
    side = importlib.import_module(name)
    with Session(engine_of(name)) as session:
        walk(side, session, 0)
        began = time.process_time()
        for number in range(1, WALKS + 1):
            walk(side, session, number)
        return time.process_time() - began


def found_by_mypy(folder: Path) -> dict[str, list[str]]:
    """The sides on which each mistake is found."""
    for number, mistake in enumerate(MISTAKES.values()):
        for name, (good, bad) in zip(SIDES, mistake, strict=True):
            text = (HERE / f"{name}.py").read_text(encoding="utf-8")
            assert good in text, good
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
            (folder / f"{name}_{number}.py").write_text(text.replace(good, bad), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--config-file=",
        *(file.name for file in folder.glob("*.py")),
    ]
    reported = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    assert not any(f"{name}.py:" in reported for name in SIDES), reported
    return {
        title: [name for name in SIDES if f"{name}_{number}.py:" in reported] for number, title in enumerate(MISTAKES)
    }


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as temporary:
        folder = Path(temporary)
        (folder / "specs").mkdir()
        shutil.copy(SPEC, folder / "specs")
        build(Options(folder / "specs", folder / "output"))
        shutil.move(folder / "output/models", folder / "models")
        sys.path[:0] = [str(folder), str(HERE)]
        written, sent = {name: lines(HERE / f"{name}.py") for name in SIDES}, {name: statements(name) for name in SIDES}
        pairs = [(seconds("generated"), seconds("by_hand")) for _ in range(PAIRS)]
        found = found_by_mypy(folder)
    print("| | Generated | By hand |\n| --- | ---: | ---: |")
    print(f"| Lines of code | {written['generated']} | {written['by_hand']} |")
    print(f"| Statements | {sent['generated']} | {sent['by_hand']} |")
    print(f"| CPU | {median(one / other for one, other in pairs):.2f} | 1 |")
    counts = (sum(name in sides for sides in found.values()) for name in SIDES)
    print("| Mistakes found by mypy, of {} | {} | {} |".format(len(found), *counts))
    for title, sides in found.items():
        print(f"| - {title} | {' | '.join('found' if name in sides else '' for name in SIDES)} |")


if __name__ == "__main__":
    main()
