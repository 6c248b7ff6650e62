"""The entry of the command line: answers at once when there is nothing to do, else runs the commands.

(``layout`` says why the imports are so few; ``commands`` has the commands and their flags.)
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # mypy and ruff take this name for typing's
if TYPE_CHECKING:
    from collections.abc import Sequence

_INTERRUPTED = 130
_NO_FOLDER = (
    "error SG441 the current folder does not exist any more\n  hint: go to one that is there, with `cd`\n\n1 error"
)
_SIGNALLED = 128
"""What shells report for a program that a signal ended: this and the signal's number; Ctrl-C's is 2."""


def main() -> int:
    """Run the command that ``sys.argv`` names and return its exit code: 0 fine, 1 something to fix, 2 wrong usage."""
    arguments = sys.argv[1:]
    if sys.stdout is None:  # closed, as `>&-` does: the work is done all the same
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    try:
        os.getcwd()  # noqa: PTH109
    except FileNotFoundError:
        print(_NO_FOLDER)  # noqa: T201
        return 1
    try:
        output = unchanged_output(arguments)
        if output is not None:
            from schemagen.base.layout import up_to_date

            print(up_to_date(output))  # noqa: T201  (this is a command line)
            code = 0
        else:
            code = _recalled(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # the reader has gone, as `head` does; nothing more can be reported
        return _reported_nothing()
    except OSError as error:  # what was printed could not be written
        print(f"schemagen: standard output can't be written: {error.strerror}", file=sys.stderr)  # noqa: T201
        return _reported_nothing()
    return code


def _reported_nothing() -> int:
    """Let Python end without another try to write what is left of the output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _recalled(arguments: Sequence[str]) -> int:
    """Print what a command printed of the same project, or run it and keep what it prints; its exit code."""
    if arguments[:1] != ["lint"]:
        return _run(arguments)

    from .recall import recall

    place = recall(arguments)
    known = place.printed() if place else None
    if known:
        sys.stdout.write(known[0])
        return known[1]
    code = _run(arguments)
    if place and code in {0, 1}:
        from .console import INTERNAL_ERROR, PRINTED

        text = "".join(PRINTED)
        if INTERNAL_ERROR not in text:
            place.keep(text, code)
    return code


def _run(arguments: Sequence[str]) -> int:
    """Run a command; a signal that ended it, after all that it had begun was undone, gives the exit code."""
    from schemagen.base.gc_pause import gc_paused, leave_to_the_end

    from .commands import run
    from .signals import ending_signals

    with ending_signals() as received, gc_paused():
        code = run(arguments)
        leave_to_the_end()
    return _SIGNALLED + received[0] if received else code


def unchanged_output(arguments: Sequence[str]) -> str | None:
    """The output folder, if the command is a plain `build` or `check` that has nothing to do.

    None means no more than that the command has to be run: it also stands for flags that are not known here.
    """
    flags = _folders(arguments)
    if flags is None:
        return None

    from schemagen.base.tree import Tree
    from schemagen.project.fingerprint import is_current
    from schemagen.project.settings import read_settings, read_written, settings_key

    try:
        settings, written = read_settings(**flags), read_written(flags.get("output"))
    except Exception:  # noqa: BLE001  (the command itself tells what is wrong with the settings)
        return None
    key, specs = settings_key(**written), settings["specs"]
    output = Tree(settings["output"], written.get("places", ()), written.get("root", ""))
    if is_current(specs, output, key):
        return str(output)
    if arguments[0] == "check":
        from schemagen.project.sums import are_right

        return str(output) if are_right(specs, output, key) else None
    return None


def _folders(arguments: Sequence[str]) -> dict[str, str | None] | None:
    """The folders that a plain `build` or `check` names; None for other commands, and for flags not known here."""
    if not arguments or arguments[0] not in {"build", "check"}:
        return None
    flags: dict[str, str | None] = {}
    words = iter(arguments[1:])
    for word in words:
        flag, equals, value = word.partition("=")
        if flag not in {"--specs", "--output"}:
            return None
        flags[flag[2:]] = value if equals else next(words, None)
    return flags if all(flags.values()) else None
