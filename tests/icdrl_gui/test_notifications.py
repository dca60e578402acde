"""Messages from every place where something can go wrong."""

import asyncio
import gc
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from PySide6.QtCore import QTimer, qCritical, qDebug, qWarning
from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from core.config import ConfigError
from icdrl_gui.notifications import DesktopNotifier, Message, Messages, install_hooks
from icdrl_gui.settings import Settings


@pytest.fixture
def messages(qtbot: QtBot, tmp_path: Path) -> Iterator[Messages]:
    """Return messages whose log lies in a temporary folder."""
    messages = Messages(log=tmp_path / "log" / "app.log")
    yield messages
    messages.close()


@pytest.fixture
def hooked(messages: Messages) -> Iterator[Messages]:
    """Return messages that hear of everything in this process."""
    remove = install_hooks(messages)
    yield messages
    remove()


def said(messages: Messages) -> list[tuple[str, str, int]]:
    """Return kind, sentence and count of every entry."""
    return [(entry.kind, entry.sentence, entry.count) for entry in messages.entries]


def test_that_a_repeated_sentence_counts_up(messages: Messages) -> None:
    heard: list[Message] = []
    messages.said.connect(heard.append)
    for _ in range(3):
        messages.error("The disk is full.")
    messages.warn("The disk is full.")
    assert said(messages) == [
        ("error", "The disk is full.", 3),
        ("warning", "The disk is full.", 1),
    ]
    assert [message.count for message in heard] == [1, 2, 3, 1]


def test_that_two_sentences_that_take_turns_make_no_storm(messages: Messages) -> None:
    for _ in range(500):
        messages.error("One.")
        messages.error("Two.")
    assert said(messages) == [("error", "One.", 500), ("error", "Two.", 500)]
    assert len(messages.log_path.read_text(encoding="utf-8").splitlines()) == 18


def test_that_the_list_has_an_end(messages: Messages) -> None:
    for number in range(1100):
        messages.info(f"Number {number}.")
    assert len(messages.entries) == 1000
    assert messages.entries[-1].sentence == "Number 1099."


def test_that_messages_are_written_to_the_log(messages: Messages) -> None:
    messages.error("It failed.", "Traceback\n  100 %s")
    messages.info("It ended.")
    first, second, third, fourth = messages.log_path.read_text(encoding="utf-8").splitlines()
    assert first.endswith("error: It failed.")
    assert (second, third) == ("Traceback", "  100 %s")
    assert fourth.endswith("info: It ended.")


def test_that_a_log_that_cannot_be_written_stops_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    messages = Messages(log=tmp_path / "file" / "app.log")
    messages.error("It failed.")
    assert said(messages) == [("error", "It failed.", 1)]


def test_that_the_log_lies_in_the_users_log_folder(qtbot: QtBot) -> None:
    assert Messages().log_path.is_relative_to(Path.home())


def test_that_another_thread_may_speak(messages: Messages, qtbot: QtBot) -> None:
    with qtbot.waitSignal(messages.said):
        thread = threading.Thread(target=messages.error, args=("From afar.",))
        thread.start()
        thread.join()
        assert messages.entries == []
    assert said(messages) == [("error", "From afar.", 1)]


def test_that_a_defect_in_a_slot_is_one_message_with_its_traceback(
    hooked: Messages, qtbot: QtBot
) -> None:
    def fail() -> None:
        raise ValueError("no such thing\nand more")

    with qtbot.waitSignal(hooked.said):
        QTimer.singleShot(0, fail)
    [entry] = hooked.entries
    assert entry.sentence == "Unexpected ValueError: no such thing"
    assert "in fail" in entry.detail
    assert "and more" in entry.detail


def test_that_expected_trouble_that_nobody_caught_shows_its_own_sentence(hooked: Messages) -> None:
    try:
        raise ConfigError("The file is empty: give another.")
    except ConfigError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert said(hooked) == [("error", "The file is empty: give another.", 1)]


def test_that_a_defect_without_words_is_named_by_its_kind(hooked: Messages) -> None:
    sys.excepthook(KeyError, KeyError(), None)
    assert said(hooked) == [("error", "Unexpected KeyError", 1)]


def test_that_a_defect_in_a_thread_is_told(hooked: Messages, qtbot: QtBot) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by zero")

    with qtbot.waitSignal(hooked.said):
        threading.Thread(target=fail).start()
    assert said(hooked) == [("error", "Unexpected ZeroDivisionError: by zero", 1)]


def test_that_a_defect_of_the_loop_is_told(messages: Messages, qtbot: QtBot) -> None:
    async def fail() -> None:
        loop = asyncio.get_running_loop()
        remove = install_hooks(messages, loop)
        loop.call_soon(lambda: [][1])
        loop.call_exception_handler({"message": "Something is odd."})
        await asyncio.sleep(0)
        remove()

    asyncio.run(fail())
    assert said(messages) == [
        ("error", "Unexpected: Something is odd.", 1),
        ("error", "Unexpected IndexError: list index out of range", 1),
    ]


def test_that_what_qt_warns_of_is_for_the_log_alone(hooked: Messages) -> None:
    qDebug("nobody cares")
    qWarning("a font is missing")
    qCritical("a plugin is missing")
    assert said(hooked) == [
        ("technical", "Qt (default): a font is missing", 1),
        ("technical", "Qt (default): a plugin is missing", 1),
    ]


@pytest.mark.expect_logs("odd")
def test_that_what_a_library_logs_is_for_the_log_alone(hooked: Messages) -> None:
    logging.getLogger("library").info("fine")
    logging.getLogger("library").warning("odd")
    assert said(hooked) == [("technical", "library: odd", 1)]


def test_that_what_python_can_only_ignore_is_for_the_log_alone(hooked: Messages) -> None:
    class Careless:
        def __del__(self) -> None:
            raise OSError("too late")

    Careless()
    gc.collect()
    [entry] = hooked.entries
    assert (entry.kind, entry.sentence) == ("technical", "Ignored: OSError: too late")


def test_that_a_defect_while_a_defect_is_shown_ends_there(
    hooked: Messages, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(message: Message) -> None:
        raise RuntimeError("the bar is broken")

    hooked.said.connect(fail)
    sys.excepthook(ValueError, ValueError("first"), None)
    assert said(hooked) == [("error", "Unexpected ValueError: first", 1)]
    assert "the bar is broken" in capsys.readouterr().err


def test_that_an_interrupt_by_keyboard_is_no_defect(
    messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed_on: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: passed_on.append(kind))
    remove = install_hooks(messages)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    remove()
    assert passed_on == [KeyboardInterrupt]
    assert messages.entries == []


def test_that_the_hooks_can_be_taken_out(messages: Messages) -> None:
    before = (sys.excepthook, sys.unraisablehook, threading.excepthook)
    remove = install_hooks(messages)
    assert sys.excepthook is not before[0]
    remove()
    assert (sys.excepthook, sys.unraisablehook, threading.excepthook) == before
    with warnings.catch_warnings():
        qWarning("unheard")
    assert messages.entries == []


def test_that_a_desktop_without_notifications_is_no_trouble(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notifier = DesktopNotifier(Settings(), window)
    notifier.tell("Run finished", "12,000 steps.")
    assert not QSystemTrayIcon.isSystemTrayAvailable()
    assert notifier.findChildren(QSystemTrayIcon) == []


def test_that_the_desktop_tells_what_the_person_wants_to_know(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tray = MagicMock()
    monkeypatch.setattr("icdrl_gui.notifications.QSystemTrayIcon", tray)
    settings, window = Settings(), QWidget()
    qtbot.addWidget(window)
    notifier = DesktopNotifier(settings, window)
    notifier.tell("Run finished", "12,000 steps.")
    settings.notify = False
    notifier.tell("Run failed", "The disk is full.")
    [call] = tray.return_value.showMessage.call_args_list
    assert call.args[:2] == ("Run finished", "12,000 steps.")
    [(click,)] = [each.args for each in tray.return_value.messageClicked.connect.call_args_list]
    click()
    assert window.isVisible()


def test_that_trouble_is_over_once_it_has_no_sentence(messages: Messages) -> None:
    settled: list[str] = []
    messages.settled.connect(settled.append)
    messages.trouble("the disk", "It is full.")
    messages.trouble("the disk", "")
    assert said(messages) == [("error", "It is full.", 1)]
    assert settled == ["the disk"]
