"""A shown run whose latent is explored, with an explorer that answers by script."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config import RunConfig, changed
from core.protocol import Answer, Draw, Drawn, Encode, Encoded, Request
from core.runs import RunFolder
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.models.runs.shown_run import ShownRun

LATENT = {
    "method.latent.noise_dim": 2,
    "method.latent.continuous_codes": 2,
    "method.latent.categorical_codes": [3],
}


class ScriptedLink:
    """An explorer that answers when it is told to."""

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

    def draw(self, grey: int = 0) -> None:
        """Answer the newest request for a picture."""
        request, receive = self.waiting.pop("explore")
        assert isinstance(request, Draw)
        receive(Drawn(1, request.step or 10, np.full((1, 8, 8, 1), grey, dtype=np.uint8)))

    def encode(self, latent: list[float]) -> None:
        """Answer the newest request for an encoding."""
        request, receive = self.waiting.pop("encode")
        assert isinstance(request, Encode)
        image = np.zeros((8, 8, 1), dtype=np.uint8)
        found = np.array(latent, dtype=np.float32)
        receive(Encoded(1, request.step or 10, found, image, image, image, 0.012, 0.034))

    def refuse(self, slot: str, answer: Answer) -> None:
        _, receive = self.waiting.pop(slot)
        receive(answer)

    def latents_drawn(self) -> list[NDArray[np.float32]]:
        return [each.latents[0] for _, each in self.asked if isinstance(each, Draw)]


class Scene:
    """A shown run and the latent that is explored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.link = ScriptedLink()
        self.shown = ShownRun()
        self.model = ExplorationModel(self.link, self.shown)
        self.trouble: list[str] = []
        self.model.trouble.connect(self.trouble.append)

    def show(self, name: str = "run", steps: tuple[int, ...] = (0, 10), **latent: object) -> Path:
        path = self.folder / name
        wanted = LATENT | {f"method.latent.{key}": value for key, value in latent.items()}
        RunFolder.create(path, changed(RunConfig(), wanted))
        for step in steps:
            self.add_snapshot(path, step)
        self.shown.show(path)
        return path

    @staticmethod
    def add_snapshot(path: Path, step: int) -> None:
        (path / "snapshots" / f"step-{step}.safetensors").write_bytes(b"")

    @property
    def latent(self) -> list[float]:
        assert self.model.latent is not None
        return [round(float(entry), 6) for entry in self.model.latent]


def steps_back(model: ExplorationModel) -> int:
    """Count the steps that can be undone."""
    steps = 0
    while model.undo_text:
        model.undo()
        steps += 1
    for _ in range(steps):
        model.redo()
    return steps
