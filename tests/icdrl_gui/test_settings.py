"""What the window remembers."""

from pathlib import Path

from PySide6.QtCore import QByteArray
from pytestqt.qtbot import QtBot

from icdrl_gui.settings import MOST_RECENT, Settings


def test_that_defaults_hold_before_anything_was_set(qtbot: QtBot) -> None:
    settings = Settings()
    assert (settings.mode, settings.preview_seconds, settings.notify) == ("system", 2.0, True)
    assert settings.recent == []
    assert settings.layout("docks").isEmpty()


def test_that_everything_comes_back_at_the_next_start(qtbot: QtBot) -> None:
    settings = Settings()
    settings.mode = "dark"
    settings.preview_seconds = 0.5
    settings.notify = False
    settings.save_layout("docks", QByteArray(b"\x00\xffdocks"))
    settings.remember(Path("/a"))
    settings.flush()
    again = Settings()
    assert (again.mode, again.preview_seconds, again.notify) == ("dark", 0.5, False)
    assert again.layout("docks") == QByteArray(b"\x00\xffdocks")
    assert again.recent == [Path("/a")]


def test_that_the_newest_path_comes_first_and_none_comes_twice(qtbot: QtBot) -> None:
    settings = Settings()
    for name in [*"abcdefghijklm", "c"]:
        settings.remember(Path("/") / name)
    names = "".join(path.name for path in settings.recent)
    assert names == "cmlkjihgfe"[:MOST_RECENT]
    settings.forget_recent()
    assert settings.recent == []


def test_that_a_value_of_another_hand_is_not_believed(qtbot: QtBot) -> None:
    settings = Settings()
    settings.save_layout("docks", QByteArray(b"x"))
    settings.flush()
    (path,) = Path.home().glob(".config/icdrl/window.ini")
    path.write_text("[General]\nmode=pink\npreview_seconds=soon\n")
    again = Settings()
    assert (again.mode, again.preview_seconds) == ("system", 2.0)
