import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from core.runs import RunError, RunFolder
from core.runs.lock import hold_lock, is_held


def test_that_a_run_trained_by_another_process_is_refused(
    run: RunFolder, hold: Callable[..., Any]
) -> None:
    assert not run.is_locked()
    with hold(run):
        assert run.is_locked()
        assert run.state() == "running"
        with pytest.raises(RunError, match=r"first is being trained by another process\.$"):
            run.require_unlocked()
        with pytest.raises(RunError, match="by another process"), run.locked():
            pass
    assert not run.is_locked()
    run.require_unlocked()


def test_that_the_lock_of_a_killed_trainer_is_free(
    run: RunFolder, hold: Callable[..., Any]
) -> None:
    with hold(run) as process:
        process.kill()
    assert (run.path / "lock").exists()
    assert not run.is_locked()
    with run.locked():
        assert run.is_locked()


def test_that_somebody_who_only_looks_does_not_keep_a_trainer_out(run: RunFolder) -> None:
    looking = FileLock(run.path / "lock", thread_local=False)
    looking.acquire()
    looked = threading.Timer(0.1, looking.release)
    looked.start()
    with run.locked():
        looked.join()
        assert run.is_locked()


def test_that_looking_leaves_no_lock_behind(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "lock")
    assert list(tmp_path.iterdir()) == []


def test_that_a_lock_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with (
        pytest.raises(RunError, match=r"Cannot lock .*Is a directory"),
        hold_lock(tmp_path / "lock"),
    ):
        pass
    assert not is_held(tmp_path / "lock")
