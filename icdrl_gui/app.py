"""Start-up, in this order: Qt, the looks, a window with its start page; in the next turn of the
loop everything else: models, panels, the two children, which alone import torch."""

import argparse
import asyncio
import logging
import sys
import time
from pathlib import Path

import psutil
import qasync
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from core.config import ConfigError
from core.preferences import Preferences, load_preferences
from core.resources import RESOURCES
from icdrl_gui.main_window import MainWindow
from icdrl_gui.notifications import Messages, install_hooks
from icdrl_gui.settings import Settings
from icdrl_gui.system_signals import SystemSignals
from icdrl_gui.theme import Theme

log = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Run the app to its end; returns the exit code."""
    options, for_qt = _parser().parse_known_args(sys.argv[1:] if arguments is None else arguments)
    unknown = [each for each in for_qt if each.startswith("--")]
    if unknown:
        _parser().error(f"unrecognised: {' '.join(unknown)}")
    QGuiApplication.setDesktopFileName("icdrl")
    app = QApplication([sys.argv[0], *for_qt])
    app.setApplicationName("ICDRL")
    app.setWindowIcon(QIcon(str(RESOURCES / "icons" / "icdrl.svg")))
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_run(app, options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="icdrl-gui",
        description="Train and explore disentangled latent spaces.",
        epilog="Qt's own options work too, such as -platform vnc or -platform offscreen.",
    )
    parser.add_argument("path", nargs="?", type=Path, help="a run, config, picture or data set")
    parser.add_argument(
        "--demo", action="store_true", help="play the main job by itself and leave pictures"
    )
    parser.add_argument(
        "--demo-output", type=Path, default=Path("demo-output"), metavar="DIR", help="where to"
    )
    return parser


async def _run(app: QApplication, options: argparse.Namespace) -> int:
    settings = Settings()
    theme = Theme(app, settings.mode)
    messages = Messages(app)
    remove_hooks = install_hooks(messages, asyncio.get_running_loop())
    window = MainWindow(settings, messages)
    painted = asyncio.Event()
    window.painted.connect(painted.set)
    window.show()
    signals = SystemSignals(app)
    try:
        await painted.wait()
        log.info("Window shown %.2f s after the process began.", _age_s())
        return await _work(app, window, settings, theme, messages, signals, options)
    finally:
        signals.close()
        remove_hooks()


async def _work(
    parent: QObject,
    window: MainWindow,
    settings: Settings,
    theme: Theme,
    messages: Messages,
    signals: SystemSignals,
    options: argparse.Namespace,
) -> int:
    from icdrl_gui.session import Session
    from icdrl_gui.workspace import Workspace

    loop = asyncio.get_running_loop()
    preferences = _preferences(messages)
    if options.demo:
        preferences = preferences.model_copy(update={"run_root": options.demo_output / "runs"})
    session = Session(preferences, messages, loop.call_soon_threadsafe, parent)
    workspace = Workspace(window, session, settings, theme)
    closed = asyncio.Event()
    workspace.closed.connect(closed.set)
    signals.terminated.connect(workspace.leave_now)
    await workspace.begin(options.path)
    if options.demo:
        from icdrl_gui.demo import Demo

        code = await Demo(workspace, options.demo_output).play()
        workspace.leave_now()
        await closed.wait()
        return code
    await closed.wait()
    return 0


def _preferences(messages: Messages) -> Preferences:
    try:
        return load_preferences()
    except ConfigError as error:
        messages.error(f"{error} Until then the defaults are used.")
        return Preferences()


def _age_s() -> float:
    """Seconds since this process began."""
    return time.time() - psutil.Process().create_time()
