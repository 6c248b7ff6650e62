"""One process of ``models.py``: imports a package of models, uses it, and prints what that took as JSON."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

import pydantic
import sqlalchemy as sa
import sqlmodel
from sqlmodel import Session

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD_HASH = "$2b$12$" + "x" * 53
CALLS = 400
ROUNDS = 9
OBJECTS = 300


def seconds(action: Callable[[], object], times: int = 1) -> float:
    """The CPU time of an action."""
    start = process_time()
    for _ in range(times):
        action()
    return process_time() - start


def import_models() -> dict[str, float]:
    """What the import of the models takes."""
    return {"seconds": seconds(lambda: importlib.import_module("models"))}


def import_all() -> dict[str, float]:
    """What the import of models and request models takes, each of them used once."""

    def both() -> None:
        importlib.import_module("models")
        importlib.import_module("models.api")

    return {"seconds": seconds(both)}


def drop() -> dict[str, float]:
    """What ``drop_all`` takes on SQLite."""
    models: Any = importlib.import_module("models")
    metadata = getattr(models, "Base", sqlmodel.SQLModel).metadata
    engine = getattr(models, "make_engine", sa.create_engine)("sqlite://")
    metadata.create_all(engine)
    return {"seconds": seconds(lambda: metadata.drop_all(engine))}


def calls(url: str) -> dict[str, float]:
    """Functions of queries beside their texts, and the statements of many inserts, in one session."""
    models: Any = importlib.import_module("models")
    queries: Any = importlib.import_module("models.queries")
    engine = models.make_engine(url)
    metadata = getattr(models, "Base", sqlmodel.SQLModel).metadata
    metadata.drop_all(engine)
    metadata.create_all(engine)
    sent: list[str] = []
    with Session(engine) as session:
        user = models.User(email="ann@example.org", password_hash=PASSWORD_HASH)
        session.add(user)
        session.add_all(models.Task(user_id=user.id, title=f"Task {number}") for number in range(10))
        session.commit()
        key = user.id
        engine_name = engine.dialect.name
        plain_key = str(key) if engine_name == "sqlite" else key
        found = {
            "one": _ratio(
                lambda: queries.login(session, email="ann@example.org"),
                _text(session, queries._login._texts[engine_name], email="ann@example.org"),  # noqa: SLF001
            ),
            "ten": _ratio(
                lambda: queries.open_tasks(session, user_id=key),
                _text(session, queries._open_tasks._texts[engine_name], user_id=plain_key),  # noqa: SLF001
            ),
        }
        sa.event.listen(engine, "before_cursor_execute", lambda _1, _2, statement, *_: sent.append(statement))
        session.add_all(models.Task(user_id=key, title=f"Task {number}") for number in range(OBJECTS))
        session.flush()
    return {**found, "statements": sum(statement.startswith("INSERT") for statement in sent)}


def _text(session: Session, text: str, **values: object) -> Callable[[], object]:
    statement = sa.text(text)
    return lambda: session.execute(statement, values).all()


def _ratio(ours: Callable[[], object], plain: Callable[[], object]) -> float:
    seconds(ours, CALLS), seconds(plain, CALLS)
    return median(seconds(ours, CALLS) / seconds(plain, CALLS) for _ in range(ROUNDS))


def main() -> None:
    """Do one task: ``in_use.py TASK PACKAGE [URL]``."""
    task, package, *arguments = sys.argv[1:]
    sys.path.insert(0, str(Path(package)))
    pydantic.TypeAdapter(int)  # loads what every class needs
    tasks: dict[str, Callable[..., dict[str, float]]] = {
        "import": import_models, "import_all": import_all, "drop": drop, "calls": calls,
    }  # fmt: skip
    print(json.dumps(tasks[task](*arguments)))  # noqa: T201


if __name__ == "__main__":
    main()
