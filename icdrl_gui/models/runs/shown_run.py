"""`ShownRun`: the run, and the step of it, that traversals and exploring look at."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.config import RunConfig
from core.latents import CodeNames, LatentSpec, Matching
from core.runs import RunFolder, step_of


class ShownRun(QObject):
    """One run folder at one of its snapshots; `step` None follows the newest.

    Attributes:
        labels: code -> the name that a person gave it.
        matching: which factor each code follows most, and who found that; None: unknown.

    Signals:
        labels_changed: a code is called otherwise, by a person or after another factor.
    """

    run_changed = Signal()
    step_changed = Signal()
    steps_changed = Signal()
    labels_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: RunFolder | None = None
        self.config: RunConfig | None = None
        self.spec: LatentSpec | None = None
        self.steps: list[int] = []
        self.step: int | None = None
        self.labels: dict[str, str] = {}
        self.matching: Matching | None = None

    @property
    def code_names(self) -> CodeNames:
        """What the codes are called."""
        return CodeNames(self.labels, self.matching)

    @property
    def follows(self) -> dict[str, str]:
        """Code -> the factor that it follows most and how exclusively, `posX .81`."""
        return self.code_names.follows

    @property
    def names(self) -> dict[str, str]:
        """Code -> what it is called: by a person, else after the factor that it follows."""
        return self.follows | self.labels

    @property
    def shown_step(self) -> int | None:
        """The step that is looked at; None if the run has no snapshot yet."""
        if self.step is not None:
            return self.step
        return self.steps[-1] if self.steps else None

    def show(self, path: Path, step: int | None = None) -> None:
        """Look at another run.

        Raises:
            RunError, ConfigError: there is none, or it cannot be read; nothing changes.
        """
        run = RunFolder.open(path)
        config = run.current_config()
        self.run, self.config, self.spec = run, config, config.method.latent_spec()
        self.steps = [step_of(each) for each in run.snapshots()]
        self.step = step if step in self.steps else None
        self.labels, self.matching = run.code_labels(), None
        self.run_changed.emit()

    def close(self) -> None:
        """Look at nothing: the run was deleted."""
        self.run = self.config = self.spec = self.step = self.matching = None
        self.steps, self.labels = [], {}
        self.run_changed.emit()

    def show_step(self, step: int | None) -> None:
        """Look at another snapshot; None follows the newest."""
        if step != self.step:
            self.step = step
            self.step_changed.emit()

    def refresh_steps(self) -> None:
        """A snapshot was written or thinned out."""
        if self.run is None:
            return
        self.steps = [step_of(each) for each in self.run.snapshots()]
        if self.step is not None and self.step not in self.steps:
            self.step = None
        self.steps_changed.emit()

    def rename_code(self, code: str, label: str) -> None:
        """Give a code a name, kept with the run; empty takes it away.

        Raises:
            RunError: it cannot be written.
        """
        if self.run is None:
            return
        content = self.run.labels()
        names = self.run.code_labels() | {code: label.strip()}
        content["codes"] = {key: value for key, value in names.items() if value}
        self.run.save_labels(content)
        self.labels = content["codes"]
        self.labels_changed.emit()

    def set_matching(self, matching: Matching | None) -> None:
        """It became known what the codes follow."""
        if matching != self.matching:
            self.matching = matching
            self.labels_changed.emit()
