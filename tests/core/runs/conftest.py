"""What the tests of the runs share: a run folder, and a process that trains it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from core.config import RunConfig, changed
from core.runs import RunFolder

REPOSITORY = Path(__file__).parents[3]
HOLD = (
    "import sys; from pathlib import Path; from core.runs import RunFolder\n"
    "with RunFolder.open(Path(sys.argv[1])).locked():\n"
    "    print('held', flush=True); sys.stdin.read()"
)

Hold = Callable[[RunFolder], AbstractContextManager[subprocess.Popen[str]]]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "runs" / "first", changed(RunConfig(), {"steps": 100}))


@pytest.fixture
def hold() -> Hold:
    """Let another process hold a run's lock; it lets go when its input ends."""

    @contextmanager
    def hold(run: RunFolder) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-c", HOLD, str(run.path)]
        with subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process

    return hold
