"""`MainWindow`: arranges toolbar, menus, docks and tabs; no logic."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from icdrl_gui.actions import MENUS, TABLE, Actions
from icdrl_gui.notifications import Messages
from icdrl_gui.panels.start_page import StartPage
from icdrl_gui.settings import Settings
from icdrl_gui.widgets.message_bar import MessageBar

# Raised whenever docks or toolbars change: an older layout is then not restored.
LAYOUT_VERSION = 2

_AREAS = {
    "setup": Qt.DockWidgetArea.LeftDockWidgetArea,
    "runs": Qt.DockWidgetArea.LeftDockWidgetArea,
    "curves": Qt.DockWidgetArea.BottomDockWidgetArea,
    "scores": Qt.DockWidgetArea.BottomDockWidgetArea,
    "log": Qt.DockWidgetArea.BottomDockWidgetArea,
    "explore": Qt.DockWidgetArea.RightDockWidgetArea,
}
# Pixels below which something in the dock would be cut off.
_LEAST_WIDTH = {
    "setup": 285,
    "runs": 285,
    "curves": 400,
    "scores": 400,
    "log": 400,
    "explore": 300,
}
_SUBMENUS = ("recent", "theme")


class MainWindow(QMainWindow):
    """At first a start page alone; `furnish` adds what takes longer to build."""

    paths_dropped = Signal(object)
    close_requested = Signal()
    painted = Signal()

    def __init__(self, settings: Settings, messages: Messages) -> None:
        super().__init__()
        self.setWindowTitle("ICDRL")
        self.setAcceptDrops(True)
        self._settings = settings
        self._may_close = False
        self._was_painted = False
        self._default_layout = QByteArray()
        self.actions_ = Actions(self)
        self.start_page = StartPage()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.start_page, "Start")
        self.message_bar = MessageBar(messages)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message_bar)
        column.addWidget(self.tabs)
        self.setCentralWidget(centre)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.submenus: dict[str, QMenu] = {}
        self._fill_menus()
        self.resize(1280, 800)
        self.restoreGeometry(settings.layout("geometry"))

    def furnish(
        self, tabs: dict[str, QWidget], docks: dict[str, QWidget], toolbar: list[QWidget | str]
    ) -> None:
        """Put in the rest.

        Args:
            tabs: title -> panel, beside the start page.
            docks: object name -> panel, whose window title becomes the dock's.
            toolbar: names of actions and widgets, in order; "" is a separator.
        """
        for title, panel in tabs.items():
            self.tabs.addTab(panel, title)
        made = {name: self._dock(name, panel) for name, panel in docks.items()}
        self.tabifyDockWidget(made["curves"], made["scores"])
        self.tabifyDockWidget(made["scores"], made["log"])
        made["curves"].raise_()
        self.resizeDocks([made["setup"], made["explore"]], [300, 320], Qt.Orientation.Horizontal)
        self.resizeDocks([made["setup"], made["runs"]], [420, 220], Qt.Orientation.Vertical)
        self.resizeDocks([made["curves"]], [230], Qt.Orientation.Vertical)
        self._fill_toolbar(toolbar)
        self._default_layout = self.saveState(LAYOUT_VERSION)
        self.restoreState(self._settings.layout("docks"), LAYOUT_VERSION)

    def show_dock(self, name: str) -> None:
        """Bring a dock to the front, with the keyboard in it."""
        dock = self.findChild(QDockWidget, name)
        if isinstance(dock, QDockWidget):
            dock.show()
            dock.raise_()
            _give_focus(dock.widget())

    def show_tab(self, panel: QWidget) -> None:
        """Bring a tab to the front."""
        self.tabs.setCurrentWidget(panel)
        _give_focus(panel)

    def reset_layout(self) -> None:
        """All docks back to where they were at first."""
        self.restoreState(self._default_layout, LAYOUT_VERSION)

    def save_layout(self) -> None:
        """Remember the window for the next start."""
        self._settings.save_layout("geometry", self.saveGeometry())
        if not self._default_layout.isEmpty():
            self._settings.save_layout("docks", self.saveState(LAYOUT_VERSION))
        self._settings.flush()

    def close_now(self) -> None:
        """Close without asking anybody."""
        self._may_close = True
        self.close()

    def _dock(self, name: str, panel: QWidget) -> QDockWidget:
        dock = QDockWidget(panel.windowTitle(), self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        panel.setMinimumWidth(max(panel.minimumWidth(), _LEAST_WIDTH[name]))
        self.addDockWidget(_AREAS[name], dock)
        return dock

    def _fill_menus(self) -> None:
        menus = {name: self.menuBar().addMenu(f"&{name}") for name in MENUS}
        for spec in TABLE:
            menu = menus[spec.menu]
            if not spec.name:
                menu.addSeparator()
            elif spec.name in _SUBMENUS:
                self.submenus[spec.name] = menu.addMenu(spec.text)
                self.submenus[spec.name].setToolTipsVisible(True)
            else:
                menu.addAction(self.actions_[spec.name])

    def _fill_toolbar(self, parts: list[QWidget | str]) -> None:
        bar = self.addToolBar("Training")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for part in parts:
            if isinstance(part, QWidget):
                bar.addWidget(part)
            elif part:
                bar.addAction(self.actions_[part])
            else:
                bar.addSeparator()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.actions_.refresh_icons()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.close_requested.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        is_from_elsewhere = event.source() is None
        if is_from_elsewhere and _paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.paths_dropped.emit(_paths(event.mimeData()))
        event.acceptProposedAction()


def _give_focus(panel: QWidget) -> None:
    """Put the keyboard into the first part of a panel that takes it."""
    part = panel.nextInFocusChain()
    while part is not None and part is not panel:
        takes_tab = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if panel.isAncestorOf(part) and takes_tab and part.isEnabled() and part.isVisible():
            part.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        part = part.nextInFocusChain()


def _paths(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
