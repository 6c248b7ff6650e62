"""The mutation test: generated output is broken in many ways, and `verify` has to notice each one.

Two sorts of mutants. Of files: one place in one artefact is changed, so that artefacts disagree. Of the schema: all
artefacts are made from a schema with one thing changed, so that they agree with each other and not with the spec.

The rules are in ``mutations_of_files.py`` and ``mutations_of_schemas.py``, those for a project that has been changed in
``mutations_of_history.py``.

    python tests/programs/mutations.py [--sample N] [--seed N]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from programs.mutant import Mutant, Rule
from programs.mutations_of_files import RULES, of_files, of_strangers
from programs.mutations_of_history import FILES_RULES, ROWS_RULES
from programs.mutations_of_schemas import of_schema
from schemagen.databases.embedded import embedded_server
from schemagen.datagen.test_rows import SampleRows
from schemagen.project.pipeline import Options, build, load
from schemagen.verify.models.process import Models
from schemagen.verify.runner import Scope, prove

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemagen.schema.model import Schema

ROOT = Path(__file__).parents[2]
SPECS = tuple(
    ROOT / name
    for name in (
        "specs",
        "tests/cases/build/booking",
        "tests/cases/build/words_searched",
        "tests/cases/verify/models_of_every_type",
    )
)
EVOLVED = ROOT / "tests/cases/mutations/evolved"
"""Specs that are built one after the other, into one output."""
UNCHANGED = Mutant("none", "none", "nothing", {}, written=True)


@dataclass(frozen=True)
class Original:
    """A schema and its output, which verify proves, and what all runs share; ``rules`` are those of its files."""

    schema: Schema
    output: Path
    models: Models
    sample_rows: SampleRows
    rules: Sequence[Rule]


def noticed_by(original: Original, mutant: Mutant, folder: Path) -> str:
    """The first claim that verify finds broken in the output with the mutant's files; empty where there is none."""
    output = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(original.output, output, dirs_exist_ok=True)
    for path, text in mutant.files.items():
        (output / path).parent.mkdir(exist_ok=True)
        (output / path).write_bytes(text.encode())
    scope = Scope(embedded_server(), stop_at_failure=True, file_integrity=mutant.written)
    report = prove(original.schema, output, scope, models=original.models, sample_rows=original.sample_rows)
    shutil.rmtree(output)
    return next((f"{failure.claim} on {failure.engine}" for failure in report.failures), "")


def originals(folder: Path, models: Models) -> list[Original]:
    found = []
    for number, specs in enumerate(SPECS):
        options = Options(specs, folder / str(number))
        build(options)
        schema = load(options).schema
        found.append(Original(schema, options.output, models, SampleRows(schema), RULES))
    return [*found, evolved(folder, models)]


def evolved(folder: Path, models: Models) -> Original:
    """A project that was built from one spec after the other."""
    options = Options(folder / "specs", folder / "evolved")
    options.specs.mkdir()
    for spec in sorted(EVOLVED.iterdir()):
        shutil.copy(spec, options.specs / "spec.yaml")
        build(options)
    schema = load(options).schema
    return Original(schema, options.output, models, SampleRows(schema), (*ROWS_RULES, *FILES_RULES))


def mutants(original: Original, seed: int) -> list[Mutant]:
    random = Random(seed)
    files = {
        path.relative_to(original.output).as_posix(): path.read_bytes().decode()
        for path in sorted(original.output.rglob("*"))
        if path.is_file() and ".schemagen" not in path.parts
    }
    found = list(of_files(files, random, original.rules))
    return [*found, *(of_schema(original.schema, random) if original.rules is RULES else of_strangers())]


def run(
    sample: int | None, seed: int, progress: Callable[[str], None], only: str = ""
) -> tuple[Counter[str], Counter[str], list[str]]:
    """Make mutants and prove each: how many were killed and made by kind, and who survived."""
    killed, made = Counter[str](), Counter[str]()
    survivors = []
    with tempfile.TemporaryDirectory() as name, Models() as models:
        folder = Path(name)
        found = originals(folder, models)
        todo = [(original, mutant) for original in found for mutant in mutants(original, seed)]
        todo = [(original, mutant) for original, mutant in todo if only in f"{mutant.artefact}: {mutant.kind}"]
        if sample is not None:
            todo = Random(seed).sample(todo, min(sample, len(todo)))
        for number, (original, mutant) in enumerate(todo, start=1):
            started = time.monotonic()
            noticed = noticed_by(original, mutant, folder)
            kind = f"{mutant.artefact}: {mutant.kind}"
            made[kind] += 1
            killed[kind] += bool(noticed)
            if not noticed:
                survivors.append(f"{kind}, {mutant.what}")
            verdict = f"noticed by {noticed}," if noticed else "SURVIVED"
            progress(f"{number}/{len(todo)} {verdict} {time.monotonic() - started:.1f} s {kind}, {mutant.what}")
    return killed, made, survivors


def prove_unchanged() -> None:
    """Every original is proved without a mutant: what is noticed else would say nothing.

    Raises:
        RuntimeError: when one is not.
    """
    with tempfile.TemporaryDirectory() as name, Models() as models:
        for original in originals(Path(name), models):
            broken = noticed_by(original, UNCHANGED, Path(name))
            if broken:
                raise RuntimeError(f"the output without any mutant is not proved: {broken}")


def _tell(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="only so many, chosen at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="only mutants of these kinds, such as `models`")
    arguments = parser.parse_args()
    prove_unchanged()
    killed, made, survivors = run(arguments.sample, arguments.seed, _tell, arguments.only)
    for kind in sorted(made):
        print(f"{killed[kind]:>4}/{made[kind]:<4} {kind}")  # noqa: T201
    print(f"{killed.total()} of {made.total()} mutants noticed, seed {arguments.seed}")  # noqa: T201
    for survivor in survivors:
        print(f"survived: {survivor}")  # noqa: T201
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
