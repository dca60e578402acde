"""Light and dark: the application's palette, and the colours of plots and pictures."""

from dataclasses import dataclass
from typing import Literal, get_args

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from core.curves.plot import INKS
from core.resources import RESOURCES

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class Colours:
    """Every colour that the app draws with, as #rrggbb; text on window has a contrast >= 7.

    curves: Okabe and Ito's palette without black, then six more, for lines on `surface`; one per
        run.
    """

    window: str
    surface: str
    raised: str
    text: str
    muted: str
    border: str
    accent: str
    accent_text: str
    error: str
    warning: str
    curves: tuple[str, ...]


LIGHT = Colours(
    window="#f3f4f6",
    surface="#ffffff",
    raised="#e8eaee",
    text="#16191d",
    muted="#555c66",
    border="#c3c8d0",
    accent="#0067a8",
    accent_text="#ffffff",
    error="#b3261e",
    warning="#8a5a00",
    curves=INKS,
)
DARK = Colours(
    window="#1d2024",
    surface="#14171a",
    raised="#2b2f35",
    text="#eceef1",
    muted="#a6adb8",
    border="#434952",
    accent="#56b4e9",
    accent_text="#0b1622",
    error="#ff8a80",
    warning="#f5bd4f",
    curves=(
        *("#56b4e9", "#ff8c42", "#2fc99b", "#e79fc8", "#e6b800", "#9ecbff"),
        *("#a98be0", "#e05a6f", "#a8c060", "#8e99a8", "#ffd7b5", "#4f8f8a"),
    ),
)


def colours(palette: QPalette | None = None) -> Colours:
    """The colours that go with a widget's palette (the application's if none).

    A widget that draws by itself asks again in `changeEvent` at `QEvent.Type.PaletteChange`.
    """
    window = (palette or QApplication.palette()).color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


class Theme(QObject):
    """Keeps the application in the chosen mode; `system` follows the desktop, live."""

    def __init__(self, app: QApplication, mode: Mode) -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._refresh)
        self.choose(mode)

    @property
    def mode(self) -> Mode:
        """What was chosen."""
        return self._mode

    def choose(self, mode: Mode) -> None:
        """Switch at once: every widget gets a PaletteChange event."""
        self._mode = mode
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # It draws the window's frame where the desktop can; the palette does the rest.
        self._app.styleHints().setColorScheme(schemes.get(mode, Qt.ColorScheme.Unknown))
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        dark = self._mode == "dark" or (
            self._mode == "system" and self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        )
        chosen = DARK if dark else LIGHT
        self._app.setPalette(_palette(chosen))
        self._app.setStyleSheet(_style_sheet(chosen))


def _palette(of: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for each, colour in {
        role.Window: of.window,
        role.WindowText: of.text,
        role.Base: of.surface,
        role.AlternateBase: of.window,
        role.Text: of.text,
        role.PlaceholderText: of.muted,
        role.Button: of.raised,
        role.ButtonText: of.text,
        role.BrightText: of.error,
        role.ToolTipBase: of.surface,
        role.ToolTipText: of.text,
        role.Highlight: of.accent,
        role.HighlightedText: of.accent_text,
        role.Accent: of.accent,
        role.Link: of.accent,
        role.LinkVisited: of.accent,
        role.Light: of.raised,
        role.Midlight: of.raised,
        role.Mid: of.border,
        role.Dark: of.border,
        role.Shadow: of.border,
    }.items():
        palette.setColor(each, QColor(colour))
    faint = QColor(of.muted)
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(of.border))
    return palette


def _style_sheet(of: Colours) -> str:
    """What a palette cannot say."""
    return f"""
        QToolTip {{ color: {of.text}; background: {of.surface}; border: 1px solid {of.border}; }}
        QDockWidget::title {{ background: {of.raised}; padding: 4px 6px; }}
        QLabel[role="muted"] {{ color: {of.muted}; }}
        QLabel[role="error"] {{ color: {of.error}; }}
        QLabel[role="warning"] {{ color: {of.warning}; }}
        QLabel[role="title"] {{ font-size: 15pt; font-weight: 600; }}
        QLabel[role="heading"] {{ font-weight: 600; }}
        QCheckBox::indicator:unchecked, QAbstractItemView::indicator:unchecked {{
            border: 1px solid {of.muted}; background: {of.surface}; border-radius: 2px;
            width: 11px; height: 11px;
        }}
        QLineEdit, QPlainTextEdit, QTableView, QListView {{ border: 1px solid {of.border}; }}
        QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: none; }}
        QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus,
        QAbstractSpinBox:focus, QAbstractItemView:focus {{ outline: 2px solid {of.accent}; }}
    """


def icon(name: str) -> QIcon:
    """An icon of resources/icons in the colour of text; ask again when the palette changes."""
    drawing = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    of, result = colours(), QIcon()
    for mode, colour in ((QIcon.Mode.Normal, of.text), (QIcon.Mode.Disabled, of.border)):
        pixmap = QPixmap()
        pixmap.loadFromData(drawing.replace("currentColor", colour).encode())
        result.addPixmap(pixmap, mode)
    return result
