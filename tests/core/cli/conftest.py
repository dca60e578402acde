"""What the tests of the command line share: the command itself, called in this process."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from core.cli.__main__ import main
from core.config import RunConfig, changed
from core.data.catalogue import load_dataset
from core.runs import RunFolder
from core.training.loop import Training

# 32 pixels: the smallest networks.
SMALLEST = {
    "data.image_size": 32,
    "batch_size": 4,
    "precision": "float32",
    "report_every": 1,
    "steps": 2,
}


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: object
    out: str
    err: str

    def sentence(self) -> str:
        """The one line that a command which was refused says, and says on standard error only."""
        assert self.out == ""
        assert self.err.endswith(".\n")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("error: ").strip()


@pytest.fixture
def icdrl(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Run `icdrl` with these arguments to its end."""

    def icdrl(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["icdrl", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Answer(ended.value.code, out, err)

    return icdrl


@pytest.fixture
def in_shell() -> Callable[..., Answer]:
    """Run `icdrl` with a command line that a shell reads, redirections included."""
    icdrl = Path(sys.executable).with_name("icdrl")

    def in_shell(command: str, **environment: str) -> Answer:
        finished = subprocess.run(
            ["/bin/sh", "-c", f"exec {icdrl} {command}"],
            capture_output=True,
            env=os.environ | environment,
            check=False,
        )
        return Answer(
            finished.returncode, os.fsdecode(finished.stdout), os.fsdecode(finished.stderr)
        )

    return in_shell


@pytest.fixture
def _this_process_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training changes the priority and the arithmetic of its process: keep it from doing so."""
    monkeypatch.setattr("core.devices.lower_priority", lambda: None)
    monkeypatch.setattr("core.devices.prepare_arithmetic", lambda threads: None)


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of twelve images of 28 pixels."""
    path = tmp_path_factory.mktemp("data") / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((12, 28, 28)) < 0.3)
    return path


@pytest.fixture
def small(images: Path) -> list[str]:
    """The arguments of `icdrl train` that make it a matter of a moment."""
    settings = SMALLEST | {"data.source": images}
    return [argument for key, value in settings.items() for argument in ("--set", f"{key}={value}")]


@pytest.fixture(scope="session")
def trained(images: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that finished two steps, for tests that only look."""
    config = changed(RunConfig(), SMALLEST | {"data.source": str(images)})
    run = RunFolder.create(tmp_path_factory.mktemp("runs") / "trained", config)
    training = Training(run, load_dataset(config.data), torch.device("cpu"))
    for _ in training.events():
        pass
    training.close()
    return run
