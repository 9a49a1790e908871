"""From YAML text to a small tree in which each value knows its line; nothing in the file is executed or expanded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from workflows.rules.templates.problems import TemplateInvalid, TemplateProblem

MAX_BYTES = 1_000_000
MAX_DEPTH = 10
EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Scalar:
    """A single value as written; empty when nothing or null stands there."""

    line: int
    value: str
    is_empty: bool = False


@dataclass(frozen=True)
class Items:
    """A list."""

    line: int
    items: "tuple[Node, ...]"


@dataclass(frozen=True)
class Group:
    """A group of keys, in the order of the file; a key may stand in it twice."""

    line: int
    pairs: "tuple[tuple[Node, Node], ...]"


Node = Scalar | Items | Group


def read_tree(text: str) -> Node:
    """Return the root of the file's only document; raises TemplateInvalid where it is too large or not plain YAML."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise TemplateInvalid([TemplateProblem("too_large", 1, {"limit": "1 MB"})])
    try:
        return _Tree(YAML(typ="safe", pure=True).parse(text)).root()
    except YAMLError as error:
        raise TemplateInvalid([TemplateProblem("syntax", _line_of(error, text))]) from error


def _beside(key: Node, value: Node) -> Node:
    """Put nothing on the line of its key: the parser sees it where the next thing begins."""
    return Scalar(key.line, "", is_empty=True) if isinstance(value, Scalar) and value.is_empty else value


def _line_of(error: YAMLError, text: str) -> int:
    if isinstance(error, ReaderError):
        return text.count("\n", 0, error.position) + 1
    mark = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
    return mark.line + 1 if mark is not None else 1


class _Tree:
    """Builds the tree from the parser's events, one at a time, so that nothing grows before it is looked at."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.clever: list[TemplateProblem] = []

    def root(self) -> Node:
        documents = [self._node(next(self.events), 0) for event in self.events if isinstance(event, DocumentStartEvent)]
        if self.clever:
            raise TemplateInvalid(self.clever)
        if not documents:
            raise TemplateInvalid([TemplateProblem("empty", 1)])
        if len(documents) > 1:
            raise TemplateInvalid([TemplateProblem("several_documents", documents[1].line)])
        return documents[0]

    def _node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise TemplateInvalid([TemplateProblem("too_deep", line)])
        self._refuse_cleverness(event, line)
        match event:
            case MappingStartEvent():
                return Group(line, tuple(self._pairs(depth + 1)))
            case SequenceStartEvent():
                return Items(line, tuple(self._until(SequenceEndEvent, depth + 1)))
            case ScalarEvent():
                is_empty = event.style is None and event.value in EMPTY
                return Scalar(line, "" if is_empty else event.value, is_empty)
            case _:
                return Scalar(line, "", is_empty=True)

    def _pairs(self, depth: int) -> Iterator[tuple[Node, Node]]:
        nodes = self._until(MappingEndEvent, depth)
        return ((key, _beside(key, next(nodes))) for key in nodes)

    def _until(self, end: type, depth: int) -> Iterator[Node]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield self._node(event, depth)

    def _refuse_cleverness(self, event: NodeEvent, line: int) -> None:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self.clever.append(TemplateProblem("alias", line))
        elif (tag := getattr(event, "tag", None)) is not None:
            self.clever.append(TemplateProblem("tag", line, {"tag": str(tag)}))
