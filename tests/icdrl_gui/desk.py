"""The window with everything behind it, over children that are played."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from core.config import RunConfig
from core.preferences import Preferences
from core.protocol import (
    Losses,
    Ready,
    Started,
    TrainerEvent,
)
from core.runs import RunFolder
from icdrl_gui.main_window import MainWindow
from icdrl_gui.models.runs.colours import RunColours
from icdrl_gui.notifications import Messages
from icdrl_gui.session import Session
from icdrl_gui.settings import Settings
from icdrl_gui.theme import Theme
from icdrl_gui.workspace import Workspace


class PlayedChild:
    """Stands for a child: keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    def send(self, command: object) -> None:
        self.sent.append(command)


class Desk:
    """The window with everything behind it, and a trainer that is played."""

    def __init__(self, root: Path, qapp: QApplication, size: tuple[int, int] | None = None) -> None:
        """size: of the window; None: that of a first start."""
        self.root = root
        self.settings = Settings()
        self.messages = Messages()
        self.window = MainWindow(self.settings, self.messages)
        if size:
            self.window.resize(*size)
        # As in the app: what is behind the window comes when it is there.
        self.window.show()
        preferences = Preferences(run_root=root)
        colours = RunColours(self.settings)
        self.session = Session(preferences, self.messages, lambda call: call(), colours=colours)
        self.trainer, self.explorer = PlayedChild(), PlayedChild()
        self.session.trainer = self.trainer  # type: ignore[assignment]
        self.session.explorer = self.explorer  # type: ignore[assignment]
        self.theme = Theme(qapp, "light")
        self.workspace = Workspace(self.window, self.session, self.settings, self.theme)
        self.trainer.sent.clear()

    @property
    def commands(self) -> list[object]:
        """What the trainer was told, but for what it should draw."""
        return [each for each in self.trainer.sent if type(each).__name__ != "Watch"]

    def act(self, name: str) -> None:
        """Trigger an action of the menu."""
        assert self.window.actions_[name].isEnabled(), name
        self.window.actions_[name].trigger()

    def tell(self, *events: TrainerEvent) -> None:
        """Play the trainer."""
        for event in events:
            self.session.training.take(event)

    def make_run(self, name: str, config: RunConfig | None = None) -> Path:
        """Make a run with a snapshot."""
        run = RunFolder.create(self.root / name, config or RunConfig(steps=100))
        (run.path / "snapshots" / "step-5.safetensors").write_bytes(b"")
        return run.path

    def train(self, name: str = "run") -> Path:
        """Begin a training."""
        run = self.make_run(name)
        self.tell(Ready(("cpu",), "cpu", 2, {}, ()))
        self.workspace.training.train(RunFolder(run).config())
        self.tell(Started(str(run), 0, resumed=False), Losses(10, 1.0, 0.0, 500.0, {}))
        return run

    def problems(self) -> list[str]:
        """What a person was told went wrong."""
        return [e.sentence for e in self.messages.entries if e.kind in ("error", "warning")]

    def dialog(self) -> QDialog:
        """The dialog that is open."""
        (dialog,) = (each for each in self.window.findChildren(QDialog) if each.isVisible())
        return dialog


def press(dialog: QObject, text: str) -> None:
    """Click the button whose text holds `text`."""
    buttons = dialog.findChildren(QPushButton)
    (button,) = (each for each in buttons if text in each.text().replace("&", ""))
    button.click()
