"""`ExplorerService`: does what the explorer is asked, from a few snapshots that it keeps ready."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import torch

from core import devices
from core.config import DataConfig
from core.data.catalogue import is_at_hand
from core.data.dataset import Dataset
from core.data.errors import DataError
from core.errors import IcdrlError
from core.exploring.concepts import RunConcepts
from core.exploring.explorer import Explorer
from core.protocol import (
    Answer,
    Browse,
    Browsed,
    Cancel,
    CheckConcept,
    ConceptChecked,
    ConceptMade,
    ConceptsFound,
    Correlate,
    Correlated,
    Draw,
    Drawn,
    Encode,
    Encoded,
    Evaluate,
    FindConcepts,
    MakeConcept,
    Quit,
    Ready,
    Reconstruct,
    Reconstructed,
    Request,
    Sample,
    Sampled,
    Scored,
    Traverse,
    Traversed,
)
from core.runs import RunError, RunFolder
from core.worker.pipe import Pipe
from core.worker.preparing import prepare

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST_EXPLORERS = 4
_MOST_DATASETS = 2


class GivenUpError(IcdrlError):
    """Cancel or Quit came while data was prepared."""


class ExplorerService:
    """Snapshots, and the data that some requests need, are kept for the next request.

    Its owner calls `answer` for a command and, while `busy`, `advance` in between.
    """

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._explorers: OrderedDict[tuple[Path, int], Explorer] = OrderedDict()
        self._datasets: OrderedDict[str, Dataset] = OrderedDict()
        self._in_work = 0
        self._work: Iterator[None] = iter(())
        self.work_id: int | None = None

    @property
    def busy(self) -> bool:
        """Whether work of seconds goes on, for the request `work_id`."""
        return self.work_id is not None

    def ready(self) -> Ready:
        """What the parent hears first."""
        return Ready(("cpu",), "cpu", torch.get_num_threads(), devices.versions(), ())

    def warm_up(self) -> None:
        """Have torch import what it puts off until an optimiser is made: about a second."""
        torch.optim.Adam([torch.zeros(1, requires_grad=True)])

    def answer(self, command: object) -> None:
        """Answer a request; one that takes seconds is only begun.

        Raises:
            IcdrlError: it cannot be answered.
        """
        if isinstance(command, Cancel):
            if command.id == self.work_id:
                self.abandon()
            return  # Others are answered already.
        if not isinstance(command, Request):
            raise TypeError(f"no request: {command!r}")
        self._in_work = command.id
        explorer = self._explorer(command)
        if command.beside:
            self.work_id, self._work = command.id, self._work_for(command, explorer)
        else:
            self._pipe.send(self._answer_to(command, explorer))

    def advance(self) -> None:
        """A slice of the work, short enough to keep nobody waiting.

        Raises:
            IcdrlError: it cannot be done.
        """
        self._in_work = self.work_id or 0
        try:
            next(self._work)
        except StopIteration:
            self.abandon()

    def abandon(self) -> None:
        """Work no further."""
        self._work, self.work_id = iter(()), None

    def _work_for(self, request: Request, explorer: Explorer) -> Iterator[None]:
        match request:
            case Evaluate():
                return self._evaluate(request, explorer)
            case MakeConcept() | FindConcepts() | CheckConcept():
                return self._concept_work(request, explorer)
        raise TypeError(f"no request: {request!r}")

    def _concept_work(
        self, request: MakeConcept | FindConcepts | CheckConcept, explorer: Explorer
    ) -> Iterator[None]:
        concepts, about = RunConcepts(explorer), (request.id, explorer.step)
        match request:
            case MakeConcept():
                file = Path(request.file) if request.file else None
                made = yield from concepts.make(
                    request.name, request.label, file, request.expression
                )
                self._pipe.send(ConceptMade(*about, made))
            case FindConcepts():
                self._require_at_hand(explorer.data, request.prepares)
                found, refused = yield from concepts.all_current()
                shown = concepts.dependence(found)
                images = len(explorer.observed)
                self._pipe.send(
                    ConceptsFound(
                        *about, found, refused, images, shown.correlation, shown.mutual_information
                    )
                )
            case CheckConcept():
                concept = yield from concepts.current(request.name)
                check = yield from concepts.check(concept)
                checked = replace(concept, honesty=check.honesty)
                self._pipe.send(
                    ConceptChecked(*about, checked, check.asked, check.measured, check.reached)
                )

    def _evaluate(self, request: Evaluate, explorer: Explorer) -> Iterator[None]:
        evaluation = explorer.evaluation()
        yield from evaluation.slices()
        refused = tuple(evaluation.report.refused.values())
        scored = Scored(request.id, explorer.step, evaluation.event, refused)
        explorer.record(scored.evaluated)
        self._pipe.send(scored)

    def _answer_to(self, request: Request, explorer: Explorer) -> Answer:
        about = (request.id, explorer.step)
        match request:
            case Draw():
                return Drawn(*about, explorer.draw(request.latents))
            case Traverse():
                codes = explorer.method.spec.codes
                if request.codes is not None:
                    codes = explorer.codes([*request.codes])
                variables = (*codes, *request.concepts)
                traversal = explorer.traversal(
                    request.anchor, request.rule, request.columns, variables
                )
                return Traversed(*about, *traversal)
            case Encode():
                return self._encoded(request, explorer)
            case Sample():
                return Sampled(*about, *explorer.samples(request.seed, request.count))
            case Reconstruct():
                originals, reconstructions, recipe = explorer.reconstructions(
                    request.seed, request.count, self._is_given_up
                )
                return Reconstructed(*about, originals, reconstructions, recipe)
            case Correlate():
                return self._correlated(request, explorer)
            case Browse():
                images, places = explorer.browse(request.seed, request.start, request.count)
                return Browsed(*about, images, places, len(explorer.dataset))
        raise TypeError(f"no request: {request!r}")

    def _correlated(self, request: Correlate, explorer: Explorer) -> Correlated:
        self._require_at_hand(explorer.data, request.prepares)
        names = tuple(code.name for code in explorer.method.spec.continuous)
        return Correlated(request.id, explorer.step, names, explorer.correlation())

    def _require_at_hand(self, data: DataConfig, prepares: bool) -> None:
        if not (prepares or data.model_dump_json() in self._datasets or is_at_hand(data)):
            raise DataError(f"{data.source} is not prepared yet.")

    def _encoded(self, request: Encode, explorer: Explorer) -> Encoded:
        found, (original, reconstruction, without_noise) = explorer.encoding(
            request.image, request.seed, self._is_given_up
        )
        return Encoded(
            id=request.id,
            step=explorer.step,
            latent=found.latent.numpy(),
            original=original,
            reconstruction=reconstruction,
            without_noise=without_noise,
            error=found.error,
            error_without_noise=found.error_without_noise,
        )

    def _is_given_up(self) -> bool:
        """Whether a Cancel of the request in work came in, or Quit; all else is put off."""
        while (command := self._pipe.peek()) is not None:
            if isinstance(command, Cancel) and command.id == self._in_work:
                return True
            self._pipe.postpone(command)
            if isinstance(command, Quit):
                return True
        return False

    def _explorer(self, request: Request) -> Explorer:
        """The snapshot that is asked about; it may have been written anew since it was read."""
        folder = RunFolder.open(Path(request.run))
        path = folder.snapshot_at(request.step)
        try:
            key = path, path.stat().st_mtime_ns
        except OSError as error:
            raise RunError(f"Cannot read {path}: {error.strerror}.") from None
        if key not in self._explorers:
            self._explorers[key] = Explorer(folder, path, self._dataset)
        return _newest_of(self._explorers, key, _MOST_EXPLORERS)

    def _dataset(self, config: DataConfig) -> Dataset:
        key = config.model_dump_json()
        if key not in self._datasets:
            self._datasets[key] = prepare(config, self._pipe, self._require_wanted)
        return _newest_of(self._datasets, key, _MOST_DATASETS)

    def _require_wanted(self) -> None:
        if self._is_given_up():
            raise GivenUpError("Given up while the data was prepared.")


def _newest_of(kept: OrderedDict[Key, Value], key: Key, most: int) -> Value:
    """What lies under `key`, which becomes the last to be dropped."""
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
    return kept[key]
