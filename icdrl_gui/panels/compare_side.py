"""`CompareSide`: one of two runs in Compare: its name, constraint, step, dependence and grid."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from core.counts import counted, named_step
from icdrl_gui.models.comparison import Side
from icdrl_gui.widgets.elided_label import ElidedLabel
from icdrl_gui.widgets.heading import Heading
from icdrl_gui.widgets.images.grid import GridRow, ImageGridView
from icdrl_gui.widgets.placeholder import Placeholder

_NO_STEP = "No snapshot yet: the first one comes in a moment."
_DRAWING = "Drawing …"


class CompareSide(QWidget):
    """`step_chosen` carries a step, or None for the newest that both runs have."""

    step_chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name`: left or right."""
        super().__init__(parent)
        self.title = Heading()
        self.step = QComboBox()
        self.step.setAccessibleName(f"step of the {name} run")
        self.step.setToolTip(
            "The step that this side shows; at first the newest that both runs have"
        )
        self.step.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.dependence = ElidedLabel()
        self.grid = ImageGridView(f"traversals of the {name} run")
        self.placeholder = Placeholder(self.grid)
        facts = QHBoxLayout()
        facts.setSpacing(6)
        facts.addWidget(self.step)
        facts.addWidget(self.dependence, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addLayout(facts)
        layout.addWidget(self.placeholder, 1)
        self.step.activated.connect(self._choose)

    def show_facts(self, side: Side, common: int | None) -> None:
        """What is known of the run before anything is drawn."""
        method, name = side.config.method, side.run.name
        title, how = f"{name} · {method.title}", ""
        if (constraint := method.constraint) is not None:
            title += f" · constraint {'on' if constraint.enabled else 'off'}"
            if constraint.enabled:
                how = f" ({constraint.estimator}, weight {constraint.weight:g})"
        self.title.show_title(title, f"{title}{how}", name)
        self._show_steps(side.steps, side.chosen, common)
        self._show_dependence(side)
        if side.traversed is None:
            self._show_nothing(side)

    def show_grid(self, side: Side) -> None:
        """The newest traversal, or why there is none."""
        if side.traversed is None:
            self._show_nothing(side)
            return
        grid, recipe = side.traversed.grid, side.traversed.recipe
        names = side.code_names
        rows = [
            GridRow(
                code,
                names.labels.get(code, ""),
                names.follows.get(code, ""),
                names.about(code),
                values=tuple(f"{v:.2g}" for v in values),
            )
            for code, values in zip(recipe.codes, recipe.values, strict=True)
        ]
        self.grid.show_images(grid.images, rows, grid.counts)
        self.placeholder.say("")

    def _show_nothing(self, side: Side) -> None:
        self.grid.clear()
        self.placeholder.say(side.no_traversal or (_DRAWING if side.steps else _NO_STEP))

    def _show_steps(self, steps: Sequence[int], chosen: int | None, common: int | None) -> None:
        newest = "newest step" if common is None else f"{named_step(common)} (both)"
        choices = [(newest, None), *((named_step(step), step) for step in reversed(steps))]
        if [self.step.itemText(i) for i in range(self.step.count())] != [c[0] for c in choices]:
            self.step.clear()
            for text, step in choices:
                self.step.addItem(text, step)
        place = next((i for i, (_, step) in enumerate(choices) if step == chosen), 0)
        self.step.setCurrentIndex(place)

    def _show_dependence(self, side: Side) -> None:
        found = side.correlated.evaluated if side.correlated else None
        unknown = "–" if side.no_correlation else "…"
        here = f"{found.total_correlation:.3f}" if found else unknown
        last = "–" if side.total_correlation is None else f"{side.total_correlation:.3f}"
        self.dependence.show_text(f"TC {here} · latest {last} nats")
        images = f" over {counted(found.images, 'image')}" if found else ""
        self.dependence.setToolTip(
            f"Total correlation of the codes of real images at this step{images} (Gaussian "
            f"closed form, 0 if they are independent): {here} nats. "
            f"The run's own last evaluation: {last}."
        )

    @Slot(int)
    def _choose(self, index: int) -> None:
        self.step_chosen.emit(self.step.itemData(index))
