"""The constraint's switch, weight and estimator."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.config import RunConfig, changed
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
