"""`Workspace`: the session, its panels and the commands, wired together and put in the window."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup

from core.errors import IcdrlError
from core.protocol import Ready
from core.runs import RunFolder
from icdrl_gui.commands.exporting import ExportCommands
from icdrl_gui.commands.opening import OpeningCommands
from icdrl_gui.commands.training import TrainingCommands
from icdrl_gui.dialogs.about import AboutDialog
from icdrl_gui.dialogs.stop import QuitDialog
from icdrl_gui.example import install_example
from icdrl_gui.main_window import MainWindow
from icdrl_gui.notifications import DesktopNotifier
from icdrl_gui.panels.compare import ComparePanel
from icdrl_gui.panels.constraint import ConstraintControls
from icdrl_gui.panels.curves import CurvesPanel
from icdrl_gui.panels.explore import ExplorePanel
from icdrl_gui.panels.log import LogPanel
from icdrl_gui.panels.reconstructions import ReconstructionsPanel
from icdrl_gui.panels.runs import RunsPanel
from icdrl_gui.panels.setup import SetupPanel
from icdrl_gui.panels.status import StatusLine
from icdrl_gui.panels.traversals import TraversalsPanel
from icdrl_gui.session import Session
from icdrl_gui.settings import Settings
from icdrl_gui.tasks import Tasks
from icdrl_gui.theme import MODES, Theme
