"""The house holds: each contract of import-linter, broken once on purpose; and what no linter knows, by the syntax tree."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("summitprep", "api", "workflows")
LINTER = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [LINTER, "--no-logo", "--no-cache", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the packages, to be spoilt."""
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "data", "locale"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept():
    code, said = lint(PROJECT)
    assert code == 0, said


VIOLATIONS = [
    (
        "packages",
        "workflows/queries/calendar.py",
        "import summitprep.celery",
        "workflows.queries.calendar -> summitprep.celery",
    ),
    ("packages", "api/urls.py", "import summitprep.wsgi", "api.urls -> summitprep.wsgi"),
    ("packages", "workflows/actions/task.py", "import api.urls", "workflows.actions.task -> api.urls"),
    ("layers", "workflows/rules/summits.py", "import workflows.models", "workflows.rules.summits -> workflows.models"),
    ("layers", "workflows/queries/clock.py", "import workflows.actions", "workflows.queries.clock -> workflows.actions"),
    ("layers", "workflows/states.py", "import workflows.rules.chain", "workflows.states -> workflows.rules.chain"),
    (
        "layers",
        "workflows/models/clock.py",
        "import workflows.queries.clock",
        "workflows.models.clock -> workflows.queries.clock",
    ),
    ("layers", "workflows/papers/pdf.py", "import workflows.actions", "workflows.papers.pdf -> workflows.actions"),
    ("layers", "workflows/newcomer.py", "x = 1", "workflows.newcomer"),
    ("engine", "workflows/web/health.py", "import workflows.engine", "workflows.web.health -> workflows.engine"),
    ("engine", "api/urls.py", "from workflows.engine import perform", "api.urls -> workflows.engine"),
    ("plain-domain", "workflows/actions/task.py", "import celery", "workflows.actions.task -> celery"),
    ("plain-domain", "workflows/queries/clock.py", "import rest_framework", "workflows.queries.clock -> rest_framework"),
    ("doors", "workflows/web/health.py", "import celery", "workflows.web.health -> celery"),
    ("pages", "workflows/web/health.py", "import rest_framework", "workflows.web.health -> rest_framework"),
    ("api", "api/urls.py", "import workflows.web.health", "api.urls -> workflows.web.health"),
]


@pytest.mark.parametrize(("contract", "file", "line", "named"), VIOLATIONS)
def test_a_violation_breaks_its_contract(copy: Path, contract: str, file: str, line: str, named: str):
    spoilt = copy / file
    spoilt.write_text((spoilt.read_text() if spoilt.exists() else "") + f"\n{line}\n")
    code, said = lint(copy, "--contract", contract)
    assert (code, named in said) == (1, True), said


def test_every_contract_is_broken_on_purpose_above():
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {c["id"] for c in contracts} == {contract for contract, *_rest in VIOLATIONS}


# What import-linter cannot see ------------------------------------------------------------------------------------


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def sources(*places: str) -> Iterator[Path]:
    for place in places:
        path = PROJECT / place
        found = [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))
        yield from (file for file in found if file.exists() and "migrations" not in file.parts)


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PROJECT)}:{node.lineno} {ast.unparse(node)[:90]}"


def calls(*places: str) -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call in the files, with the last part of its name."""
    for path in sources(*places):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield path, node, node.func.attr


WRITES = frozenset(
    {"save", "create", "delete", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "add", "set", "remove"}
)
ROWS_ARE_REACHED_BY = re.compile(r"\bobjects\b|_set\b")
DOORS = ("api", "workflows/web", "workflows/jobs.py", "workflows/admin.py", "workflows/templatetags")


def is_write(call: ast.Call, name: str) -> bool:
    """A write to the database: by its name alone, or (add, set, remove, update) on what plainly is a manager."""
    if name in {"add", "set", "remove", "update", "aupdate"}:
        return bool(ROWS_ARE_REACHED_BY.search(ast.unparse(call.func)))
    return name in WRITES or name.removeprefix("a") in WRITES


def test_pages_api_and_jobs_write_nothing():
    found = [where(path, call) for path, call, name in calls(*DOORS) if is_write(call, name)]
    assert [f for f in found if "session.save(" not in f] == []


def test_only_actions_engine_and_accounts_write():
    """Queries read, rules judge, notices render; `UserManager` makes accounts for the actions that invite."""
    layers = ("workflows/queries", "workflows/rules", "workflows/notices", "workflows/models")
    found = [where(path, call) for path, call, name in calls(*layers) if is_write(call, name)]
    assert [f.split(":")[0] for f in found if "user.save(using=" not in f] == []


def transition_methods() -> set[str]:
    return {
        node.name
        for path in sources("workflows/models")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Call) and ast.unparse(d.func) == "verb" for d in node.decorator_list)
    }


def test_only_the_engine_calls_a_transition():
    methods = transition_methods()
    assert {"open_agenda", "submit", "return_", "begin", "close_window"} <= methods
    found = [
        where(path, call)
        for path, call, name in calls("api", "workflows")
        if name in methods and call.args and ast.unparse(call.func.value) != "self"  # a transition is always told its act
    ]
    assert [f for f in found if not f.startswith("workflows/engine.py")] == []


def test_no_update_moves_a_machine():
    """`update(state=…)` passes by the engine; a mail (no machine of the domain) is moved by the actions of the outbox alone."""
    found = [
        where(path, call)
        for path, call, name in calls("api", "workflows")
        if name in {"update", "aupdate"} and any(k.arg == "state" for k in call.keywords)
    ]
    assert [f for f in found if not (f.startswith("workflows/actions/") and "state=MessageState." in f)] == []


CLOCKS = re.compile(r"(timezone|datetime|datetime\.datetime)\.(now|utcnow|today)|(date|datetime\.date)\.today|time\.time")


def test_the_clock_is_read_in_one_place():
    found = [where(path, call) for path, call, _name in calls("api", "workflows") if CLOCKS.fullmatch(ast.unparse(call.func))]
    assert found == []


def test_rules_touch_no_database():
    found = [
        where(path, node)
        for path in sources("workflows/rules")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and re.match(r"django\.(db|apps|conf|http)", node.module or "")
    ]
    assert found == []


def test_transition_bodies_are_five_lines_or_less():
    bodies = {
        f"{path.name}:{node.name}": len([n for n in node.body if not isinstance(n, ast.Expr) or isinstance(n.value, ast.Call)])
        for path in sources("workflows/models")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name in transition_methods()
    }
    assert {name: size for name, size in bodies.items() if size > 5} == {}


def test_jobs_are_ten_lines_or_less():
    sizes = {
        node.name: node.end_lineno - node.lineno
        for path in sources("workflows/jobs.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: size for name, size in sizes.items() if size > 12} == {}


LOOKED_AT_TWICE = {
    "summitprep/settings.py": "one file of settings, each from the environment with a safe default",
    "workflows/engine.py": "one transition end to end: locks, questions, signatures, record and outbox read as one story",
    "workflows/actions/summit.py": "the intents on a summit, each short; a second file would split one noun",
    "workflows/actions/task.py": "the intents on a task, each short; a second file would split one noun",
    "workflows/states.py": "the closed lists of the domain with their labels: nothing but names, looked up in one place",
}


def test_no_file_grows_past_350_lines_unseen():
    sizes = {str(p.relative_to(PROJECT)): len(p.read_text().splitlines()) for p in sources(*PACKAGES)}
    assert {name: size for name, size in sizes.items() if size > 350 and name not in LOOKED_AT_TWICE} == {}
    assert max(sizes.values()) <= 600


# The whole tree ---------------------------------------------------------------------------------------------------

BINARY = {".woff2", ".otf", ".png", ".mo", ".ico", ".jpg"}


@cache
def texts() -> dict[str, str]:
    """Every text file of the project, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    if not names:
        names = [
            str(p.relative_to(PROJECT)) for package in (*PACKAGES, "tests", "docs") for p in (PROJECT / package).rglob("*.*")
        ]
    files = {name: PROJECT / name for name in names if Path(name).suffix not in BINARY}
    return {name: file.read_text(encoding="utf-8") for name, file in files.items() if file.is_file()}


def mentions(pattern: str) -> list[str]:
    searched = re.compile(pattern)
    return [
        f"{name}:{number}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if name != "tests/architecture/test_layers.py" and searched.search(line)
    ]


def test_nothing_is_left_to_do():
    assert mentions(r"\b(TODO|FIXME|HACK|XXX:)(?![a-z])(?=\b|:)") == []


def test_no_path_of_somebody_s_machine():
    assert mentions(r"(?<![\w.])/(work|root|home/[a-z]+|Users/[A-Za-z]+)/") == []


def test_no_library_that_would_bind_the_product():
    lock = tomllib.loads((PROJECT / "uv.lock").read_text())
    names = {package["name"] for package in lock["package"]}
    assert "django-fsm-2" in names
    assert names.isdisjoint({"django-fsm", "django-fsm-log", "django-river", "viewflow", "pymupdf", "ghostscript"})


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
