"""What a person sees first: one button, a trained example, and what was opened last."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.presets import FIRST_PRESET, load_preset
from icdrl_gui.widgets.plain_text import plain_tip

_WHAT = (
    "Train a generative model whose <b>codes</b> are independent of each other and show in the "
    "image, and watch the factors of a data set come apart: one code moves the sprite, another "
    "makes it larger. Then switch the <b>independence constraint</b> off, train again, and compare."
)
_HOW = (
    "<ol style='margin-left:-20px'>"
    "<li><b>Train</b>: press the button, or choose a preset or a method in Setup.</li>"
    "<li><b>Watch</b>: losses below, a traversal of every code in the middle.</li>"
    "<li><b>Retrain ⇄</b>: the same run with the constraint flipped, side by side in Compare.</li>"
    "<li><b>Explore</b>: move the codes by hand, or drop an image on the window.</li>"
    "<li><b>Export</b>: pictures with their recipe inside.</li>"
    "</ol>"
)


class StartPage(QWidget):
    """One button to begin with, and ways back to earlier work."""

    train_requested = Signal()
    example_requested = Signal()
    open_requested = Signal()
    path_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Disentangled latent spaces")
        title.setProperty("role", "title")
        what, how = QLabel(_WHAT), QLabel(_HOW)
        for text in (what, how):
            text.setWordWrap(True)
            text.setTextFormat(Qt.TextFormat.RichText)
        self.train = QPushButton("Train on dSprites")
        self.train.setDefault(True)
        self.train.setMinimumHeight(44)
        self.train.setToolTip(
            plain_tip(f"Trains the preset {FIRST_PRESET}: {load_preset(FIRST_PRESET).summary}")
        )
        font = self.train.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        self.train.setFont(font)
        self.example = QPushButton("Explore the trained example")
        self.open = QPushButton("Open a run …")
        self.train.clicked.connect(self.train_requested)
        self.example.clicked.connect(self.example_requested)
        self.open.clicked.connect(self.open_requested)
        self._recent_title = QLabel("Opened last")
        self._recent_title.setProperty("role", "heading")
        self.recent = QListWidget()
        self.recent.setAccessibleName("runs and files opened last")
        self.recent.itemActivated.connect(self._choose)
        self.recent.setMaximumHeight(140)
        self.recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)

        others = QHBoxLayout()
        others.addWidget(self.example)
        others.addWidget(self.open)
        column = QVBoxLayout()
        for each in (title, what, self.train):
            column.addWidget(each)
            column.addSpacing(8)
        column.addLayout(others)
        column.addSpacing(8)
        column.addWidget(how)
        column.addWidget(self._recent_title)
        column.addWidget(self.recent)
        column.addStretch()
        centre = QWidget()
        centre.setLayout(column)
        centre.setMaximumWidth(620)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(centre, 8)
        layout.addStretch(1)

    def show_recent(self, paths: list[Path]) -> None:
        """List what was opened last, as far as it is still there."""
        there = [path for path in paths if path.exists()]
        self.recent.clear()
        for path in there:
            item = QListWidgetItem(path.name)
            item.setToolTip(plain_tip(str(path)))
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            self.recent.addItem(item)
        self._recent_title.setVisible(bool(there))
        self.recent.setVisible(bool(there))

    def _choose(self, item: QListWidgetItem) -> None:
        self.path_chosen.emit(Path(item.data(Qt.ItemDataRole.UserRole)))
