"""Tables in files: a file for each group of tables that refer to each other, a last one for those that stand alone."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_TABLES = 40
"""A larger group is split by the first word of its tables' names: nobody reads a file of hundreds of tables."""

ALONE = "tables"


def grouped(parents: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Names of files, without a suffix, and the tables of each, in the order in which they came.

    Args:
        parents: the tables that each table refers to.
    """
    order = {name: number for number, name in enumerate(parents)}
    groups: dict[str, list[str]] = {}
    alone: list[str] = []
    for members in _components(parents):
        members.sort(key=order.__getitem__)
        if len(members) == 1:
            alone += members
        elif len(members) <= MOST_TABLES:
            groups[_file_name(_centre(members, parents), groups)] = members
        else:
            for word, part in _by_first_word(members).items():
                groups[_file_name(word, groups)] = part
    if alone:
        alone.sort(key=order.__getitem__)
        for word, part in [("", alone)] if len(alone) <= MOST_TABLES else _by_first_word(alone).items():
            groups[_file_name(alone[0] if len(alone) == 1 else word or ALONE, groups)] = part
    return {name: tuple(tables) for name, tables in groups.items()}


def _components(parents: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The groups of tables that foreign keys connect."""
    leader = {name: name for name in parents}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for name, others in parents.items():
        for other in others:
            leader[find(other)] = find(name)
    found: dict[str, list[str]] = {}
    for name in parents:
        found.setdefault(find(name), []).append(name)
    return list(found.values())


def _centre(members: Sequence[str], parents: Mapping[str, Iterable[str]]) -> str:
    """The table that most others refer to; the first of them."""
    referred = Counter(other for name in members for other in set(parents[name]) - {name})
    return max(members, key=lambda name: referred[name])


def _by_first_word(members: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in members:
        found.setdefault(re.split(r"_|(?<=[a-z])(?=[A-Z])", name.strip("_"))[0].lower() or ALONE, []).append(name)
    small = [word for word, names in found.items() if len(names) == 1]
    if len(small) > 1:
        rest = [name for word in small for name in found.pop(word)]
        found.setdefault(ALONE, []).extend(rest)
    return found


def _file_name(word: str, taken: Iterable[str]) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-") or ALONE
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate
