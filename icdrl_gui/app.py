"""Start-up, in this order: Qt, the looks, a window with its start page; in the next turn of the
loop everything else: models, panels, the two children, which alone import torch."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import qasync
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from core.config import ConfigError
from core.preferences import Preferences, load_preferences
from core.resources import RESOURCES
from icdrl_gui.diagnostics import version
from icdrl_gui.main_window import MainWindow
from icdrl_gui.notifications import Messages, install_hooks
from icdrl_gui.settings import Settings
from icdrl_gui.system_signals import SystemSignals
from icdrl_gui.theme import Theme

if TYPE_CHECKING:
    from icdrl_gui.workspace import Workspace

# Plays on the workspace in a person's stead; returns the exit code.
Play = Callable[["Workspace"], Awaitable[int]]


def main(arguments: list[str] | None = None) -> int:
    """Run the app to its end; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.self_test:
        from icdrl_gui.self_test import self_test

        return _on_loop(options.platform or "offscreen", self_test)
    if not options.demo:
        return run(path=options.path, platform=options.platform)

    from icdrl_gui.demo import play_demo

    output = options.demo_output
    play = partial(play_demo, output)
    return run(play, run_root=output / "runs", platform=options.platform)


def run(
    play: Play | None = None,
    *,
    path: Path | None = None,
    run_root: Path | None = None,
    platform: str | None = None,
) -> int:
    """Run the app until its window was closed, or until `play` is over; returns the exit code.

    Args:
        play: plays in a person's stead.
        path: opened at once.
        run_root: where new runs go, in place of the one in the preferences.
        platform: Qt's plugin, such as vnc or offscreen; None: what fits the desktop.
    """
    return _on_loop(platform, lambda app: _run(app, play, path, run_root))


def _on_loop(platform: str | None, work: Callable[[QApplication], Coroutine[Any, Any, int]]) -> int:
    """Do `work` on Qt's own event loop."""
    QGuiApplication.setDesktopFileName("icdrl")
    app = QApplication([sys.argv[0], *(["-platform", platform] if platform else [])])
    app.setApplicationName("ICDRL")
    app.setWindowIcon(QIcon(str(RESOURCES / "icons" / "icdrl.svg")))
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(work(app))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="icdrl-gui",
        description="Train and explore disentangled latent spaces.",
    )
    parser.add_argument("path", nargs="?", type=Path, help="a run, config, picture or data set")
    parser.add_argument(
        "-platform", metavar="NAME", help="Qt's way to a screen: xcb, wayland, vnc, offscreen, ..."
    )
    parser.add_argument(
        "--demo", action="store_true", help="play the main job by itself and leave pictures"
    )
    parser.add_argument(
        "--demo-output", type=Path, default=Path("demo-output"), metavar="DIR", help="where to"
    )
    parser.add_argument(
        "--self-test", action="store_true", help="check this installation, for a bug report"
    )
    parser.add_argument("--version", action="version", version=f"ICDRL {version()}")
    return parser


async def _run(
    app: QApplication, play: Play | None, path: Path | None, run_root: Path | None
) -> int:
    loop = asyncio.get_running_loop()
    messages = Messages(app)
    remove_hooks = install_hooks(messages, loop)
    signals = SystemSignals(app)
    try:
        return await _show(app, messages, signals, play, path, run_root)
    finally:
        signals.close()
        remove_hooks()


async def _show(
    app: QApplication,
    messages: Messages,
    signals: SystemSignals,
    play: Play | None,
    path: Path | None,
    run_root: Path | None,
) -> int:
    settings = Settings()
    theme = Theme(app, settings.mode)
    window = MainWindow(settings, messages)
    painted, closed = asyncio.Event(), asyncio.Event()
    window.painted.connect(painted.set)
    window.show()
    with suppress(TimeoutError):  # A window that starts minimised is not painted.
        await asyncio.wait_for(painted.wait(), 1)
    messages.technical(f"Window shown {_age_s():.2f} s after the process began.")

    from icdrl_gui.models.runs.colours import RunColours
    from icdrl_gui.session import Session
    from icdrl_gui.workspace import Workspace

    preferences = usable_preferences(messages)
    if run_root is not None:
        preferences = preferences.model_copy(update={"run_root": run_root.absolute()})
    call_soon = asyncio.get_running_loop().call_soon_threadsafe
    session = Session(preferences, messages, call_soon, app, RunColours(settings))
    workspace = Workspace(window, session, settings, theme)
    workspace.closed.connect(closed.set)
    signals.terminated.connect(workspace.leave_now)
    await workspace.begin(path)
    if signals.asked:
        workspace.leave_now()
    try:
        return await (_until(closed, play, workspace) if play else _leaving(closed))
    finally:
        # Widgets that outlived Qt's own loop would start timers that nobody serves.
        gone = asyncio.Event()
        window.destroyed.connect(gone.set)
        window.deleteLater()
        await gone.wait()


async def _leaving(closed: asyncio.Event) -> int:
    await closed.wait()
    return 0


async def _until(closed: asyncio.Event, play: Play, workspace: "Workspace") -> int:
    """Let `play` play, and close the window afterwards; a person may close it before."""
    playing = asyncio.ensure_future(play(workspace))
    leaving = asyncio.ensure_future(closed.wait())
    await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
    if playing.done():
        workspace.leave_now()
    else:
        playing.cancel()
    await leaving
    (code,) = await asyncio.gather(playing, return_exceptions=True)
    if isinstance(code, asyncio.CancelledError):
        return 0
    if isinstance(code, BaseException):
        raise code
    return code


def usable_preferences(messages: Messages) -> Preferences:
    """The saved preferences, or what this machine can do in their stead, which is told."""
    try:
        preferences = load_preferences()
    except ConfigError as error:
        messages.error(f"{error} Until then the defaults are used.")
        return Preferences()
    try:
        preferences.require_cores()
    except ConfigError as error:
        messages.warn(f"{error} Until then all are used.")
    return preferences.within_cores()


def _age_s() -> float:
    """Seconds since this process began."""
    return time.time() - float(psutil.Process().create_time())
