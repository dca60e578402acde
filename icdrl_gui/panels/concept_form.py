"""`ConceptForm`: what a new concept is called and made from."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.latents.concepts import LONGEST_CONCEPT_NAME
from icdrl_gui.widgets.forms.expression_field import ExpressionField
from icdrl_gui.widgets.text_button import text_button

_SOURCES = (
    ("a factor", "A factor of the data, as scale, or whether it has a value, as shape=3."),
    ("an expression", "An expression of codes, such as c3 - c5 or abs(c2)."),
    ("tags", "Images come one by one: you say which show it."),
    ("a file", "A CSV file: an image's file name, or its number from 0, and its label."),
)
_FACTOR, _EXPRESSION, _TAGS, _FILE = range(4)
_TIP = Qt.ItemDataRole.ToolTipRole


class ConceptForm(QWidget):
    """A line of fields.

    Signals:
        asked: name, label, file and expression of a concept to be made, see `MakeConcept`.
        tagging_asked: the name of a concept to be tagged.
    """

    asked = Signal(str, str, str, str)
    tagging_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_CONCEPT_NAME)
        self.name.setPlaceholderText("name")
        self.name.setAccessibleName("name of the new concept")
        self.source = QComboBox()
        for text, tip in _SOURCES:
            self.source.addItem(text)
            self.source.setItemData(self.source.count() - 1, tip, _TIP)
        self.source.setAccessibleName("what the concept is made from")
        self.factor = QComboBox()
        self.factor.setEditable(True)
        self.factor.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.factor.setAccessibleName("factor of the data")
        self.factor.setToolTip(_SOURCES[_FACTOR][1])
        self.expression = ExpressionField()
        self.expression.setAccessibleName("expression of codes")
        self.expression.setToolTip(
            "Codes, numbers, + - * /, abs, min, max, sqrt, comparisons and brackets."
        )
        self.file, self.column = QLineEdit(), QLineEdit()
        self.file.setPlaceholderText("labels.csv")
        self.file.setAccessibleName("file of labels")
        self.column.setPlaceholderText("column")
        self.column.setAccessibleName("column of the file")
        self.column.setToolTip(
            "Which column holds the label, if there are several; mood=happy asks for one of words."
        )
        self.browse = text_button("…", "Choose a CSV file.")
        self.browse.setAccessibleName("choose a file of labels")
        self.make = text_button("Make", "")
        self.wrong = QLabel()
        self.wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        self._lay_out()
        self.source.currentIndexChanged.connect(self._follow)
        self.name.textChanged.connect(self._follow)
        self.factor.editTextChanged.connect(self._follow)
        self.file.textChanged.connect(self._follow)
        self.expression.judged.connect(self._show_wrong)
        self.make.clicked.connect(self._ask)
        self.browse.clicked.connect(self._choose_file)
        for field in (self.name, self.expression, self.file, self.column):
            field.returnPressed.connect(self._ask)
        self._follow()

    def set_names(self, entries: Sequence[str], factors: Sequence[str]) -> None:
        """What expressions may name, and the factors of the data, as far as they are known."""
        self.expression.set_names(entries)
        if [self.factor.itemText(i) for i in range(self.factor.count())] != list(factors):
            typed = self.factor.currentText()
            self.factor.clear()
            self.factor.addItems(list(factors))
            self.factor.setEditText(typed or (factors[0] if factors else ""))

    def clear(self) -> None:
        """The concept was made."""
        self.name.clear()
        self.expression.clear()

    def _lay_out(self) -> None:
        self.fields = QStackedWidget()
        self.fields.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        nothing = QLabel("Eight of each are enough to begin with.")
        nothing.setProperty("role", "muted")
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        for widget, share in ((self.file, 2), (self.browse, 0), (self.column, 1)):
            row.addWidget(widget, share)
        for field in (self.factor, self.expression, nothing, beside):
            self.fields.addWidget(field)
        line = QHBoxLayout()
        line.addWidget(self.name, 1)
        line.addWidget(QLabel("from"))
        line.addWidget(self.source)
        line.addWidget(self.fields, 2)
        line.addWidget(self.make)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.wrong)

    @Slot()
    def _follow(self) -> None:
        source = self.source.currentIndex()
        self.fields.setCurrentIndex(source)
        self.make.setText("Tag images" if source == _TAGS else "Make")
        self.wrong.setVisible(source == _EXPRESSION and bool(self.wrong.text()))
        given = (
            self.factor.currentText().strip(),
            self.expression.text().strip() and self.expression.wrong_at is None,
            True,
            self.file.text().strip(),
        )
        self.make.setEnabled(bool(self.name.text().strip() and given[source]))
        self.make.setToolTip(_SOURCES[source][1])

    @Slot(str)
    def _show_wrong(self, reason: str) -> None:
        self.wrong.setText(reason)
        self._follow()

    @Slot()
    def _ask(self) -> None:
        if not self.make.isEnabled():
            return
        name = self.name.text().strip()
        match self.source.currentIndex():
            case 0:
                self.asked.emit(name, self.factor.currentText().strip(), "", "")
            case 1:
                self.asked.emit(name, "", "", self.expression.text().strip())
            case 2:
                self.tagging_asked.emit(name)
            case _:
                file = str(Path(self.file.text().strip()).expanduser())
                self.asked.emit(name, self.column.text().strip(), file, "")

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Labels", "", "CSV (*.csv);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()
