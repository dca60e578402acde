"""The models of concepts over an explorer that answers when it is told to."""

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.runs import RunFolder
from icdrl_gui.models.concepts.concepts import ConceptsModel
from icdrl_gui.models.concepts.moves import ConceptMoves
from icdrl_gui.models.concepts.tagging import TaggingModel
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.models.runs.shown_run import ShownRun


class Bench:
    """All models of concepts, and what they said went wrong."""

    def __init__(self, explorer: Any) -> None:
        self.explorer = explorer
        self.shown = ShownRun()
        self.exploration = ExplorationModel(explorer, self.shown)
        self.concepts = ConceptsModel(explorer, self.shown)
        self.moves = ConceptMoves(self.exploration, self.concepts)
        self.tagging = TaggingModel(explorer, self.shown, self.concepts)
        self.trouble: list[str] = []
        for model in (self.concepts, self.tagging):
            model.trouble.connect(lambda text: self.trouble.append(text) if text else None)

    def asked(self, slot: str) -> int:
        return [each for each, _ in self.explorer.asked].count(slot)


@pytest.fixture
def bench(explorer: Any, qtbot: QtBot) -> Bench:
    return Bench(explorer)


@pytest.fixture
def run(bench: Bench, make_run: Callable[..., RunFolder]) -> RunFolder:
    """A shown run with snapshots of steps 0, 500 and 1000."""
    run = make_run()
    bench.shown.show(run.path)
    return run
