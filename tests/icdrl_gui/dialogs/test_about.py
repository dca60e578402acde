"""Versions and devices, to be copied."""

from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from icdrl_gui.dialogs.about import AboutDialog


def test_that_the_diagnostics_are_shown_and_can_be_copied(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = AboutDialog("torch 2.13.0\nCPU threads: 8", parent)
    (copy,) = (b for b in dialog.findChildren(QPushButton) if b.text() == "Copy")
    copy.click()
    assert QApplication.clipboard().text() == dialog.details.text()
    assert dialog.details.text() == "torch 2.13.0\nCPU threads: 8"
