"""`ModelForm`: a form made from a config's classes alone; a new method brings its own fields."""

from collections.abc import Collection, Iterable
from typing import Any

from pydantic import BaseModel, ValidationError
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from core.config import problems_by_key
from icdrl_gui.widgets.forms.editors import FieldEditor, WheelGuard, editor_for
from icdrl_gui.widgets.forms.fields import FormField, fields_of, leaves_of, nested, words
from icdrl_gui.widgets.forms.section import Section

# So that the editors of all sections stand below each other.
_LABEL_WIDTH = 18


class ModelForm(QWidget):
    """One editor for every field, foldable sections for the groups, problems below their field.

    Signals:
        edited: a person changed something, or `set_config` did; carries the config, or None while
            it is not valid.
    """

    edited = Signal(object)

    def __init__(
        self,
        config: BaseModel,
        hidden: Collection[str] = (),
        first: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Build the form.

        Args:
            config: what it shows at first; later ones are of the same class.
            hidden: paths that get no editor here; `set_value` changes them.
            first: paths that stand above the sections.
        """
        super().__init__(parent)
        self._hidden, self._first = hidden, first
        self._guard = WheelGuard(self)
        self._valid = self._base = config
        self._config: BaseModel | None = config
        self._leaves = leaves_of(config)
        self._compared = self._leaves
        self.problems: dict[str, str] = {}
        self._rows: dict[str, _Row] = {}
        self._sections: dict[str, Section] = {}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a setting")
        self.search.setAccessibleName("find a setting")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self._general = _problem_label()
        self._body = QWidget()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._build()
        self._validate()

    def config(self) -> BaseModel | None:
        """What the form holds; None while it is not valid."""
        return self._config

    def set_config(self, config: BaseModel) -> None:
        """Show another config, whatever was there before."""
        shape = fields_of(self._valid)
        self._valid, self._leaves = config, leaves_of(config)
        if fields_of(config) != shape:
            self._build()
        for path, row in self._rows.items():
            row.editor.set_value(self._leaves[path])
        self._compare()
        self._validate()
        self.edited.emit(self._config)

    def set_base(self, config: BaseModel) -> None:
        """What the fields are compared with: a preset."""
        self._base = config
        self._compare()
        self._mark()

    def set_value(self, path: str, value: object) -> None:
        """Change one field."""
        self._leaves[path] = value
        if path in self._rows:
            self._rows[path].editor.set_value(value)
        self._validate()
        self.edited.emit(self._config)

    @property
    def modified_paths(self) -> set[str]:
        """The fields that differ from the base."""
        now, base = leaves_of(self._config) if self._config else self._leaves, self._compared
        return {path for path, value in now.items() if path not in base or base[path] != value}

    def editor(self, path: str) -> FieldEditor:
        """The editor of a field."""
        return self._rows[path].editor

    def section(self, group: str) -> Section:
        """The section of a group; "" is that of the fields outside all groups."""
        return self._sections[group]

    def _build(self) -> None:
        """All rows anew: the first ones, then a section for each group."""
        self._layout.removeWidget(self._body)
        self._body.hide()
        self._body.deleteLater()
        self._rows, self._sections = {}, {}
        fields = [field for field in fields_of(self._valid) if field.path not in self._hidden]
        heads = [field for field in fields if field.switches or field.path in self._first]
        order = {path: place for place, path in enumerate(self._first)}
        heads.sort(key=lambda field: order.get(field.path, -1))
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._table(heads))
        column.addWidget(self._general)
        column.addWidget(self.search)
        for group in dict.fromkeys(field.group for field in fields if field not in heads):
            rows = [field for field in fields if field.group == group and field not in heads]
            title = words(group) if group else "run"
            self._sections[group] = Section(title.capitalize(), self._table(rows))
            column.addWidget(self._sections[group])
        column.addStretch()
        self._layout.addWidget(self._body)

    def _table(self, fields: Iterable[FormField]) -> QWidget:
        table = QWidget()
        layout = QFormLayout(table)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        layout.setVerticalSpacing(4)
        for field in fields:
            row = _Row(field, layout)
            row.editor.set_value(self._leaves[field.path])
            row.editor.edited.connect(lambda field=field: self._take_edit(field))
            self._guard.guard(row.editor)
            self._rows[field.path] = row
        return table

    def _take_edit(self, field: FormField) -> None:
        value = self._rows[field.path].editor.value()
        if field.switches:
            self.set_config(_switched(self._valid, field, value))
            return
        self._leaves[field.path] = value
        self._validate()
        self.edited.emit(self._config)

    def _compare(self) -> None:
        """With the base; a group of another kind than the base's with that kind's defaults."""
        base = leaves_of(self._base)
        self._compared = base
        for field in fields_of(self._valid):
            kind = self._leaves[field.path]
            if field.switches and base.get(field.path) != kind:
                switched = leaves_of(_switched(self._base, field, kind))
                self._compared = switched | {field.path: base.get(field.path)}

    def _validate(self) -> None:
        self.problems = {}
        try:
            self._config = self._valid = type(self._valid).model_validate(nested(self._leaves))
        except ValidationError as error:
            self._config = None
            for key, clause in problems_by_key(error).items():
                path = self._place(key, clause)
                sentence = clause.removeprefix(key).removeprefix(":").strip() if key else clause
                joined = (self.problems.get(path, ""), f"{sentence[:1].upper()}{sentence[1:]}.")
                self.problems[path] = " ".join(filter(None, joined))
        for path, row in self._rows.items():
            row.show_problem(self.problems.get(path, ""))
        elsewhere = [text for path, text in self.problems.items() if path not in self._rows]
        self._general.setText("\n".join(elsewhere))
        self._general.setVisible(bool(elsewhere))
        for path in self.problems:
            if path in self._rows and (section := self._section_of(path)):
                section.set_open(True)
        self._mark()

    def _place(self, key: str, clause: str) -> str:
        """The row that a problem belongs to; "" if it belongs to several."""
        path = ""
        for part in filter(None, key.split(".")):
            longer = f"{path}.{part}".lstrip(".")
            if any(f"{leaf}.".startswith(f"{longer}.") for leaf in self._leaves):
                path = longer
        named = clause.partition(" ")[0]
        if path in self._rows or named not in self._rows:
            return path if path in self._rows else ""
        return named

    def _section_of(self, path: str) -> Section | None:
        row = self._rows[path]
        is_head = row.field.switches or path in self._first
        return None if is_head else self._sections[row.field.group]

    def _mark(self) -> None:
        """Bold labels for what differs from the base, and how many in each section."""
        modified = self.modified_paths
        counts = dict.fromkeys(self._sections.values(), 0)
        for path, row in self._rows.items():
            row.mark(path in modified, self._compared.get(path))
            if path in modified and (section := self._section_of(path)):
                counts[section] += 1
        for section, count in counts.items():
            section.say(f"{count} changed" if count else "")

    @Slot(str)
    def _find(self, text: str) -> None:
        """Show the rows whose words contain `text`."""
        wanted = text.casefold().strip()
        found: set[Section] = set()
        for path, row in self._rows.items():
            section = self._section_of(path)
            if section is not None:
                fits = wanted in f"{path} {row.field.label} {row.field.description}".casefold()
                row.set_visible(fits)
                if fits:
                    found.add(section)
        for section in self._sections.values():
            section.setVisible(section in found)
            if wanted:
                section.set_open(section in found)


class _Row:
    """Label, editor and problem of one field."""

    def __init__(self, field: FormField, layout: QFormLayout) -> None:
        self.field = field
        self._layout = layout
        self.editor = editor_for(field)
        self.editor.setObjectName(field.path)
        self.editor.setAccessibleName(" ".join(map(words, field.path.split("."))))
        if not isinstance(self.editor, QCheckBox):
            self.editor.setMinimumHeight(self.editor.fontMetrics().height() + 9)
        self._label = QLabel(field.label)
        self._label.setBuddy(self.editor)
        character = self._label.fontMetrics().averageCharWidth()
        self._label.setMinimumWidth(character * _LABEL_WIDTH)
        self._problem = _problem_label()
        self._holder = QWidget()
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.editor)
        column.addWidget(self._problem)
        layout.addRow(self._label, self._holder)
        self._note = ""
        self._describe()

    def show_problem(self, sentence: str) -> None:
        """What is wrong with the value; "" if nothing is."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self._describe()

    def mark(self, modified: bool, base: Any) -> None:
        """Whether the value differs from the base."""
        # Not by its font, which Qt forgets when the theme changes.
        name = self.field.label
        self._label.setText(f"<b>{name}</b>" if modified else name)
        self._note = f"Changed; the preset has {self.field.title(base)}." if modified else ""
        self._describe()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the row."""
        self._layout.setRowVisible(self._holder, visible)

    def _describe(self) -> None:
        paper = self.field.paper(self.editor.value())
        tip = "\n".join(filter(None, (self.field.help, paper, self._note)))
        # As rich text a long tip is wrapped.
        lines = tip.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
        for each in (self.editor, self._label):
            each.setToolTip(f"<qt>{lines}</qt>" if lines else "")
        self.editor.setAccessibleDescription(" ".join(filter(None, (tip, self._problem.text()))))


def _switched(config: BaseModel, field: FormField, kind: object) -> BaseModel:
    """The config with another kind of group, which starts from its defaults."""
    inside = f"{field.group}."
    kept = {p: value for p, value in leaves_of(config).items() if not p.startswith(inside)}
    return type(config).model_validate(nested(kept | {field.path: kind}))


def _problem_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("role", "error")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    return label
