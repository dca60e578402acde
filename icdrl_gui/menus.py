"""The two menus whose entries are not actions of the table: recent files, and the theme."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup

from icdrl_gui.commands.opening import OpeningCommands
from icdrl_gui.main_window import MainWindow
from icdrl_gui.settings import Settings
from icdrl_gui.theme import MODES, Mode, Theme
from icdrl_gui.widgets.plain_text import plain_tip


class Menus(QObject):
    """Fills them, and keeps the recent files up to date, on the start page too."""

    def __init__(
        self, window: MainWindow, settings: Settings, theme: Theme, opening: OpeningCommands
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._theme = window, settings, theme
        self._opening = opening
        opening.recent_changed.connect(self._show_recent)
        self._fill_themes()
        self._show_recent()

    def _fill_themes(self) -> None:
        group = QActionGroup(self)
        for mode in MODES:
            action = QAction(f"&{mode.capitalize()}", group)
            action.setShortcut(f"Ctrl+Alt+{mode[0].upper()}")
            action.setCheckable(True)
            action.setChecked(mode == self._theme.mode)
            action.triggered.connect(lambda _=False, mode=mode: self._choose_theme(mode))
            self._window.submenus["theme"].addAction(action)

    def _choose_theme(self, mode: Mode) -> None:
        self._theme.choose(mode)
        self._settings.mode = mode

    @Slot()
    def _show_recent(self) -> None:
        menu, recent = self._window.submenus["recent"], self._settings.recent
        menu.clear()
        for path in recent:
            # A single & would be taken for the entry's letter.
            action = menu.addAction(path.name.replace("&", "&&"))
            action.setToolTip(plain_tip(str(path)))
            action.triggered.connect(lambda _=False, path=path: self._opening.open(path))
        if recent:
            menu.addSeparator()
            menu.addAction("&Forget them all").triggered.connect(self._forget_recent)
        else:
            menu.addAction("Nothing was opened yet").setEnabled(False)
        self._window.start_page.show_recent(recent)

    @Slot()
    def _forget_recent(self) -> None:
        self._settings.forget_recent()
        self._show_recent()
