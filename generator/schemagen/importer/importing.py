"""The whole import on one page: a source → its catalog → specs, proved by building them → files and a report."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.databases.prerequisites import PREREQUISITES_FILE, prerequisites
from schemagen.migrations.first_build import first_build
from schemagen.project.validation import validate_steps
from schemagen.project.write import exclusive, write_files

from .files import spec_files
from .hints import hints
from .losses import Effect, Loss
from .misnamed import misnamed
from .proof import Proof, is_own, loaded_of, prove, schema_of
from .refusals import Refusal, suspects, unknown_to_sqlite, without
from .report import REPORT_FILE, TITLE, as_markdown, written_files
from .result import ImportResult
from .sources import failure, source_catalog, unread_parts
from .translate import translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from schemagen.databases.servers import Server
    from schemagen.engines.catalog import Catalog
    from schemagen.project.pipeline import BuildResult, Options

    from .proof import PlainPart
    from .sources import Request
    from .translate import Imported

EMPTY = "SG476"
SPECS_EXIST = "SG477"
NOT_THE_SAME = "SG478"


def import_catalog(catalog: Catalog, server: Server | None = None, *, to_build: bool = False) -> ImportResult:
    """Specs that build a catalog again, proved on its own engine.

    A table whose nicer form turned out to build something else is written in full; of one that an engine still refuses,
    the part is left out that it refuses, or the table, and the report says so.

    Args:
        catalog: of either engine.
        server: where PostgreSQL's proof is run; None is the embedded server.
        to_build: whether `build` has to take the specs too, which looks at both engines.

    Raises:
        SchemagenError: when there is nothing (SG476), or no server for the proof.
    """
    if not (catalog.tables or catalog.own or catalog.others):
        hint = "name another schema with `--schema`" if catalog.dialect == "postgres" else "is it the right database?"
        raise failure(EMPTY, "there is nothing to import", hint)
    before = prerequisites(catalog, own=False)
    if catalog.dialect == "postgres" and server is None:
        from schemagen.databases.embedded import embedded_server

        server = embedded_server()
    choice = _Choice()
    while True:
        result = _attempt(catalog, choice, before, server)
        if to_build and result.proof == Proof(missing=result.proof.missing):
            result = _with_build(result)
        again = _next_own(choice, result.proof, result.imported) or _next(choice, result.proof, catalog)
        if again == choice:
            return result
        choice = again


@dataclass(frozen=True, slots=True)
class _Choice:
    """What an attempt does otherwise than the first one.

    ``plain`` are parts of tables that are written in full; ``dropped`` has the parts that are left out by table, and
    ``refused`` the tables that are, each with the engine's words.
    """

    plain: frozenset[PlainPart] = frozenset()
    dropped: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    alone: frozenset[str] = frozenset()
    left: Mapping[str, str] = field(default_factory=dict)


def _next_own(choice: _Choice, proof: Proof, imported: Imported) -> _Choice | None:
    """What to try after a proof that concerns views and objects: one engine alone, then without them."""
    keys = {id(source): key for key, source in imported.own.sources.items()}
    alone = {key for own in proof.own if (key := keys.get(id(own))) in imported.own.views and key not in choice.alone}
    left = dict(choice.left)
    for name, words in proof.refused_own.items():
        section, _, key = name.partition(".")
        if section == "views" and key not in choice.alone:
            alone.add(key)
        else:
            left[key] = words
    if alone or left != choice.left:
        return replace(choice, alone=choice.alone | {key for key in alone if key}, left=left)
    return None


def _next(choice: _Choice, proof: Proof, catalog: Catalog) -> _Choice:
    """What to try after a proof: other words for what is wrong, then less of a table, then the others without it."""
    if proof.parts - choice.plain:
        return replace(choice, plain=choice.plain | proof.parts)
    dropped, refused = dict(choice.dropped), dict(choice.refused)
    for name, found in proof.refused.items():
        if is_own(name):
            continue
        before = dropped.get(name, {})
        table = without(catalog.by_name[name], before)
        parts = {what: one.words for one in found for what in suspects(table, one)}
        if parts:
            dropped[name] = {**before, **parts}
        else:
            refused[name] = str(found[0])
    plain = frozenset(part for part in choice.plain if dropped.get(part[0]) == choice.dropped.get(part[0]))
    return replace(choice, plain=plain, dropped=dropped, refused=refused)


def _attempt(catalog: Catalog, choice: _Choice, before: Mapping[str, str], server: Server | None) -> ImportResult:
    kept = tuple(
        without(table, choice.dropped.get(table.name, {}))
        for table in catalog.tables
        if table.name not in choice.refused
    )
    imported = translate(replace(catalog, tables=kept), choice.plain, choice.alone, choice.left)
    files = spec_files(imported)
    proof = _proof(files, imported, tuple(before), server)
    nicer = hints({name: table.spec for name, table in imported.tables.items()}, catalog.dialect)
    missing = {before[sql]: words for sql, words in proof.missing.items()}
    losses = (*_with_missing(imported.losses, missing), *_left_out(choice), *_otherwise(proof), *nicer)
    return ImportResult(catalog, imported, files, losses, _left_to_others(before), choice.plain, proof)


def _otherwise(proof: Proof) -> Iterator[Loss]:
    """Views and objects that PostgreSQL prints otherwise when they are built again."""
    for own in proof.own:
        yield Loss(Effect.CHANGED, own.table, f"{own.kind} {own.name}", "built again, the engine prints it otherwise")


def _left_to_others(before: Iterable[str]) -> tuple[str, ...]:
    """What has to be made before the migrations: extensions, which those make as well, only where a type needs them."""
    found = tuple(before)
    return found if any(not sql.startswith("CREATE EXTENSION ") for sql in found) else ()


def _left_out(choice: _Choice) -> Iterator[Loss]:
    """What an engine did not let us say."""
    parts = ((name, what, words) for name, found in choice.dropped.items() for what, words in found.items())
    for name, what, words in (*parts, *((name, "the table", words) for name, words in choice.refused.items())):
        if what == "the table" or name not in choice.refused:
            yield Loss(Effect.LEFT_OUT, name, what, f"what the specs would build is refused: {words}")


def _with_missing(losses: Iterable[Loss], missing: Mapping[str, str]) -> Iterator[Loss]:
    """The losses; those of objects that the server of the proof does not have say so."""
    for loss in losses:
        if loss.table is None and loss.what in missing:
            reason = (
                f"{loss.reason}; the server of the proof refuses it: {missing[loss.what]}; name another with --postgres"
            )
            yield replace(loss, reason=reason)
        else:
            yield loss


def _proof(files: Mapping[str, str], imported: Imported, before: tuple[str, ...], server: Server | None) -> Proof:
    if imported.is_empty:
        return Proof()
    try:
        return prove(schema_of(files), imported.expected, server, before)
    except SchemagenError as error:
        return Proof(refused=_by_table(error, imported))


def _with_build(result: ImportResult) -> ImportResult:
    """A result that is proved to build, or that says what of it does not."""
    if result.imported.is_empty:
        return result
    loaded = loaded_of(result.files)
    found = validate_steps(loaded, first_build(loaded.schema))
    if not found:
        return result
    refused = _by_table(SchemagenError(found, loaded.sources), result.imported)
    return replace(result, proof=replace(result.proof, refused=refused))


def _by_table(error: SchemagenError, imported: Imported) -> dict[str, tuple[Refusal, ...]]:
    """What is wrong with each table of specs that we wrote.

    Raises:
        SchemagenError: when it concerns no table.
    """
    found: dict[str, tuple[Refusal, ...]] = {}
    names = {table.key: name for name, table in imported.tables.items()}
    for diagnostic in error.diagnostics:
        section, _, rest = diagnostic.path.partition(".")
        if section in {"views", "objects"}:
            key = f"{section}.{rest.partition('.')[0]}"
            found[key] = (*found.get(key, ()), Refusal(f"{diagnostic.message} ({diagnostic.path})"))
            continue
        if section != "tables":
            raise error
        name = names[rest.partition(".")[0]]
        words = f"{diagnostic.message} ({diagnostic.path})"
        found[name] = (*found.get(name, ()), Refusal(words, unknown_to_sqlite(words)))
    return found


def _refuse_present(specs: Path) -> None:
    """Keep a folder that has specs, or files of its author's by the names of ours.

    Raises:
        SchemagenError: SG477.
    """
    present = sorted(path.name for pattern in ("*.yaml", "*.yml") for path in specs.rglob(pattern))
    what = "specs"
    if not present and not _is_ours(specs):
        present, what = [name for name in (REPORT_FILE, PREREQUISITES_FILE) if (specs / name).is_file()], "other files"
    if present:
        message = f"{specs} has {what} already: {', '.join(present[:3])}{' …' * (len(present) > 3)}"  # noqa: PLR2004
        raise failure(SPECS_EXIST, message, "name another folder with `--specs`, or replace its files with `--force`")


def _report_in(specs: Path) -> str:
    try:
        return (specs / REPORT_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _is_ours(specs: Path) -> bool:
    """Whether the report in a folder is one that an import has written."""
    return _report_in(specs).startswith(TITLE)


def import_source(
    request: Request, specs: Path, *, force: bool = False, server: Server | None = None, skip_errors: bool = False
) -> ImportResult:
    """Import a source for a folder of specs; nothing is written yet.

    Args:
        request: what to import.
        specs: the folder that the files are for.
        force: whether it may have specs already.
        server: where PostgreSQL's SQL and proof are run; None is the embedded server.
        skip_errors: whether statements of SQL that the engine refuses are left out, and told.

    Raises:
        SchemagenError: for a source that cannot be read, and SG477 for a folder that has specs.
    """
    if not force:
        _refuse_present(specs)
    skipped: list[Loss] = []
    catalog = source_catalog(request, server, skipped if skip_errors else None)
    result = import_catalog(catalog, server, to_build=True)
    return replace(result, losses=(*unread_parts(request), *skipped, *result.losses))


def write_specs(result: ImportResult, specs: Path) -> None:
    """Write the specs and the report of an import, all files or none.

    Files of the same names are replaced, and those that an earlier import wrote and this one does not are removed.

    Raises:
        SchemagenError: when they cannot be written (SG42x).
    """
    with exclusive(specs):
        files = _files(result)
        earlier = written_files(_report_in(specs)) if _is_ours(specs) else ()
        stale = [name for name in earlier if name not in files and (specs / name).is_file()]
        write_files(specs, files, stale)


def _files(result: ImportResult) -> dict[str, str]:
    files = {**result.files, REPORT_FILE: as_markdown(result)}
    if result.before:
        files[PREREQUISITES_FILE] = "".join(f"{sql};\n" for sql in result.before)
    return files


def adopt_source(
    request: Request, options: Options, server: Server | None = None, *, skip_errors: bool = False
) -> tuple[ImportResult, BuildResult | None]:
    """Import a source, and begin the history of its database if the specs build the same.

    Returns:
        The import, and what was written to the output; None where only the specs were.

    Raises:
        SchemagenError: as :func:`import_source`, :func:`adopt` and :func:`write_specs` do.
    """
    from schemagen.project import pipeline

    pipeline.refuse_history(options.tree)
    result = import_source(request, options.specs, server=server, skip_errors=skip_errors)
    built = adopt(result, options)
    if built is None:
        write_specs(result, options.specs)
    return result, built


def adopt(result: ImportResult, options: Options) -> BuildResult | None:
    """Write the specs of a database and begin its history: the output, whose first migration is what the database has.

    Everything is planned before the first write; where a write fails, what was written goes again.

    Returns:
        What was written to the output; None, and nothing is written, where the specs build something else than the
        database, so that it is not at 001, or where there are none.

    Raises:
        SchemagenError: SG479 when the output has a history, SG469 for each part that the database calls otherwise than
            the specs, and what else keeps the files from being written.
    """
    from schemagen.project import fingerprint, pipeline

    if result.proof.tables or result.imported.is_empty:
        return None
    pipeline.refuse_place(options)
    loaded = loaded_of(result.files, str(options.specs))
    built = result.proof.built
    if built and (wrong := tuple(misnamed(result.catalog, built, loaded.schema))):
        raise SchemagenError(wrong)
    plan = pipeline.plan_from(loaded, None, (), None, tree=options.tree, baseline=True, left_out=rules_left_out(result))
    with exclusive(options.specs), exclusive(options.tree):
        pipeline.refuse_history(options.tree)
        written = write_files(options.tree, plan.files)
        try:
            write_files(options.specs, _files(result))
        except BaseException:
            write_files(options.tree, {}, written.written)
            raise
        plan = pipeline.with_sums(plan, fingerprint.of_specs(str(options.specs)))
        write_files(options.tree, plan.files)
        pipeline.remember(plan, fingerprint.of_inputs(str(options.specs)), options.tree)
    return pipeline.BuildResult(written, plan.steps, loaded.diagnostics, loaded.sources)


def rules_left_out(result: ImportResult) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What of its own text a table of SQLite loses when it is recreated; triggers and indexes are guarded by name."""
    found: dict[str, tuple[str, ...]] = {}
    known = result.imported.expected.by_name if result.catalog.dialect == "sqlite" else {}
    for loss in result.losses:
        if loss.lasts and loss.table in known:
            found[loss.table] = (*found.get(loss.table, ()), loss.what)
    return tuple(found.items())


def diagnostics(result: ImportResult) -> tuple[Diagnostic, ...]:
    """What is wrong with an import: nothing to say, or tables that are not the same when they are built again."""
    if result.imported.is_empty:
        return (Diagnostic(EMPTY, "nothing of it can be said in the spec language", hint=f"{REPORT_FILE} says why"),)
    return tuple(
        Diagnostic(NOT_THE_SAME, f"built again, {name} is not the same", hint=f"see {REPORT_FILE}, and report it")
        for name in sorted(result.proof.tables)
    )
