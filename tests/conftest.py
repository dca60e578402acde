"""What every test runs under: off screen, one thread, its own home, no stray logs or children."""

import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# Read when Qt and torch are imported, which the plugins and tests do after this file.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import psutil
import pytest

REPOSITORY = Path(__file__).parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
SECONDS_A_CHILD_MAY_TAKE_TO_END = 2.0
# multiprocessing's own helper lives as long as the process that started it.
HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


def home_variables(home: Path) -> dict[str, str]:
    """Return the environment variables that move the user's folders below `home`."""
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_DOCUMENTS_DIR": str(home / "Documents"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
    }


def pytest_configure(config: pytest.Config) -> None:
    """Give modules that read these variables when imported a temporary home as well."""
    home = tempfile.TemporaryDirectory(prefix="test-home-")
    config.add_cleanup(home.cleanup)
    os.environ.update(home_variables(Path(home.name)))


@pytest.fixture(autouse=True)
def _no_child_outlives_its_test() -> Iterator[None]:
    before = {child.pid for child in _children()}
    yield
    leftover = [child for child in _children() if child.pid not in before]
    deadline = time.monotonic() + SECONDS_A_CHILD_MAY_TAKE_TO_END
    while (leftover := [child for child in leftover if _runs(child)]) and (
        time.monotonic() < deadline
    ):
        psutil.wait_procs(leftover, timeout=0.05)
    if leftover:
        described = "\n".join(_describe(child) for child in leftover)
        for child in leftover:
            child.kill()
        psutil.wait_procs(leftover, timeout=5)
        pytest.fail(f"child processes outlived the test:\n{described}", pytrace=False)


@pytest.fixture(autouse=True)
def _no_unexpected_log(
    request: pytest.FixtureRequest, _no_child_outlives_its_test: None
) -> Iterator[None]:
    expected = [
        pattern
        for marker in request.node.iter_markers("expect_logs")
        for pattern in map(str, marker.args)
    ]
    messages: list[str] = []
    handler = _Collector(messages)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
    unexpected = [m for m in messages if not any(re.search(p, m) for p in expected)]
    if unexpected:
        pytest.fail("unexpected logs:\n" + "\n".join(unexpected), pytrace=False)
    missing = [p for p in expected if not any(re.search(p, m) for m in messages)]
    if missing:
        pytest.fail("expected logs that never came: " + ", ".join(missing), pytrace=False)


@pytest.fixture(autouse=True)
def _temporary_home(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    _no_unexpected_log: None,
) -> None:
    home = tmp_path_factory.mktemp("home")
    for name, value in home_variables(home).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _torch_on_one_thread(_no_unexpected_log: None) -> None:
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of small shared data sets beside the repository, or skip."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no shared data sets: {SHARED_DATA} is missing")
    return SHARED_DATA


class _Collector(logging.Handler):
    """Keeps every message at WARNING or above as one line."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(f"{record.levelname} {record.name}: {record.getMessage()}")


def _children() -> list[psutil.Process]:
    children: list[psutil.Process] = psutil.Process().children(recursive=True)
    return children


def _runs(child: psutil.Process) -> bool:
    try:
        if child.status() == psutil.STATUS_ZOMBIE:
            return False
        command = " ".join(child.cmdline())
    except psutil.NoSuchProcess:
        return False
    return not any(helper in command for helper in HELPERS)


def _describe(child: psutil.Process) -> str:
    with child.oneshot():
        try:
            return f"{child.pid} {' '.join(child.cmdline())}"
        except psutil.NoSuchProcess:
            return f"{child.pid} (ended meanwhile)"
