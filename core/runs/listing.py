"""Many runs: the list of them, the one that a person means, the place for a new one."""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.bounds import shortened
from core.config import ConstraintConfig, RunConfig
from core.errors import IcdrlError
from core.runs.errors import RunError
from core.runs.folder import RunFolder, State

_LONGEST_DATA_NAME = 60


@dataclass(frozen=True)
class RunSummary:
    """A row of the list of runs.

    constraint: the estimator of the independence constraint in force, or off; empty: the method
        has none.
    """

    name: str
    path: Path
    state: State
    preset: str
    method: str
    constraint: str
    seed: int
    step: int
    steps: int
    total_correlation: float | None


def summarise(run: RunFolder) -> RunSummary:
    """The run's row in the list.

    Raises:
        ConfigError, RunError: a file in the folder that cannot be read.
    """
    config = run.current_config()
    return RunSummary(
        name=run.name,
        path=run.path.absolute(),
        state=run.state(),
        preset=config.preset,
        method=config.method.kind,
        constraint=_in_force(config.method.constraint),
        seed=config.seed,
        step=run.last_step(),
        steps=config.steps,
        total_correlation=run.last_total_correlation(),
    )


def _in_force(constraint: ConstraintConfig | None) -> str:
    if constraint is None:
        return ""
    return constraint.estimator if constraint.enabled else "off"


def is_run(path: Path) -> bool:
    """Whether a run lies at `path`, which may be one that no folder can have."""
    with suppress(OSError):
        return (path / "config.json").is_file()
    return False


def list_runs(root: Path) -> tuple[list[RunSummary], list[str]]:
    """Every run below `root`, newest first, and a sentence for each that cannot be read."""
    summaries, broken = [], []
    try:
        runs = _runs_below(root)
    except RunError as error:
        return [], [str(error)]
    for run in runs:
        try:
            summaries.append(summarise(RunFolder.open(run.path)))
        except (IcdrlError, OSError) as error:
            broken.append(f"{run.path.name}: {error}")
    return summaries, broken


def find_run(root: Path, name: str) -> RunFolder:
    """The run at the path `name`, or in the folder `name` below `root`, or that a person called so.

    Raises:
        RunError: there is none, several were called so, or it cannot be opened.
    """
    for path in (Path(name), root / name):
        if is_run(path):
            return RunFolder.open(path)
    called = [run for run in _runs_below(root) if run.name == name]
    if len(called) > 1:
        folders = ", ".join(run.path.name for run in called)
        raise RunError(f"Several runs are called {name}: choose one of the folders {folders}.")
    return RunFolder.open(called[0].path if called else _place_of(root, name))


def new_run_path(root: Path, config: RunConfig) -> Path:
    """A new, empty folder below `root`, given to nobody else.

    It is named by data set, method and constraint, and numbered: `mydata-tc_gan-on-2`.

    Raises:
        RunError: it cannot be made.
    """
    constraint = config.method.constraint
    switch = () if constraint is None else ("on" if constraint.enabled else "off",)
    data = re.sub(r"[^\w.-]+", "-", Path(config.data.source).stem).strip(".-")
    stem = "-".join(filter(None, (data[:_LONGEST_DATA_NAME], config.method.kind, *switch)))
    path, count = root / stem, 1
    try:
        root.mkdir(parents=True, exist_ok=True)
        while not _made(path):
            count += 1
            path = root / f"{stem}-{count}"
    except OSError as error:
        raise RunError(f"Cannot create the run folder {path}: {error.strerror}.") from None
    return path


def _made(path: Path) -> bool:
    """Whether the folder was made now, rather than by somebody before."""
    try:
        path.mkdir()
    except FileExistsError:
        return False
    return True


def _runs_below(root: Path) -> list[RunFolder]:
    """The runs below `root`, the one that was started last first.

    Raises:
        RunError: no folder can be called like `root`.
    """
    started = []
    try:
        for path in root.glob("*/config.json"):
            with suppress(FileNotFoundError):  # deleted meanwhile
                started.append((path.stat().st_mtime, path.parent))
    except OSError as error:
        raise RunError(
            f"Cannot read the folder of runs {shortened(str(root))}: {error.strerror}."
        ) from None
    return [RunFolder(folder) for _, folder in sorted(started, reverse=True)]


def _place_of(root: Path, name: str) -> Path:
    """Where a person would expect the run `name`, for the sentence that says it is not there."""
    with suppress(OSError):  # too long a name
        if Path(name).exists():
            return Path(name)
    return root / name
