import pickle
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch

from core.config import RunConfig, changed
from core.data.catalogue import load_dataset
from core.runs import RunFolder
from core.studies.slot import CellEnd, CellJob, train_cell
from core.studies.study import Study
from core.training.loop import Training

TIMES = ("trained_s", "wall_time", "images_per_s")


@pytest.fixture
def make_job(make_study: Callable[..., Study], tmp_path: Path) -> Callable[..., CellJob]:
    """The job of a cell with so many steps, in a folder of its own."""

    def make_job(name: str, steps: int = 4) -> CellJob:
        study = make_study(steps=steps)
        config = changed(study.arm_config(study.arms[0]), {"seed": 3})
        folder = tmp_path / name
        folder.mkdir()
        return CellJob(folder / "run", folder / "log", folder / "stop", config, threads=1)

    return make_job


def trained_at_one_go(job: CellJob, path: Path) -> RunFolder:
    run = RunFolder.create(path, job.config)
    training = Training(run, load_dataset(job.config.data), torch.device("cpu"))
    for _ in training.events():
        pass
    training.close()
    return run


def losses_of(run: RunFolder) -> list[dict[str, str]]:
    return [{k: v for k, v in row.items() if k not in TIMES} for row in run.rows(run.losses)]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_that_a_cell_asked_to_stop_keeps_its_step_and_goes_on_bit_for_bit(
    make_job: Callable[..., CellJob], tmp_path: Path
) -> None:
    job = make_job("cell", 60)
    ends: list[CellEnd] = []
    training = threading.Thread(target=lambda: ends.append(train_cell(job)))
    training.start()
    run = RunFolder(job.run)
    wait_for(lambda: run.losses.exists() and run.last_step() >= 3)
    job.stop.touch()
    training.join()
    assert [end.reason for end in ends] == ["stopped"]
    assert run.state() == "stopped"
    assert run.checkpoint_step() == run.last_step() < 60
    job.stop.unlink()
    assert train_cell(job).reason == "finished"
    assert losses_of(run) == losses_of(trained_at_one_go(job, tmp_path / "whole"))
    before = {path: path.stat().st_mtime_ns for path in job.run.rglob("*")}
    assert train_cell(job) == CellEnd("finished", "It was finished already.")
    assert {path: path.stat().st_mtime_ns for path in job.run.rglob("*")} == before


def test_that_a_cell_asked_to_stop_before_it_began_leaves_nothing(
    make_job: Callable[..., CellJob],
) -> None:
    job = make_job("cell")
    job.stop.touch()
    assert train_cell(job) == CellEnd("stopped", "It had not begun.")
    assert not job.run.exists()


def test_that_a_cell_that_another_process_trains_is_awaited_and_not_trained_again(
    make_job: Callable[..., CellJob],
) -> None:
    job = make_job("cell")
    run = RunFolder.create(job.run, job.config)
    ends: list[CellEnd] = []
    waiting = threading.Thread(target=lambda: ends.append(train_cell(job)))
    with run.locked():
        waiting.start()
        time.sleep(0.5)
        assert ends == []
        run.record_event(4, "finished", "Said by another.")
    waiting.join()
    assert ends == [CellEnd("finished", "It was finished already.")]
    assert not job.log.exists()


def test_that_a_trainer_that_dies_is_told_and_its_run_can_go_on(
    make_job: Callable[..., CellJob],
) -> None:
    job = make_job("cell", 10_000)
    ends: list[CellEnd] = []
    training = threading.Thread(target=lambda: ends.append(train_cell(job)))
    training.start()
    run = RunFolder(job.run)
    wait_for(lambda: run.losses.exists() and run.last_step() >= 3)
    children = psutil.Process().children(recursive=True)
    (trainer,) = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
    trainer.kill()
    training.join()
    assert ends == [CellEnd("failed", "The trainer ended unexpectedly (killed by SIGKILL).")]
    assert run.history()[-1][1:] == ("failed", ends[0].sentence)
    assert not run.is_locked()


def test_that_what_a_job_holds_is_what_another_machine_can_read() -> None:
    job = CellJob(Path("run"), Path("log"), Path("stop"), RunConfig(), 2)
    assert pickle.loads(pickle.dumps(job)) == job
