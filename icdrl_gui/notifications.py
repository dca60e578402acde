"""What the app tells a person: one list of messages, hooks for defects, the desktop's bubbles."""

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import platformdirs
from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from core.errors import IcdrlError
from core.preferences import APP_NAME
from icdrl_gui.settings import Settings

Kind = Literal["error", "warning", "info", "technical"]
"""technical: for the log alone, such as what Qt or a library warns of."""

Action = tuple[str, Callable[[], object]]
"""What a person can do about a message: the text of a button, and what it calls."""

_MOST_ENTRIES = 1000
# Two defects that take turns must not fill the list either.
_REPEATS_WITHIN = 20
_LOG_BYTES = 1_000_000
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}


@dataclass(frozen=True)
class Message:
    """One sentence for a person.

    Attributes:
        detail: a traceback, or whatever else helps to find the cause.
        count: how often it was said.
        time: when it was said last, in seconds since the epoch.
        cause: what has to be mended; empty if nothing can tell that it was.
    """

    kind: Kind
    sentence: str
    detail: str = ""
    count: int = 1
    time: float = 0.0
    action: Action | None = None
    cause: str = ""

    def as_text(self) -> str:
        """For the clipboard and bug reports."""
        clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.time))
        repeats = f" (×{self.count})" if self.count > 1 else ""
        head = f"{clock} {self.kind}{repeats}: {self.sentence}"
        return f"{head}\n{self.detail}".rstrip()


class Messages(QObject):
    """All that was said since the start; also written to app.log in the user's log folder.

    May be called from any thread. A sentence that was said a moment ago counts up.

    Signals:
        said: a new `Message`, or one with a higher count; it stands last in `entries`.
        settled: what messages with this cause were about is mended.
    """

    said = Signal(object)
    settled = Signal(str)
    _said_elsewhere = Signal(object)

    def __init__(self, parent: QObject | None = None, log: Path | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Message] = []
        self.log_path = log or platformdirs.user_log_path(APP_NAME, appauthor=False) / "app.log"
        self._file: logging.Handler | None = None
        self._thread = threading.get_ident()
        self._said_elsewhere.connect(self._add)

    def info(self, sentence: str, detail: str = "", action: Action | None = None) -> None:
        """Something that a person may want to know."""
        self._say(Message("info", sentence, detail, action=action))

    def warn(
        self, sentence: str, detail: str = "", action: Action | None = None, cause: str = ""
    ) -> None:
        """Something that a person should know, until `settle` is called with its cause."""
        self._say(Message("warning", sentence, detail, action=action, cause=cause))

    def error(
        self, sentence: str, detail: str = "", action: Action | None = None, cause: str = ""
    ) -> None:
        """Something that was not done, and what to do, until `settle` is called with its cause."""
        self._say(Message("error", sentence, detail, action=action, cause=cause))

    def settle(self, cause: str) -> None:
        """What was said of this cause is over; it stays in the log."""
        if cause:
            self.settled.emit(cause)

    def trouble(self, cause: str, sentence: str) -> None:
        """An error; or, without a sentence, that it is over."""
        if sentence:
            self.error(sentence, cause=cause)
        else:
            self.settle(cause)

    def technical(self, sentence: str, detail: str = "") -> None:
        """Something for the log alone."""
        self._say(Message("technical", sentence, detail))

    def defect(self, error: BaseException) -> None:
        """An exception that nobody caught; expected trouble shows its own sentence."""
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        first = next(iter(str(error).splitlines()), "")
        if not isinstance(error, IcdrlError):
            first = f"Unexpected {type(error).__name__}: {first}".removesuffix(": ")
        self.error(first, "".join(lines))

    def _say(self, message: Message) -> None:
        message = replace(message, time=time.time())
        if threading.get_ident() == self._thread:
            self._add(message)
        else:
            self._said_elsewhere.emit(message)

    @Slot(object)
    def _add(self, message: Message) -> None:
        for earlier in reversed(self.entries[-_REPEATS_WITHIN:]):
            if (earlier.kind, earlier.sentence) == (message.kind, message.sentence):
                self.entries.remove(earlier)
                message = replace(message, count=earlier.count + 1)
                break
        self.entries.append(message)
        del self.entries[:-_MOST_ENTRIES]
        # Of a storm only the 1st, 2nd, 4th, 8th ... time is written down.
        if message.count & (message.count - 1) == 0:
            self._write(message)
        self.said.emit(message)

    def _write(self, message: Message) -> None:
        """To the file, if there can be one."""
        if self._file is None:
            try:
                self.log_path.parent.mkdir(parents=True, exist_ok=True)
                self._file = RotatingFileHandler(
                    self.log_path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8"
                )
            except OSError:
                self._file = logging.NullHandler()
        level = _LEVELS.get(message.kind, logging.DEBUG)
        record = logging.LogRecord(APP_NAME, level, "", 0, message.as_text(), None, None)
        self._file.handle(record)

    def close(self) -> None:
        """Close the log file; the next message opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None


class _Library(logging.Handler):
    """What Python code logs at WARNING or above goes among the messages."""

    def __init__(self, messages: Messages) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        detail = self.formatException(record.exc_info) if record.exc_info else ""
        self._messages.technical(f"{record.name}: {record.getMessage()}", detail)

    @staticmethod
    def formatException(info: Any) -> str:
        return "".join(traceback.format_exception(*info))


def install_hooks(
    messages: Messages, loop: asyncio.AbstractEventLoop | None = None
) -> Callable[[], None]:
    """Lead every unexpected error and warning of this process to `messages`.

    Returns: what takes the hooks out again.
    """
    before = (sys.excepthook, sys.unraisablehook, threading.excepthook)
    telling = threading.local()

    def tell(error: BaseException) -> None:
        """Once: what goes wrong while it is shown goes to stderr."""
        if getattr(telling, "now", False):
            sys.__excepthook__(type(error), error, error.__traceback__)
            return
        telling.now = True
        try:
            messages.defect(error)
        except Exception as another:
            sys.__excepthook__(type(error), error, error.__traceback__)
            sys.__excepthook__(type(another), another, another.__traceback__)
        finally:
            telling.now = False

    def take_uncaught(
        kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            before[0](kind, error, where)
        else:
            tell(error.with_traceback(where))

    def take_from_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            tell(args.exc_value)

    def take_unraisable(args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            lines = traceback.format_exception(args.exc_value)
            messages.technical(f"Ignored: {lines[-1].strip()}", "".join(lines))

    def take_from_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            tell(error)
        else:
            messages.error(f"Unexpected: {context.get('message', 'the event loop failed')}")

    def take_from_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            print(text, file=sys.__stderr__)
        if kind != QtMsgType.QtDebugMsg:
            messages.technical(f"Qt ({context.category or 'default'}): {text}")

    sys.excepthook = take_uncaught
    sys.unraisablehook = take_unraisable
    threading.excepthook = take_from_thread
    qt_before = qInstallMessageHandler(take_from_qt)
    library = _Library(messages)
    logging.getLogger().addHandler(library)
    if loop is not None:
        loop.set_exception_handler(take_from_loop)

    def remove() -> None:
        sys.excepthook, sys.unraisablehook, threading.excepthook = before
        qInstallMessageHandler(qt_before)
        logging.getLogger().removeHandler(library)
        if loop is not None:
            loop.set_exception_handler(None)
        messages.close()

    return remove


class DesktopNotifier(QObject):
    """The desktop's own notifications, where it has them and the person wants them."""

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def tell(self, title: str, sentence: str) -> None:
        """Say that a run ended; not if the window is looked at anyway."""
        if not self._settings.notify or self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.messageClicked.connect(self._raise_window)
            self._tray.activated.connect(self._raise_window)
        self._tray.show()
        self._tray.showMessage(title, sentence, QApplication.windowIcon())

    @Slot()
    def _raise_window(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()
