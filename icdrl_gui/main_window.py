"""`MainWindow`: arranges toolbar, menus, docks and tabs; no logic."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QScrollArea,
    QTabWidget,
    QToolBar,
    QWidget,
)

from icdrl_gui.actions import MENUS, TABLE, Actions
from icdrl_gui.layouts import WindowLayouts
from icdrl_gui.notifications import Messages
from icdrl_gui.panels.start_page import StartPage
from icdrl_gui.settings import Settings
from icdrl_gui.widgets.layout_switch import LayoutSwitch
from icdrl_gui.widgets.message_bar import MessageBar

# Pixels that a dock has at least; what needs more scrolls.
_LEAST_WIDTH = {"setup": 285, "runs": 285, "explore": 300}
_LEAST_CENTRE = QSize(280, 150)
FIRST_SIZE = QSize(1280, 800)
# What a desktop puts around a window, about.
_FRAME = QSize(10, 40)
_SUBMENUS = ("recent", "layout", "theme")


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
        self._toolbar = QToolBar("Toolbar")
        self._toolbar_width = 0
        self.actions_ = Actions(self)
        self.start_page = StartPage()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setMinimumSize(_LEAST_CENTRE)
        self._panels: list[QWidget] = []
        self._add_tab("Start", self.start_page)
        self.setCentralWidget(self.tabs)
        self.message_bar = MessageBar(messages, self)
        self.message_bar.changed.connect(self._place_message_bar)
        self.tabs.installEventFilter(self)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.layouts = WindowLayouts(self, settings)
        self.layouts.chosen.connect(self._bring_named_forward)
        self.layouts.bared.connect(self._bare)
        self.submenus: dict[str, QMenu] = {}
        self._fill_menus()
        if not self.restoreGeometry(settings.layout("geometry")):
            self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() - _FRAME))

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
            self._add_tab(title, panel)
        self._fill_toolbar(toolbar)
        self.layouts.begin({name: self._dock(name, panel) for name, panel in docks.items()})

    def show_dock(self, name: str) -> None:
        """Bring a dock to the front, with the keyboard in it."""
        self.layouts.open(name)
        dock = self.findChild(QDockWidget, name)
        if isinstance(dock, QDockWidget):
            _give_focus(dock.widget())

    def show_tab(self, panel: QWidget) -> None:
        """Bring a tab to the front, with the keyboard in it."""
        self.bring_forward(panel)
        _give_focus(panel)

    def bring_forward(self, panel: QWidget) -> None:
        """Bring a tab to the front, and leave the keyboard where it is."""
        self.tabs.setCurrentIndex(self._panels.index(panel))

    @property
    def tab_panel(self) -> QWidget:
        """The panel of the tab in front."""
        return self._panels[self.tabs.currentIndex()]

    @Slot(bool)
    def show_full_screen(self, full: bool) -> None:
        """Fill the screen, or be as before."""
        if full != self.isFullScreen():
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def save_layout(self) -> None:
        """Remember the window for the next start."""
        self._settings.save_layout("geometry", self.saveGeometry())
        self.layouts.save()
        self._settings.flush()

    def close_now(self) -> None:
        """Close without asking anybody."""
        self._may_close = True
        self.close()

    def _add_tab(self, title: str, panel: QWidget) -> None:
        self._panels.append(panel)
        self.tabs.addTab(_scrolling(panel), title)

    def _dock(self, name: str, panel: QWidget) -> QDockWidget:
        dock = QDockWidget(panel.windowTitle(), self)
        dock.setObjectName(name)
        part = _scrolling(panel)
        part.setMinimumWidth(_LEAST_WIDTH.get(name, 0))
        dock.setWidget(part)
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
                self.addAction(self.actions_[spec.name])  # So that keys work without the menus.
        self.submenus["layout"].addActions(list(self.layouts.actions.values()))
        self.menuBar().setCornerWidget(LayoutSwitch(self.layouts.actions, self.menuBar()))

    @Slot(str)
    def _bring_named_forward(self, name: str) -> None:
        self.bring_forward(next(panel for panel in self._panels if panel.objectName() == name))

    @Slot(bool)
    def _bare(self, is_bare: bool) -> None:
        """Show the docks alone, or all."""
        for part in (self.menuBar(), self._toolbar, self.statusBar(), self.tabs):
            part.setVisible(not is_bare)
        self.statusBar().clearMessage()

    @Slot()
    def _place_message_bar(self) -> None:
        """Over the head of the tabs: what is below it stays where it is."""
        if self.message_bar.isHidden():
            return
        head = self.tabs.tabBar().height()
        room = (
            self.tabs.geometry().adjusted(0, head, 0, 0) if self.tabs.isVisible() else self.rect()
        )
        height = self.message_bar.height_for(room.width())
        self.message_bar.setGeometry(room.x(), room.y(), room.width(), height)
        self.message_bar.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = QEvent.Type
        if event.type() in (kinds.Resize, kinds.Move, kinds.Show, kinds.Hide):
            self._place_message_bar()
        return super().eventFilter(watched, event)

    def _fill_toolbar(self, parts: list[QWidget | str]) -> None:
        bar, shown = self._toolbar, self.actions_["show_toolbar"]
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addToolBar(bar)
        for part in parts:
            if isinstance(part, QWidget):
                bar.addWidget(part)
            elif part:
                bar.addAction(self.actions_[part])
            else:
                bar.addSeparator()
        shown.toggled.connect(bar.setVisible)
        bar.toggleViewAction().toggled.connect(shown.setChecked)
        self._toolbar_width = bar.sizeHint().width()
        self._fit_toolbar()

    def _fit_toolbar(self) -> None:
        """Icons alone where they would not fit beside their texts."""
        style = Qt.ToolButtonStyle
        narrow = self.width() < self._toolbar_width
        self._toolbar.setToolButtonStyle(
            style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.actions_.refresh_icons()
        elif event.type() == QEvent.Type.WindowStateChange:
            self.actions_["full_screen"].setChecked(self.isFullScreen())
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_toolbar()

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


def _scrolling(panel: QWidget) -> QScrollArea:
    """What scrolls where there is less room than `panel` needs."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(panel)
    return area


def _paths(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
