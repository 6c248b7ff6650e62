"""Proves right specs in another order and with other example ids: nothing fails, and the verdict stays the same.

``make permute N=1 SEED=1`` runs it: N permutations of each spec. Exit code 1 means that a verdict is another one.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import yaml

from schemagen.base.diagnostics import SchemagenError
from schemagen.databases.embedded import embedded_server
from schemagen.project.pipeline import Options, build, load
from schemagen.verify.models.process import Models
from schemagen.verify.runner import Scope, prove
from support.schemas import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.databases.servers import Server
    from support.schema_values import Data

CASES = Path(__file__).parents[1] / "cases"
NUMBER = 20
SHIFT = 5000
"""What is added to the number of an example row, and to all that refer to it."""


class _Loader(yaml.SafeLoader):
    """Leaves timestamps and days as the text that they are in a spec."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (as PyYAML has it)
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Verdict = tuple[tuple[str, ...], tuple[str, ...]]
"""The failures and the remarks of a run."""


def right_specs() -> dict[str, Data]:
    """The specs that are right, those with the most queries first; of several files as one."""
    folders = [*CASES.glob("build/*"), *CASES.glob("verify/*"), CASES.parents[1] / "specs"]
    right = [folder for folder in folders if not (folder / "failures.txt").exists()]
    found = {folder.name: _merged(sorted(folder.rglob("*.y*ml"))) for folder in sorted(right)}
    most = sorted(found, key=lambda name: -len(found[name].get("queries") or ()))
    return {name: found[name] for name in most[:NUMBER]}


def _merged(files: Sequence[Path]) -> Data:
    first, *others = (yaml.load(file.read_text(encoding="utf-8"), _Loader) for file in files)
    for other in others:
        for key, part in other.items():
            first[key] = {**first.get(key, {}), **part} if isinstance(part, dict) else first.get(key, part)
    spec: Data = first
    return spec


def permuted(spec: Data, random: Random) -> Data:
    """The same spec with tables, columns and queries in another order, and other numbers of example rows."""
    spec = deepcopy(spec)
    spec["tables"] = _shuffled(spec["tables"], random)
    if spec.get("queries"):
        spec["queries"] = _shuffled(spec["queries"], random)
    for table in spec["tables"].values():
        table["columns"] = _shuffled(table["columns"], random)
    for name in spec["tables"]:
        _renumber(spec, name)
    return spec


def _shuffled(mapping: Data, random: Random) -> Data:
    names = list(mapping)
    random.shuffle(names)
    return {name: mapping[name] for name in names}


def _renumber(spec: Data, name: str) -> None:
    """Give the example rows of a table whose key is an integer other numbers."""
    tables = spec["tables"]
    columns = tables[name]["columns"]
    keys = [key for key, column in columns.items() if isinstance(column, dict) and column.get("primary_key")]
    if len(keys) != 1 or columns[keys[0]].get("type") not in {"integer", "bigint"} or _is_bound(spec, name, keys[0]):
        return
    for of, table in tables.items():
        referring = {
            column
            for column, given in table["columns"].items()
            if isinstance(given, dict) and given.get("references") in {name, f"{name}.{keys[0]}"}
        }
        for row in table.get("examples") or ():
            for column in referring | ({keys[0]} if of == name else set()):
                if isinstance(row.get(column), int):
                    row[column] += SHIFT


def _is_bound(spec: Data, name: str, key: str) -> bool:
    """Whether more than rows names the numbers: keys of several columns, or a check or a default."""
    kept = {part: value for part, value in spec["tables"][name].items() if part in {"checks", "foreign_keys"}}
    composite = any("foreign_keys" in table for table in spec["tables"].values())
    columns = [column for table in spec["tables"].values() for column in table["columns"].values()]
    referring = [
        each for each in columns if isinstance(each, dict) and each.get("references") in {name, f"{name}.{key}"}
    ]
    return (
        composite
        or any("default" in column for column in referring)
        or bool(spec["tables"][name]["columns"][key].get("check"))
        or key in re.findall(r"\w+", str(kept))
    )


def verdict(spec: Data, server: Server, models: Models) -> tuple[Verdict, int]:
    """What `verify` tells of a spec, and how many facts it has looked at."""
    with tempfile.TemporaryDirectory(prefix="schemagen-permute-") as folder:
        options = Options(Path(folder) / "specs", Path(folder) / "output")
        options.specs.mkdir()
        (options.specs / "spec.yaml").write_text(as_yaml(spec), encoding="utf-8")
        build(options)
        report = prove(load(options).schema, options.output, Scope(server), models=models)
    failures = (f"{one.engine}, {one.claim}: {one.subject}: {one.expected}, {one.seen}" for one in report.failures)
    remarks = {f"{one.engine}, {one.claim}: {one.text}" for one in report.remarks}
    return (tuple(sorted(failures)), tuple(sorted(remarks))), report.facts


def broken(spec: Data, number: int, seed: str, server: Server) -> Iterator[str]:
    """What a permutation changes, and what fails as it stands."""
    with Models() as models:
        try:
            first, _ = verdict(spec, server, models)
            yield from (f"as written: {failure}" for failure in first[0])
            for again in range(number):
                other, _ = verdict(permuted(spec, Random(f"{seed}/{again}")), server, models)
                for before, after in zip(first, other, strict=True):
                    yield from (f"permutation {again}: + {one}" for one in sorted({*after} - {*before}))
                    yield from (f"permutation {again}: - {one}" for one in sorted({*before} - {*after}))
        except SchemagenError as error:
            yield from (f"{found.code} {found.message}" for found in error.diagnostics)


def main(arguments: Sequence[str] | None = None) -> int:
    """Permute every spec; print what is no longer the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=1, help="permutations of each spec")
    parser.add_argument("--seed", default="1", help="of the run")
    parser.add_argument("--only", nargs="*", help="names of cases")
    options = parser.parse_args(arguments)
    specs = {name: spec for name, spec in right_specs().items() if not options.only or name in options.only}
    server, started, failed, queries = embedded_server(), time.perf_counter(), 0, 0
    for name, spec in specs.items():
        found = list(broken(spec, options.number, options.seed, server))
        failed += bool(found)
        queries += len(spec.get("queries") or ())
        print(f"{name}: {len(spec.get('queries') or ())} queries, {len(found)} differences", flush=True)  # noqa: T201
        for line in found:
            print(f"  {line}", flush=True)  # noqa: T201
    seconds = time.perf_counter() - started
    print(f"{len(specs)} specs, {queries} queries, {failed} specs failed, {seconds:.0f} s")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
