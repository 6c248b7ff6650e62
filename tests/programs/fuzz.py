"""Mutates the bytes of every spec of the repository and feeds them to the program: no traceback, no hang.

``make fuzz N=100000 SEED=1`` runs it. An input is what the number of the run and the seed make of it, so a failure can
be run again. An input that is a good spec goes all the way to the finished files. Exit code 1 means that something
went wrong; the inputs that did it are kept, and named.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import SchemagenError
from schemagen.cli.reports.diagnostics import as_github, as_json, as_text
from schemagen.lint.linting import LintSettings, lint
from schemagen.project.pipeline import Options, load, make_plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

ROOT = Path(__file__).parents[2]
SECONDS = 10
"""Of processor time, for one input."""
BIGGEST = 12_000
"""Larger specs are left out: mutations of them find no more, and take longer."""

WORDS = [
    b"{", b"}", b"[", b"]", b",", b": ", b"- ", b"#", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: ", b"? ",
    b"|\n", b">-\n", b"---\n", b"...\n", b"%YAML 1.1\n", b"'", b'"', b"\\", b"\\x00", b"\\u202e", b"\t", b"\r",
    b"\r\n", b"\n", b" ", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc2\x85", b"\xf0\x9f\x8c\xb1",
    b"\xed\xa0\x80", b"no", b"on", b"~", b"null", b"0123", b"1e999", b"1_0", b"9" * 400, b"-" * 400, b"[" * 200,
    b"(" * 200, b"2026-02-30", b".inf", b"true", b"a" * 80, b"type: ", b"enum: [a, b]", b"sql: ", b"{sql: now()}",
    b"references: users.id", b"on_delete: cascade", b"touch: updated_at", b"default: ", b"numeric(8,2)", b"text[]",
    b"varchar(", b"primary_key: true", b"generated: {sql: id}", b"unique: true", b"index: true", b"check: ",
    b"identity: true", b"SELECT * FROM users", b" WHERE ", b" ORDER BY ", b":name", b"::text", b"%s", b"$$", b"--",
    b"/*", b"*/", b";", b"''", b"`", b"*", b"(", b")", b" || ", b"CASE WHEN ", b"interval '1 day'", b"CAST(", b" AS ",
]  # fmt: skip


def corpus() -> tuple[list[bytes], list[bytes]]:
    """The specs of the repository: the good ones, and all."""
    good = sorted([*ROOT.glob("tests/cases/build/**/*.yaml"), *ROOT.glob("tests/cases/lint/**/*.yaml")])
    files = sorted({*good, *ROOT.glob("tests/cases/**/spec.yaml")})
    texts = {file: file.read_bytes() for file in files}
    small = [file for file in files if len(texts[file]) < BIGGEST]
    return [texts[file] for file in small if file in good], [texts[file] for file in small]


def mutated(good: Sequence[bytes], specs: Sequence[bytes], chance: random.Random) -> bytes:
    """One spec, a good one every other time, with one to six changes."""
    text = bytearray(chance.choice(chance.choice((good, specs))))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 1, 2, 8, 40, 200)))
        match chance.randrange(7):
            case 0:
                del text[start:end]
            case 1:
                text[start:start] = chance.choice(WORDS)
            case 2:
                text[start:end] = chance.choice(WORDS)
            case 3:
                text[start:start] = text[start:end]
            case 4:
                other = chance.choice(specs)
                at = chance.randrange(len(other) + 1)
                text[start:start] = other[at : at + chance.choice((4, 20, 100))]
            case 5:
                _swap_words(text, start, chance)
            case _:
                text[start:end] = bytes(chance.randrange(256) for _ in range(end - start))
    return bytes(text)


def _swap_words(text: bytearray, start: int, chance: random.Random) -> None:
    """Put a word of the same text in the place of another: this often leaves a spec that can be read."""
    found = list(re.finditer(rb"[A-Za-z_0-9]+", text))
    if found:
        place = next((match for match in found if match.start() >= start), found[0])
        text[place.start() : place.end()] = chance.choice(found).group()


def run(folder: Path) -> str:
    """What becomes of one spec folder: ``good`` or ``refused``; anything unexpected is raised."""
    options = Options(specs=folder / "specs", output=folder / "output")
    loaded = load(options)
    for text in (as_text(loaded.diagnostics, loaded.sources, colour=False), as_github(loaded.diagnostics)):
        assert not _dangerous(text), "a control character in a report"
    json.loads(as_json(loaded.diagnostics))
    if loaded.failed:
        return "refused"
    lint(loaded, LintSettings())
    try:
        make_plan(options)
    except SchemagenError:
        return "refused later"
    return "good"


def _dangerous(text: str) -> bool:
    """Whether a terminal would do more with a text than show it."""
    kinds = {unicodedata.category(character) for character in text if character != "\n"}
    return not kinds.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Fuzz:
    """One run: what became of its inputs, and one kept input of every kind of failure."""

    def __init__(self, seed: str, keep: Path) -> None:
        self.seed, self.keep = seed, keep
        self.outcomes = Counter[str]()
        self.seen: set[str] = set()
        self.slowest = 0.0

    def attempt(self, number: int, text: bytes, folder: Path) -> None:
        """Run one input, for so many seconds of processor time and no more."""
        (folder / "specs/spec.yaml").write_bytes(text)
        start = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            outcome = run(folder)
        except Exception as error:  # noqa: BLE001  (this is what is looked for)
            outcome = "FAILED"
            self.note(error, number, text)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        self.outcomes[outcome] += 1
        self.slowest = max(self.slowest, time.process_time() - start)

    def note(self, error: Exception, number: int, text: bytes) -> None:
        """Keep the first input of each place that fails, and name it."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        key = f"{type(error).__name__} {Path(frame.filename).name}:{frame.lineno}"
        if key not in self.seen:
            self.seen.add(key)
            self.keep.mkdir(parents=True, exist_ok=True)
            kept = self.keep / f"{self.seed}-{number}.yaml"
            kept.write_bytes(text)
            print(f"{key}: {str(error)[:200]!r}: {kept}", flush=True)  # noqa: T201

    def __str__(self) -> str:
        reported = ", ".join(f"{number} {outcome}" for outcome, number in sorted(self.outcomes.items()))
        return f"{self.outcomes.total()} inputs: {reported}; the slowest took {self.slowest:.2f} s"


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"more than {SECONDS} seconds")


def main() -> int:
    """Run as many inputs as were asked for; 1 if one of them went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "schemagen-fuzz")
    arguments = parser.parse_args()
    signal.signal(signal.SIGVTALRM, _too_slow)
    good, specs = corpus()
    fuzz = Fuzz(arguments.seed, arguments.keep)
    with tempfile.TemporaryDirectory() as name, contextlib.suppress(KeyboardInterrupt):
        folder = Path(name)
        (folder / "specs").mkdir()
        for number in range(arguments.number):
            chance = random.Random(f"{arguments.seed}-{number}")
            fuzz.attempt(number, mutated(good, specs, chance), folder)
    print(fuzz)  # noqa: T201
    return 1 if fuzz.outcomes["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main())
