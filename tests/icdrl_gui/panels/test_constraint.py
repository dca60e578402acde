"""The constraint's switch, weight and estimator."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.config import METHOD_CONFIGS, RunConfig, changed
from icdrl_gui.panels.constraint import ConstraintControls


@pytest.fixture
def controls(qtbot: QtBot) -> ConstraintControls:
    """Return the controls, showing the defaults."""
    controls = ConstraintControls()
    qtbot.addWidget(controls)
    controls.show_config(RunConfig())
    return controls


def test_that_showing_a_config_says_nothing(controls: ConstraintControls, qtbot: QtBot) -> None:
    other = {
        "method.independence.enabled": False,
        "method.independence.weight": 0.5,
        "method.independence.estimator": "density_ratio",
    }
    with qtbot.assertNotEmitted(controls.edited):
        controls.show_config(changed(RunConfig(), other))
    assert not controls.enabled.isChecked()
    assert controls.weight.value() == 0.5
    assert controls.estimator.currentText() == "density_ratio"


def test_that_each_edit_names_its_path(controls: ConstraintControls, qtbot: QtBot) -> None:
    edits: list[tuple[str, object]] = []
    controls.edited.connect(lambda path, value: edits.append((path, value)))
    qtbot.keyClick(controls.enabled, Qt.Key.Key_Space)
    controls.weight.setValue(0.25)
    controls.estimator.setCurrentText("minibatch_weighted")
    assert edits == [
        ("method.independence.enabled", False),
        ("method.independence.weight", 0.25),
        ("method.independence.estimator", "minibatch_weighted"),
    ]


@pytest.mark.parametrize("kind", METHOD_CONFIGS)
def test_that_each_method_brings_its_constraint_or_says_that_it_has_none(
    controls: ConstraintControls, kind: str, qtbot: QtBot
) -> None:
    config = changed(RunConfig(), {"method.kind": kind})
    constraint = config.method.constraint
    with qtbot.assertNotEmitted(controls.edited):
        controls.show_config(config)
    assert controls.isEnabled() == (constraint is not None)
    if constraint is None:
        assert not controls.enabled.isChecked()
        assert f"{config.method.title} has no independence" in controls.enabled.toolTip()
        assert "TC-GAN have one" in controls.estimator.toolTip()
    else:
        assert controls.enabled.isChecked()
        assert controls.weight.value() == constraint.weight
        assert controls.estimator.currentText() == constraint.estimator


def test_that_only_estimators_of_the_method_can_be_chosen(controls: ConstraintControls) -> None:
    assert controls.estimator.findText("gaussian") >= 0
    controls.show_config(changed(RunConfig(), {"method.kind": "beta_tcvae"}))
    assert controls.estimator.findText("gaussian") == -1
    controls.estimator.setCurrentText("minibatch_stratified")
    controls.show_config(RunConfig())
    assert controls.estimator.currentText() == "gaussian"


@pytest.mark.parametrize(("weight", "above"), [(0.1, 0.11), (6, 6.1)])
def test_that_the_arrows_of_the_weight_go_in_steps_of_its_size(
    controls: ConstraintControls, weight: float, above: float
) -> None:
    controls.weight.setValue(weight)
    controls.weight.stepUp()
    assert controls.weight.value() == pytest.approx(above)


def test_that_without_a_config_there_is_nothing_to_edit(
    controls: ConstraintControls, qtbot: QtBot
) -> None:
    controls.show_config(None)
    assert not controls.isEnabled()
    with qtbot.assertNotEmitted(controls.edited):
        controls.weight.setValue(3)


def test_that_a_wheel_that_passes_by_changes_nothing(
    controls: ConstraintControls, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(controls.edited):
        for editor in (controls.weight, controls.estimator):
            wheel = QWheelEvent(
                QPointF(5, 5),
                QPointF(5, 5),
                QPoint(),
                QPoint(0, -120),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(editor, wheel)
