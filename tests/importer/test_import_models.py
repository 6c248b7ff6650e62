"""Models of a SQLite database that was there before: they write the text that it has, and find its rows."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.cli.commands import run
from support.engines import open_sqlite

if TYPE_CHECKING:
    import pytest

SCHEMA = """
CREATE TABLE notes (id INTEGER PRIMARY KEY, made_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, at TIME);
CREATE TABLE visits (
    id INTEGER PRIMARY KEY, began_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, seen BOOL NOT NULL DEFAULT 'false', tags JSON,
    key UUID
);
INSERT INTO notes VALUES (1, '2026-05-01 12:00:00', '12:00:00');
INSERT INTO visits VALUES (1, '2026-05-01 12:00:00', 'false', '["a"]', '6f1c1c52-6d55-4e22-8a3b-0d6b3d1c2a11');
"""

USE = """
import datetime as dt, sys, uuid
sys.path.insert(0, "output")
from models import Note, Visit
from sqlmodel import Session, create_engine, select

noon, morning = dt.datetime(2026, 5, 1, 12), dt.datetime(2026, 5, 1, 8)
with Session(create_engine(sys.argv[1])) as session:
    session.add(Note(id=2, made_at=morning, at=dt.time(8)))
    session.add(Visit(id=2, began_at=morning, seen=True, tags=["b"], key=uuid.UUID(int=1)))
    session.commit()
    session.expire_all()
    for model, column in ((Note, Note.made_at), (Visit, Visit.began_at), (Note, Note.at)):
        later, earlier = (noon, morning) if column is not Note.at else (noon.time(), morning.time())
        assert [one.id for one in session.exec(select(model).order_by(column))] == [2, 1]
        assert [one.id for one in session.exec(select(model).where(column < later))] == [2]
        assert [one.id for one in session.exec(select(model).where(column == later))] == [1]
        assert [one.id for one in session.exec(select(model).where(column == earlier))] == [2]
    first, second = session.exec(select(Visit).order_by(Visit.id)).all()
    assert (first.began_at, first.seen, first.tags) == (noon, False, ["a"])
    assert (second.began_at, second.seen, second.tags) == (morning, True, ["b"])
    assert first.key == uuid.UUID("6f1c1c52-6d55-4e22-8a3b-0d6b3d1c2a11") and second.key == uuid.UUID(int=1)
"""


def test_models_write_the_text_that_the_database_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_sqlite("old.db")) as connection:
        connection.executescript(SCHEMA)
    assert run(["import", "old.db", "--adopt"]) == 0
    command = [sys.executable, "-c", USE, f"sqlite:///{Path('old.db')}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with closing(open_sqlite("old.db")) as connection:
        kept = connection.execute("SELECT made_at, at FROM notes UNION ALL SELECT began_at, key FROM visits").fetchall()
    assert kept[1] == ("2026-05-01 08:00:00", "08:00:00")
    assert kept[3] == ("2026-05-01 08:00:00", "00000000-0000-0000-0000-000000000001")
