"""From libyaml's events to nodes: duplicate keys seen, aliases counted before they are followed, nesting bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from schemagen.base import escape
from schemagen.base.diagnostics import Diagnostic, Related
from schemagen.base.gc_pause import gc_paused

from . import yaml_pages as pages
from .nodes import MAX_DEPTH, Mapping, Node, Positions, Scalar, Sequence
from .syntax import syntax_error

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NODES: Final = 2_000_000
"""Nodes of one file, those that aliases repeat counted again; a spec of 10 MB has under a million."""

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)*")


class _PureParser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """The parser for a PyYAML that was built without libyaml; the same events, slower."""

    def __init__(self, stream: str) -> None:
        yaml.reader.Reader.__init__(self, stream)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


def _fastest_parser() -> Callable[[str], Any]:
    try:
        from yaml._yaml import CParser  # PyYAML can be built without libyaml
    except ImportError:
        return _PureParser
    return CParser


@dataclass(slots=True)
class Tree:
    """What reading a text gave.

    ``root`` is there if the text could be read to its end and holds a mapping. ``failed_at`` is the offset at which
    YAML gave up. ``suspicious``: read without an error, but a flow collection looks as if a comma had split a text.
    """

    root: Mapping | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    failed_at: int | None = None
    suspicious: bool = False


class _TooBigError(Exception):
    """Reading stops here: the text holds more than a spec can."""


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read yet."""

    event: Any
    nodes_before: int
    end: int
    height: int = 0
    is_mapping: bool = False
    in_flow: bool = False
    key: Scalar | None = None
    keyless: bool = False
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)


def read_tree(text: str, positions: Positions, parser: Callable[[str], Any] | None = None) -> Tree:
    """The nodes of a text and everything that is wrong with it as YAML; raises nothing."""
    builder = _Builder(text, positions)
    try:
        with gc_paused():
            builder.read((parser or _fastest_parser())(text))
        builder.choose_root()
    except yaml.YAMLError as error:
        failure = syntax_error(error, text, positions)
        builder.tree.failed_at = failure.offset
        builder.tree.diagnostics.append(failure.diagnostic)
    except _TooBigError:
        pass
    return builder.tree


class _Builder:
    def __init__(self, text: str, positions: Positions) -> None:
        self.tree = Tree()
        self._text = text
        self._positions = positions
        self._open: list[_Open] = []
        self._nodes = 0
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._documents = 0
        self._root: Node | None = None

    def read(self, parser: Any) -> None:
        handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._finish,
            SequenceEndEvent: self._finish,
            AliasEvent: self._alias,
        }
        next_event = parser.get_event
        while (event := next_event()) is not None:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
            elif type(event) is DocumentStartEvent and not self._first_document(event):
                return

    def _first_document(self, event: Any) -> bool:
        self._documents += 1
        if self._documents == 1:
            return True
        start = event.start_mark.index
        self._report(
            pages.SEVERAL_DOCUMENTS,
            "a second YAML document begins here; a spec file holds one",
            start,
            start + 3,
            hint="remove the `---`, or move what follows to a file of its own",
        )
        return False

    def _scalar(self, event: Any) -> None:
        """The hottest path: two thirds of all events are scalars."""
        start, end = event.start_mark.index, event.end_mark.index
        value, plain = event.value, event.implicit[0]
        parent = self._open[-1] if self._open else None
        if event.anchor or event.tag:
            start, plain = self._properties(event, start)
        elif plain and parent is not None and parent.in_flow and (start == end or "(" in value):
            self._look_for_typo(parent, value, start, end)
        node = Scalar(value, plain, start, end, self._positions)
        self._nodes += 1
        if event.anchor:
            self._anchors[event.anchor] = (node, 1, 0)
        if parent is not None and parent.is_mapping and parent.key is None:
            parent.key = node
            parent.end = end
        else:
            self._add(node, end)

    def _properties(self, event: Any, start: int) -> tuple[int, bool]:
        """Where a scalar itself begins after its anchor and its tag, and whether it is unquoted."""
        if event.tag:
            self._refuse_tag(event)
        match = _PROPERTIES.match(self._text, start, event.end_mark.index)
        return (match.end() if match else start), not event.style

    def _refuse_tag(self, event: Any) -> None:
        start = event.start_mark.index
        length = len(self._text[start : start + 200].split(maxsplit=1)[0])
        self._report(
            pages.TAG,
            "a tag is no part of the spec language",
            start,
            start + length,
            hint="remove the tag; a value is read by the type of its key",
        )

    def _look_for_typo(self, parent: _Open, value: str, start: int, end: int) -> None:
        if start < end:
            self.tree.suspicious = self.tree.suspicious or value.count("(") > value.count(")")
        elif parent.key is not None and parent.key.end == end and parent.is_mapping:
            parent.keyless = self.tree.suspicious = True

    def _start(self, event: Any) -> None:
        self._nodes += 1
        start = event.start_mark.index
        if event.tag:
            self._refuse_tag(event)
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        self._check_size(len(self._open) + 1, start, start + 1)
        self._open.append(
            _Open(
                event,
                self._nodes - 1,
                event.end_mark.index,
                is_mapping=type(event) is MappingStartEvent,
                in_flow=event.flow_style,
            )
        )

    def _finish(self, event: Any) -> None:
        done = self._open.pop()
        start = done.event.start_mark.index
        end = event.end_mark.index if done.in_flow else done.end
        node: Node
        if done.is_mapping:
            node = Mapping(done.entries, start, end, self._positions)
        else:
            node = Sequence(tuple(done.items), start, end, self._positions)
        if done.event.anchor:
            self._anchors[done.event.anchor] = (node, self._nodes - done.nodes_before, done.height)
        self._add(node, end, done.height)

    def _alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        name = event.anchor
        found = self._anchors.get(name)
        if found is None:
            self._refuse_alias(name, start, end)
            self._add(Scalar("", plain=True, start=start, end=end, positions=self._positions), end)
            return
        node, nodes, height = found
        self._nodes += nodes
        self._check_size(len(self._open) + height, start, end)
        self._add(node, end, height)

    def _refuse_alias(self, name: str, start: int, end: int) -> None:
        if any(part.event.anchor == name for part in self._open):
            message, hint = f"`*{name}` stands inside of what it repeats", "an alias can't hold itself"
            self._report(pages.RECURSIVE_ALIAS, message, start, end, hint=hint)
        else:
            hint = f"write `&{name}` before the value it shall repeat, or quote a text that begins with `*`"
            self._report(pages.UNKNOWN_ALIAS, f"no `&{name}` stands before this alias", start, end, hint=hint)

    def _check_size(self, depth: int, start: int, end: int) -> None:
        if depth > MAX_DEPTH:
            self._report(pages.TOO_DEEP, f"nested deeper than {MAX_DEPTH} levels", start, end)
            raise _TooBigError
        if self._nodes > MAX_NODES:
            message = f"the file holds more than {MAX_NODES:,} values when its aliases are followed"
            self._report(pages.TOO_MANY_VALUES, message, start, end)
            raise _TooBigError

    def _add(self, node: Node, end: int, height: int = 0) -> None:
        if not self._open:
            self._root = node
            return
        if self._nodes > MAX_NODES:
            self._check_size(len(self._open), node.start, node.end)
        parent = self._open[-1]
        parent.end = end
        if height >= parent.height:
            parent.height = height + 1
        if not parent.is_mapping:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._as_key(node)
        else:
            key, parent.key = parent.key, None
            self._add_entry(parent, key, node)

    def _as_key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        self._report(
            pages.COMPLEX_KEY,
            "a key has to be a text, not a list or a mapping",
            node.start,
            node.end,
            hint="quote it if braces or brackets belong to its text",
        )
        return Scalar("", plain=False, start=node.start, end=node.end, positions=self._positions)

    def _add_entry(self, parent: _Open, key: Scalar, value: Node) -> None:
        if parent.keyless:
            parent.keyless = False
            self._refuse_keyless(key)
        if key.plain and key.text == "<<":
            self._refuse_merge(key)
            return
        if key.text in parent.entries:
            self._refuse_duplicate(key, parent.entries[key.text][0])
            return
        parent.entries[key.text] = (key, value)

    def _refuse_keyless(self, key: Scalar) -> None:
        self._report(
            pages.KEY_WITHOUT_VALUE,
            f"`{_short(key.text)}` stands in a `{{…}}` without a value",
            key.start,
            key.end,
            hint=f"write `{_short(key.text)}: …`, or quote the whole text if the comma before it belongs to it",
        )

    def _refuse_merge(self, key: Scalar) -> None:
        self._report(
            pages.MERGE_KEY,
            "merge keys (`<<`) are no part of the spec language",
            key.start,
            key.end,
            hint="write the keys out, or repeat a whole value with an alias: `created_at: &created {…}`, "
            "then `created_at: *created`",
        )

    def _refuse_duplicate(self, key: Scalar, first: Scalar) -> None:
        self._report(
            pages.DUPLICATE_KEY,
            f"the key `{_short(key.text)}` is already there",
            key.start,
            key.end,
            hint="keep one of the two",
            related=(Related("first written here", first.span),),
        )

    def choose_root(self) -> None:
        """Take the mapping that the text holds; an empty text holds nothing."""
        node = self._root
        if isinstance(node, Mapping):
            self.tree.root = node
        elif node is not None and not (isinstance(node, Scalar) and node.plain and not node.text):
            shape = "a list" if isinstance(node, Sequence) else "a text"
            hint = "begin with `schemagen: 1`, then `title:` and `tables:`"
            message = f"a spec is a mapping of keys to values; this file holds {shape}"
            self._report(pages.NOT_A_MAPPING, message, node.start, min(node.end, node.start + 1), hint=hint)

    def _report(
        self,
        code: str,
        message: str,
        start: int,
        end: int,
        *,
        hint: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        span = self._positions.span(start, end)
        self.tree.diagnostics.append(Diagnostic(code, message, span, hint=hint, related=related))


def _short(text: str) -> str:
    limit = 60
    text = escape.one_line(text[: limit + 1])
    return text if len(text) <= limit else f"{text[:limit]}…"
