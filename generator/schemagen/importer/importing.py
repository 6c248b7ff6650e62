"""The whole import on one page: a source → its catalogue → specs, proved by building them → files and a report."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schemagen.diagnostics import Diagnostic, SchemagenError
from schemagen.write import exclusive, write_files

from .files import spec_files
from .hints import hints
from .losses import Effect, Loss
from .prerequisites import prerequisites
from .proof import Proof, loaded_of, prove, schema_of
from .report import as_markdown
from .sources import failure, source_catalog, unread_parts
from .translate import translate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from schemagen.pipeline import BuildResult, Options
    from schemagen.verify.catalog import Catalog
    from schemagen.verify.servers import Server

    from .proof import PlainPart
    from .sources import Request
    from .translate import Imported

EMPTY = "SG476"
SPECS_EXIST = "SG477"
NOT_THE_SAME = "SG478"

REPORT_FILE = "import-report.md"
PREREQUISITES_FILE = "before-import.postgres.sql"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Specs of a database: their files, what they do not say, and what building them showed.

    ``plain`` names the parts of tables that had to be written in full; ``proof`` is empty where all is well.
    """

    catalog: Catalog
    imported: Imported
    files: Mapping[str, str] = field(repr=False)
    losses: tuple[Loss, ...]
    before: tuple[str, ...]
    plain: frozenset[PlainPart] = frozenset()
    proof: Proof = field(default_factory=Proof)


def import_catalog(catalog: Catalog, server: Server | None = None) -> ImportResult:
    """Specs that build a catalogue again, proved on its own engine.

    A table whose nicer form turned out to build something else is written in full; one that an engine still refuses is
    left out, and the report says so.

    Args:
        catalog: of either engine.
        server: where PostgreSQL's proof is run; None is the embedded server.

    Raises:
        SchemagenError: when there is no table (SG476), or no server for the proof.
    """
    if not catalog.tables:
        hint = "name another schema with `--schema`" if catalog.dialect == "postgres" else "is it the right database?"
        raise failure(EMPTY, "there is no table to import", hint)
    before = prerequisites(catalog)
    if catalog.dialect == "postgres" and server is None:
        from schemagen.verify.embedded import embedded_server

        server = embedded_server()
    plain: frozenset[PlainPart] = frozenset()
    refused: dict[str, str] = {}
    while True:
        result = _attempt(catalog, plain, refused, before, server)
        wrong = result.proof.parts
        if not wrong:
            return result
        if wrong - plain:
            plain |= wrong
        elif new := {name: words for name, words in result.proof.refused.items() if name not in refused}:
            refused |= new
        else:
            return result


def _attempt(
    catalog: Catalog,
    plain: frozenset[PlainPart],
    refused: Mapping[str, str],
    before: tuple[str, ...],
    server: Server | None,
) -> ImportResult:
    kept = replace(catalog, tables=tuple(table for table in catalog.tables if table.name not in refused))
    imported = translate(kept, plain)
    files = spec_files(imported)
    left_out = tuple(
        Loss(Effect.LEFT_OUT, name, "the table", f"what the specs would build is refused: {words}")
        for name, words in refused.items()
    )
    proof = _proof(files, imported, before, server)
    nicer = hints({name: table.spec for name, table in imported.tables.items()})
    return ImportResult(catalog, imported, files, (*imported.losses, *left_out, *nicer), before, plain, proof)


def _proof(files: Mapping[str, str], imported: Imported, before: tuple[str, ...], server: Server | None) -> Proof:
    if not imported.tables:
        return Proof()
    try:
        return prove(schema_of(files), imported.expected, server, before)
    except SchemagenError as error:
        return Proof(refused=_by_table(error))


def _by_table(error: SchemagenError) -> dict[str, str]:
    """What is wrong with each table of specs that we wrote.

    Raises:
        SchemagenError: when it concerns no table.
    """
    found: dict[str, str] = {}
    for diagnostic in error.diagnostics:
        section, _, rest = diagnostic.path.partition(".")
        if section != "tables":
            raise error
        found.setdefault(rest.partition(".")[0], f"{diagnostic.message} ({diagnostic.path})")
    return found


def import_source(request: Request, specs: Path, *, force: bool = False, server: Server | None = None) -> ImportResult:
    """Import a source for a folder of specs; nothing is written yet.

    Args:
        request: what to import.
        specs: the folder that the files are for.
        force: whether it may have specs already.
        server: where PostgreSQL's SQL and proof are run; None is the embedded server.

    Raises:
        SchemagenError: for a source that cannot be read, and SG477 for a folder that has specs.
    """
    present = sorted(path.name for pattern in ("*.yaml", "*.yml") for path in specs.rglob(pattern))
    if present and not force:
        message = f"{specs} has specs already: {', '.join(present[:3])}{' …' * (len(present) > 3)}"  # noqa: PLR2004
        raise failure(SPECS_EXIST, message, "name another folder with `--specs`, or replace its files with `--force`")
    result = import_catalog(source_catalog(request, server), server)
    return replace(result, losses=(*unread_parts(request), *result.losses))


def write_specs(result: ImportResult, specs: Path) -> None:
    """Write the specs and the report of an import, all files or none; files of the same names are replaced.

    Raises:
        SchemagenError: when they cannot be written (SG42x).
    """
    with exclusive(specs):
        write_files(specs, _files(result))


def _files(result: ImportResult) -> dict[str, str]:
    files = {**result.files, REPORT_FILE: as_markdown(result)}
    if result.before:
        files[PREREQUISITES_FILE] = "".join(f"{sql};\n" for sql in result.before)
    return files


def adopt(result: ImportResult, options: Options) -> BuildResult | None:
    """Write the specs of a database and begin its history: the output, whose first migration is what the database has.

    Everything is planned before the first write; where a write fails, what was written goes again.

    Returns:
        What was written to the output; None, and nothing is written, where the specs build something else than the
        database, so that it is not at 001.

    Raises:
        SchemagenError: SG479 when the output has a history, and what else keeps the files from being written.
    """
    from schemagen import fingerprint, pipeline

    if result.proof.tables:
        return None
    pipeline.refuse_place(options)
    loaded = loaded_of(result.files, str(options.specs))
    plan = pipeline.plan_from(loaded, None, (), None, baseline=True)
    with exclusive(options.specs), exclusive(options.output):
        pipeline.refuse_history(options.output)
        written = write_files(options.output, plan.files)
        try:
            write_files(options.specs, _files(result))
        except BaseException:
            write_files(options.output, {}, written.written)
            raise
        pipeline.remember(plan, fingerprint.of_inputs(str(options.specs)), options.output)
    return pipeline.BuildResult(written, plan.steps, loaded.diagnostics, loaded.sources)


def diagnostics(result: ImportResult) -> tuple[Diagnostic, ...]:
    """What is wrong with an import: the tables that are not the same when they are built again."""
    return tuple(
        Diagnostic(NOT_THE_SAME, f"built again, {name} is not the same", hint=f"see {REPORT_FILE}, and report it")
        for name in sorted(result.proof.tables)
    )
