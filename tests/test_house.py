"""The house keeps its shape: which part may import which, how long a view may be, what a template may hold."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "postpeer_dash"

# Who may import whom, beside itself. `web` and `env` are everybody's; the service module and the sandbox know nobody.
ARROWS: dict[str, set[str]] = {
    "installation": {
        "home",
        "demo",
        "notifications",
        "pins",
        "media",
        "boards",
        "accounts",
        "teams",
        "postpeer",
        "worker",
        "web",
        "env",
    },
    "home": {
        "demo",
        "notifications",
        "pins",
        "media",
        "boards",
        "accounts",
        "teams",
        "postpeer",
        "worker",
        "web",
        "env",
    },
    "demo": {"pins", "media", "boards", "accounts", "teams", "postpeer", "worker", "web", "env"},
    "notifications": {"pins", "media", "boards", "accounts", "teams", "postpeer", "worker", "web", "env"},
    "pins": {"media", "boards", "accounts", "teams", "postpeer", "worker", "web", "env"},
    "media": {"accounts", "teams", "postpeer", "worker", "web", "env"},
    "boards": {"accounts", "teams", "postpeer", "worker", "web", "env"},
    "accounts": {"teams", "postpeer", "worker", "web", "env"},
    "teams": {"worker", "web", "env"},
    "worker": {"web", "env"},
    "web": {"env"},
    "postpeer": set(),
    "sandbox": set(),
    "env": set(),
}
# What every app may show to the others, and beside it what each of them shows. Nothing else of an app is imported.
FACES = {"models", "access", "services"}
PUBLIC: dict[str, set[str]] = {
    "home": {"accepting", "held"},
    "demo": {"cast"},
    "pins": {
        "moved_hours",
        "pages.cards",
        "planned_time",
        "publishing.pause",
        "publishing.payload",
        "publishing.restore",
        "publishing.scheduled",
        "publishing.state",
        "publishing.timeline",
        "search.filters",
        "search.pin_lists",
        "text.candidates",
        "text.failures",
        "text.hours",
        "text.labels",
        "text.phrases",
    },
    "boards": {"alike"},
    "media": {"fetching.share_pages", "notes", "posted", "sameness"},
    "accounts": {
        "dependents",
        "health",
        "naming",
        "other_key",
        "platforms",
        "postpeer",
        "error_sentences",
        "profiles",
        "unassigned",
        "usage",
    },
    "teams": {"audit_page", "mail", "members", "undelivered"},
}
# Made for everybody: all of them is public.
LIBRARIES = {"web", "worker", "postpeer", "env"}
# What every app may have one of; any other name says what a module is about, and stands once.
STRUCTURE = {
    "__init__",
    "access",
    "apps",
    "context",
    "forms",
    "jobs",
    "models",
    "pages",
    "services",
    "urls",
    "views",
}


def python_files() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]


@cache
def imports_of(path: Path) -> tuple[tuple[str, ...], ...]:
    return tuple(_read_imports(path))


def _read_imports(path: Path) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("postpeer_dash"):
            base = tuple(node.module.split(".")[1:])
            for alias in node.names:
                yield (*base, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("postpeer_dash."):
                    yield tuple(alias.name.split(".")[1:])


def test_imports_run_one_way() -> None:
    wrong = []
    for path in python_files():
        place = path.relative_to(PACKAGE).parts
        if len(place) == 1:
            continue
        for target in imports_of(path):
            if target[0] in ARROWS and target[0] != place[0] and target[0] not in ARROWS[place[0]]:
                wrong.append(f"{'/'.join(place)} imports {'.'.join(target)}")
    assert wrong == []


def module_of(target: tuple[str, ...]) -> str:
    """Return the module that an import reads, below its app: `from postpeer_dash.pins.text.labels import x` reads it."""
    for length in range(len(target), 0, -1):
        path = PACKAGE.joinpath(*target[:length])
        if path.with_suffix(".py").exists() or path.is_dir():
            return ".".join(target[1:length])
    return ""


def imports_across_apps() -> Iterator[tuple[str, str, str]]:
    """Yield each import of one app from another: the importing file, the other app and its module."""
    for path in python_files():
        place = path.relative_to(PACKAGE).parts
        for target in imports_of(path):
            if len(place) > 1 and target[0] in ARROWS and target[0] != place[0] and target[0] not in LIBRARIES:
                yield "/".join(place), target[0], module_of(target)


def test_apps_import_of_each_other_what_is_public() -> None:
    wrong = [
        f"{place} imports {app}.{module}"
        for place, app, module in imports_across_apps()
        if module not in FACES | PUBLIC.get(app, set())
    ]
    assert wrong == []


def test_nothing_is_public_that_no_other_app_uses() -> None:
    used = {(app, module) for _place, app, module in imports_across_apps()}
    assert {(app, module) for app, modules in PUBLIC.items() for module in modules} - used == set()


def test_no_two_modules_of_one_name() -> None:
    """Leaves out what is named for somebody else's subject (its views, its sentences), commands, and the sandbox."""
    places: dict[str, list[str]] = {}
    for path in python_files():
        place = path.relative_to(PACKAGE).parts
        is_named_after = bool({"views", "sentences", "commands"} & set(place[:-1])) or place[0] == "sandbox"
        if not is_named_after and path.stem not in STRUCTURE:
            places.setdefault(path.stem, []).append("/".join(place))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_requests_is_imported_by_the_service_module_alone() -> None:
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in python_files()
        if re.search(r"^\s*(import|from) (requests|urllib3|httpx)\b", path.read_text(), re.M)
    }
    # Strangers' addresses are fetched with the same library, behind guards of their own.
    assert users <= {"postpeer", "media"}


def view_functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in PACKAGE.rglob("*.py"):
        if path.stem == "views" or path.parent.name == "views":
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef):
                    yield path, node


def test_no_view_is_over_forty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path, node in view_functions()
        if (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert long == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_template_holds_no_script_and_no_style(path: Path) -> None:
    text = path.read_text()
    inline = re.findall(
        r"<style|\sstyle=|\son[a-z]+=[\"']|<script(?![^>]*\bsrc=)(?![^>]*application/json)|javascript:", text
    )
    assert inline == []


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    found = [str(path.relative_to(ROOT)) for path in python_files() if marks.search(path.read_text())]
    assert found == []
