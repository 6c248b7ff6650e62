"""Commands of Alembic, each in a process of its own that is forked from one which has imported Alembic already."""

from __future__ import annotations

import io
import os
import traceback
import warnings
from multiprocessing import get_context
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "alembic.command",
        "sqlmodel",
        "sqlalchemy.dialects.sqlite.pysqlite",
        "sqlalchemy.dialects.postgresql.psycopg",
        "psycopg",
    ]
)


def run_alembic(ini: Path, url: str, folder: Path, *commands: str, strict: bool = True) -> str:
    """Run commands such as ``upgrade:head`` in one process, from a folder: what they print; ``strict``: no warnings."""
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(
        target=_run, args=(theirs, str(ini), url, str(folder), commands, "error" if strict else "default")
    )
    process.start()
    theirs.close()
    try:
        printed, error = ours.recv()
    finally:
        ours.close()
        process.join()
    assert not error, printed + error
    return str(printed)


def _run(
    pipe: Connection, ini: str, url: str, folder: str, commands: tuple[str, ...], action: Literal["error", "default"]
) -> None:
    from alembic import command
    from alembic.config import Config

    os.chdir(folder)
    os.environ["DATABASE_URL"] = url
    printed, error = io.StringIO(), ""
    config = Config(ini, stdout=printed)
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        try:
            for word in commands:
                name, _, argument = word.partition(":")
                getattr(command, name)(config, *([argument] if argument else []))
        except BaseException:  # noqa: BLE001  (it is the other process that fails)
            error = traceback.format_exc()
    pipe.send((printed.getvalue(), error))
