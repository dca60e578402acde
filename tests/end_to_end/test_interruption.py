import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.runs import RunFolder, step_of

# The real command on a disk that takes forever over a checkpoint, once training was told to stop.
ON_A_HANGING_DISK = """
import signal, sys
from core.cli.__main__ import main
from core.training.loop import Training
Training.stop = lambda training: signal.pause()
sys.exit(main())
"""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """Where the endless training keeps what it does."""
    return RunFolder(tmp_path / "run")


def rows_of(run: RunFolder) -> list[tuple[str, str]]:
    return [(row["step"], row["generator"]) for row in run.rows(run.losses)]


def test_that_ctrl_c_keeps_the_step_and_says_how_to_go_on(
    icdrl: Callable[..., Any], watch: Callable[..., Any], endless: list[object], run: RunFolder
) -> None:
    with watch(*endless) as training:
        training.wait_for("step 6:")
        training.process.send_signal(signal.SIGINT)
        training.wait_for("Stopping, and keeping this step; Ctrl-C again interrupts at once.")
        answer = training.end()
    assert (answer.code, answer.err, run.state()) == (0, "", "stopped")
    step = run.checkpoint_step()
    assert f"\nStopped at step {step}.\n" in answer.out
    assert step_of(run.snapshots()[-1]) == run.last_step() == step >= 6
    stopped = rows_of(run)
    *_, go_on = answer.out.splitlines()
    program, *arguments = shlex.split(go_on.removeprefix("Go on with: "))
    assert program == "icdrl"
    assert icdrl(*arguments, "--steps", step + 2).code == 0
    assert rows_of(run)[:step] == stopped
    assert [int(step) for step, _ in rows_of(run)] == list(range(1, step + 3))


def test_that_a_second_ctrl_c_interrupts_at_once(
    watch: Callable[..., Any], endless: list[object], run: RunFolder
) -> None:
    with watch(*endless, program=[sys.executable, "-c", ON_A_HANGING_DISK]) as training:
        training.wait_for("step 2:")
        training.process.send_signal(signal.SIGINT)
        training.wait_for("Stopping")
        assert run.state() == "running"
        training.process.send_signal(signal.SIGINT)
        answer = training.end()
    assert (answer.code, answer.err) == (130, "error: Interrupted.\n")
    assert run.state() == "interrupted"


def test_that_a_killed_training_goes_on_and_repeats_at_most_one_interval(
    icdrl: Callable[..., Any], watch: Callable[..., Any], endless: list[object], run: RunFolder
) -> None:
    with watch(*endless) as training:
        training.wait_for("step 10:")
        training.process.kill()
        assert training.end().code == -signal.SIGKILL
    assert run.state() == "interrupted"
    before, last, kept = rows_of(run), run.last_step(), run.checkpoint_step()
    assert last - run.config().checkpoint_every <= kept <= last
    answer = icdrl("resume", run.path, "--steps", last + 2, "--json")
    assert (answer.code, answer.told()["step"]) == (0, last + 2)
    assert rows_of(run)[:last] == before
    assert [int(step) for step, _ in rows_of(run)] == list(range(1, last + 3))
    assert [event[:2] for event in run.history()] == [
        (0, "started"),
        (kept, "resumed"),
        (kept + 1, "changed"),
        (last + 2, "finished"),
    ]


def test_that_a_run_in_training_is_left_to_its_trainer(
    icdrl: Callable[..., Any], watch: Callable[..., Any], endless: list[object], run: RunFolder
) -> None:
    with watch(*endless) as training:
        training.wait_for("step 1:")
        for command in (["resume", run.path], ["runs", "delete", run.path, "--yes"]):
            answer = icdrl(*command)
            assert answer.code == 1
            assert answer.sentence() == f"{run.path} is being trained by another process."
        again = icdrl(*endless)
        assert again.code == 1
        assert again.sentence().startswith(f"{run.path} is not empty: give a new folder, or ")
        assert icdrl("runs", "show", run.path, "--json").told()["state"] == "running"
        assert training.process.poll() is None
