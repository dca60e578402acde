"""`ScoresPanel`: how good the codes of the shown runs are, as a table, as curves, as matrices."""

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from icdrl_gui.models.scores.codes import CodesModel
from icdrl_gui.models.scores.scores import ScoresModel
from icdrl_gui.panels.code_maps import CodeMaps
from icdrl_gui.panels.score_curves import ScoreCurves
from icdrl_gui.panels.score_table import ScoreTable
from icdrl_gui.widgets.elided_label import ElidedLabel
from icdrl_gui.widgets.plain_text import plain_tip
from icdrl_gui.widgets.text_button import text_button

TABLE_SUFFIXES = (".csv", ".tex")
MATRIX_SUFFIXES = (".png", ".csv")

_LEAST_PAGE_PX = 120


class ScoresPanel(QWidget):
    """Follows a `ScoresModel` and a `CodesModel`."""

    def __init__(
        self, scores: ScoresModel, codes: CodesModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("scores")
        self.setWindowTitle("Scores")
        self._scores = scores
        self.pages = QStackedWidget()
        # Otherwise the largest page would say how small the others may be.
        self.pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.pages.setMinimumHeight(_LEAST_PAGE_PX)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("view of the scores")
        self.tabs.setDrawBase(False)
        self.table = ScoreTable(scores)
        self.curves = ScoreCurves(scores)
        self.maps = CodeMaps(codes)
        for title, page in (("Table", self.table), ("Curves", self.curves), ("Codes", self.maps)):
            self.tabs.addTab(title)
            self.pages.addWidget(page)
        self.status = ElidedLabel()
        self.status.setProperty("role", "muted")
        self.evaluate = text_button("Evaluate", "")
        self.cancel = text_button("Cancel", "Give the evaluation up; nothing is written.")
        above = QHBoxLayout()
        above.setContentsMargins(6, 2, 6, 0)
        above.addWidget(self.tabs)
        above.addWidget(self.status, 1)
        above.addWidget(self.evaluate)
        above.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(above)
        layout.addWidget(self.pages, 1)
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)
        self.evaluate.clicked.connect(scores.evaluate)
        self.cancel.clicked.connect(scores.cancel)
        scores.evaluated_changed.connect(self._show_evaluated)
        scores.scores_changed.connect(self._show_evaluated)
        self._show_evaluated()

    def has_scores(self) -> bool:
        """Whether some shown run was evaluated."""
        return bool(self._scores.names)

    def export_table(self, path: Path) -> None:
        """Write the table as it is shown, .csv or .tex.

        Raises:
            ExportError: another suffix, nothing to show, or a file that cannot be written.
        """
        self.table.export(path)

    @Slot()
    def _show_evaluated(self) -> None:
        scores = self._scores
        self.cancel.setVisible(bool(scores.evaluated))
        self.evaluate.setVisible(not scores.evaluated)
        self.evaluate.setEnabled(scores.can_evaluate)
        what = scores.shown_name or "the shown run"
        self.evaluate.setToolTip(
            plain_tip(
                f"Compute all scores of {what} from 20,000 real images, into its scores.csv: "
                "takes seconds, in which sliders still move."
            )
        )
        busy = f"Scoring {scores.evaluated} on 20,000 images …"
        self.status.show_text(busy if scores.evaluated else scores.notice())
