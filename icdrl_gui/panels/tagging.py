"""`TaggingView`: one image after the other; two keys say whether it shows a concept."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from icdrl_gui.models.concepts.tagging import ENOUGH, TaggingModel
from icdrl_gui.widgets.elided_label import ElidedLabel
from icdrl_gui.widgets.images.view import ImageView
from icdrl_gui.widgets.text_button import text_button

_WAITING = "Images come …"
_OVER = "These were all images of the data."


class TaggingView(QWidget):
    """Follows a `TaggingModel`; `left` says that somebody has tagged enough."""

    left = Signal()

    def __init__(self, tagging: TaggingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tagging = tagging
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.question = ElidedLabel()
        self.question.setProperty("role", "heading")
        self.image = ImageView("image to tag")
        self.shows = text_button("Shows it (Y)", "The image shows the concept.")
        self.shows_not = text_button("Does not (N)", "The image does not show it.")
        self.skip = text_button("Skip (S)", "Say nothing about this image.")
        self.undo = text_button("Undo (U)", "Take the last word back; its image comes again.")
        self.done = text_button("Done (Esc)", "Back to the concepts; the tags stay with the run.")
        self.count, self.score = QLabel(), ElidedLabel()
        for label in (self.count, self.score):
            label.setTextFormat(Qt.TextFormat.PlainText)
        buttons = QHBoxLayout()
        for button in self.buttons():
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        layout.addWidget(self.question)
        layout.addWidget(self.image, 1)
        layout.addLayout(buttons)
        layout.addWidget(self.count)
        layout.addWidget(self.score)
        self.shows.clicked.connect(lambda: tagging.tag(True))
        self.shows_not.clicked.connect(lambda: tagging.tag(False))
        self.skip.clicked.connect(lambda: tagging.tag(None))
        self.undo.clicked.connect(tagging.undo)
        self.done.clicked.connect(self.left)
        tagging.changed.connect(self._show)
        self._show()

    def buttons(self) -> tuple[QToolButton, ...]:
        """From left to right."""
        return self.shows, self.shows_not, self.skip, self.undo, self.done

    @Slot()
    def _show(self) -> None:
        model = self._tagging
        place = "" if model.place is None else f"  ·  image {model.place:,} of the data"
        self.question.show_text(f"Does it show “{model.name}”?{place}", model.name)
        self.image.set_placeholder(_OVER if model.is_over else _WAITING)
        self.image.set_image(model.image)
        for button in (self.shows, self.shows_not, self.skip):
            button.setEnabled(model.image is not None)
        self.undo.setEnabled(model.can_undo)
        shows, shows_not = model.counts
        self.count.setText(f"{shows:,} show it, {shows_not:,} do not.")
        self.score.show_text(self._sentence(min(model.counts)))

    def _sentence(self, fewest: int) -> str:
        score = self._tagging.score
        if fewest < ENOUGH:
            return f"A concept is learned from {ENOUGH} of each on."
        if score is None:
            return "Learning …"
        verdict = "" if score.tells else " No better than guessing yet."
        learning = "  Learning …" if self._tagging.learns else ""
        return (
            f"Held-out AUC {score.value:.2f} ± {score.spread:.2f}, guessing has "
            f"{score.guessing:.2f} ± {score.guessing_spread:.2f}.{verdict}{learning}"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        button = {
            Qt.Key.Key_Y: self.shows,
            Qt.Key.Key_N: self.shows_not,
            Qt.Key.Key_S: self.skip,
            Qt.Key.Key_U: self.undo,
            Qt.Key.Key_Backspace: self.undo,
            Qt.Key.Key_Escape: self.done,
        }.get(Qt.Key(event.key()))
        if button is None or event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        else:
            button.click()
