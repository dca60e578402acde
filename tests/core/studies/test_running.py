import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from core.config import ConfigError
from core.preferences import CORES, Preferences
from core.runs import RunFolder
from core.studies.errors import StudyError
from core.studies.folder import StudyFolder
from core.studies.local import local_slots
from core.studies.running import CellEnded, CellsTraining, StudyRun
from core.studies.slot import CellEnd, CellJob, train_cell
from core.studies.study import Study


class ScriptedSlots:
    """One slot, in which a cell ends as the script says."""

    threads = 0

    def __init__(self, train: Callable[[CellJob], CellEnd], executor: Executor) -> None:
        self.train, self.executor = train, executor
        self.trouble: StudyError | None = None

    def require_fit(self, study: Path) -> None:
        assert (study / "study.json").is_file()

    def require_alive(self) -> None:
        if self.trouble:
            raise self.trouble


@pytest.fixture
def run_with(
    make_study: Callable[..., Study], tmp_path: Path
) -> Iterator[Callable[..., tuple[StudyRun, ScriptedSlots]]]:
    """A study of four cells, trained as a function says."""
    with ThreadPoolExecutor(1) as executor:

        def run_with(train: Callable[[CellJob], CellEnd]) -> tuple[StudyRun, ScriptedSlots]:
            slots = ScriptedSlots(train, executor)
            with StudyFolder.started(tmp_path / "s", make_study()) as folder:
                return StudyRun(folder, slots), slots

        yield run_with


def ends_of(run: StudyRun) -> dict[str, CellEnd]:
    return {e.cell.name: e.end for e in run.events() if isinstance(e, CellEnded)}


def finish(job: CellJob) -> CellEnd:
    run = RunFolder.create(job.run, job.config)
    run.record_event(job.config.steps, "finished", "Said.")
    return CellEnd("finished", "")


def test_that_every_cell_is_trained_once_and_none_that_is_finished(
    run_with: Callable[..., tuple[StudyRun, ScriptedSlots]],
) -> None:
    trained: list[str] = []

    def train(job: CellJob) -> CellEnd:
        trained.append(job.run.name)
        return finish(job)

    names = ["on-seed-0", "off-seed-0", "on-seed-1", "off-seed-1"]
    assert [*ends_of(run_with(train)[0])] == trained == names
    assert ends_of(run_with(train)[0]) == {}
    assert trained == names


def test_that_a_cell_that_fails_is_named_and_stops_no_other(
    run_with: Callable[..., tuple[StudyRun, ScriptedSlots]],
) -> None:
    def train(job: CellJob) -> CellEnd:
        match job.run.name:
            case "on-seed-0":
                raise StudyError("A sentence.")
            case "off-seed-0":
                raise KeyError("a defect\nin two lines")
            case "on-seed-1":
                return CellEnd("failed", "Not finite.")
        return finish(job)

    ends = ends_of(run_with(train)[0])
    assert ends["on-seed-0"] == CellEnd("failed", "A sentence.")
    assert ends["off-seed-0"].sentence.startswith("KeyError: 'a defect")
    assert ends["on-seed-1"] == CellEnd("failed", "Not finite.")
    assert ends["off-seed-1"].reason == "finished"


def test_that_a_study_that_is_stopped_begins_no_other_cell(
    run_with: Callable[..., tuple[StudyRun, ScriptedSlots]],
) -> None:
    begun = threading.Event()

    def train(job: CellJob) -> CellEnd:
        begun.set()
        while not job.stop.exists():
            pass
        return CellEnd("stopped", "Kept.")

    run, _ = run_with(train)
    ends: dict[str, CellEnd] = {}
    for event in run.events():
        if isinstance(event, CellEnded):
            ends[event.cell.name] = event.end
        elif begun.is_set() and not ends:
            run.stop()
    assert ends["on-seed-0"] == CellEnd("stopped", "Kept.")
    assert [ends[name].sentence for name in ("off-seed-0", "on-seed-1", "off-seed-1")] == [
        "It had not begun."
    ] * 3


def test_that_one_cell_can_be_cancelled(
    run_with: Callable[..., tuple[StudyRun, ScriptedSlots]],
) -> None:
    run, _ = run_with(finish)
    events = run.events()
    cancelled = run.folder.cells[3]
    ends = {}
    for event in events:
        run.cancel([cancelled])
        if isinstance(event, CellEnded):
            ends[event.cell.name] = event.end.reason
    assert ends.pop(cancelled.name) in ("stopped", "finished")
    assert set(ends.values()) == {"finished"}


def test_that_requests_to_stop_hold_for_one_go(
    run_with: Callable[..., tuple[StudyRun, ScriptedSlots]],
) -> None:
    run, _ = run_with(finish)
    run.folder.request_stops(run.folder.cells)
    assert {end.reason for end in ends_of(run).values()} == {"finished"}


def test_that_slots_that_are_gone_end_the_study_in_one_sentence(
    run_with: Callable[..., tuple[StudyRun, ScriptedSlots]],
) -> None:
    run, slots = run_with(lambda job: CellEnd("stopped", "") if job.stop.exists() else finish(job))
    slots.trouble = StudyError("The scheduler is gone.")
    with pytest.raises(StudyError, match="The scheduler is gone"):
        ends_of(run)
    # Whoever still trains is told to stop.
    assert all(run.folder.stop_request(cell).exists() for cell in run.folder.cells)


def test_that_a_cell_that_was_forgotten_is_no_cell_that_was_stopped(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    class Forgetful(Executor):
        def submit(self, *_: object, **__: object) -> "Future[CellEnd]":  # type: ignore[override]
            future: Future[CellEnd] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    with StudyFolder.started(tmp_path / "s", make_study()) as folder:
        ends = ends_of(StudyRun(folder, ScriptedSlots(finish, Forgetful())))
    assert {end.reason for end in ends.values()} == {"failed"}
    assert "run the study again" in ends["on-seed-0"].sentence


@pytest.mark.parametrize("jobs", [0, -1, 257])
def test_that_an_impossible_number_of_jobs_is_refused(jobs: int) -> None:
    sentence = f"--jobs should be from 1 to 256, not {jobs}"
    with pytest.raises(ConfigError, match=sentence), local_slots(4, jobs, Preferences()):
        pass


@pytest.mark.parametrize(
    ("cells", "jobs", "preferred", "threads"),
    [(1, None, 0, CORES), (1000, CORES, 0, 1), (1, 2 * CORES, 0, 1), (1000, None, 1, 1)],
)
def test_that_cores_are_split_among_the_slots(
    cells: int, jobs: int | None, preferred: int, threads: int
) -> None:
    with local_slots(cells, jobs, Preferences(threads=preferred)) as slots:
        assert slots.threads == threads
        assert slots.train is train_cell


def test_that_real_cells_train_beside_each_other_and_one_that_cannot_says_why(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    lost = {"name": "lost", "settings": {"data.source": str(tmp_path / "none.npz")}}
    study = make_study(arms=[{"name": "on"}, lost], seeds=[0])
    steps: set[str] = set()
    with (
        local_slots(study.cells, 2, Preferences(threads=1)) as slots,
        StudyFolder.started(tmp_path / "s", study) as folder,
    ):
        ends = {}
        for event in StudyRun(folder, slots).events():
            if isinstance(event, CellsTraining):
                steps |= event.steps.keys()
            else:
                ends[event.cell.name] = event.end
        runs = {cell.name: folder.run(cell) for cell in folder.cells}
    assert ends["on-seed-0"].reason == "finished"
    assert ends["lost-seed-0"].reason == "failed"
    assert "none.npz' is neither a readable file" in ends["lost-seed-0"].sentence
    assert runs["on-seed-0"].state() == "finished"
    assert len(runs["on-seed-0"].rows(runs["on-seed-0"].losses)) == 4
    assert runs["lost-seed-0"].history() == [(0, "failed", ends["lost-seed-0"].sentence)]
