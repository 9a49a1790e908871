"""One group of keys of the file: each value is read by its kind, and what is wrong is written down with its line."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from workflows.rules.templates.nodes import Group, Items, Node, Scalar
from workflows.rules.templates.plans import Texts
from workflows.rules.templates.problems import TemplateProblem

LANGUAGES = ("es", "pt", "en")
MAX_ENTRIES = 200
SHOWN = 60

NUMBER = re.compile(r"[-+]?[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class CodeShape:
    """How a code is written: its pattern, the sign that joins its parts, and its length at most."""

    pattern: re.Pattern[str]
    joiner: str
    length: int


SLUG = CodeShape(re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII), "-", 60)
NAME = CodeShape(re.compile(r"[a-z][a-z0-9_]*", re.ASCII), "_", 40)
LADDER_CODE = replace(NAME, length=24)
PHASE_CODE = replace(NAME, length=16)
TASK_CODE = CodeShape(re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*", re.ASCII), "-", 16)


@dataclass
class Problems:
    """The problems found so far."""

    found: list[TemplateProblem] = field(default_factory=list)

    def note(self, code: str, line: int, **params: object) -> None:
        """Write one down."""
        self.found.append(TemplateProblem(code, line, params))


class Fields:
    """Reads the keys of one group; a value that is wrong or missing is noted once and read as something empty."""

    def __init__(self, problems: Problems, node: Node, name: str, needed: Sequence[str], optional: Sequence[str] = ()) -> None:
        """Look at the keys themselves: which are unknown, missing or double. `name` is how the group is called."""
        self.problems, self.line, self.nodes = problems, node.line, dict[str, Node]()
        if not isinstance(node, Group):
            problems.note("expected_group", node.line, key=name)
            return
        for key, value in node.pairs:
            self._take(key, value, {*needed, *optional})
        for missing in (key for key in needed if key not in self.nodes):
            problems.note("missing_key", node.line, key=missing)

    def _take(self, key: Node, value: Node, known: Collection[str]) -> None:
        name = key.value if isinstance(key, Scalar) else "?"
        if name not in known:
            self.problems.note("unknown_key", key.line, key=shown(name))
        elif name in self.nodes:
            self.problems.note("duplicate_key", key.line, key=name)
        else:
            self.nodes[name] = value

    def __contains__(self, key: str) -> bool:
        return key in self.nodes

    def line_of(self, key: str) -> int:
        """Return the line of a key's value, or of the group where the key is missing."""
        return self.nodes[key].line if key in self.nodes else self.line

    def group(self, key: str, needed: Sequence[str], optional: Sequence[str] = ()) -> "Fields":
        """Return the group of keys under a key."""
        node = self.nodes.get(key)
        if node is None:
            return Fields(self.problems, Group(self.line, ()), key, ())
        return Fields(self.problems, node, key, needed, optional)

    def items(self, key: str, limit: int = MAX_ENTRIES, *, least: int = 0) -> tuple[Node, ...]:
        """Return the entries of a list, at most `limit` of them; `least` is how many it must have."""
        node = self.nodes.get(key)
        if node is None:
            return ()
        if not isinstance(node, Items):
            self.problems.note("expected_list", node.line, key=key)
            return ()
        if len(node.items) > limit:
            self.problems.note("too_many", node.items[limit].line, key=key, limit=limit)
        if len(node.items) < least:
            self.problems.note("empty_list", node.line, key=key)
        return node.items[:limit]

    def scalar(self, key: str, node: Node | None = None) -> Scalar | None:
        """Return a single value, or None where there is none; an entry of a list is given as `node`."""
        node = self.nodes.get(key) if node is None else node
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.is_empty:
            self.problems.note("expected_text", node.line, key=key)
            return None
        return node

    def choice(self, key: str, known: Sequence[str], problem: str, node: Node | None = None) -> str:
        """Return one of a closed list of values; `known` is shown to the reader in its own order."""
        scalar = self.scalar(key, node)
        if scalar is None or scalar.value in known:
            return scalar.value if scalar else ""
        self.problems.note(problem, scalar.line, value=shown(scalar.value), known=", ".join(known))
        return ""

    def code(self, key: str, shape: CodeShape) -> str:
        """Return a code of that shape."""
        scalar = self.scalar(key)
        if scalar is None or (shape.pattern.fullmatch(scalar.value) and len(scalar.value) <= shape.length):
            return scalar.value if scalar else ""
        self.problems.note("bad_code", scalar.line, value=shown(scalar.value), joiner=shape.joiner)
        return ""

    def number(self, key: str, low: int, high: int) -> int:
        """Return a whole number between the two, both included."""
        node = self.nodes.get(key)
        if node is None:
            return 0
        if not isinstance(node, Scalar) or not NUMBER.fullmatch(node.value):
            self.problems.note("expected_number", node.line, key=key)
            return 0
        if not low <= int(node.value) <= high:
            self.problems.note("out_of_range", node.line, key=key, low=low, high=high)
            return 0
        return int(node.value)

    def yes_no(self, key: str) -> bool:
        """Return true or false; false where the key is missing."""
        node = self.nodes.get(key)
        if node is not None and not (isinstance(node, Scalar) and node.value in {"true", "false"}):
            self.problems.note("expected_yes_no", node.line, key=key)
        return isinstance(node, Scalar) and node.value == "true"

    def texts(self, key: str, limit: int, *, one_line: bool = False) -> Texts:
        """Return a text in its three languages."""
        node = self.nodes.get(key)
        if node is None:
            return Texts("", "", "")
        if not isinstance(node, Group):
            self.problems.note("expected_group", node.line, key=key)
            return Texts("", "", "")
        fields = Fields(self.problems, node, key, (), LANGUAGES)
        return Texts(*(fields.text(key, language, limit, one_line=one_line) for language in LANGUAGES))

    def text(self, name: str, language: str, limit: int, *, one_line: bool) -> str:
        """Return the text in one language, without the blanks around it; `name` is how the whole is called."""
        node = self.nodes.get(language, Scalar(self.line, "", is_empty=True))
        if not isinstance(node, Scalar):
            self.problems.note("expected_text", node.line, key=language)
            return ""
        value = node.value.strip()
        if not value:
            self.problems.note("missing_text", node.line, key=name, language=language)
        elif len(value) > limit:
            self.problems.note("text_too_long", node.line, key=name, limit=limit)
        elif one_line and len(value.splitlines()) > 1:
            self.problems.note("line_break", node.line, key=name)
        elif any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in value):
            self.problems.note("bad_character", node.line, key=name)
        return value


def shown(value: str) -> str:
    """Return what a sentence shows of a value that may be very long."""
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
