"""What the bundle leaves out, against what the app and its children load."""

import json
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pruning
import pytest

# Imports every module, makes an optimiser, which imports half of torch, and computes all scores;
# leaves in loaded.json what that imported, opened or mapped, and which of it read its own source.
SCENE = """
import importlib, json, pkgutil, sys
from pathlib import Path

opened = set()
sys.addaudithook(lambda event, values: event == "open" and opened.add(str(values[0])))

import core, icdrl_gui
for package in (core, icdrl_gui):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)

import torch
weights = torch.nn.Linear(2, 2)
optimiser = torch.optim.Adam(weights.parameters())
weights(torch.ones(1, 2)).sum().backward()
optimiser.step()

from core.metrics import METRICS

tables = ["--factors", "F.npy", "--codes", "C.npy"]
sys.argv[1:] = ["score", *tables, "--metrics", ",".join(METRICS)]
try:
    sys.modules["core.cli.__main__"].main()
finally:
    maps = Path("/proc/self/maps")
    if maps.exists():
        opened |= {line.split(None, 5)[-1] for line in maps.read_text().splitlines()}
    content = {
        "modules": list(sys.modules),
        "files": [path for path in opened if "site-packages" in path],
        "configs": [
            name
            for name, module in sys.modules.items()
            if isinstance(module, torch.utils._config_module.ConfigModule)
        ],
    }
    Path("loaded.json").write_text(json.dumps(content))
"""

Loaded = dict[str, list[str]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """What the app loads: modules, files, and those of the modules that read their own source."""
    folder = tmp_path_factory.mktemp("scene")
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 3, (400, 3))
    np.save(folder / "F.npy", factors)
    np.save(folder / "C.npy", factors + 0.1 * rng.normal(size=factors.shape))
    finished = subprocess.run(
        [sys.executable, "-c", SCENE], cwd=folder, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    content: Loaded = json.loads((folder / "loaded.json").read_text(encoding="utf-8"))
    return content


def test_that_no_module_that_is_imported_is_left_out(loaded: Loaded) -> None:
    assert {"icdrl_gui.app", "core.worker.process", "sklearn.tree"} <= set(loaded["modules"])
    assert [name for name in loaded["modules"] if pruning.is_module_left_out(name)] == []


def test_that_no_file_that_is_opened_is_left_out(loaded: Loaded) -> None:
    opened = [
        path.rpartition("/site-packages/")[2]
        for path in loaded["files"]
        if ".dist-info/" not in path  # Of all that is installed, bundled or not.
    ]
    assert any(path.startswith("torch/lib/") for path in opened)
    assert [path for path in opened if pruning.is_file_left_out(path)] == []


def test_that_the_source_of_whatever_reads_its_own_is_bundled(loaded: Loaded) -> None:
    assert "torch._dynamo.config" in loaded["configs"]
    assert set(loaded["configs"]) <= set(pruning.SOURCES)


def test_that_what_is_left_out_was_there() -> None:
    by_hand = {name for name in pruning.MODULES if "." in name and not exists(name)}
    assert by_hand == set()


@pytest.mark.parametrize(
    ("path", "is_left_out"),
    [
        ("torch/lib/libtorch_cpu.so", False),
        ("torch/testing/_comparison.py", False),
        ("torch/test/test_api", True),
        ("torch/lib/libgtest.a", True),
        ("scipy/stats/tests/test_stats.py", True),
        ("sklearn/manifold/_utils.cpython-311-x86_64-linux-gnu.so", True),
        ("sklearn/manifold.pyc", True),
        ("sklearn/manifolds.pyc", False),
        ("PySide6/QtNetwork.abi3.so", True),
        ("PySide6/Qt/lib/libQt6Network.so.6", False),
        ("PySide6/Qt/translations/qt_de.qm", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", False),
        ("PySide6/Qt/plugins/platforms/libqlinuxfb.so", True),
        ("resources/icons/icdrl.svg", False),
    ],
)
def test_that_a_file_is_left_out_by_where_it_would_lie(path: str, is_left_out: bool) -> None:
    assert pruning.is_file_left_out(path) == is_left_out


def test_that_symbols_stay_where_taking_them_out_breaks_a_library() -> None:
    assert pruning.is_stripped("torch/lib/libtorch_cpu.so")
    assert not pruning.is_stripped("numpy.libs/libscipy_openblas64_-32a4b2a6.so")
    assert not pruning.is_stripped("PySide6/Qt/lib/libQt6Core.so.6")


def test_that_a_link_goes_with_what_it_leads_to() -> None:
    kept = ("libQt6Gui.so.6", "PySide6/Qt/lib/libQt6Gui.so.6", "SYMLINK")
    gone = ("a/b.so", "../torch/test/b.so", "SYMLINK")
    assert pruning.pruned([kept, gone]) == [kept]


def test_that_a_library_of_the_system_goes_once_nothing_needs_it() -> None:
    needed = ("libpng16.so.16", "/lib/libpng16.so.16", "BINARY")
    orphan = ("libgtk-3.so.0", "/lib/libgtk-3.so.0", "BINARY")
    python = ("libpython3.11.so.1.0", "/lib/libpython3.11.so.1.0", "BINARY")
    wheels = ("torch/lib/libc10.so", "/site-packages/torch/lib/libc10.so", "BINARY")
    bundled = pruning.without_orphans([needed, orphan, python, wheels], {"libpng16.so.16"})
    assert bundled == [needed, python, wheels]


def exists(name: str) -> bool:
    """Whether such a module is installed."""
    return find_spec(name) is not None
