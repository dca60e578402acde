"""`CodeMaps`: what each code says of each factor, and how the codes depend on each other."""

from pathlib import Path
from typing import Literal

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.export import CurvesRecipe, check_suffix, save_matrix_csv, save_png
from icdrl_gui.models.scores.codes import CodesModel
from icdrl_gui.widgets.elided_label import ElidedLabel
from icdrl_gui.widgets.heading import Heading
from icdrl_gui.widgets.heat_map import HeatMap
from icdrl_gui.widgets.placeholder import Placeholder

Which = Literal["information", "correlation"]

_NO_RUN = "No run is open: open one, and see here what its codes say."
_NO_FACTORS = (
    "The factors of this data are not known, so nothing can be said about them.\n"
    "How the codes depend on each other stands beside."
)
_ONE_CODE = "There are no two continuous codes that could depend on each other."
_ENCODING = "Encoding real images …"
_WAITING = "The next evaluation of the training tells."


class CodeMaps(QWidget):
    """Two heat maps that follow a `CodesModel`; asks for them while it is seen."""

    def __init__(self, codes: CodesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codes = codes
        self.title, self.readout = Heading(), ElidedLabel()
        self.information = HeatMap("Mutual information, bits", wide=True)
        self.correlation = HeatMap("|correlation| of codes", wide=True)
        maps = QWidget()
        beside = QHBoxLayout(maps)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.information, 1)
        beside.addWidget(self.correlation, 1)
        self.placeholder = Placeholder(maps)
        above = QHBoxLayout()
        above.addWidget(self.title, 3)
        above.addWidget(self.readout, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 2)
        layout.setSpacing(2)
        layout.addLayout(above)
        layout.addWidget(self.placeholder, 1)
        for each in (self.information, self.correlation):
            each.told.connect(self.readout.show_text)
        codes.found_changed.connect(self._show)
        codes.busy_changed.connect(self._show_busy)
        self._show()

    def has(self, which: Which) -> bool:
        """Whether there is such a matrix."""
        found = self._codes.found
        if found is None:
            return False
        matrix = found.mutual_information if which == "information" else found.correlation
        return matrix is not None and matrix.size > 0

    def export(self, which: Which, path: Path) -> None:
        """Write a matrix, as a picture in light colours (.png) or as numbers (.csv).

        Raises:
            ExportError: another suffix, or a file that cannot be written.
        """
        check_suffix(path, (".png", ".csv"))
        found = self._codes.found
        assert found is not None
        codes = self._codes.codes if which == "information" else self._codes.continuous
        name = "mutual_information" if which == "information" else "correlation"
        recipe = CurvesRecipe("scores", (self._codes.folder_name,), (found.step,), (name,))
        if path.suffix.lower() == ".png":
            shown = self.information if which == "information" else self.correlation
            save_png(path, shown.as_pixels(), recipe)
            return
        matrix = found.mutual_information if which == "information" else found.correlation
        assert matrix is not None
        columns = found.factor_names if which == "information" else codes
        save_matrix_csv(path, matrix, codes, columns, recipe)

    @Slot()
    def _show(self) -> None:
        codes = self._codes
        found = codes.found
        self.title.show_title(codes.title(), name=codes.run_name)
        self.placeholder.say("" if codes.run_name else _NO_RUN)
        if found is None:
            for each in (self.information, self.correlation):
                each.clear(codes.sentence or (_ENCODING if codes.busy else _WAITING))
            return
        if found.mutual_information is None:
            self.information.clear(_NO_FACTORS)
        else:
            bits = found.mutual_information
            follows = [f"{code} {self._codes.name(code)}".strip() for code in codes.codes]
            most = max(1.0, float(bits.max()))
            self.information.show_values(bits, follows, found.factor_names, (0.0, most))
        if len(codes.continuous) > 1:
            self.correlation.show_values(np.abs(found.correlation), codes.continuous)
        else:
            self.correlation.clear(_ONE_CODE)

    @Slot()
    def _show_busy(self) -> None:
        self.title.show_busy(self._codes.busy)
        if self._codes.found is None:
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is not known yet."""
        super().showEvent(event)
        self._codes.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing."""
        super().hideEvent(event)
        self._codes.set_active(False)
