"""The window's layouts, one a task: which docks are seen where, and which tab is in front."""

from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow

from icdrl_gui.settings import Settings

# Raised whenever docks or toolbars change: an older layout is then not restored.
LAYOUT_VERSION = 4

_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
_BELOW = Qt.DockWidgetArea.BottomDockWidgetArea
_ROOMY = QSize(1600, 900)


@dataclass(frozen=True)
class Docks:
    """Docks behind each other, the first in front.

    size: pixels across, or down where they stand below the tabs; the window bounds it.
    down: of docks that share a column with others, their share of its height.
    """

    area: Qt.DockWidgetArea
    names: tuple[str, ...]
    size: int
    down: int = 0


@dataclass(frozen=True)
class Layout:
    """What a task needs.

    Attributes:
        text, shortcut, tip: of its action.
        docks: what stands beside the tabs; what is not named is closed.
        roomy: the same where the window is at least 1600 x 900.
        tab: object name of the panel in front; empty: whichever is.
        is_bare: docks alone, without tabs, menus, toolbar and status line.
    """

    text: str
    shortcut: str
    tip: str
    docks: tuple[Docks, ...]
    roomy: tuple[Docks, ...] = ()
    tab: str = ""
    is_bare: bool = False

    def docks_in(self, window: QSize) -> tuple[Docks, ...]:
        """What stands beside the tabs in a window of this size."""
        is_roomy = window.expandedTo(_ROOMY) == window
        return self.roomy if is_roomy and self.roomy else self.docks


_PLOTS = ("curves", "scores", "log")

LAYOUTS = MappingProxyType(
    {
        "train": Layout(
            "&Train",
            "Ctrl+Alt+1",
            "Settings, curves, and traversals that follow the training.",
            (Docks(_LEFT, ("setup", "runs"), 290), Docks(_BELOW, _PLOTS, 190)),
            (
                Docks(_LEFT, ("setup",), 300, down=600),
                Docks(_LEFT, ("runs",), 300, down=320),
                Docks(_RIGHT, ("explore",), 340),
                Docks(_BELOW, _PLOTS, 240),
            ),
        ),
        "explore": Layout(
            "E&xplore",
            "Ctrl+Alt+2",
            "A large picture with its sliders, and the traversals.",
            (Docks(_RIGHT, ("explore",), 520),),
            (Docks(_RIGHT, ("explore",), 760),),
            tab="traversals",
        ),
        "compare": Layout(
            "&Compare",
            "Ctrl+Alt+3",
            "Two runs side by side, their curves and scores below.",
            (Docks(_BELOW, _PLOTS, 190),),
            (Docks(_LEFT, ("runs",), 300), Docks(_BELOW, _PLOTS, 260)),
            tab="compare",
        ),
        "focus": Layout(
            "&Focus",
            "F9",
            "The picture and its sliders alone; Esc brings the rest back.",
            (Docks(_RIGHT, ("explore",), 0),),
            is_bare=True,
        ),
    }
)
FIRST_LAYOUT = "train"

# Where a dock opens that the layout has closed, and its size there.
_HOMES = {
    "setup": (_LEFT, 290),
    "runs": (_LEFT, 290),
    "curves": (_BELOW, 190),
    "scores": (_BELOW, 190),
    "log": (_BELOW, 190),
    "explore": (_RIGHT, 320),
}
# What fits beside each other in less would be too small to work with.
_ROOM_FOR_THREE_COLUMNS_PX = 1150


def _hint() -> QLabel:
    """In place of a title with buttons, which would close the last that is seen."""
    hint = QLabel("Esc brings the rest back")
    hint.setProperty("role", "muted")
    hint.setMargin(4)
    hint.setAlignment(Qt.AlignmentFlag.AlignRight)
    return hint


class WindowLayouts(QObject):
    """Arranges a window's docks, and remembers each layout as a person left it.

    `chosen` carries the object name of the panel that comes to the front; `bared` whether all but
    the docks is hidden.

    Attributes:
        actions: one a layout, by name; exclusive.
    """

    chosen = Signal(str)
    bared = Signal(bool)

    def __init__(self, window: QMainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._docks: dict[str, QDockWidget] = {}
        kept = settings.chosen_layout
        self._name = self._before = kept if kept in LAYOUTS else FIRST_LAYOUT
        group = QActionGroup(self)
        self.actions: dict[str, QAction] = {}
        for name, layout in LAYOUTS.items():
            action = self.actions[name] = QAction(layout.text, group)
            action.setShortcut(QKeySequence(layout.shortcut))
            action.setCheckable(True)
            title = layout.text.replace("&", "")
            action.setToolTip(f"{title} ({layout.shortcut})\n{layout.tip}")
            action.triggered.connect(lambda _=False, name=name: self.choose(name))
            window.addAction(action)  # So that its key works where no menu is seen.
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._escape.activated.connect(lambda: self.choose(self._before))
        self._escape.setEnabled(False)

    def begin(self, docks: dict[str, QDockWidget]) -> None:
        """Take over the docks, by object name, as they were left."""
        self._docks = docks
        self._show(self._name)

    def choose(self, name: str) -> None:
        """Leave the layout as it is, and show another; Focus chosen again leads back."""
        if name == self._name:
            name = self._before
        self.save()
        if not LAYOUTS[name].is_bare:
            self._before = self._settings.chosen_layout = name
        self._show(name)
        if LAYOUTS[name].tab:
            self.chosen.emit(LAYOUTS[name].tab)

    def open(self, name: str) -> None:
        """Bring a dock to the front, which the layout may have closed."""
        dock = self._docks[name]
        was_closed = dock.isHidden()
        dock.show()
        dock.raise_()
        if was_closed:
            self._resize(name, *_HOMES[name])

    @Slot()
    def reset(self) -> None:
        """The layout as at the first start."""
        # Qt would show a new one later, and share out other heights now.
        self.bared.emit(LAYOUTS[self._name].is_bare)
        self._arrange()

    def save(self) -> None:
        """Remember the docks as they are; a bare layout is always the same."""
        if self._docks and not LAYOUTS[self._name].is_bare:
            self._settings.save_layout(
                f"docks-{self._name}", self._window.saveState(LAYOUT_VERSION)
            )

    def _show(self, name: str) -> None:
        self._name = name
        self.actions[name].setChecked(True)
        is_bare = LAYOUTS[name].is_bare
        self._escape.setEnabled(is_bare)
        self.reset()
        for dock in self._docks.values():
            dock.setTitleBarWidget(_hint() if is_bare else None)  # type: ignore[arg-type]
        if not is_bare:
            self._window.restoreState(self._settings.layout(f"docks-{name}"), LAYOUT_VERSION)

    def _arrange(self) -> None:
        window, docks = self._window, self._docks
        for dock in docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        groups = LAYOUTS[self._name].docks_in(window.size())
        for group in groups:
            for name in group.names:
                window.addDockWidget(group.area, docks[name])
                docks[name].show()
            for one, next_one in pairwise(group.names):
                window.tabifyDockWidget(docks[one], docks[next_one])
            docks[group.names[0]].raise_()
        seen = {name for group in groups for name in group.names}
        for name in docks.keys() - seen:
            window.addDockWidget(_HOMES[name][0], docks[name])
            if name == "explore" and window.width() < _ROOM_FOR_THREE_COLUMNS_PX:
                window.tabifyDockWidget(docks["setup"], docks[name])
            docks[name].hide()
        for group in groups:
            self._resize(group.names[0], group.area, group.size)
        stacked = [group for group in groups if group.down]
        window.resizeDocks(
            [docks[group.names[0]] for group in stacked],
            [group.down for group in stacked],
            Qt.Orientation.Vertical,
        )

    def _resize(self, name: str, area: Qt.DockWidgetArea, size: int) -> None:
        way = Qt.Orientation.Vertical if area == _BELOW else Qt.Orientation.Horizontal
        self._window.resizeDocks([self._docks[name]], [size], way)
