"""Versions and devices, to be copied."""

from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.protocol import Ready
from icdrl_gui.dialogs.about import AboutDialog


def test_that_versions_and_devices_can_be_copied(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    ready = Ready(("cpu", "cuda:0"), "cuda:0", 8, {"torch": "2.13.0"}, ())
    dialog = AboutDialog(ready, parent)
    (copy,) = (b for b in dialog.findChildren(QPushButton) if b.text() == "Copy")
    copy.click()
    text = QApplication.clipboard().text()
    assert "torch 2.13.0" in text
    assert "devices: cpu, cuda:0; training on cuda:0" in text
    assert "CPU threads: 8" in text


def test_that_it_says_when_the_trainer_is_not_ready(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    assert "still starting" in AboutDialog(None, parent).details.text()
