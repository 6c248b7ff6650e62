"""Runs the lint rules over a resolved schema, as far as settings and comments let them speak."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any, Literal

from schemagen.base.diagnostics import Diagnostic, Related, SchemagenError, Severity
from schemagen.base.spelling import did_you_mean
from schemagen.base.stale import is_stale
from schemagen.changes.renames import followed

from .fixes import apply_fixes
from .profiles import Profile
from .rules import RULES
from .rules.base import Project
from .suppressions import PROVED_TOO, find_ignores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemagen.base.diagnostics import Fix
    from schemagen.resolve.loaded import Loaded
    from schemagen.spec.source import Sources

    from .rules.base import Finding, Rule
    from .suppressions import Ignore

FOLLOWED_RENAME = "SG597"
BAD_IGNORE = "SG598"
UNUSED_IGNORE = "SG599"
BAD_SETTING = "SG433"

PROFILE = "profile"
"""The key of the lint settings that is not a rule."""

Level = Literal["error", "warning", "ignore"]
LEVELS: tuple[Level, ...] = ("error", "warning", "ignore")

MAX_ROUNDS = 10
"""How often `--fix` reads the specs again; each round makes the fixes that the last one made possible."""

PAGES = {
    FOLLOWED_RENAME: """\
# SG597: A rename that has been made

`renamed_from` tells the next build that a table or column is an old one under a new name. The lock says the same
already, so builds pass over it without a word. It is still wanted by a branch whose migrations have to be recreated
with `schemagen rebase`; so it is never removed by `--fix`. Once the rename is on the main branch, delete it.

Wrong, after the build that has renamed the column:

```yaml
      title: {type: text, renamed_from: name}
```

Right:

```yaml
      title: {type: text}
```
""",
    BAD_IGNORE: """\
# SG598: An ignore without a code or a reason

A comment `# schemagen: ignore` names the rules that it switches off on its line (or, standing alone, on the next line),
and says why. Without a reason nobody can tell later whether it is still right. Errors can't be ignored, only rules.

Wrong:

```yaml
  created_at: {type: timestamp}  # schemagen: ignore SG509
```

Right:

```yaml
  created_at: {type: timestamp}  # schemagen: ignore SG509 the alarm cycles by the clock on the wall
```
""",
    UNUSED_IGNORE: """\
# SG599: An ignore that ignores nothing

The rule that a comment (or a line of `[tool.schemagen.lint]`) switches off finds nothing there. What was wrong has been
put right, or the comment has moved away from its line; left alone it would hide the next mistake.

Wrong:

```yaml
  created_at: {type: timestamptz}  # schemagen: ignore SG509 the alarm cycles by the clock on the wall
```

Right:

```yaml
  created_at: {type: timestamptz}
```

`schemagen lint --fix` removes the comment.
""",
}


@dataclass(frozen=True, slots=True)
class LintSettings:
    """What a project says about rules: the level of each code, and the profile whose other rules are warnings."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    profile: Profile = Profile.STRICT

    def level(self, rule: Rule) -> Level | None:
        """How a rule's findings count; None where it is not asked."""
        return self.levels.get(rule.code, "warning" if self.profile.includes(rule.profile) else None)


def read_lint_settings(table: Mapping[str, Any], profile: str | None = None) -> LintSettings:
    """The table ``[tool.schemagen.lint]``: ``profile``, and for rules ``error``, ``warning`` or ``ignore``.

    ``profile`` is that of the command line, which counts before the settings'.

    Raises:
        SchemagenError: SG433 for each key that is not a rule and each value that is not a level.
    """
    codes = {rule.name: rule.code for rule in RULES} | {rule.code: rule.code for rule in RULES}
    problems, levels = [], {}
    chosen = profile or table.get(PROFILE, Profile.SAFETY)
    if chosen not in list(Profile):
        problems.append(_bad_setting(PROFILE, chosen, Profile))
    for key, value in table.items():
        if key == PROFILE:
            continue
        if key not in codes:
            hint = did_you_mean(key, [*codes, PROFILE]) or "`schemagen explain` lists them"
            problems.append(Diagnostic(BAD_SETTING, f"the lint settings name no rule: `{key}`", hint=hint))
        elif value not in LEVELS:
            problems.append(_bad_setting(key, value, LEVELS))
        else:
            levels[codes[key]] = value
    if problems:
        raise SchemagenError(problems)
    return LintSettings(levels, Profile(chosen))


def _bad_setting(key: str, value: object, possible: Iterable[str]) -> Diagnostic:
    *first, last = (f"`{one}`" for one in possible)
    hint = f"write {', '.join(first)} or {last}"
    return Diagnostic(BAD_SETTING, f"`{key}` in the lint settings can't be {value!r}", hint=hint)


def lint(loaded: Loaded, settings: LintSettings, rules: Iterable[Rule] = RULES) -> tuple[Diagnostic, ...]:
    """What the rules find in specs without errors; with errors, only those, as findings would be echoes of them."""
    if loaded.failed:
        return loaded.diagnostics
    project = Project(loaded.schema, loaded.sources)
    ignores = [ignore for source in loaded.sources.files for ignore in find_ignores(source)]
    found = [*loaded.diagnostics]
    found += (each for each in _followed_renames(loaded) if not _is_ignored(each, ignores))
    asked = [(rule, level) for rule in rules if (level := settings.level(rule))]
    for rule, level in asked:
        diagnostics = [_diagnostic(rule, finding, level, loaded.sources) for finding in rule.check(project)]
        if level == "ignore":
            if not diagnostics:
                message = f"the settings ignore {rule.code} ({rule.name}), which finds nothing"
                found.append(_warning(UNUSED_IGNORE, message, "remove the line from the settings"))
            continue
        found += [diagnostic for diagnostic in diagnostics if not _is_ignored(diagnostic, ignores)]
    return (*found, *_about_ignores(ignores, {FOLLOWED_RENAME, *(rule.code for rule, _ in asked)}))


def _followed_renames(loaded: Loaded) -> Iterator[Diagnostic]:
    """Each ``renamed_from`` that the lock has already."""
    for part in followed(loaded.held, loaded.schema) if loaded.held else ():
        if part.origin:
            origin = part.origin.child("renamed_from")
            message = f"`{part.name}` is renamed from `{part.renamed_from}` in the lock already"
            hint = "delete `renamed_from` once the rename is on the main branch"
            span = loaded.sources.span(origin, key=True)
            yield Diagnostic(FOLLOWED_RENAME, message, span, origin.dotted(), hint, Severity.WARNING)


def _diagnostic(rule: Rule, finding: Finding, level: Level, sources: Sources) -> Diagnostic:
    origin = finding.origin
    return Diagnostic(
        code=rule.code,
        message=f"{finding.message} [{rule.name}]",
        span=sources.span(origin, key=finding.key) if origin else None,
        path=origin.dotted() if origin else "",
        hint=finding.hint,
        severity=Severity.ERROR if level == "error" else Severity.WARNING,
        fix=finding.fix,
        related=tuple(Related(text, sources.span(where, key=True)) for text, where in finding.related),
    )


def _warning(code: str, message: str, hint: str, ignore: Ignore | None = None, fix: Fix | None = None) -> Diagnostic:
    return Diagnostic(code, message, ignore.span if ignore else None, "", hint, Severity.WARNING, fix)


def _is_ignored(diagnostic: Diagnostic, ignores: Iterable[Ignore]) -> bool:
    span = diagnostic.span
    for ignore in ignores:
        here = span is not None and (ignore.span.file, ignore.line) == (span.file, span.line)
        if here and diagnostic.code in ignore.codes and ignore.reason:
            ignore.used.add(diagnostic.code)
            return True
    return False


def _about_ignores(ignores: Iterable[Ignore], codes: set[str]) -> Iterator[Diagnostic]:
    hint = "write `# schemagen: ignore SG507 the reason`"
    known = {*PAGES, *(rule.code for rule in RULES)}
    for ignore in ignores:
        if not ignore.codes:
            yield _warning(BAD_IGNORE, "an ignore that names no rule", hint, ignore)
            continue
        unknown = [code for code in ignore.codes if code not in known]
        if unknown:
            yield _warning(BAD_IGNORE, f"{', '.join(unknown)} is not a lint rule, so it can't be ignored", hint, ignore)
        elif not ignore.reason:
            yield _warning(BAD_IGNORE, f"an ignore of {', '.join(ignore.codes)} without a reason", hint, ignore)
        else:
            looked_for = codes - {PROVED_TOO}
            unused = [code for code in ignore.codes if code in looked_for and code not in ignore.used]
            if unused:
                fix = ignore.removal if len(unused) == len(ignore.codes) else None
                message = f"{', '.join(unused)} {'finds' if len(unused) == 1 else 'find'} nothing here to ignore"
                yield _warning(UNUSED_IGNORE, message, "remove it", ignore, fix)


def apply_to_files(diagnostics: Iterable[Diagnostic]) -> int:
    """Make the fixes of diagnostics in their files; the number of files that have changed.

    Each fix belongs to one file. Every byte outside the fixes stays.

    Raises:
        SchemagenError: SG434 when a file can't be written.
    """
    by_file: dict[str, list[Fix]] = {}
    for found in diagnostics:
        if found.fix and found.fix.edits:
            by_file.setdefault(found.fix.edits[0].span.file, []).append(found.fix)
    return sum(_rewrite(Path(file), fixes) for file, fixes in by_file.items())


def _rewrite(path: Path, fixes: list[Fix]) -> bool:
    before = path.read_bytes()
    after = apply_fixes(before.decode(), fixes).encode()
    if after == before:
        return False
    try:
        _replace(path.resolve(), after)
    except OSError as error:
        message = f"{path.name} can't be written: {error.strerror}"
        raise SchemagenError([Diagnostic("SG434", message, hint="make it writable")]) from error
    return True


def clear_away(folder: Path) -> None:
    """Remove what a killed `--fix` has left beside specs."""
    for path in folder.rglob(".????????.schemagen"):
        with suppress(OSError):
            if path.is_file() and not path.is_symlink() and is_stale(path.stat().st_mtime):
                path.unlink()


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another, so that nobody ever sees half of it."""
    descriptor, name = mkstemp(prefix=".", suffix=".schemagen", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
