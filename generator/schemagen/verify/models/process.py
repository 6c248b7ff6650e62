"""The models of an output folder, imported in a process of their own: our side of ``driver.py``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any, Self

from schemagen.base.tree import tree_of
from schemagen.databases import refusals
from schemagen.databases.urls import ENVIRONMENT
from schemagen.schema.codec import encode

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from schemagen.base.layout import Output
    from schemagen.schema.model import Schema


class ModelsError(Exception):
    """What generated models or revisions have raised."""


class Models:
    """A process that imports generated models and answers; ``load`` comes first, and may come again."""

    def __init__(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the process)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "schemagen.verify.models.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            env={name: value for name, value in os.environ.items() if name not in ENVIRONMENT},
        )

    def load(self, output: Output, schema: Schema) -> dict[str, Any]:
        """Import the models of an output folder: their tables, classes, relationships and attributes.

        Raises:
            ModelsError: when they cannot be imported.
        """
        tree = tree_of(output)
        folder, ini = (os.path.realpath(place) for place in (tree.located("models"), tree.alembic_ini))
        return self._call("load", package=tree.package, folder=folder, ini=ini, schema=encode(schema))

    def create_all(self, url: str) -> None:
        """Make every table of the models."""
        self._call("create_all", url=url)

    def drop_all(self, url: str) -> None:
        """Drop every table of the models."""
        self._call("drop_all", url=url)

    def alembic(self, url: str, command: str, revision: str) -> None:
        """``alembic upgrade head`` and its like, with the revisions of the folder."""
        self._call("alembic", url=url, command=command, revision=revision)

    def read_edited(self, reader: str, file: Path, engine: str) -> str:
        """What the revisions' reader says of an SQL file that was edited; empty where they would run it."""
        call = {"reader": os.path.realpath(reader), "file": os.path.realpath(file), "engine": engine}
        refusal: str = self._call("read_edited", **call)["refusal"]
        return refusal

    def session(self, url: str, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Steps in one session, undone afterwards; each result has a ``value`` or an ``error``."""
        seconds = refusals.STATEMENT_SECONDS
        results: list[dict[str, Any]] = self._call("session", url=url, steps=steps, seconds=seconds)["results"]
        return results

    def _call(self, name: str, **arguments: Any) -> dict[str, Any]:
        assert self._process.stdin  # noqa: S101  (it was asked for)
        assert self._process.stdout  # noqa: S101
        try:
            self._process.stdin.write(f"{json.dumps({'call': name, **arguments})}\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._log.seek(0)
            raise ModelsError(f"the process of the models ended: {self._log.read()[-500:].decode(errors='replace')}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ModelsError(answer["error"])
        return answer

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process; at once where something has gone wrong, as it may be waiting for a server."""
        if kind is not None:
            self._process.kill()
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()
