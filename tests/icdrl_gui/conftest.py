"""What the app's tests share: small run folders, and an explorer that answers when told to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.config import RunConfig, changed
from core.export import Recipe, TraversalGrid
from core.latents import Matching
from core.latents.concepts import (
    TAGS,
    AnyConcept,
    ComposedConcept,
    ConceptScore,
    Honesty,
    LearnedConcept,
    LinearHead,
)
from core.protocol import (
    Answer,
    Browse,
    Browsed,
    CheckConcept,
    ConceptChecked,
    ConceptMade,
    ConceptsFound,
    Correlate,
    Correlated,
    Evaluate,
    Evaluated,
    EvaluationMode,
    FindConcepts,
    MakeConcept,
    Previewed,
    Reconstruct,
    Reconstructed,
    Refused,
    Request,
    Sample,
    Sampled,
    Scored,
    Traverse,
    Traversed,
)
from core.runs import RunFolder, step_of
from core.runs.concepts import change_concepts, load_concepts
from tests.icdrl_gui.desk import Desk

DATA = 40
"""Images that there are to tag."""

LATENT = {
    "method.latent.noise_dim": 2,
    "method.latent.continuous_codes": 3,
    "method.latent.categorical_codes": [4],
}
"""Codes k1, c1, c2, c3; nine entries: two of noise, four of k1, then the continuous ones."""


class ScriptedExplorer:
    """Stands for the explorer: keeps the newest request of each slot until `answer`.

    The code c2 changes nothing in what it draws; the step is written into the first pixel.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Request]] = []
        self.waiting: dict[str, tuple[Request, Callable[[Answer], None]]] = {}
        self.cancelled: list[str] = []

    def ask(self, slot: str, request: Request, receive: Callable[[Answer], None]) -> None:
        self.asked.append((slot, request))
        self.waiting[slot] = request, receive

    def cancel(self, slot: str) -> None:
        self.cancelled.append(slot)
        self.waiting.pop(slot, None)

    def last(self, slot: str) -> Request:
        """The newest request of a slot, answered or not."""
        return next(request for asked, request in reversed(self.asked) if asked == slot)

    def answer(self, slot: str) -> None:
        """Answer what waits in a slot."""
        request, receive = self.waiting.pop(slot)
        receive(answer_to(request))

    def answer_all(self) -> None:
        """Answer whatever waits."""
        for slot in tuple(self.waiting):
            self.answer(slot)

    def answer_all_but(self, *slots: str) -> None:
        """Answer what waits in other slots."""
        for slot in tuple(self.waiting):
            if slot not in slots:
                self.answer(slot)

    def refuse(self, slot: str, sentence: str) -> None:
        """Refuse what waits in a slot."""
        request, receive = self.waiting.pop(slot)
        receive(Refused(sentence, request.id))


def answer_to(request: Request) -> Answer:
    """What an explorer might answer."""
    run = RunFolder(Path(request.run))
    step = step_of(run.snapshot_at(request.step))
    recipe = Recipe("samples", run.path.name, step, 0, "random:0")
    grey: NDArray[np.uint8] = np.full((1, 8, 8, 1), step % 256, np.uint8)
    match request:
        case Traverse():
            anchor = "latent" if request.anchor.startswith("latent:") else request.anchor
            numbers = request.anchor.partition(":")[2].split(",")
            latent = tuple(map(float, numbers)) if anchor == "latent" else None
            grid, made = traversal(run, step, anchor, request.rule, request.columns, latent)
            return Traversed(request.id, step, grid, made)
        case Sample():
            drawn = replace(recipe, anchor=f"random:{request.seed}", count=request.count)
            images = grey.repeat(request.count, axis=0)
            return Sampled(request.id, step, images, drawn)
        case Reconstruct():
            made = replace(
                recipe,
                kind="reconstructions",
                anchor=f"random:{request.seed}",
                count=request.count,
            )
            originals = np.zeros((request.count, 8, 8, 1), np.uint8)
            return Reconstructed(request.id, step, originals, originals + np.uint8(51), made)
        case Correlate():
            names = tuple(code.name for code in run.config().method.latent_spec().continuous)
            found = replace(evaluated(step), correlation=np.eye(len(names)))
            return Correlated(request.id, step, names, found)
        case MakeConcept():
            concept = concept_of(run, step, request.name, request.expression)
            change_concepts(run, lambda kept: kept.with_concept(concept))
            return ConceptMade(request.id, step, concept)
        case FindConcepts():
            anew = tuple(replace(each, step=step) for each in load_concepts(run).concepts)
            equal = np.eye(len(anew))
            return ConceptsFound(request.id, step, anew, (), 2000, equal, 3 * equal)
        case CheckConcept():
            kept = load_concepts(run).named(request.name)
            checked = replace(kept, honesty=Honesty(0.9, 0.25, 1400, 1))
            asked = np.linspace(-1, 1, 7)
            reached = np.array([False] + [True] * 6)
            return ConceptChecked(request.id, step, checked, asked, asked * 0.9, reached)
        case Browse():
            places = tuple(range(request.start, min(request.start + request.count, DATA)))
            shown = np.zeros((len(places), 8, 8, 1), np.uint8) + np.uint8(1)
            return Browsed(request.id, step, shown, places, DATA)
        case Evaluate():
            return Scored(request.id, step, evaluated(step, "full"), ("DCI needs more rows.",))
    raise AssertionError(request)


def concept_of(run: RunFolder, step: int, name: str, expression: str = "") -> AnyConcept:
    """A concept that an explorer might make: of tags, or of an expression."""
    entries = run.config().method.latent_spec().entry_names
    about = (name, step, entries, -1.0, 1.0, {"c1": 1.0}, 2000, None)
    if expression:
        return ComposedConcept(*about, expression)
    dims = len(entries)
    weights = LinearHead((0.0,) * (dims - 1) + (1.0,), 0.0)
    score = ConceptScore("auc", 0.9, 0.05, 0.5, 0.1)
    return LearnedConcept(*about, TAGS, (0.0,) * dims, (1.0,) * dims, weights, score)


def evaluated(
    step: int, mode: EvaluationMode = "live", images: int | None = None, **scores: float
) -> Evaluated:
    """An evaluation of codes k1, c1, c2, c3 on data with two factors."""
    return Evaluated(
        step=step,
        images=images or (2000 if mode == "live" else 20_000),
        total_correlation=step / 1000,
        correlation=np.eye(3),
        scores={"mig": step / 2000, "total_correlation": step / 1000} | scores,
        factor_names=("shape", "posX"),
        mutual_information=np.array([[1.5, 0], [0.1, 0.9], [0, 0], [0.2, 0.2]]),
        matching=matching(step),
        mode=mode,
    )


def matching(step: int) -> Matching:
    """What 2,000 images say of such codes."""
    return Matching(step, 2000, {"k1": ("shape", 1.0), "c1": ("posX", 0.806), "c3": ("posX", 0.5)})


def traversal(
    run: RunFolder,
    step: int,
    anchor: str = "random:0",
    rule: str = "prior",
    columns: int = 9,
    latent: tuple[float, ...] | None = None,
) -> tuple[TraversalGrid, Recipe]:
    """A grid such as the explorer and the trainer draw."""
    spec = run.config().method.latent_spec()
    even = tuple(float(value) for value in np.linspace(-1, 1, columns))
    values = tuple(
        tuple(map(float, range(code.categories))) if code.categories else even
        for code in spec.codes
    )
    counts = tuple(map(len, values))
    images = np.zeros((len(counts), max(counts), 8, 8, 1), np.uint8)
    for row, code in enumerate(spec.codes):
        if code.name != "c2":
            images[row, :, 1:] = (np.arange(max(counts)) * 10)[:, None, None, None]
    images[..., 0, 0, 0] = step % 256
    names = tuple(code.name for code in spec.codes)
    grid = TraversalGrid(images, names, tuple(f"{value:.2g}" for value in even), "", counts)
    recipe = Recipe(
        kind="traversal",
        run=run.path.name,
        step=step,
        seed=0,
        anchor=anchor,
        anchor_latent=latent or (0.25,) * spec.latent_dim,
        range_rule=rule,
        codes=names,
        values=values,
    )
    return grid, recipe


@pytest.fixture
def explorer() -> ScriptedExplorer:
    """An explorer that answers when it is told to."""
    return ScriptedExplorer()


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., RunFolder]:
    """Make a run folder with snapshots at these steps and dotted settings on top of `LATENT`."""

    def make_run(
        name: str = "first",
        steps: tuple[int, ...] = (0, 500, 1000),
        settings: Mapping[str, Any] | None = None,
    ) -> RunFolder:
        config = changed(RunConfig(), LATENT | dict(settings or {}))
        run = RunFolder.create(tmp_path / name, config)
        for step in steps:
            _save_snapshot(run, step)
        return run

    return make_run


@pytest.fixture
def save_snapshot() -> Callable[[RunFolder, int], Path]:
    """Put a file where the snapshot of a step lies."""
    return _save_snapshot


@pytest.fixture
def keep_concept() -> Callable[..., AnyConcept]:
    """Put a concept of a step into a run's folder: of tags, or of an expression."""

    def keep_concept(run: RunFolder, step: int, name: str, expression: str = "") -> AnyConcept:
        concept = concept_of(run, step, name, expression)
        change_concepts(run, lambda kept: kept.with_concept(concept))
        return concept

    return keep_concept


@pytest.fixture
def evaluation() -> Callable[..., Evaluated]:
    """An evaluation of such a run at a step."""
    return evaluated


@pytest.fixture
def preview() -> Callable[..., Previewed]:
    """What the trainer of a run says at a step, of a traversal of this anchor, rule, columns."""

    def preview(run: RunFolder, step: int, **asked: Any) -> Previewed:
        return Previewed(step, *traversal(run, step, **asked))

    return preview


def _save_snapshot(run: RunFolder, step: int) -> Path:
    path = run.path / "snapshots" / f"step-{step}.safetensors"
    path.touch()
    return path


@pytest.fixture
def desk(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> Iterator[Desk]:
    """Return the window, shown; an indirect parameter is its size."""
    desk = Desk(tmp_path / "runs", qapp, getattr(request, "param", None))
    yield desk
    desk.session.history.close()
    desk.session.run_list.close()
    desk.messages.close()
    desk.window.close_now()
    for each in (desk.window, desk.session, desk.theme):
        each.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
