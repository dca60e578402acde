"""Help: a page a task, and what the scores, methods and keys mean, read from their tables."""

import re
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QTextBrowser,
    QWidget,
)

from core.config import METHOD_CONFIGS
from core.metrics.catalogue import TITLES, ScoreTitle
from core.resources import RESOURCES
from icdrl_gui.actions import TABLE
from icdrl_gui.layouts import LAYOUTS

_IN_A_GRID = (
    ("Arrows, Home, End", "Move the cursor"),
    ("Enter, Space, click", "Take the image's latent to Explore"),
    ("F2, double click", "Name a row"),
    ("+, −, Ctrl+wheel; 0", "Zoom; fit"),
)
_ARXIV = re.compile(r"arXiv (\d{4}\.\d{5})")
_SIZE = (980, 640)
_LIST_WIDTH = 180


class HelpDialog(QDialog):
    """Stays open beside the window; the list on the left chooses the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self.pages = QListWidget()
        self.pages.setAccessibleName("pages of the help")
        self.pages.setFixedWidth(_LIST_WIDTH)
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        self.text.setAccessibleName("page of the help")
        self.text.document().setDocumentMargin(16)
        self._contents = [*_guides(), _scores(), _methods(), _keys()]
        for title, _ in self._contents:
            self.pages.addItem(title)
        self.pages.currentRowChanged.connect(self._show_page)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.addWidget(self.pages)
        row.addWidget(self.text, 1)
        self.pages.setCurrentRow(0)

    def _show_page(self, index: int) -> None:
        title, body = self._contents[index]
        if body.startswith("<"):
            self.text.setHtml(f"<h1>{escape(title)}</h1>{body}")
        else:
            self.text.setMarkdown(body)


def _guides() -> list[tuple[str, str]]:
    """(title, Markdown) of each page in resources/help."""
    texts = [path.read_text("utf-8") for path in sorted((RESOURCES / "help").glob("*.md"))]
    return [(text.splitlines()[0].removeprefix("# "), text) for text in texts]


def _scores() -> tuple[str, str]:
    intro = (
        "<p>All compare codes of real images with the factors that these were made from. "
        "<b>Noise</b> is what five codes of pure noise get on the factors of dSprites "
        "(10,000 images): a score that is not far above it says nothing.</p>"
    )
    head = ("Score", "What it measures", "Range", "Better", "Noise", "Paper")
    return "Scores", intro + _table(head, [_score(title) for title in TITLES.values()])


def _score(of: ScoreTitle) -> tuple[str, ...]:
    noise = "" if of.noise is None else f"{of.noise:.2f}"
    better = "" if of.direction == "neither" else of.direction
    texts = (of.title, of.about, of.ends, better, noise)
    return *map(escape, texts), _linked(of.paper)


def _methods() -> tuple[str, str]:
    rows = [
        (escape(method.title), _linked(method.paper), "yes" if method().constraint else "no")
        for method in METHOD_CONFIGS.values()
    ]
    return "Methods", _table(("Method", "Paper", "Independence constraint"), rows)


def _keys() -> tuple[str, str]:
    keys = [
        (spec.shortcut, f"{spec.menu} › {escape(_plain(spec.text))}")
        for spec in TABLE
        if spec.shortcut
    ]
    keys += [(each.shortcut, f"Layout › {_plain(each.text)}") for each in LAYOUTS.values()]
    body = _table(("Key", "What it does"), keys)
    return (
        "Keys",
        f"{body}<h2>In a grid of images</h2>{_table(('Key', 'What it does'), _IN_A_GRID)}",
    )


def _linked(paper: str) -> str:
    """A paper, with its number on arXiv as a link."""
    return _ARXIV.sub(r"<a href='https://arxiv.org/abs/\1'>arXiv \1</a>", escape(paper))


def _plain(text: str) -> str:
    """An action's text without the mark of its letter."""
    return text.replace("&", "").removesuffix(" …")


# Cells are HTML.
def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        return "".join(f"<{tag} align='left'>{cell}</{tag}>" for cell in cells)

    lines = [line(head, "th"), *(line(row, "td") for row in rows)]
    return "<table cellpadding='5'>" + "".join(f"<tr>{each}</tr>" for each in lines) + "</table>"
