"""What `lint` printed of the same project, printed again at once.

It is kept in the work folder of the output, and only where a build has made one; its name is a hash of the flags, and
it begins with a hash of everything that `lint` reads: specs, settings, lock, program, and what the terminal is. What
was cut off or edited is passed over, and `lint` runs. (``layout`` says why the imports are so few.)
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256

from schemagen.base.layout import LOCK_FILE, WORK_FOLDER, read_generated, seal

TYPE_CHECKING = False  # mypy and ruff take this name for typing's
if TYPE_CHECKING:
    from collections.abc import Sequence

_SWITCHES = {"--strict", "--statistics"}
_VALUED = {"--specs", "--output", "--format", "--profile"}
_ENVIRONMENT = ("NO_COLOR", "TERM", "SCHEMAGEN_DEBUG")


class Recall:
    """The place of one command's output in the work folder, and the hash that it has to begin with."""

    def __init__(self, path: str, key: str) -> None:
        self._path = path
        self._key = key

    def printed(self) -> tuple[str, int] | None:
        """What the command printed, and its exit code; None where it has to run."""
        try:
            key, own, code, text = read_generated(self._path).decode().split("\0", 3)
            if (key, own) != (self._key, _hash(code, text)):
                return None
            return text, int(code)
        except (OSError, ValueError):
            return None

    def keep(self, text: str, code: int) -> None:
        """Keep what the command has printed; where that can't be, the next one runs."""
        half = f"{self._path}.{os.getpid()}"
        try:
            with open(half, "x", encoding="utf-8", newline="") as file:  # noqa: PTH123
                file.write("\0".join([self._key, _hash(str(code), text), str(code), text]))
            os.replace(half, self._path)  # noqa: PTH105
        except (OSError, ValueError):
            return


def recall(arguments: Sequence[str]) -> Recall | None:
    """Where the output of a plain `lint` would be; None for other commands and flags, and where no build has been."""
    flags = _flags(arguments)
    if flags is None or (sys.stdout.encoding or "").lower() != "utf-8":
        return None

    from schemagen.project.fingerprint import of_inputs
    from schemagen.project.settings import read_rule_levels, read_settings, read_written, settings_key

    try:
        settings, key = read_settings(**flags), settings_key(**read_written(flags.get("output")))
        levels = repr(read_rule_levels())
    except Exception:  # noqa: BLE001  (the command itself tells what is wrong with the settings)
        return None
    specs, output = settings["specs"], settings["output"]
    place, inputs = seal(output), of_inputs(specs, key)
    if place is None or inputs is None:
        return None
    terminal = (str(sys.stdout.isatty()), *(os.environ.get(name, "") for name in _ENVIRONMENT))
    key = _hash(*arguments, place, inputs, levels, specs, output, os.getcwd(), _lock(output), *terminal)  # noqa: PTH109
    return Recall(f"{output}/{WORK_FOLDER}/lint-{_hash(*arguments)[:2]}", key)


def _flags(arguments: Sequence[str]) -> dict[str, str | None] | None:
    """The folders that a `lint` names; None where it is another command, repairs files or reads standard input."""
    if not arguments or arguments[0] != "lint":
        return None
    folders: dict[str, str | None] = {}
    words = iter(arguments[1:])
    for word in words:
        flag, equals, value = word.partition("=")
        if flag in _VALUED:
            given = value if equals else next(words, None)
            if flag in {"--specs", "--output"}:
                folders[flag[2:]] = given
        elif word.startswith("-") and word not in _SWITCHES:
            return None
    return folders if all(folders.values()) else None


def _lock(output: str) -> str:
    try:
        return sha256(read_generated(f"{output}/{LOCK_FILE}")).hexdigest()
    except OSError as error:
        return str(error)


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()
