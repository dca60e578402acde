"""A real scheduler and real workers on the loopback address."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from core.runs import RunFolder
from core.studies.study import Study, dump_study

pytest.importorskip("distributed", reason="dask is not installed: icdrl[cluster]")

ICDRL = [sys.executable, "-m", "core.cli.__main__"]
SECONDS = 120


@dataclass
class Cluster:
    """A scheduler, and workers by name."""

    address: str
    log: Path
    processes: ExitStack
    scheduler: "subprocess.Popen[bytes]" = field(init=False)

    def start_worker(
        self, name: str, environment: Mapping[str, str] | None = None, before: tuple[str, ...] = ()
    ) -> "subprocess.Popen[bytes]":
        """A worker with one slot; without a nanny, so that the process is the worker itself."""
        worker = ["-m", "distributed.cli.dask_worker", self.address, "--name", name]
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
        return self.start([*before, sys.executable, *worker, *options], name, environment)

    def start(
        self, command: list[str], name: str, environment: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        output = self.processes.enter_context((self.log / f"{name}.log").open("wb"))
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            env=os.environ | dict(environment or {}),
            cwd=self.log,
        )
        self.processes.callback(end, process)
        return process

    def await_workers(self, count: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=SECONDS, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=SECONDS)


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process with all that it started."""
    for child in descendants(process):
        child.kill()
    process.kill()
    process.wait()


def descendants(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return found


@contextmanager
def running_cluster(log: Path) -> Iterator[Cluster]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ExitStack() as processes:
        cluster = Cluster(f"tcp://127.0.0.1:{port}", log, processes)
        scheduler = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
        options = ["--port", str(port), "--no-dashboard"]
        cluster.scheduler = cluster.start([sys.executable, *scheduler, *options], "scheduler")
        yield cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    log = tmp_path / "cluster"
    log.mkdir()
    with running_cluster(log) as cluster:
        yield cluster


@pytest.fixture
def study(make_study: Callable[..., Study], tmp_path: Path) -> Path:
    """The file of a study of two cells, a moment each."""
    path = tmp_path / "small.json"
    path.write_text(dump_study(make_study(seeds=[0], steps=20)))
    return path


def icdrl(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [*ICDRL, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=2 * SECONDS, check=False)


def sentence_of(finished: "subprocess.CompletedProcess[str]") -> str:
    """The one line of an error."""
    *_, last = finished.stderr.splitlines()
    assert "Traceback" not in finished.stderr
    assert last.startswith("error: ")
    return last.removeprefix("error: ")


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def steps_of(run: RunFolder) -> list[int]:
    return [int(row["step"]) for row in run.rows(run.losses)]


def trains(run: RunFolder, step: int = 3) -> bool:
    return run.losses.exists() and run.last_step() >= step


def test_that_a_cell_whose_worker_is_killed_is_resumed_by_another_and_trained_once(
    cluster: Cluster, study: Path, tmp_path: Path
) -> None:
    folder, steps = tmp_path / "out", 400
    workers = {name: cluster.start_worker(name) for name in ("first", "second")}
    cluster.await_workers(2)
    command = [*ICDRL, "study", "run", study, "-o", folder, "--steps", steps, "--json"]
    command += ["--set", "checkpoint_every=50", "--scheduler", cluster.address]
    with subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, text=True) as running:
        cluster.processes.callback(end, running)  # type: ignore[arg-type]
        runs = [RunFolder(folder / "runs" / f"{arm}-seed-0") for arm in ("on", "off")]
        wait_for(lambda: all(map(trains, runs)))
        workers["first"].send_signal(signal.SIGKILL)
        out, _ = running.communicate(timeout=2 * SECONDS)
        assert running.returncode == 0
    told = json.loads(out)
    assert [cell["state"] for cell in told["cells"]] == ["finished", "finished"]
    resumed = []
    for run in runs:
        # Each step once: nothing was trained by two, and what was torn was mended.
        assert steps_of(run) == list(range(1, steps + 1))
        kinds = [kind for _, kind, _ in run.history()]
        assert kinds.count("started") == kinds.count("finished") == 1
        resumed.append("resumed" in kinds)
    assert resumed.count(True) == 1
    assert list(folder.rglob(".icdrl-*.tmp")) == []


def test_that_a_study_whose_scheduler_is_killed_says_so_and_goes_on_when_called_again(
    cluster: Cluster, study: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    cluster.start_worker("first")
    cluster.await_workers(1)
    command = [*ICDRL, "study", "run", study, "-o", folder, "--steps", 100_000]
    command += ["--scheduler", cluster.address]
    with subprocess.Popen(
        [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        cluster.processes.callback(end, running)  # type: ignore[arg-type]
        run = RunFolder(folder / "runs" / "on-seed-0")
        wait_for(lambda: trains(run))
        cluster.scheduler.kill()
        _, err = running.communicate(timeout=SECONDS)
    assert running.returncode == 1
    assert err.splitlines()[-1] == (
        f"error: The scheduler at {cluster.address} is gone: what was trained is kept; start a "
        "scheduler and workers, and run the study again to go on."
    )
    assert "Traceback" not in err
    wait_for(lambda: not run.is_locked())
    kept = run.checkpoint_step()
    assert kept == run.last_step() >= 3
    log = tmp_path / "another"
    log.mkdir()
    with running_cluster(log) as another:
        another.start_worker("third")
        another.await_workers(1)
        command = [*command[:-1], another.address]
        with subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE) as again:
            another.processes.callback(end, again)
            wait_for(lambda: run.last_step() > kept)
            again.send_signal(signal.SIGINT)
            assert again.wait(SECONDS) == 130
    assert run.state() == "stopped"
    assert steps_of(run) == list(range(1, run.last_step() + 1))


def test_that_a_worker_of_another_version_is_refused(
    cluster: Cluster, study: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "icdrl-9.9.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: icdrl\nVersion: 9.9.9\n")
    hidden = tmp_path / "sitecustomize" / "sitecustomize.py"
    hidden.parent.mkdir()
    hidden.write_text(f"import sys; sys.path.insert(0, {str(other.parent)!r})\n")
    cluster.start_worker("other", {"PYTHONPATH": str(hidden.parent)})
    cluster.await_workers(1)
    answer = icdrl("study", "run", study, "-o", tmp_path / "out", "--scheduler", cluster.address)
    assert answer.returncode == 1
    sentence = sentence_of(answer)
    assert "has icdrl 9.9.9, and the study is run by 0.1.0: install the same version" in sentence
    assert list((tmp_path / "out" / "runs").iterdir()) == []


def test_that_a_worker_that_does_not_see_the_studys_folder_is_refused(
    cluster: Cluster, study: Path, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    hide = f'mount -t tmpfs none "{tmp_path}/shared" && exec "$@"'
    alone = ("unshare", "--map-root-user", "--mount", "sh", "-c", hide, "sh")
    tried = subprocess.run([*alone, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this machine lets nobody have a file system of his own: no folder to hide")
    cluster.start_worker("blind", before=alone)
    cluster.await_workers(1)
    folder = tmp_path / "shared" / "out"
    answer = icdrl("study", "run", study, "-o", folder, "--scheduler", cluster.address)
    assert answer.returncode == 1
    assert f"does not see the study's folder {folder}: give one on a file" in sentence_of(answer)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://", "127.0.0.1:nowhere"])
def test_that_an_address_without_a_scheduler_is_told_and_leaves_nothing(
    study: Path, tmp_path: Path, address: str
) -> None:
    answer = icdrl("study", "run", study, "-o", tmp_path / "out", "--scheduler", address)
    assert answer.returncode == 1
    assert sentence_of(answer).startswith(f"No scheduler answers at {address}: ")
    assert not (tmp_path / "out").exists()
