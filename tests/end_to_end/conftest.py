"""What the end-to-end tests share: the real `icdrl`, run to its end or watched while it trains."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.preferences import Preferences, save_preferences
from core.runs import RunFolder

ICDRL = [str(Path(sys.executable).with_name("icdrl"))]
SECONDS = 120

# 32 pixels: the smallest networks. Precision and optimiser stay as they ship.
SMALLEST = {
    "data.image_size": 32,
    "batch_size": 8,
    "report_every": 1,
    "picture_every": 1_000_000,
    "evaluate_every": 1_000_000,
    "checkpoint_every": 4,
}


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def told(self) -> Any:
        """What a program reads from standard output."""
        return json.loads(self.out)

    def sentence(self) -> str:
        """The one line that a command which was refused says, and says on standard error only."""
        assert self.out == ""
        assert self.err.startswith("error: ")
        assert self.err.endswith(".\n")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("error: ").strip()


class Watched:
    """A command while it runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def wait_for(self, pattern: str) -> str:
        """Read standard error up to the line that begins with `pattern`."""
        assert self.process.stderr is not None
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if re.match(pattern, line):
                return line
        return pytest.fail(f"{pattern!r} never came:\n{''.join(lines)}")

    def end(self) -> Answer:
        """Await the end; `err` holds what was not read yet."""
        out, err = self.process.communicate(timeout=SECONDS)
        return Answer(self.process.returncode, out, err)


@pytest.fixture
def icdrl() -> Callable[..., Answer]:
    """Run `icdrl` with these arguments to its end."""
    save_preferences(Preferences(threads=1))
    return run_icdrl


def run_icdrl(*arguments: object) -> Answer:
    """Run the real command in a process of its own."""
    command = [*ICDRL, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def watch() -> Callable[..., AbstractContextManager[Watched]]:
    """Start `icdrl` with these arguments; it is killed at the end if it still runs then."""
    save_preferences(Preferences(threads=1))

    @contextmanager
    def watch(*arguments: object, program: list[str] = ICDRL) -> Iterator[Watched]:
        with subprocess.Popen(
            [*program, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield Watched(process)
            finally:
                process.kill()

    return watch


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of forty images of 28 pixels."""
    path = tmp_path_factory.mktemp("data") / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((40, 28, 28)) < 0.3)
    return path


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of forty images of 32 pixels, each with one bright square."""
    path = tmp_path_factory.mktemp("data") / "squares.npz"
    images = np.zeros((40, 32, 32), np.uint8)
    for image, (x, y) in zip(
        images, np.random.default_rng(0).integers(24, size=(40, 2)), strict=True
    ):
        image[y : y + 8, x : x + 8] = 255
    np.savez(path, images=images)
    return path


@pytest.fixture(scope="session")
def small(images: Path) -> list[str]:
    """The arguments of `icdrl train` that make a step a matter of a moment."""
    settings = SMALLEST | {"data.source": images}
    return [argument for key, value in settings.items() for argument in ("--set", f"{key}={value}")]


@pytest.fixture
def endless(small: list[str], tmp_path: Path) -> list[object]:
    """The arguments of a training that never ends by itself, and reports every step."""
    return [
        *("train", *small, "--set", "evaluate_every=1"),
        *("--steps", 1_000_000, "--run-dir", tmp_path / "run"),
    ]


@pytest.fixture(scope="session")
def trained(small: list[str], tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that finished nine steps, for tests that only look."""
    save_preferences(Preferences(threads=1))
    path = tmp_path_factory.mktemp("runs") / "trained"
    answer = run_icdrl("train", *small, "--steps", 9, "--run-dir", path)
    assert answer.code == 0, answer.err
    return RunFolder.open(path)
