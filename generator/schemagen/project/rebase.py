"""Two branches have each added migrations: those of one stay, those of the other are recreated after them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.gc_pause import gc_paused
from schemagen.base.layout import LOCK_FILE, migration_files, read_generated
from schemagen.migrations.git import Repository
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import content_hash, dumps, loads, loads_from

from .pipeline import (
    BuildResult,
    compare,
    inputs_of,
    load,
    plan_from,
    refuse_place,
    remember,
    specs_of,
    with_layouts,
    with_sums,
)
from .superseded import kept_rollbacks
from .write import exclusive, recover, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemagen.migrations.lock import Lock
    from schemagen.resolve.loaded import Loaded

    from .pipeline import Options, Plan

NO_LOCK = "SG413"
NOT_MERGED = "SG414"
OLDER = "SG418"

_OWN_SIDES = ("HEAD", "HEAD^1", "HEAD^2", "MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD")
"""Where the lock of this branch may be when the one on disk has merge markers, or was merged into no chain."""


def rebase(options: Options, onto: str, *, allow: Sequence[str] = (), dry_run: bool = False) -> BuildResult:
    """Keep the migrations of a revision, and make those of this branch anew under the next number, in one write.

    Args:
        options: where the specs and the output are.
        onto: the revision whose migrations stay as they are; this branch must contain it, be merging it, or have its
            migrations, as after a squash or a cherry-pick.
        allow: what may be lost, as for ``build``.
        dry_run: only tell what would be done.

    Raises:
        SchemagenError: SG412 when git cannot tell, SG413 when the revision has no lock, SG414 when its specs are not
            merged, SG418 when a later state of it is merged, SG404 and SG406 for migrations on disk that no lock knows
            as they are; else as ``build`` does.
    """
    refuse_place(options)
    repository = Repository(options.output)
    commit = repository.commit(onto)
    held = repository.read(commit, LOCK_FILE)
    theirs = _their_lock(held, f"{onto}:{options.output}/{LOCK_FILE}")
    _refuse_older(repository, commit, theirs, onto)
    if not _is_merged(repository, commit, held):
        _refuse_missing(options, theirs, onto)
    if not dry_run:
        recover(options.tree)
    inputs, specs = inputs_of(options), specs_of(options)
    with gc_paused():
        loaded = load(options, held)
        if loaded.failed:
            raise SchemagenError(loaded.diagnostics, loaded.sources)
        plan = _plan(options, loaded, theirs, repository, commit, allow)
    plan = with_sums(plan, specs)
    if dry_run:
        return BuildResult(compare(plan, options.tree), plan.steps, plan.loaded.diagnostics, plan.loaded.sources)
    with exclusive(options.tree):
        if lock_content(options.tree) == plan.base_content:
            result = write_files(options.tree, plan.files, plan.removals)
            remember(plan, inputs, options.tree)
            return BuildResult(result, plan.steps, plan.loaded.diagnostics, plan.loaded.sources)
    return rebase(options, onto, allow=allow)  # a build was faster: begin with what it left


def _plan(
    options: Options, loaded: Loaded, theirs: Lock, repository: Repository, commit: str, allow: Sequence[str]
) -> Plan:
    base_content = lock_content(options.tree)
    own = tuple(_own_locks(repository, base_content))
    gone = _own_migrations(options, theirs, own)
    plan = with_layouts(plan_from(loaded, theirs, allow, base_content, tree=options.tree), options, theirs, looks=False)
    files = {**_their_files(options, theirs, repository, commit), **plan.files}
    left_over = {path for lock in (theirs, *own) for path in (*lock.files, *dict(lock.layouts))}
    left_over -= dict(plan.lock.layouts).keys()
    kept = kept_rollbacks(options.tree, gone - files.keys(), (theirs, *own))
    lock = replace(plan.lock, superseded=kept.known)
    files = {**files, **kept.files, LOCK_FILE: dumps(lock)}
    return replace(plan, lock=lock, files=files, removals=tuple(sorted((gone | left_over) - files.keys())))


def _is_merged(repository: Repository, commit: str, lock: bytes | None) -> bool:
    """Whether git knows that this branch contains the other one, or is about to take it in."""
    sides = (side for name in ("HEAD", "MERGE_HEAD") if (side := repository.find(name)))
    if any(repository.contains(side, commit) for side in sides):
        return True
    return any(repository.read(stage, LOCK_FILE) == lock for stage in (":2", ":3"))  # a squash that is not resolved yet


def _refuse_older(repository: Repository, commit: str, theirs: Lock, onto: str) -> None:
    """Stop before migrations of the other branch are taken for this one's: a later state of it has been merged.

    Raises:
        SchemagenError: SG418.
    """
    for ours, other in (("HEAD", "MERGE_HEAD"), ("HEAD^1", "HEAD^2")):
        own, side = repository.find(ours), repository.find(other)
        if not own or not side or not repository.contains(side, commit):
            continue
        if repository.read(own, LOCK_FILE) == repository.read(commit, LOCK_FILE):
            continue  # it is this side that stays
        content = repository.read(side, LOCK_FILE)
        later = loads(content).migrations[len(theirs.migrations) :] if content else ()
        if later:
            message = f"`{onto}` is older than what has been merged, which has {later[0].identifier} as well"
            hint = f"`schemagen rebase --onto {other}` keeps all of its migrations"
            raise SchemagenError([Diagnostic(OLDER, message, hint=hint)])


def _refuse_missing(options: Options, theirs: Lock, onto: str) -> None:
    """Specs that lack what the other branch has done would undo it; who has its migrations has that too.

    Git brings both in one commit, and keeps no other trace of a squash or of a cherry-pick.

    Raises:
        SchemagenError: SG414.
    """
    missing = [each.identifier for each in theirs.migrations if not all(map(partial(_is_there, options), each.files))]
    if missing:
        message = f"`{onto}` is not merged into this branch, which lacks its {missing[0]}"
        hint = f"`git merge {onto}` first, and resolve the specs; the conflicts in the output need no resolving"
        raise SchemagenError([Diagnostic(NOT_MERGED, message, hint=hint)])


def _is_there(options: Options, file: tuple[str, str]) -> bool:
    """Whether a migration file is on disk as it was written."""
    path, digest = file
    content = _on_disk(options, path)
    return content is not None and content_hash(content) == digest


def _their_lock(content: bytes | None, place: str) -> Lock:
    if content is None:
        hint = "name the branch whose migrations stay; if it has none, `schemagen build` is what you need"
        raise SchemagenError([Diagnostic(NO_LOCK, f"there is no {place}", hint=hint)])
    return loads_from(place, content)


def _their_files(options: Options, theirs: Lock, repository: Repository, commit: str) -> dict[str, str]:
    """The migrations of the revision: from disk where they are there as they were written, else from git.

    Raises:
        SchemagenError: SG404 and SG405 for those that the revision's own lock does not fit.
    """
    found: dict[str, str] = {}
    wrong: list[Diagnostic] = []
    migrated = [file for migration in theirs.migrations for file in migration.files]
    for path, digest in (*migrated, *theirs.layouts):
        content = _on_disk(options, path)
        if content is None or content_hash(content) != digest:
            content = repository.read(commit, options.tree.below(path))
        if content is None or content_hash(content) != digest:
            code, problem = ("SG405", "is missing") if content is None else ("SG404", "does not fit its lock")
            message = f"migration file {options.tree.located(path)} of the other branch {problem}"
            wrong.append(Diagnostic(code, message, hint="put the other branch right first: `schemagen check` there"))
        else:
            found[path] = content.decode().replace("\r\n", "\n")
    if wrong:
        raise SchemagenError(wrong)
    return found


def _own_locks(repository: Repository, content: bytes | None) -> Iterator[Lock]:
    """Every lock that may know this branch's migrations: the one on disk, and those of the commits that are merged."""
    contents = [content, repository.read(":2", LOCK_FILE), repository.read(":3", LOCK_FILE)]
    contents += (repository.read(side, LOCK_FILE) for name in _OWN_SIDES if (side := repository.find(name)))
    for each in dict.fromkeys(contents):
        if each is None:
            continue
        try:
            yield loads(each)
        except SchemagenError:  # merge markers, or a merge that is not a chain: the sides of the merge are read as well
            continue


def _own_migrations(options: Options, theirs: Lock, own: Sequence[Lock]) -> set[str]:
    """The migration files on disk that are this branch's own, every one of them as one of its locks has it.

    Raises:
        SchemagenError: SG404 for one that was edited, SG406 for one that nobody knows.
    """
    known = _files(own)
    kept = _files([theirs]).keys()
    gone = migration_files(options.tree) - kept
    wrong: list[Diagnostic] = []
    for path in sorted(gone):
        content = _on_disk(options, path)
        digest = content_hash(content) if content is not None else ""
        if path not in known:
            code, problem = "SG406", "belongs to no migration of this branch"
        elif digest not in known[path]:
            code, problem = "SG404", "was modified after it was generated (hash mismatch)"
        else:
            continue
        hint = "restore it, or move it away: it would be removed"
        wrong.append(Diagnostic(code, f"migration file {options.tree.located(path)} {problem}", hint=hint))
    if wrong:
        raise SchemagenError(wrong)
    return gone


def _files(locks: Sequence[Lock]) -> Mapping[str, set[str]]:
    """Each migration file that the locks know, with its hashes."""
    found: dict[str, set[str]] = {}
    for lock in locks:
        for migration in lock.migrations:
            for path, digest in migration.files:
                found.setdefault(path, set()).add(digest)
    return found


def _on_disk(options: Options, path: str) -> bytes | None:
    try:
        return read_generated(options.tree.located(path))
    except OSError:
        return None
