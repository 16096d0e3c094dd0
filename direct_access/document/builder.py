"""From the parser's events to plain data with marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import yaml

from direct_access.document.core_schema import (
    Scalar,
    is_collection_tag,
    plain_scalar,
    readable_tag,
    tagged_scalar,
)
from direct_access.document.document import (
    MAX_FINDINGS,
    Document,
    Mark,
    Marks,
    Path,
    field_name,
    refusal,
    show,
)
from direct_access.errors import Finding

_SURROGATE = re.compile("[\ud800-\udfff]")

MAX_DEPTH = 100
MAX_NODES = 1_000_000
MAX_CHARACTERS = 64 * 1024 * 1024


class _Node(NamedTuple):
    """A finished value and its cost with all aliases written out."""

    value: Any
    mark: Mark
    nodes: int
    characters: int
    height: int = 0


class _Open:
    """A mapping or list whose end has not been read yet."""

    def __init__(
        self, value: dict[str, Any] | list[Any], mark: Mark, anchor: str | None, nodes: int, characters: int
    ) -> None:
        self.value = value
        self.mark = mark
        self.anchor = anchor
        self.nodes_before = nodes
        self.characters_before = characters
        self.marks = Marks()
        self.height = 1
        self.key: str | None = None

    @property
    def step(self) -> str | int | None:
        """Where the next value goes; None while a mapping waits for a key."""
        return len(self.value) if isinstance(self.value, list) else self.key


class DocumentBuilder:
    """Takes the events of one YAML stream in order and builds its one document."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[_Open] = []
        self._anchors: dict[str, _Node | None] = {}
        self._marks: dict[int, Marks] = {}
        self._findings: list[Finding] = []
        self._root: _Node | None = None
        self._nodes = 0
        self._characters = 0

    def take(self, event: Any) -> None:
        """Take the next event.

        :raises InputError: if the document cannot be read any further
        """
        if handler := self._HANDLERS.get(type(event)):
            handler(self, event)

    def finish(self) -> Document:
        """Return the document.

        :raises InputError: with all findings, if there are any or there was no document
        """
        if self._root is None or self._root.value is None:
            self._findings.append(Finding(self._name, None, None, "", "is empty"))
        if self._root is None or self._findings:
            raise refusal(self._name, self._findings)
        return Document(self._name, self._root.value, self._marks, self._root.mark)

    def _document_start(self, event: Any) -> None:
        if self._root is not None:
            self._stop(_mark(event), "a second document begins", "one document in a file")

    def _scalar(self, event: Any) -> None:
        mark = _mark(event)
        try:
            value = _scalar_value(event)
        except ValueError as error:
            value = ""
            self._note(mark, str(error))
        self._count(mark, 1, len(event.value))
        node = _Node(value, mark, 1, len(event.value))
        self._anchor(event.anchor, node)
        self._place(node)

    def _collection_start(self, event: Any) -> None:
        mark = _mark(event)
        is_map = isinstance(event, yaml.MappingStartEvent)
        if not is_collection_tag(event.tag, "map" if is_map else "seq"):
            self._note(mark, f"the tag {readable_tag(event.tag)} is not read")
        if len(self._open) >= MAX_DEPTH:
            self._stop(mark, "nested too deeply", f"at most {MAX_DEPTH} levels")
        if self._open and self._open[-1].step is None:
            self._stop(mark, f"a key that is {'a mapping' if is_map else 'a list'}", "keys that are text")
        opened = _Open({} if is_map else [], mark, event.anchor, self._nodes, self._characters)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._count(mark, 1, 0)
        self._open.append(opened)

    def _collection_end(self, _event: Any) -> None:
        closed = self._open.pop()
        self._marks[id(closed.value)] = closed.marks
        node = _Node(
            closed.value,
            closed.mark,
            self._nodes - closed.nodes_before,
            self._characters - closed.characters_before,
            closed.height,
        )
        self._anchor(closed.anchor, node)
        self._place(node)

    def _alias(self, event: Any) -> None:
        mark = _mark(event)
        if event.anchor not in self._anchors:
            self._stop(mark, f"the alias *{event.anchor} has no anchor before it")
        target = self._anchors[event.anchor]
        if target is None:
            self._stop(mark, f"the alias *{event.anchor} stands inside what it names", "no recursion")
        if len(self._open) + target.height > MAX_DEPTH:
            self._stop(mark, "nested too deeply", f"at most {MAX_DEPTH} levels, aliases written out")
        if self._open and self._open[-1].step is None and not isinstance(target.value, str):
            self._stop(mark, f"a key that is {show(target.value)}", "keys that are text")
        self._count(mark, target.nodes, target.characters)
        self._place(_Node(target.value, mark, target.nodes, target.characters, target.height))

    def _anchor(self, anchor: str | None, node: _Node) -> None:
        if anchor:
            self._anchors[anchor] = node

    def _place(self, node: _Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.marks.values[len(parent.value)] = node.mark
            parent.value.append(node.value)
        elif parent.key is None:
            parent.key = self._key(parent, node)
            return
        else:
            parent.value[parent.key] = node.value
            parent.marks.values[parent.key] = node.mark
            parent.key = None
        parent.height = max(parent.height, node.height + 1)

    def _key(self, parent: _Open, node: _Node) -> str:
        if not isinstance(node.value, str):
            self._note(node.mark, f"the key {show(node.value)} is not text", "keys that are text; quote it")
        elif node.value == "<<":
            self._note(node.mark, "the merge key <<, which YAML 1.2 does not have", "each key written out")
        key = str(node.value)
        if first := parent.marks.keys.get(key):
            parent.key = key
            self._note(node.mark, f"the key {show(key)} a second time; the first is in line {first[0]}")
        parent.marks.keys.setdefault(key, node.mark)
        return key

    def _count(self, mark: Mark, nodes: int, characters: int) -> None:
        self._nodes += nodes
        self._characters += characters
        if self._nodes > MAX_NODES:
            self._stop(mark, "too many values", f"at most {MAX_NODES}, aliases written out")
        if self._characters > MAX_CHARACTERS:
            self._stop(mark, "too much text", f"at most {MAX_CHARACTERS} characters, aliases written out")

    def _path(self) -> Path:
        return tuple(step for opened in self._open if (step := opened.step) is not None)

    def _note(self, mark: Mark, found: str, allowed: str = "") -> None:
        self._findings.append(Finding(self._name, *mark, field_name(self._path()), found, allowed))
        if len(self._findings) >= MAX_FINDINGS:
            raise refusal(self._name, self._findings)

    def _stop(self, mark: Mark, found: str, allowed: str = "") -> NoReturn:
        self._note(mark, found, allowed)
        raise refusal(self._name, self._findings)

    _HANDLERS: dict[type, Callable[[DocumentBuilder, Any], None]] = {
        yaml.DocumentStartEvent: _document_start,
        yaml.ScalarEvent: _scalar,
        yaml.SequenceStartEvent: _collection_start,
        yaml.MappingStartEvent: _collection_start,
        yaml.SequenceEndEvent: _collection_end,
        yaml.MappingEndEvent: _collection_end,
        yaml.AliasEvent: _alias,
    }


def _scalar_value(event: Any) -> Scalar:
    if event.tag is None and event.implicit[0]:
        return plain_scalar(event.value)
    # libyaml refuses these escapes, PyYAML's own scanner lets them pass, and no UTF-8 can hold them.
    if _SURROGATE.search(event.value):
        raise ValueError("half of a surrogate pair, which is not a character")
    return tagged_scalar(event.tag or "!", event.value)


def _mark(event: Any) -> Mark:
    return event.start_mark.line + 1, event.start_mark.column + 1
