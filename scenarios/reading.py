"""YAML text to plain data that knows the place of every key, so that a message can name file, line and key.

Reads less than `yaml.safe_load`: no tags, no merge keys, no second document, no key twice. Words are read as
in YAML 1.2 (`yes`, `no` and dates are text, `1e-3` is a number), and keys are always text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml

from scenarios.errors import InputError, Path, key_of, shown

__all__ = ["Document", "InputError", "Node", "parse", "read"]

MAX_BYTES: Final = 1024 * 1024
MAX_NODES: Final = 100_000
"""Most entries of a file, each alias counted with all that it stands for."""
MAX_DEPTH: Final = 20
_TOO_DEEP: Final = f"is nested deeper than {MAX_DEPTH} levels; check the brackets"

_A: Final = {"scenario": "a scenario", "experiment": "an experiment"}
"""Kinds of file."""
_FIRST_KEYS: Final = {"scenario": "id, title, summary and extends", "experiment": "id, title and scenarios"}
_PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS: Final = ("", "~", "null", "Null", "NULL")
_BOOLS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Node:
    """Plain data with the places of what is inside it."""

    value: Any
    line: int
    size: int = 1
    depth: int = 1
    inside: dict[str | int, Node] = field(default_factory=dict)
    lines: dict[str | int, int] = field(default_factory=dict)
    """Line of each key or list item."""
    columns: dict[str | int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """One file that was read."""

    file: str
    """The file as messages name it."""
    name: str
    """Its name without folders."""
    sha256: str
    root: Node

    @property
    def data(self) -> dict[str, Any]:
        """The whole file as plain data."""
        return self.root.value

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of the key at a path, or of the nearest key around it."""
        node, line, column = self.root, self.root.line, 0
        for step in path:
            if step not in node.inside:
                break
            line, column = node.lines[step], node.columns[step]
            node = node.inside[step]
        return line, column

    def error(self, path: Path, message: str) -> InputError:
        """An error about the key at a path."""
        return InputError(self.file, self.place(path)[0], key_of(path), message)


def read(source: Traversable, kind: str = "scenario") -> Document:
    """Read a file; raises InputError when it is not a mapping in plain, safe YAML of a sensible size.

    Parameters
    ----------
    kind : what the file should be, for messages
    """
    file = str(source)
    try:
        if not source.is_file():
            what = "is a directory" if source.is_dir() else "is not a file"
            raise InputError(file, None, "", f"{what}; give {_A[kind]} file, such as my_{kind}.yaml")
        with source.open("rb") as stream:
            content: bytes = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise InputError(file, None, "", f"cannot be read: {reason}") from None
    return parse(content, file, source.name, kind)


@lru_cache(maxsize=128)
def parse(content: bytes, file: str, name: str = "", kind: str = "scenario") -> Document:
    """Plain data of YAML text with the place of every key; raises InputError."""
    if len(content) > MAX_BYTES:
        raise InputError(file, None, "", f"is larger than 1 MiB; {_A[kind]} file is a few pages of text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{error.object[error.start]:02x}"
        raise InputError(file, line, "", f"is not UTF-8 text ({byte}); save the file as UTF-8") from None
    if control := _CONTROL.search(text):
        line, code = text.count("\n", 0, control.start()) + 1, ord(control[0])
        raise InputError(file, line, "", f"holds the control character U+{code:04X}; give a plain text file")
    try:
        root = _Builder(file, kind).build(yaml.parse(text, Loader=_PARSER))
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, file) from None
    except yaml.YAMLError as error:
        raise InputError(file, 1, "", f"is not YAML: {error}") from None
    return Document(file, name or file, hashlib.sha256(content).hexdigest(), root)


def _syntax_error(error: yaml.MarkedYAMLError, text: str, file: str) -> InputError:
    mark = error.problem_mark or error.context_mark
    number, column = (mark.line, mark.column) if mark else (0, 0)
    line = [*re.split("\r\n|[\n\r\x85\u2028\u2029]", text), ""][number]
    context, problem = error.context or "", error.problem or ""
    if "\t" in line[: len(line) - len(line.lstrip())] or line.startswith("\t", column):
        what = "a tab stands where YAML wants spaces; indent with spaces"
    elif "nesting depth" in problem:  # newer versions of the parser have a limit of their own, of a thousand
        what = _TOO_DEEP
    elif "quoted scalar" in context and error.context_mark:
        number, what = (
            error.context_mark.line,
            "a quote that opens here is not closed, or holds a wrong backslash",
        )
    elif "flow node" in context:
        what = "a bracket before this is not closed, or a value is missing"
    elif "flow" in context and error.context_mark:
        number, what = (
            error.context_mark.line,
            "a bracket that opens here is not closed, or a comma is missing",
        )
    elif "mapping values" in problem:
        what = "a ':' stands where none can be; check the indentation, and put text with ': ' in quotes"
    else:
        what = f"is not YAML: {problem}; check indentation, colons, quotes and brackets"
    return InputError(file, number + 1, "", what)


class _Builder:
    """Builds nodes from YAML events without recursion, with limits on depth and number."""

    def __init__(self, file: str, kind: str) -> None:
        self.file, self.kind = file, kind
        self.count = 0
        self.anchors: dict[str, Node | None] = {}
        self.stack: list[_Open] = []

    def fail(self, line: int, message: str, *last: str) -> InputError:
        """An error at the entry that is being built, or at a key in it."""
        path = (*(one.step for one in self.stack if one.step is not None), *last)
        return InputError(self.file, line, key_of(path[:6]), message)

    def build(self, events: Iterator[Any]) -> Node:
        """The only document of the file, which must be a mapping."""
        top: Node | None = None
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent) and top is not None:
                raise self.fail(line, "a second document begins; a file holds one, without '---' inside")
            if isinstance(event, yaml.CollectionEndEvent):
                done = self.stack.pop()
                if done.anchor:
                    self.anchors[done.anchor] = done.node
                self.put(done.node)
            if isinstance(event, yaml.ScalarEvent) and _SURROGATE.search(event.value):
                raise self.fail(line, "a backslash gives half a character; write the character itself")
            if isinstance(event, yaml.NodeEvent) and not self.takes_key(event):
                node = self.node(event)
                top = top or node
                if len(self.stack) + node.depth > MAX_DEPTH:
                    raise self.fail(line, _TOO_DEEP)
                if isinstance(event, yaml.CollectionStartEvent):
                    self.stack.append(_Open(node, event.anchor))
                else:
                    self.put(node)
        if top is None or top.value is None:
            raise self.fail(1, f"is empty; {_A[self.kind]} has at least the keys {_FIRST_KEYS[self.kind]}")
        if not isinstance(top.value, dict):
            kind = "a list" if isinstance(top.value, list) else "a single value"
            right = f"{_A[self.kind]} has keys with values, such as 'id: my_{self.kind}'"
            raise self.fail(top.line, f"is {kind}; {right}")
        return top

    def takes_key(self, event: Any) -> bool:
        """Note where the next entry of a list or mapping belongs; true when the event was its key."""
        if not self.stack or self.stack[-1].step is not None:
            return False
        here, line = self.stack[-1], event.start_mark.line + 1
        if isinstance(here.node.value, list):
            here.step = len(here.node.value)
        elif not isinstance(event, yaml.ScalarEvent) or event.tag not in (None, "!"):
            raise self.fail(line, "a key is not plain text; write 'key: value'")
        elif event.value in here.node.lines:
            first = here.node.lines[event.value]
            raise self.fail(line, f"stands twice, first on line {first}; keep one", event.value)
        else:
            here.step = event.value
            if event.anchor:
                self.anchors[event.anchor] = Node(event.value, line)
        assert here.step is not None
        here.node.lines[here.step], here.node.columns[here.step] = line, event.start_mark.column + 1
        return isinstance(here.node.value, dict)

    def node(self, event: Any) -> Node:
        """A new node, or the one that an alias stands for."""
        line, name = event.start_mark.line + 1, event.anchor
        if isinstance(event, yaml.AliasEvent):
            known = self.anchors.get(name)
            if known is None:
                why = "stands inside its own anchor" if name in self.anchors else "has no anchor before it"
                raise self.fail(line, f"the alias {shown('*' + name)} {why}; write out what it stands for")
            node = known
        elif event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
            raise self.fail(line, f"the tag {tag} is not allowed; give plain text, numbers, lists and keys")
        else:
            node = Node(_plain(event), line)
            if name:
                self.anchors[name] = None if isinstance(event, yaml.CollectionStartEvent) else node
        self.count += node.size
        if self.count > MAX_NODES:
            raise self.fail(line, f"makes more than {MAX_NODES} entries, aliases written out; use fewer")
        return node

    def put(self, node: Node) -> None:
        """Add a finished node under the noted key or place of what is open."""
        if not self.stack:
            return
        here = self.stack[-1]
        assert here.step is not None
        if isinstance(here.node.value, list):
            here.node.value.append(node.value)
        else:
            here.node.value[here.step] = node.value
        here.node.inside[here.step] = node
        here.node.size += node.size
        here.node.depth = max(here.node.depth, node.depth + 1)
        here.step = None


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being built, and the key or place of the entry that comes next."""

    node: Node
    anchor: str | None
    step: str | int | None = None


def _plain(event: Any) -> Any:
    """Plain value of a scalar; an empty list or mapping to fill for the beginning of one."""
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    text: str = event.value
    if event.tag is not None or not event.implicit[0]:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INT.fullmatch(text) and len(text) < 20:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "")) if _SPECIAL.fullmatch(text) else text
