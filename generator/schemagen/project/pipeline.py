"""The whole story on one page: specs → schema → steps → files, with what is wrong told on the side."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError, Severity
from schemagen.base.gc_pause import gc_paused
from schemagen.base.layout import LOCK_FILE, migration_number
from schemagen.base.tree import PLAIN, Tree, located
from schemagen.migrations.history import held_schema, lock_content, read_history
from schemagen.migrations.lock import Lock, content_hash, dumps, record
from schemagen.resolve.loaded import Loaded

from . import fingerprint
from . import sums as committed
from .output import render
from .place_conflicts import refuse_conflicts
from .planning import baseline as baseline_steps
from .planning import plan_steps, planned_first
from .settings import settings_key
from .validation import broken_examples, validate_steps
from .write import WriteResult, exclusive, has_content, is_interrupted, recover, refuse_foreign_write, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemagen.base.layout import Output
    from schemagen.changes.migration import Step
    from schemagen.migrations.lock import MigrationRecord
    from schemagen.schema.model import Pages, Schema
    from schemagen.spec.source import Sources


@dataclass(frozen=True, slots=True)
class Options:
    """Where a project's specs and its output are, whether queries become functions, and how documents are cut.

    ``unsaved`` is what an editor has for spec files, by real path; ``layouts`` are runners with their folders below the
    output; ``places`` are settings of kinds of files that lie elsewhere, with paths that begin at ``root``;
    ``server`` is the oldest PostgreSQL, 0 where nothing says it.
    """

    specs: Path = Path("specs")
    output: Path = Path("output")
    queries: bool = True
    unsaved: Mapping[Path, bytes] = field(default_factory=dict, compare=False)
    pages: Pages = "document"
    layouts: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    root: str = ""
    server: int = 0

    @property
    def settings(self) -> str:
        """What else than the specs decides what is written."""
        key = partial(settings_key, layouts=self.layouts, places=self.places)
        return key(queries=self.queries, pages=self.pages, server=self.server)

    @property
    def tree(self) -> Tree:
        """Where each file of the output lies."""
        return Tree(self.output, self.places, self.root)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a build would do, before it does any of it.

    ``files`` is the whole output but for the migrations of earlier builds, ``removals`` what earlier builds wrote and
    this one does not; ``base_content`` is the lock on disk that all of it follows from.
    """

    loaded: Loaded
    steps: tuple[Step, ...]
    lock: Lock
    files: Mapping[str, str] = field(repr=False)
    removals: tuple[str, ...]
    base_content: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did, or with ``dry_run`` would do; all of it is empty when nothing had changed."""

    files: WriteResult = field(default_factory=WriteResult)
    steps: tuple[Step, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    sources: Sources | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a build would change, as errors: empty when the output is up to date."""

    outdated: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    sources: Sources | None = None


def build(
    options: Options,
    *,
    allow: Sequence[str] = (),
    dry_run: bool = False,
    baseline: bool = False,
    comments: bool = False,
    name: str | None = None,
) -> BuildResult:
    """Make the output what the specs say: all files, or none.

    Args:
        options: where the specs and the output are.
        allow: what may be lost, in the words of the refusals, such as ``drop:messages.title``.
        dry_run: only tell what would be done.
        baseline: begin the history with one migration, for a database that is there already.
        comments: make a migration also of descriptions alone.
        name: what the migration of a change is called, such as ``split-address``; None derives it.

    Raises:
        SchemagenError: with every mistake in the specs, or with what keeps the output from being written.
    """
    if not allow and not comments and _is_current(options):
        return BuildResult()
    refuse_place(options)
    inputs, specs = inputs_of(options), specs_of(options)
    if dry_run:
        plan = with_sums(make_plan(options, allow, baseline=baseline, comments=comments, name=name), specs)
        return _build_result(compare(plan, options.tree), plan)
    recover(options.tree)
    before = lock_content(options.tree)
    try:
        plan = with_sums(make_plan(options, allow, baseline=baseline, comments=comments, name=name), specs)
    except SchemagenError:
        if lock_content(options.tree) == before and not is_interrupted(options.tree):
            raise  # nobody wrote while this one read
    else:
        with exclusive(options.tree):
            if lock_content(options.tree) == plan.base_content:
                result = write_files(options.tree, plan.files, plan.removals)
                remember(plan, inputs, options.tree)
                return _build_result(result, plan)
    # another build was faster: plan anew from what it left
    return build(options, allow=allow, baseline=baseline, comments=comments, name=name)


def refuse_place(options: Options) -> None:
    """Keep a mistyped ``--output`` from filling a folder that holds other things, or the specs.

    Raises:
        SchemagenError: SG425.
    """
    output, specs, here = (path.resolve() for path in (options.output, options.specs, Path.cwd()))
    if any(place.is_relative_to(output) for place in (specs, here)) or output.is_relative_to(specs):
        message = (
            f"{options.output} is no place for the output: it holds the specs or the project, or lies in the specs"
        )
        raise SchemagenError(
            [Diagnostic("SG425", message, hint="choose a folder of its own, such as `--output output`")]
        )
    if "%" in str(options.output):
        message = f"{options.output} is no place for the output: Alembic can't read its settings below a name with `%`"
        raise SchemagenError([Diagnostic("SG425", message, hint="choose a name without `%`")])


def _build_result(files: WriteResult, plan: Plan) -> BuildResult:
    return BuildResult(files, plan.steps, plan.loaded.diagnostics, plan.loaded.sources)


def check(options: Options, *, full: bool = False) -> CheckResult:
    """Tell whether a build would change anything; writes nothing.

    With ``full`` it plans the build anew, whatever hashes say.

    Raises:
        SchemagenError: with every mistake in the specs, or in the lock and its migrations, SG426 for a write that was
            begun elsewhere.
    """
    if not full and (_is_current(options) or _has_right_sums(options)):
        return CheckResult()
    if is_interrupted(options.tree):
        refuse_foreign_write(options.tree)
        message = f"a build of {options.output} was interrupted, or is still at work"
        return CheckResult((Diagnostic("SG423", message, hint="run `schemagen build`: it finishes the other one"),))
    plan = make_plan(options)
    return CheckResult(_outdated(plan, options.tree), plan.loaded.diagnostics, plan.loaded.sources)


def load(options: Options, lock: bytes | None = None) -> Loaded:
    """Read and resolve the specs; what is wrong with them is returned, not raised.

    Args:
        options: where they are.
        lock: the content of the lock whose derived names stay as they are; without it, the one in the output.
    """
    from schemagen.resolve.own_steps import own_steps
    from schemagen.resolve.resolver import build_schema
    from schemagen.spec.language import read_specs
    from schemagen.spec.reporter import Reporter
    from schemagen.spec.source import read_sources

    from .query_functions import with_wanted
    from .server_version import report_newer

    sources, unreadable = read_sources(options.specs, options.unsaved)
    reporter = Reporter(sources)
    specs = read_specs(sources, reporter)
    lost = [found for found in unreadable if found.severity is Severity.ERROR and found.fix is None]
    held = held_schema(options.tree, lock)
    schema = build_schema(specs, reporter, held, incomplete=bool(lost))  # what has a fix was read as repaired
    schema = with_wanted(schema, reporter, functions=options.queries)
    report_newer(schema, options.server, reporter)
    if options.pages != "document":
        schema = replace(schema, documents=tuple(replace(each, pages=options.pages) for each in schema.documents))
    steps = own_steps(specs, reporter)
    loaded = Loaded(schema, sources, (*unreadable, *reporter.diagnostics), held, steps)
    if loaded.failed:
        return loaded
    return replace(loaded, diagnostics=(*loaded.diagnostics, *broken_examples(schema, sources)))


def make_plan(
    options: Options,
    allow: Sequence[str] = (),
    *,
    baseline: bool = False,
    comments: bool = False,
    name: str | None = None,
) -> Plan:
    """Everything up to the first write.

    Raises:
        SchemagenError: with every mistake in the specs, in the lock and its migrations, or in generated SQL.
    """
    with gc_paused():
        base_content = lock_content(options.tree)
        loaded = load(options, base_content)
        if loaded.failed:
            raise SchemagenError(loaded.diagnostics, loaded.sources)
        base = read_history(options.tree, base_content)
        if baseline and base is not None:
            raise SchemagenError([_has_history(options.tree)])
        plan = plan_from(
            loaded, base, allow, base_content, tree=options.tree, baseline=baseline, comments=comments, name=name
        )
        return with_layouts(plan, options, base)


def refuse_history(output: Output) -> None:
    """Stop what begins a history where there is one.

    Raises:
        SchemagenError: SG479 for a lock, SG40x for one that cannot be used and for migrations without it.
    """
    if read_history(output, lock_content(output)) is not None:
        raise SchemagenError([_has_history(output)])


def _has_history(output: Output) -> Diagnostic:
    message = f"{output} has a history already, and a baseline can only begin one"
    hint = "name another folder with `--output`, or change the specs and run `schemagen build`"
    return Diagnostic("SG479", message, hint=hint)


def with_layouts(plan: Plan, options: Options, base: Lock | None, *, looks: bool = True) -> Plan:
    """A plan that also keeps the files of other runners up to date; it ``looks`` at those that are there.

    Raises:
        SchemagenError: as ``layout_plan`` does.
    """
    if not options.layouts and not (base and base.layouts):
        return plan
    from .layout_files import layout_plan

    found = layout_plan(options.layouts, options.tree, base, plan.steps, looks=looks)
    lock = replace(plan.lock, layouts=found.known)
    files = {**plan.files, **found.new, LOCK_FILE: dumps(lock)}
    return replace(plan, lock=lock, files=files, removals=tuple(sorted({*plan.removals, *found.gone})))


def plan_from(
    loaded: Loaded,
    base: Lock | None,
    allow: Sequence[str],
    base_content: bytes | None,
    *,
    tree: Tree = PLAIN,
    baseline: bool = False,
    comments: bool = False,
    left_out: Sequence[tuple[str, tuple[str, ...]]] = (),
    name: str | None = None,
) -> Plan:
    """Everything that follows from specs without errors and the history that they continue.

    ``tree`` is where files will lie; ``baseline`` begins that history with one step, for a database that is there
    already; ``left_out`` has the rules of its tables on SQLite that the specs do not say.

    Raises:
        SchemagenError: for changes that are not allowed, and for mistakes in generated SQL.
    """
    if baseline:
        planned = planned_first(loaded, baseline_steps(loaded.schema))
    else:
        planned = plan_steps(loaded, base, allow, comments=comments, name=name)
    steps = planned.steps
    refused = validate_steps(loaded, steps, base.schema if base else None)
    if refused:
        raise SchemagenError(refused, loaded.sources)
    files = render(loaded.schema, base, steps, tree)
    refuse_conflicts(tree, files)
    lock = _next_lock(loaded.schema, base, steps, files)
    left = planned.left_out if base else tuple(left_out)
    kept = base or Lock(loaded.schema)
    lock = replace(lock, left_out=left, steps=(*kept.steps, *planned.records), superseded=kept.superseded)
    loaded = replace(loaded, diagnostics=(*loaded.diagnostics, *planned.remarks))
    removals = tuple(sorted(set(base.files) - files.keys())) if base else ()
    return Plan(loaded, steps, lock, {**files, LOCK_FILE: dumps(lock)}, removals, base_content)


def _next_lock(schema: Schema, base: Lock | None, steps: Sequence[Step], files: Mapping[str, str]) -> Lock:
    own, others = {step.number: dict[str, str]() for step in steps}, list[str]()
    for path, text in files.items():
        number = migration_number(path)
        if number is None:
            others.append(path)
        else:
            own[number][path] = text
    records: list[MigrationRecord] = list(base.migrations) if base else []
    for step in steps:
        parent = records[-1].identifier if records else None
        records.append(record(step, parent, own[step.number]))
    return Lock(schema, tuple(records), tuple(sorted(others)))


def _is_current(options: Options) -> bool:
    return fingerprint.is_current(str(options.specs), options.tree, options.settings)


def inputs_of(options: Options) -> str | None:
    """The fingerprint of everything that a build with these options reads."""
    return fingerprint.of_inputs(str(options.specs), options.settings)


def specs_of(options: Options) -> str | None:
    """The hash of what the specs and the settings say, for the hashes that are committed."""
    return fingerprint.of_specs(str(options.specs), options.settings)


def _has_right_sums(options: Options) -> bool:
    return committed.are_right(str(options.specs), options.tree, options.settings)


def with_sums(plan: Plan, specs: str | None) -> Plan:
    """A plan that also writes the hashes of all files; warnings are worth repeating, so with some there are none."""
    known = None if plan.loaded.diagnostics else specs
    return replace(plan, files={**plan.files, **committed.sums(known, _hashes(plan))})


def remember(plan: Plan, inputs: str | None, output: Output) -> None:
    """Let the next build see at once that nothing has changed; warnings are worth repeating, so they prevent it."""
    if inputs is None or plan.loaded.diagnostics:
        fingerprint.forget(output)
        return
    fingerprint.remember(output, inputs, _hashes(plan))


def _hashes(plan: Plan) -> dict[str, str]:
    """The sha256 of every file of the output, migrations of earlier builds included."""
    may_go = dict(plan.lock.superseded)
    hashes = {path: content_hash(text.encode()) for path, text in plan.files.items() if path not in may_go}
    for migration in plan.lock.migrations:
        hashes.update(migration.files)
    return {**dict(plan.lock.layouts), **hashes}


def compare(plan: Plan, output: Output) -> WriteResult:
    """What writing a plan would change; writes nothing."""
    same = tuple(path for path, text in plan.files.items() if has_content(output, path, text))
    removed = tuple(path for path in plan.removals if Path(located(output, path)).exists())
    return WriteResult(tuple(sorted(plan.files.keys() - set(same))), tuple(sorted(same)), removed)


def _outdated(plan: Plan, output: Output) -> tuple[Diagnostic, ...]:
    hint = "run `schemagen build`"
    if not Path(output).exists():
        return (Diagnostic("SG424", f"{output} does not exist", hint=hint),)
    difference = compare(plan, output)
    problems = {
        **{
            path: "is not what the specs say" if Path(located(output, path)).exists() else "is missing"
            for path in difference.written
        },
        **dict.fromkeys(difference.removed, "is left over from an earlier build"),
    }
    return tuple(
        Diagnostic("SG424", f"{located(output, path)} {what}", hint=hint) for path, what in sorted(problems.items())
    )
