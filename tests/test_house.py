"""The rules of the house that import-linter cannot check."""

import ast
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("core", "icdrl_gui")
FOLDERS = (*PACKAGES, "packaging", "tests")
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "misc", "common"}
ROOMS_WITHOUT_TORCH = (
    "core.config",
    "core.preferences",
    "core.presets",
    "core.resources",
    "core.latents",
    "core.protocol",
    "core.runs",
    "core.curves.loss_plots",
    "core.export",
    "core.errors",
    "core.analysis",
    "core.studies.running",
    "core.studies.outcome",
    "core.files.atomic",
    "core.files.images",
    "core.files.plain",
    "core.metrics.catalogue",
    "core.metrics.report",
    "core.worker.client",
    "icdrl_gui.app",
)
# pyproject.toml lets ruff's BLE001 pass in the same places.
WHERE_ANYTHING_IS_CAUGHT = ("core/worker/process.py", "core/cli/", "icdrl_gui/notifications.py")
# Needed by CUDA builds of torch alone, which pin most of them.
FOR_CUDA_ONLY = re.compile(r"(nvidia|cuda)-.*|triton")


def files_below(*folders: str) -> list[Path]:
    """Return the files of these folders of the repository that are written by hand."""
    return sorted(
        path
        for folder in folders
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def modules_below(*folders: str) -> list[Path]:
    """Return the Python files of these folders of the repository."""
    return [path for path in files_below(*folders) if path.suffix == ".py"]


def named(paths: list[Path]) -> list[str]:
    """Return the paths relative to the repository, with slashes."""
    return [path.relative_to(REPOSITORY).as_posix() for path in paths]


def run_fresh(program: str) -> list[str]:
    """Run a program in a fresh interpreter; return the words that it printed."""
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.split()


def pinned_names() -> set[str]:
    """Return the normalised names that packaging/constraints.txt pins to one version."""
    lines = (REPOSITORY / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    loose = [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)]
    assert not loose
    return {canonicalize_name(pin.partition("==")[0]) for pin in pins}


def required_by_project() -> list[Requirement]:
    """Return what pyproject.toml names: for running, for development and for the build."""
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        content = tomllib.load(file)
    project = content["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    lines = [*project["dependencies"], *extras, *content["build-system"]["requires"]]
    return [Requirement(line) for line in lines]


def required_by_installed(name: str, extras: set[str]) -> Iterator[Requirement]:
    """Yield what the installed distribution asks for on this system, with these extras."""
    try:
        lines = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:  # Of an extra that is not installed here.
        return
    for line in lines:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            yield requirement


def caught_by(node: ast.AST) -> list[ast.expr | None]:
    """Return what an except clause or a contextlib.suppress catches; None: everything."""
    if isinstance(node, ast.ExceptHandler):
        if isinstance(node.type, ast.Tuple):
            return list(node.type.elts)
        return [node.type]
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("suppress", "contextlib.suppress"):
        return list(node.args)
    return []


def cleans_up_and_raises(node: ast.AST) -> bool:
    """Return whether it is `except BaseException:` that ends with a bare `raise`."""
    if not isinstance(node, ast.ExceptHandler) or node.type is None:
        return False
    last = node.body[-1]
    return (
        ast.unparse(node.type) == "BaseException" and isinstance(last, ast.Raise) and not last.exc
    )


def lines_that_catch_anything(source: str) -> list[int]:
    """Return the lines of a module where every exception is caught."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler | ast.Call) and not cleans_up_and_raises(node)
        if any(
            caught is None or ast.unparse(caught) in ("Exception", "BaseException")
            for caught in caught_by(node)
        )
    ]


def test_that_no_file_is_over_400_lines() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in files_below(*FOLDERS)
        if path.suffix in (".py", ".txt", "")
    }
    assert REPOSITORY / "core" / "config" / "run.py" in lengths
    assert named([path for path, length in lengths.items() if length > 400]) == []


def test_that_tests_and_packaging_are_no_packages() -> None:
    packages = [path for path in modules_below("tests", "packaging") if path.stem == "__init__"]
    assert named(packages) == []


def test_that_tests_lie_where_what_they_test_lies() -> None:
    tests = REPOSITORY / "tests"
    folders = {path.parent for path in modules_below(*(f"tests/{each}" for each in PACKAGES))}
    strangers = [each for each in folders if not (REPOSITORY / each.relative_to(tests)).is_dir()]
    assert named(sorted(strangers)) == []


def test_that_every_folder_of_modules_is_a_package_so_that_the_linter_sees_it() -> None:
    folders = {path.parent for path in modules_below(*PACKAGES)}
    assert REPOSITORY / "core" in folders
    assert named(sorted(each for each in folders if not (each / "__init__.py").exists())) == []


def test_that_every_name_of_a_module_says_something() -> None:
    empty_names = [
        path
        for path in modules_below(*FOLDERS)
        if NAMES_THAT_SAY_NOTHING & {*path.relative_to(REPOSITORY).parts, path.stem}
    ]
    assert named(empty_names) == []


def test_that_every_public_module_says_what_it_is_for() -> None:
    silent = [
        path
        for path in modules_below(*PACKAGES, "packaging")
        if path.stem.startswith("__") or not path.stem.startswith("_")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert named(silent) == []


@pytest.mark.parametrize("room", ROOMS_WITHOUT_TORCH)
def test_that_a_room_of_the_window_never_loads_torch(room: str) -> None:
    if room != "core.config" and not exists(room):
        pytest.skip(f"{room} does not exist yet")
    assert run_fresh(f"import sys, {room}; print('torch' in sys.modules)") == ["False"]


def test_that_core_never_loads_qt() -> None:
    loaded = run_fresh(
        "import importlib, pkgutil, sys, core\n"
        "for module in pkgutil.walk_packages(core.__path__, 'core.'):\n"
        "    importlib.import_module(module.name)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    assert "core" in loaded
    assert {"PySide6", "shiboken6", "pyqtgraph", "qasync", "icdrl_gui"}.isdisjoint(loaded)


def test_that_every_dependency_is_pinned() -> None:
    pinned = pinned_names()
    named_by_project = required_by_project()
    assert "torch" in {requirement.name for requirement in named_by_project}
    assert {canonicalize_name(each.name) for each in named_by_project} <= pinned


def test_that_what_the_dependencies_need_is_pinned() -> None:
    pinned = pinned_names()
    unpinned: set[str] = set()
    waiting = required_by_project()
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if f"{name}{sorted(requirement.extras)}" in seen or FOR_CUDA_ONLY.fullmatch(name):
            continue
        seen.add(f"{name}{sorted(requirement.extras)}")
        if name not in pinned:
            unpinned.add(name)
        waiting.extend(required_by_installed(name, requirement.extras))
    assert len(seen) > len(required_by_project())
    assert unpinned == set()


def test_that_everything_is_caught_only_where_errors_are_shown() -> None:
    elsewhere = [
        f"{name}:{line}"
        for name in named(modules_below(*PACKAGES))
        if not name.startswith(WHERE_ANYTHING_IS_CAUGHT)
        for line in lines_that_catch_anything((REPOSITORY / name).read_text(encoding="utf-8"))
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("try: pass\nexcept: pass", [2]),
        ("try: pass\nexcept Exception: pass", [2]),
        ("try: pass\nexcept Exception as error: raise ValueError from error", [2]),
        ("try: pass\nexcept (OSError, BaseException): pass", [2]),
        ("with contextlib.suppress(Exception): pass", [1]),
        ("try: pass\nexcept BaseException:\n    tidy()\n    raise", []),
        ("try: pass\nexcept OSError: pass", []),
        ("with suppress(OSError): pass", []),
    ],
)
def test_that_a_clause_catching_everything_is_found(source: str, lines: list[int]) -> None:
    assert lines_that_catch_anything(source) == lines


def exists(module: str) -> bool:
    """Return whether the module can be found; its parents are imported for that."""
    parent = module.rpartition(".")[0]
    return (not parent or exists(parent)) and importlib.util.find_spec(module) is not None
