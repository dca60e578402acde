"""`Workspace`: the session, its panels and the commands, wired together and put in the window."""

import asyncio
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from core.config import RunConfig
from core.errors import IcdrlError
from core.export import CurvesRecipe
from core.preferences import Preferences
from core.runs import RunFolder, is_run, list_runs
from icdrl_gui.commands.exporting import ExportCommands
from icdrl_gui.commands.opening import OPENING, OpeningCommands
from icdrl_gui.commands.queueing import QueueCommands
from icdrl_gui.commands.training import SETUP, TrainingCommands
from icdrl_gui.diagnostics import diagnostics
from icdrl_gui.dialogs.about import AboutDialog
from icdrl_gui.dialogs.help import HelpDialog
from icdrl_gui.dialogs.stop import QuitDialog
from icdrl_gui.example import EXAMPLE_NAME, install_example
from icdrl_gui.main_window import MainWindow
from icdrl_gui.menus import Menus
from icdrl_gui.notifications import DesktopNotifier
from icdrl_gui.panels.compare import ComparePanel
from icdrl_gui.panels.concepts import ConceptsPanel
from icdrl_gui.panels.constraint import ConstraintControls
from icdrl_gui.panels.curves import CurvesPanel
from icdrl_gui.panels.explore import ExplorePanel
from icdrl_gui.panels.log import LogPanel
from icdrl_gui.panels.reconstructions import ReconstructionsPanel
from icdrl_gui.panels.runs import RunsPanel
from icdrl_gui.panels.scores import ScoresPanel
from icdrl_gui.panels.setup import SetupPanel
from icdrl_gui.panels.status import StatusLine
from icdrl_gui.panels.traversals import TraversalsPanel
from icdrl_gui.session import Session
from icdrl_gui.settings import Settings
from icdrl_gui.tasks import Tasks
from icdrl_gui.theme import Theme

_ENTRIES_COPIED = 20

# The cause of what is said about numbers that are none: see `Message.cause`.
_TYPED = "typed"


class Workspace(QObject):
    """Everything behind the window; `closed` is emitted when it was left for good."""

    closed = Signal()

    def __init__(
        self, window: MainWindow, session: Session, settings: Settings, theme: Theme
    ) -> None:
        super().__init__(window)
        self.window, self.session = window, session
        self._settings = settings
        self._leaving = False
        self.tasks = Tasks(session.messages)
        self.notifier = DesktopNotifier(settings, window)
        self.setup = SetupPanel(session.preferences, settings.preview_seconds)
        self.runs = RunsPanel(session.run_list, session.queue)
        self.curves = CurvesPanel(session.history)
        self.traversals = TraversalsPanel(session.traversals, session.shown)
        self.compare = ComparePanel(session.comparison)
        self.reconstructions = ReconstructionsPanel(session.pictures)
        self.explore = ExplorePanel(session.exploration, session.shown, session.moves)
        self.concepts = ConceptsPanel(
            session.concepts, session.tagging, session.codes, session.shown
        )
        self.scores = ScoresPanel(session.scores, session.codes)
        self.log = LogPanel(session.messages)
        self.constraint = ConstraintControls()
        self.training = TrainingCommands(session, window, self.tasks, self.notifier)
        self.queueing = QueueCommands(session, self)
        self.opening = OpeningCommands(session, window, settings)
        self.exporting = ExportCommands(session, window, self.tasks, self.curves, self.scores)
        status = StatusLine(session.training, session.shown)
        session.preparing.connect(status.show_aside)
        window.setStatusBar(status)
        window.furnish(
            tabs={
                "Traversals": self.traversals,
                "Compare": self.compare,
                "Samples": self.reconstructions,
                "Concepts": self.concepts,
            },
            docks={
                "setup": self.setup,
                "runs": self.runs,
                "curves": self.curves,
                "scores": self.scores,
                "log": self.log,
                "explore": self.explore,
            },
            toolbar=[
                *("train", "pause", "stop", ""),
                self.constraint,
                *("", "retrain", "", "export"),
            ],
        )
        self._wire_panels()
        self._wire_window()
        self._bind_actions()
        self._menus = Menus(window, settings, theme, self.opening)

    async def begin(self, path: Path | None) -> None:
        """Start the children, show what was asked for, and what an earlier session left."""
        session = self.session
        session.start()
        session.traversals.set_preview_seconds(self._settings.preview_seconds)
        shown = self._settings.shown
        session.shown.run_changed.connect(self._remember_shown)
        if path is not None:
            self.opening.open(path)
        elif shown is None:
            self.open_example()
        elif is_run(shown):
            self.opening.open(shown)
        await self._offer_interrupted()

    async def _offer_interrupted(self) -> None:
        """Tell once of a run that nobody ended."""
        run = await asyncio.to_thread(_last_if_interrupted, self.session.preferences.run_root)
        if run is None:
            return
        offer = f"{run} {RunFolder(run).checkpoint_step()}"
        if offer != self._settings.offered:
            self._settings.offered = offer
            self.training.offer_to_resume(run, "The last run was interrupted.")

    def leave(self) -> None:
        """Ask if a run trains; then stop and keep it, and close."""
        training = self.session.training
        if self._leaving:
            return
        if training.state not in ("training", "paused") or training.run is None:
            self.leave_now()
            return
        dialog = QuitDialog(RunFolder(training.run).name, training.step, self.window)
        dialog.finished.connect(lambda: self.leave_now() if dialog.agreed else None)
        dialog.open()

    def leave_now(self) -> None:
        """Stop and keep what trains, and close."""
        if not self._leaving:
            self._leaving = True
            self.window.save_layout()
            self.window.statusBar().showMessage("Saving and leaving …")
            self.window.setEnabled(False)
            self._closing = asyncio.get_running_loop().create_task(self._close())

    async def _close(self) -> None:
        await self.tasks.close()
        await self.session.close()
        try:
            await self.training.close()
        except IcdrlError as error:
            self.session.messages.error(str(error))
        self.window.close_now()
        self.closed.emit()

    def _wire_panels(self) -> None:
        session, training, opening = self.session, self.training, self.opening
        self.setup.edited.connect(training.take_draft)
        self.setup.train_requested.connect(training.train)
        self.setup.queue_requested.connect(session.queue.add)
        self.setup.preview_seconds_changed.connect(self._set_preview_seconds)
        self.setup.preferences_changed.connect(self._take_preferences)
        self.setup.trouble.connect(partial(session.messages.trouble, SETUP))
        session.training.state_changed.connect(self._follow_training)
        training.take_draft(self.setup.config())
        for commands in (training, opening):
            commands.config_wanted.connect(self.setup.set_config)
        training.settings_taken.connect(self._show_setup)
        opening.config_wanted.connect(self._show_setup)
        opening.data_wanted.connect(self.setup.set_source)
        opening.data_wanted.connect(self._show_setup)
        session.training.got_ready.connect(self.setup.set_ready)
        self.constraint.edited.connect(training.edit_constraint)
        for typed in (
            self.explore.rows,
            self.traversals.controls,
            self.compare.controls,
            self.constraint,
            self.setup.machine.preview,
        ):
            typed.refused.connect(partial(session.messages.trouble, _TYPED))
        training.constraint_changed.connect(self._show_constraint)
        self._show_constraint(self.setup.config())
        training.watch_wanted.connect(self._watch)
        training.compare_wanted.connect(self._compare)
        self.runs.open_requested.connect(opening.open)
        self.runs.compare_requested.connect(self._compare)
        self.runs.resume_requested.connect(training.resume)
        self.runs.prolong_requested.connect(training.resume)
        self.runs.settings_requested.connect(training.use_settings)
        self.runs.delete_requested.connect(training.delete)
        self.runs.train_next_requested.connect(self.queueing.let_go)
        self.runs.overlaid_changed.connect(session.history.show_runs)
        self.traversals.cell_chosen.connect(self._explore_from)
        self.explore.file_dropped.connect(opening.open)
        session.exploration.undo_changed.connect(self._show_undo)
        self._show_undo()
        opening.image_wanted.connect(self._encode)
        opening.traversals_wanted.connect(lambda: self.window.show_tab(self.traversals))
        opening.curves_wanted.connect(self._restore_curves)
        opening.pictures_wanted.connect(lambda: self.window.show_tab(self.reconstructions))

    def _wire_window(self) -> None:
        window, start = self.window, self.window.start_page
        window.close_requested.connect(self.leave)
        window.paths_dropped.connect(self.opening.open_all)
        start.train_requested.connect(self.training.train_first)
        start.example_requested.connect(self._explore_example)
        start.open_requested.connect(self.opening.ask_for_folder)
        start.path_chosen.connect(self.opening.open)

    def _bind_actions(self) -> None:
        actions, window, training = self.window.actions_, self.window, self.training
        explore = self.explore
        actions.bind(
            {
                "open": self.opening.ask_for_file,
                "open_folder": self.opening.ask_for_folder,
                "save_config": self.setup.ask_to_save,
                "export": self.exporting.ask,
                "quit": self.leave,
                "train": training.train_draft,
                "enqueue": training.enqueue_draft,
                "pause": training.pause_or_go_on,
                "stop": training.ask_to_stop,
                "constraint": training.toggle_constraint,
                "retrain": training.retrain,
                "use_settings": training.use_settings_shown,
                "resume": training.resume_shown,
                "reset_layout": window.layouts.reset,
                "undo": explore.undo,
                "redo": explore.redo,
                "noise": explore.fresh_noise,
                "reset": explore.reset,
                "copy_latent": explore.copy,
                "paste_latent": explore.paste,
                "encode": explore.ask_for_image,
                "help": lambda: HelpDialog(window).show(),
                "about": self._show_about,
                "copy_diagnostics": self._copy_diagnostics,
            }
        )
        for name in ("setup", "runs", "curves", "scores", "explore", "log"):
            actions.bind({f"show_{name}": partial(window.show_dock, name)})
        for name, tab in {
            "start": window.start_page,
            "traversals": self.traversals,
            "compare": self.compare,
            "reconstructions": self.reconstructions,
            "concepts": self.concepts,
        }.items():
            actions.bind({f"show_{name}": partial(window.show_tab, tab)})
        actions["full_screen"].toggled.connect(window.show_full_screen)
        actions["notify"].setChecked(self._settings.notify)
        actions["notify"].toggled.connect(lambda on: setattr(self._settings, "notify", on))
        actions.follow(self.session.training)

    def _set_preview_seconds(self, seconds: float) -> None:
        self._settings.preview_seconds = seconds
        self.session.traversals.set_preview_seconds(seconds)

    @Slot(object)
    def _show_constraint(self, config: RunConfig | None) -> None:
        self.constraint.show_config(config)
        action = self.window.actions_["constraint"]
        action.setEnabled(self.constraint.isEnabled())
        action.setChecked(self.constraint.enabled.isChecked())

    def _watch(self, run: Path) -> None:
        """A run began: look at it, unless somebody compares it with another."""
        try:
            self.opening.show(run)
        except IcdrlError as error:
            self.session.messages.error(str(error), cause=OPENING)
            return
        history = self.session.history
        # A longer run of other losses would leave it little room; a tick brings it back.
        history.show_runs([path for path in history.shown if path.name != EXAMPLE_NAME])
        if self.window.tab_panel is not self.compare:
            self.window.bring_forward(self.traversals)

    def _compare(self, left: Path, right: Path) -> None:
        self.session.comparison.show(left, right)
        self.session.history.show_runs([left, right])
        self.window.show_tab(self.compare)

    @Slot()
    def _show_undo(self) -> None:
        exploration, actions = self.session.exploration, self.window.actions_
        for name, what in (("undo", exploration.undo_text), ("redo", exploration.redo_text)):
            actions[name].setEnabled(bool(what))
            actions[name].setText(f"&{name.capitalize()} {what}".rstrip())

    def _restore_curves(self, recipe: CurvesRecipe) -> None:
        self.curves.restore(recipe)
        self.window.show_dock("scores" if recipe.kind == "scores" else "curves")

    def _take_preferences(self, preferences: Preferences) -> None:
        self.session.preferences = preferences

    def _explore_from(self, latent: NDArray[np.float32]) -> None:
        self.session.exploration.set_latent(latent)
        self.window.layouts.open("explore")

    def _encode(self, image: Path) -> None:
        self.explore.encode_file(image)
        self.window.show_dock("explore")

    @Slot()
    def _follow_training(self) -> None:
        active = self.session.training.active
        self.setup.set_training(active)
        self.runs.set_training(active)

    @Slot()
    def _show_setup(self) -> None:
        self.window.show_dock("setup")
        self.session.messages.info("Setup holds it: press Train.")

    @Slot()
    def _remember_shown(self) -> None:
        if self.session.shown.run is not None:
            self._settings.shown = self.session.shown.run.path

    def open_example(self) -> None:
        """Look at the trained example, copied anew if it is gone."""
        try:
            self.opening.show(install_example(self.session.preferences.run_root))
        except IcdrlError as error:
            self.session.messages.error(str(error), cause=OPENING)
        self.session.run_list.refresh()

    def _explore_example(self) -> None:
        self.open_example()
        self.window.show_tab(self.traversals)

    def _show_about(self) -> None:
        AboutDialog(diagnostics(self.session.training.ready), self.window).open()

    def _copy_diagnostics(self) -> None:
        """Versions and devices, and what was said last."""
        messages = self.session.messages
        said = [entry.as_text() for entry in messages.entries[-_ENTRIES_COPIED:]]
        text = "\n".join([diagnostics(self.session.training.ready), "", *said])
        QGuiApplication.clipboard().setText(text)
        messages.info("The diagnostics are on the clipboard: paste them into the report.")


def _last_if_interrupted(run_root: Path) -> Path | None:
    """The run that was trained last, if nobody ended it."""
    summaries, _ = list_runs(run_root)
    ended = [each for each in summaries if each.state not in ("new", "running")]
    own = [each for each in ended if each.path.name != EXAMPLE_NAME]
    last = max(own, key=lambda run: RunFolder(run.path).events.stat().st_mtime, default=None)
    return last.path if last and last.state == "interrupted" else None
