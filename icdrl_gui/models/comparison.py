"""`ComparisonModel`: two runs side by side, looked at in the same way."""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from core.config import RunConfig, flat
from core.errors import IcdrlError
from core.export import Recipe, TraversalGrid
from core.latents import CodeNames
from core.protocol import (
    Answer,
    Correlate,
    Correlated,
    Failed,
    Refused,
    Request,
    SnapshotSaved,
    Traverse,
    Traversed,
)
from core.runs import RunFolder, step_of
from icdrl_gui.models.explorer_link import ExplorerLink

SideName = Literal["left", "right"]
SIDES: tuple[SideName, ...] = ("left", "right")

_ABSENT = "–"


class _Wish(NamedTuple):
    """Something of a side that the explorer is asked for."""

    side: SideName
    kind: Literal["traversal", "correlation"]

    @property
    def slot(self) -> str:
        return f"compare {self.side} {self.kind}"


@dataclass
class Side:
    """One of the two runs.

    Attributes:
        config: with all changes made since it started.
        steps: of its snapshots.
        chosen: the step that a person chose; None: the newest that both runs have.
        labels: the names of its codes.
        traversed, correlated: what the explorer answered last.
        no_traversal, no_correlation: why not, if it was refused when asked for last.
        total_correlation: what the run's own evaluation said last; None if it has not yet.
    """

    run: RunFolder
    config: RunConfig
    steps: list[int] = field(default_factory=list)
    chosen: int | None = None
    labels: dict[str, str] = field(default_factory=dict)
    traversed: Traversed | None = None
    correlated: Correlated | None = None
    no_traversal: str = ""
    no_correlation: str = ""
    total_correlation: float | None = None

    @property
    def code_names(self) -> CodeNames:
        """What its codes are called at the shown step."""
        matching = self.correlated.evaluated.matching if self.correlated else None
        return CodeNames(self.labels, matching)

    def exported(self) -> tuple[TraversalGrid, Recipe] | None:
        """The traversal with the names that its codes have by now."""
        if self.traversed is None:
            return None
        grid, recipe = self.traversed.grid, self.traversed.recipe
        names = self.code_names
        title = grid.title + names.origin(recipe.codes, recipe.step)
        return replace(grid, row_labels=tuple(map(names.full, recipe.codes)), title=title), recipe

    def read(self) -> None:
        """Read anew what grows while the run trains."""
        self.steps = [step_of(path) for path in self.run.snapshots()]
        if self.chosen not in self.steps:
            self.chosen = None
        self.labels = self.run.code_labels()
        self.total_correlation = self.run.last_total_correlation()


class ComparisonModel(QObject):
    """Asks for both sides, while somebody looks, whatever is not known yet.

    Attributes:
        sides: the two runs; empty before the first `show`.
        anchor, rule, columns: of both traversals.
        differences: (dotted path, left, right) of each config field that differs; last come those
            that one of the runs lacks.
    """

    runs_changed = Signal()
    steps_changed = Signal()
    grid_changed = Signal(str)
    correlation_changed = Signal(str)
    busy_changed = Signal()
    trouble = Signal(str)

    def __init__(self, link: ExplorerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._active = False
        self._asked: dict[_Wish, Request] = {}
        self._waiting: set[_Wish] = set()
        self.sides: dict[SideName, Side] = {}
        self.anchor, self.rule, self.columns = "random:0", "prior", 7
        self.differences: tuple[tuple[str, str, str], ...] = ()

    @property
    def busy(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._waiting)

    def waits_for(self, name: SideName) -> bool:
        """Whether an answer about a side is waited for."""
        return any(wish.side == name for wish in self._waiting)

    @property
    def common_step(self) -> int | None:
        """The newest step that both runs have a snapshot of.

        At step 0 there is nothing to see: it counts only while a run has no other.
        """
        steps = [set(side.steps) for side in self.sides.values()]
        if all(each - {0} for each in steps):
            steps = [each - {0} for each in steps]
        return max(set.intersection(*steps), default=None) if steps else None

    def step(self, name: SideName) -> int | None:
        """The step of a side that is looked at; None while it has no snapshot."""
        side = self.sides[name]
        newest = side.steps[-1] if side.steps else None
        return next((s for s in (side.chosen, self.common_step) if s is not None), newest)

    def show(self, left: Path, right: Path) -> None:
        """Compare two runs; one that cannot be read is told by `trouble`, and nothing changes."""
        try:
            sides = {name: _opened(path) for name, path in zip(SIDES, (left, right), strict=True)}
        except IcdrlError as error:
            self.trouble.emit(str(error))
            return
        self.trouble.emit("")
        self._forget()
        self.sides = sides
        self._read_differences()
        self.runs_changed.emit()
        self._ask()

    def swap(self) -> None:
        """Left becomes right."""
        if self.sides:
            self._forget()
            self.sides = {"left": self.sides["right"], "right": self.sides["left"]}
            self._read_differences()
            self.runs_changed.emit()
            self._ask()

    def choose_step(self, name: SideName, step: int | None) -> None:
        """Look at another step of a side; None: the newest that both runs have."""
        if name in self.sides and step != self.sides[name].chosen:
            self.sides[name].chosen = step
            self.steps_changed.emit()
            self._ask()

    def set_anchor(self, anchor: str) -> None:
        """Traverse both around random:SEED or data:INDEX."""
        self.anchor = anchor
        self._ask()

    def set_rule(self, rule: str) -> None:
        """Choose the range of both, as in Traversals."""
        self.rule = rule
        self._ask()

    def set_columns(self, columns: int) -> None:
        """Choose how many values each continuous code takes."""
        self.columns = columns
        self._ask()

    def set_active(self, active: bool) -> None:
        """Whether somebody looks."""
        self._active = active
        if active:
            for side in self.sides.values():
                side.read()
            self.steps_changed.emit()
        self._ask()

    @Slot(object)
    def take_snapshot(self, event: SnapshotSaved) -> None:
        """A run has a new step; of the two or of another."""
        run = Path(event.path).resolve().parents[1]
        sides = [side for side in self.sides.values() if side.run.path.resolve() == run]
        for side in sides:
            side.read()
        if sides:
            self.steps_changed.emit()
            self._ask()

    @Slot(object)
    def take_change(self, event: object) -> None:
        """A setting of a training was changed: a config may differ elsewhere now."""
        for side in self.sides.values():
            if not side.run.path.exists():
                continue  # It was deleted: what is known of it stays.
            try:
                side.config = side.run.current_config()
            except IcdrlError as error:
                self.trouble.emit(str(error))
        if self.sides:
            self._read_differences()
            self.steps_changed.emit()

    @Slot(object)
    def forget(self, path: Path) -> None:
        """A run was deleted: there are no two to compare if it was one of them."""
        if any(side.run.path.absolute() == path.absolute() for side in self.sides.values()):
            self._forget()
            self.sides, self.differences = {}, ()
            self.runs_changed.emit()

    def _ask(self) -> None:
        """Ask for whatever is shown and was not asked for yet; the pictures come first."""
        if not self._active:
            return
        wanted: dict[_Wish, Request] = {}
        for name, side in self.sides.items():
            step, run = self.step(name), str(side.run.path)
            if step is not None:
                wanted[_Wish(name, "traversal")] = Traverse(
                    0, run, step, self.anchor, self.rule, self.columns
                )
                wanted[_Wish(name, "correlation")] = Correlate(0, run, step)
        for wish in sorted(wanted, key=lambda wish: wish.kind, reverse=True):
            if self._asked.get(wish) != wanted[wish]:
                self._asked[wish] = wanted[wish]
                self._take_refusal(wish, "")
                self._wait(wish, True)
                self._link.ask(wish.slot, wanted[wish], partial(self._receive, wish))

    def _receive(self, wish: _Wish, answer: Answer) -> None:
        self._wait(wish, False)
        side = self.sides[wish.side]
        changed = self.grid_changed if wish.kind == "traversal" else self.correlation_changed
        match answer:
            case Traversed():
                side.traversed = answer
                self._tell_if_mended()
            case Correlated():
                side.correlated = answer
                self._tell_if_mended()
            case Refused() | Failed():
                del self._asked[wish]
                # What is there is of another step than the one that is chosen.
                if wish.kind == "traversal":
                    side.traversed = None
                else:
                    side.correlated = None
                self._take_refusal(wish, answer.sentence)
                self.trouble.emit(answer.sentence)
        changed.emit(wish.side)

    def _tell_if_mended(self) -> None:
        if not any(side.no_traversal or side.no_correlation for side in self.sides.values()):
            self.trouble.emit("")

    def _take_refusal(self, wish: _Wish, sentence: str) -> None:
        side = self.sides[wish.side]
        if wish.kind == "traversal":
            side.no_traversal = sentence
        else:
            side.no_correlation = sentence

    def _forget(self) -> None:
        """What was asked for is of no use any more."""
        for wish in tuple(self._asked):
            self._link.cancel(wish.slot)
            self._wait(wish, False)
        self._asked.clear()

    def _read_differences(self) -> None:
        left, right = (flat(self.sides[name].config) for name in SIDES)
        # What only one of two methods has comes last.
        paths = sorted({**left, **right}, key=lambda path: not (path in left and path in right))
        pairs = ((path, left.get(path, _ABSENT), right.get(path, _ABSENT)) for path in paths)
        self.differences = tuple((path, _text(a), _text(b)) for path, a, b in pairs if a != b)

    def _wait(self, wish: _Wish, waits: bool) -> None:
        if waits != (wish in self._waiting):
            self._waiting ^= {wish}
            self.busy_changed.emit()


def _opened(path: Path) -> Side:
    run = RunFolder.open(path)
    side = Side(run, run.current_config())
    side.read()
    return side


def _text(value: object) -> str:
    """A setting's value as a person reads it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return _ABSENT if value is None else str(value)
