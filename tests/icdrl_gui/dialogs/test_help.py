"""Help names everything that there is a table of."""

from pytestqt.qtbot import QtBot

from core.config import METHOD_CONFIGS
from core.metrics.catalogue import TITLES
from icdrl_gui.actions import TABLE
from icdrl_gui.dialogs.help import HelpDialog
from tests.icdrl_gui.desk import Desk


def texts(dialog: HelpDialog) -> dict[str, str]:
    """What stands on each page, by its title."""
    found = {}
    for row in range(dialog.pages.count()):
        dialog.pages.setCurrentRow(row)
        found[dialog.pages.item(row).text()] = dialog.text.toPlainText()
    return found


def test_that_every_score_method_and_key_is_named(qtbot: QtBot) -> None:
    dialog = HelpDialog()
    qtbot.addWidget(dialog)
    pages = texts(dialog)
    assert all(title.title in pages["Scores"] for title in TITLES.values())
    assert all(title.about in pages["Scores"] for title in TITLES.values())
    assert all(method.title in pages["Methods"] for method in METHOD_CONFIGS.values())
    assert all(spec.shortcut in pages["Keys"] for spec in TABLE)
    for task in ("Train", "Read a traversal", "Explore", "Export", "Your own images"):
        assert len(pages[task]) > 200


def test_that_f1_opens_it_beside_the_window(desk: Desk, qtbot: QtBot) -> None:
    desk.act("help")
    dialog = desk.window.findChild(HelpDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.close()
