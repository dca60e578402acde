"""`CurveControls`: how the losses are drawn."""

from collections.abc import Mapping, Sequence
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from core.curves.plot import USUAL_SMOOTHING, CurveLook
from core.curves.ticks import AXIS_TITLES, XAxis
from icdrl_gui.widgets.plain_text import plain_tip

FACTORS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
"""Weights of the past that can be chosen; 0 is no smoothing."""

_TIPS: dict[XAxis, str] = {
    "step": "One step is one batch.",
    "trained_s": "Pauses left out.",
    "wall_time": "The time of day.",
}


class CurveControls(QWidget):
    """One row of controls; those of scores, which are few and know only steps, are fewer.

    Signals:
        look_changed: `look` is another one.
        fit_requested: everything should be in sight again.
    """

    look_changed = Signal()
    fit_requested = Signal()

    def __init__(
        self, table: Literal["losses", "scores"] = "losses", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._table = table
        self._scalars: tuple[str, ...] | None = None
        self._titles: dict[str, str] = {}
        self._usual: tuple[str, ...] = ()
        self.x_axis = QComboBox()
        for axis, title in AXIS_TITLES.items():
            self.x_axis.addItem(title.capitalize(), axis)
            tip = _TIPS[axis]
            self.x_axis.setItemData(self.x_axis.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.x_axis.setAccessibleName(f"x axis of the {table}")
        self.x_axis.setToolTip(f"What the {table} are drawn over.")
        self.log_y = QCheckBox("&Log y")
        self.log_y.setToolTip("Logarithmic y axes; what is not above zero is left out.")
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, len(FACTORS) - 1)
        self.smoothing.setPageStep(2)
        self.smoothing.setValue(FACTORS.index(USUAL_SMOOTHING if table == "losses" else 0.0))
        self.smoothing.setMinimumWidth(60)
        self.smoothing.setMaximumWidth(110)
        self.smoothing.setToolTip(
            "Exponential moving average over the reports: the larger, the smoother and the later."
        )
        self._factor = QLabel()
        self._factor.setMinimumWidth(self.fontMetrics().horizontalAdvance("EMA 0.999"))
        self.choose = QToolButton()
        self.choose.setText("Plots")
        self.choose.setAccessibleName(f"which {table} are shown")
        self.choose.setToolTip(f"Choose which {table} are shown.")
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.choose.setMenu(self._menu)
        self.fit = QPushButton("Show all")
        self.fit.setToolTip("Undo zooming (0 on a plot).")
        self.fit.setEnabled(False)
        self._lay_out()
        self.x_axis.currentIndexChanged.connect(lambda _: self.look_changed.emit())
        self.log_y.toggled.connect(lambda _: self.look_changed.emit())
        self.smoothing.valueChanged.connect(self._smooth)
        self.fit.clicked.connect(self.fit_requested)
        self._name_factor()

    @property
    def look(self) -> CurveLook:
        """What is chosen."""
        scalars = self._usual if self._scalars is None else self._scalars
        return CurveLook(
            self.x_axis.currentData(),
            self.log_y.isChecked(),
            FACTORS[self.smoothing.value()],
            scalars,
        )

    def choose_look(self, look: CurveLook) -> None:
        """Set everything at once; no scalars: those that are usually shown."""
        self.blockSignals(True)
        self.x_axis.setCurrentIndex(max(0, self.x_axis.findData(look.x_axis)))
        self.log_y.setChecked(look.log_y)
        nearest = min(range(len(FACTORS)), key=lambda i: abs(FACTORS[i] - look.smoothing))
        self.smoothing.setValue(nearest)
        self._scalars = look.scalars or None
        self._fill_menu()
        self.blockSignals(False)
        self.look_changed.emit()

    def offer(self, titles: Mapping[str, str], usual: Sequence[str]) -> None:
        """What can be shown, scalar -> title, and what is until a person chooses."""
        if list(titles.items()) != list(self._titles.items()) or tuple(usual) != self._usual:
            self._titles, self._usual = dict(titles), tuple(usual)
            self._fill_menu()

    def _fill_menu(self) -> None:
        self._menu.clear()
        shown = self.look.scalars
        for scalar in dict.fromkeys((*self._titles, *shown)):
            action = self._menu.addAction(self._titles.get(scalar, scalar).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(scalar in shown)
            action.setData(scalar)
            action.setToolTip(plain_tip(f"{scalar} in {self._table}.csv"))
            action.toggled.connect(self._choose_scalars)
        self.choose.setEnabled(bool(self._titles))

    def _choose_scalars(self) -> None:
        checked = [action.data() for action in self._menu.actions() if action.isChecked()]
        self._scalars = tuple(checked)
        self.look_changed.emit()

    def _smooth(self) -> None:
        self._name_factor()
        self.look_changed.emit()

    def _name_factor(self) -> None:
        factor = FACTORS[self.smoothing.value()]
        self._factor.setText(f"EMA {factor:g}" if factor else "none")
        self.smoothing.setAccessibleName(f"smoothing, {self._factor.text()}")

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 2, 6, 2)
        over, smoothing = QLabel("&Over"), QLabel("Smooth&ing")
        over.setBuddy(self.x_axis)
        smoothing.setBuddy(self.smoothing)
        for widget in (over, self.x_axis, self.log_y, smoothing, self.smoothing, self._factor):
            layout.addWidget(widget)
            widget.setVisible(self._table == "losses")
        layout.addStretch(1)
        layout.addWidget(self.choose)
        layout.addWidget(self.fit)
