"""A run of each method, trained by the method itself, in every panel that looks at runs."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.config import (
    CONSTRAINT,
    CONSTRAINT_ENABLED,
    METHOD_CONFIGS,
    RunConfig,
    changed,
    method_title,
)
from core.data.catalogue import load_dataset
from core.presets import FIRST_PRESET, load_preset
from core.protocol import Answer, Ready, Request, Train
from core.runs import RunFolder
from core.training.loop import Training
from core.worker.explorer_service import ExplorerService
from icdrl_gui.models.runs.retraining import flipped, lacking_constraint
from icdrl_gui.models.runs.run_list import COLUMNS
from icdrl_gui.widgets.forms.editors import ChoiceEditor
from icdrl_gui.widgets.forms.model_form import ModelForm
from tests.icdrl_gui.desk import Desk

STEPS = 4
COUNT = 600


class NearExplorer:
    """Stands for the explorer's process, and answers with its own code when it is told to."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self._waiting: list[Request] = []
        self._service = ExplorerService(self)  # type: ignore[arg-type]

    def send(self, message: object) -> None:
        """A request of the window, or an answer to one."""
        if isinstance(message, Answer):
            self.answers.append(message)
        elif isinstance(message, Request):
            self._waiting.append(message)

    def peek(self) -> None:
        """A command that came meanwhile: none."""

    def answer(self) -> list[Answer]:
        """Everything that was asked."""
        waiting, self._waiting, self.answers = self._waiting, [], []
        for request in waiting:
            self._service.answer(request)
        return self.answers


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return images of one bright square each, with its place and its size as factors."""
    draw = np.random.default_rng(0)
    factors = np.stack([draw.integers(0, 5, COUNT) for _ in range(3)], axis=1)
    images = np.zeros((COUNT, 32, 32), np.uint8)
    for image, (x, y, size) in zip(images, factors, strict=True):
        image[4 * y : 4 * y + 4 + 2 * size, 4 * x : 4 * x + 4 + 2 * size] = 255
    path = tmp_path_factory.mktemp("data") / "squares.npz"
    np.savez(path, images=images, factors=factors, factor_names=["posX", "posY", "size"])
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """Return a folder with a finished run of each kind, called after it."""
    root = tmp_path_factory.mktemp("trained")
    every = dict.fromkeys(("picture_every", "evaluate_every", "checkpoint_every"), STEPS)
    small = {"data.source": str(data), "data.image_size": 32, "batch_size": 16}
    for kind in METHOD_CONFIGS:
        settings = {"method.kind": kind, "steps": STEPS, "report_every": 1} | small | every
        config = changed(RunConfig(), settings)
        run = RunFolder.create(root / kind, config)
        training = Training(run, load_dataset(config.data), torch.device("cpu"))
        for _ in training.events():
            pass
        training.close()
    return root


@pytest.fixture(scope="module")
def explorer() -> NearExplorer:
    """Return an explorer that keeps its data from test to test."""
    return NearExplorer()


def open_run(desk: Desk, explorer: NearExplorer, runs: Path, kind: str, qtbot: QtBot) -> RunFolder:
    """Look at a run as a person would: from the list of runs."""
    run = RunFolder(shutil.copytree(runs / kind, desk.root / kind))
    desk.session.explorer = explorer  # type: ignore[assignment]
    with qtbot.waitSignal(desk.session.run_list.refreshed):
        desk.session.run_list.refresh()
    desk.workspace.opening.open(run.path)
    qtbot.waitUntil(lambda: not desk.session.history.reading)
    answer(desk, explorer)
    return run


def answer(desk: Desk, explorer: NearExplorer) -> None:
    """Answer until nothing is asked any more."""
    while answers := explorer.answer():
        for each in answers:
            desk.session._take_answer(each)


@pytest.mark.parametrize("kind", METHOD_CONFIGS)
def test_that_a_run_of_each_method_is_seen_everywhere(
    desk: Desk, explorer: NearExplorer, runs: Path, kind: str, qtbot: QtBot
) -> None:
    run = open_run(desk, explorer, runs, kind, qtbot)
    method, workspace = run.config().method, desk.workspace
    constraint, codes = method.constraint, method.latent_spec().codes

    listed = desk.session.run_list
    texts = {COLUMNS[i].heading: listed.index(0, i).data() for i in range(len(COLUMNS))}
    assert texts["Method"] == method_title(kind)
    estimator = constraint.estimator.replace("_", " ") if constraint else ""
    assert texts["Constraint"] == estimator

    reported = run.rows(run.losses)[-1]
    main = [each.title for each in method.scalars() if each.main and reported.get(each.name)]
    assert len(main) >= 2
    titles = [plot.plot.title for plot in workspace.curves.grid.shown]
    assert titles[-1] == "Images/s"
    assert set(main) < set(titles)

    names = [code.name for code in codes]
    assert workspace.traversals.grid.isVisible()
    drawn = desk.session.traversals.grid
    assert drawn is not None
    assert list(drawn.counts) == [9] * len(names)

    assert list(workspace.explore.rows.sliders) == names
    for code in codes:
        slider = workspace.explore.rows.sliders[code.name].slider
        assert slider.maximum() == pytest.approx(1500 * code.ends[1], abs=1)
    assert desk.session.exploration.image is not None

    scores = workspace.scores.table.table.model()
    assert scores.rowCount() == 1
    cells = [str(scores.index(0, i).data()) for i in range(scores.columnCount())]
    assert cells[1] == ("on" if constraint else "–")
    assert desk.problems() == []


@pytest.mark.parametrize("kind", METHOD_CONFIGS)
def test_that_each_method_can_be_moved_encoded_and_retrained(
    desk: Desk, explorer: NearExplorer, runs: Path, kind: str, qtbot: QtBot
) -> None:
    run = open_run(desk, explorer, runs, kind, qtbot)
    config, exploration = run.config(), desk.session.exploration
    before = exploration.image
    desk.workspace.explore.rows.value_changed.emit(
        "c1", config.method.latent_spec().codes[0].ends[1]
    )
    answer(desk, explorer)
    assert before is not None
    assert exploration.image is not None
    assert exploration.undo_text == "Set c1"
    desk.act("noise")
    has_noise = bool(config.method.latent_spec().noise_dim)
    assert exploration.undo_text == ("Noise 1" if has_noise else "Set c1")
    exploration.encode(0)
    answer(desk, explorer)
    assert exploration.encoding is not None
    assert desk.problems() == []

    desk.workspace.training.retrain()
    if config.method.constraint is None:
        assert desk.problems() == [lacking_constraint(config.method)]
    else:
        (begun,) = desk.commands
        assert isinstance(begun, Train)
        assert RunConfig.model_validate_json(begun.config) == flipped(config)


def test_that_runs_with_other_codes_follow_each_other(
    desk: Desk, explorer: NearExplorer, runs: Path, qtbot: QtBot
) -> None:
    for kind in ("vae", "tc_gan", "ib_gan"):
        run = open_run(desk, explorer, runs, kind, qtbot)
        names = [code.name for code in run.config().method.latent_spec().codes]
        assert list(desk.workspace.explore.rows.sliders) == names
        assert desk.problems() == []


def test_that_two_methods_are_compared(
    desk: Desk, explorer: NearExplorer, runs: Path, qtbot: QtBot
) -> None:
    kinds = ("beta_tcvae", "tc_gan")
    left, right = (open_run(desk, explorer, runs, kind, qtbot) for kind in kinds)
    desk.workspace._compare(left.path, right.path)
    answer(desk, explorer)
    compare = desk.workspace.compare
    assert [side.title.text() for side in compare.sides.values()] == [
        "beta_tcvae · beta-TCVAE · constraint on",
        "tc_gan · TC-GAN · constraint on",
    ]
    traversed = [desk.session.comparison.sides[name].traversed for name in ("left", "right")]
    assert [len(each.grid.counts) for each in traversed if each] == [10, 5]
    assert desk.problems() == []


@pytest.mark.parametrize("kind", METHOD_CONFIGS)
def test_that_each_method_is_chosen_in_setup_and_the_toolbar_follows(
    desk: Desk, kind: str, qtbot: QtBot
) -> None:
    setup, toolbar = desk.workspace.setup, desk.workspace.constraint
    choose(setup.form, method_title(kind))
    config = setup.config()
    assert config is not None
    assert config.method == METHOD_CONFIGS[kind]()
    preset = load_preset(FIRST_PRESET).config
    assert ("method.kind" in setup.form.modified_paths) == (kind != preset.method.kind)
    assert toolbar.isEnabled() == (config.method.constraint is not None)
    if config.method.constraint is not None:
        toolbar.enabled.click()
        toolbar.weight.setValue(3)
        assert setup.config() == changed(
            config, {CONSTRAINT_ENABLED: False, f"{CONSTRAINT}.weight": 3}
        )
        setup.form.set_value(CONSTRAINT_ENABLED, True)
        assert toolbar.enabled.isChecked()
    desk.tell(Ready(("cpu",), "cpu", 2, {}, ()))
    setup.train.click()
    assert [type(command) for command in desk.commands] == [Train]


def test_that_what_is_changed_in_another_method_is_told_from_its_defaults(desk: Desk) -> None:
    form = desk.workspace.setup.form
    choose(form, "VAE")
    form.set_value("method.codes", 4)
    assert form.modified_paths - {"preset"} == {"method.kind", "method.codes"}
    assert "the preset has beta-TCVAE" in form.editor("method.kind").toolTip()
    assert "Kingma" in form.editor("method.kind").toolTip()


def choose(form: ModelForm, method: str) -> None:
    """Choose a method by its title, as a person does."""
    editor = form.editor("method.kind")
    assert isinstance(editor, ChoiceEditor)
    editor.setCurrentText(method)
    assert editor.itemData(editor.currentIndex(), Qt.ItemDataRole.ToolTipRole)
    editor.activated.emit(editor.currentIndex())
