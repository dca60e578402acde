"""Every action of the window: where it stands in the menus, its shortcut, its icon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence

from icdrl_gui.theme import icon

if TYPE_CHECKING:
    from icdrl_gui.models.training import TrainingModel


@dataclass(frozen=True)
class ActionSpec:
    """A line of the table; `tip` is a sentence for tooltip and status line."""

    name: str
    menu: str
    text: str
    shortcut: str = ""
    tip: str = ""
    icon: str = ""
    checkable: bool = False


SEPARATOR = ""

TABLE: tuple[ActionSpec, ...] = (
    ActionSpec("open", "File", "&Open …", "Ctrl+O", "Open a run, config, picture or data set."),
    ActionSpec("open_folder", "File", "Open run &folder …", "Ctrl+Shift+O", "Open a run's folder."),
    ActionSpec("recent", "File", "Open &recent"),
    ActionSpec(SEPARATOR, "File", ""),
    ActionSpec("save_config", "File", "&Save config …", "Ctrl+S", "Save the config in Setup."),
    ActionSpec("export", "File", "&Export …", "Ctrl+Shift+X", "Pictures and tables.", "export"),
    ActionSpec(SEPARATOR, "File", ""),
    ActionSpec("quit", "File", "&Quit", "Ctrl+Q", "A running training is stopped and kept."),
    ActionSpec("train", "Run", "&Train", "F5", "Start a run with the config in Setup.", "train"),
    ActionSpec("enqueue", "Run", "Add to &queue", "Ctrl+F5", "Train the config when it is free."),
    ActionSpec("pause", "Run", "&Pause", "F6", "Halt after this step, and go on.", "pause", True),
    ActionSpec("stop", "Run", "&Stop …", "F7", "Keep, stop now, or delete: you choose.", "stop"),
    ActionSpec(SEPARATOR, "Run", ""),
    ActionSpec("constraint", "Run", "&Independence constraint", "Ctrl+I", "", "", True),
    ActionSpec(
        "retrain",
        "Run",
        "&Retrain ⇄",
        "Ctrl+R",
        "The same config, seed and data order with the constraint flipped; opens Compare.",
        "retrain",
    ),
    ActionSpec(SEPARATOR, "Run", ""),
    ActionSpec("resume", "Run", "Res&ume", "F8", "Go on with the shown run."),
    ActionSpec("use_settings", "Run", "Use t&hese settings", "Ctrl+U", "Of the run, in Setup."),
    ActionSpec("show_setup", "View", "&Setup", "Alt+1"),
    ActionSpec("show_runs", "View", "&Runs", "Alt+2"),
    ActionSpec("show_curves", "View", "&Losses", "Alt+3"),
    ActionSpec("show_explore", "View", "E&xplore", "Alt+4"),
    ActionSpec("show_log", "View", "Lo&g", "Alt+5"),
    ActionSpec("show_scores", "View", "Sc&ores", "Alt+6"),
    ActionSpec(SEPARATOR, "View", ""),
    ActionSpec("show_start", "View", "Start &page", "Ctrl+1"),
    ActionSpec("show_traversals", "View", "&Traversals", "Ctrl+2"),
    ActionSpec("show_compare", "View", "&Compare", "Ctrl+3"),
    ActionSpec("show_reconstructions", "View", "Sa&mples and reconstructions", "Ctrl+4"),
    ActionSpec("show_concepts", "View", "Co&ncepts", "Ctrl+5"),
    ActionSpec(SEPARATOR, "View", ""),
    ActionSpec("show_toolbar", "View", "Tool&bar", "Alt+7", checkable=True),
    ActionSpec("layout", "View", "La&yout"),
    ActionSpec("theme", "View", "Them&e"),
    ActionSpec("notify", "View", "Not&ify when a run ends", "Ctrl+Shift+N", checkable=True),
    ActionSpec("reset_layout", "View", "Reset layo&ut", "Ctrl+Shift+L"),
    ActionSpec("full_screen", "View", "&Full screen", "F11", checkable=True),
    ActionSpec("undo", "Explore", "&Undo", "Ctrl+Z", "", "undo"),
    ActionSpec("redo", "Explore", "&Redo", "Ctrl+Shift+Z", "", "redo"),
    ActionSpec(SEPARATOR, "Explore", ""),
    ActionSpec("noise", "Explore", "Fresh &noise", "Ctrl+N", "Draw other noise, codes unchanged."),
    ActionSpec("reset", "Explore", "Reset c&odes", "Ctrl+0", "All codes back to their middle."),
    ActionSpec("copy_latent", "Explore", "&Copy latent", "Ctrl+Shift+C", "As text, exactly."),
    ActionSpec("paste_latent", "Explore", "&Paste latent", "Ctrl+Shift+V", "From such a text."),
    ActionSpec(SEPARATOR, "Explore", ""),
    ActionSpec("encode", "Explore", "&Encode an image …", "Ctrl+Shift+E", "Find its latent."),
    ActionSpec("help", "Help", "&Guide, scores and keys", "F1", "A page a task, and what is what."),
    ActionSpec(SEPARATOR, "Help", ""),
    ActionSpec("copy_diagnostics", "Help", "&Copy diagnostics", "", "For a bug report."),
    ActionSpec("about", "Help", "&About", "", "Versions and devices."),
)
MENUS = ("File", "Run", "View", "Explore", "Help")


class Actions(QObject):
    """A QAction for each line of the table, by name."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        for spec in TABLE:
            if not spec.name:
                continue
            action = QAction(spec.text, self)
            action.setObjectName(spec.name)
            action.setShortcut(QKeySequence(spec.shortcut))
            action.setCheckable(spec.checkable)
            shortcut = f" ({spec.shortcut})" if spec.shortcut else ""
            name = spec.text.replace("&", "").removesuffix(" …")
            action.setToolTip(f"{name}{shortcut}" + (f"\n{spec.tip}" if spec.tip else ""))
            action.setStatusTip(spec.tip)
            self._actions[spec.name] = action
        self.refresh_icons()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def bind(self, targets: Mapping[str, Callable[[], object]]) -> None:
        """Say what happens when an action is triggered."""
        for name, target in targets.items():
            self._actions[name].triggered.connect(lambda _=False, call=target: call())

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the palette."""
        for spec in TABLE:
            if spec.icon:
                self._actions[spec.name].setIcon(icon(spec.icon))

    def follow(self, training: "TrainingModel") -> None:
        """Enable what makes sense in the training's state, now and from now on."""

        @Slot()
        def refresh() -> None:
            state = training.state
            self["train"].setEnabled(not training.active)
            self["pause"].setEnabled(state in ("training", "paused"))
            self["pause"].setChecked(state == "paused")
            self["pause"].setText("&Continue" if state == "paused" else "&Pause")
            self["stop"].setEnabled(state in ("preparing", "training", "paused"))
            self["resume"].setEnabled(not training.active)

        training.state_changed.connect(refresh)
        refresh()
