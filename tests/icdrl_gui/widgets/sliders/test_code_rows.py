"""The rows of all codes."""

from pytestqt.qtbot import QtBot

from core.latents import Code
from icdrl_gui.widgets.sliders.code_rows import CodeRows

CODES = (Code("c1", "atomic", 0, 10), Code("c2", "free", 0, 11))


def make(qtbot: QtBot) -> CodeRows:
    rows = CodeRows()
    qtbot.addWidget(rows)
    rows.set_codes([Code("k1", "free", 10, 0), *CODES])
    rows.resize(300, 200)
    rows.show()
    return rows


def test_that_a_row_tells_its_code(qtbot: QtBot) -> None:
    rows = make(qtbot)
    with qtbot.waitSignal(rows.value_changed) as told:
        rows.sliders["c2"].value_changed.emit(0.5)
    assert told.args == ["c2", 0.5]
    with qtbot.waitSignal(rows.category_chosen) as told:
        rows.categories["k1"].buttons[7].click()
    assert told.args == ["k1", 7]


def test_that_all_labels_are_equally_wide_and_leave_room_for_the_sliders(qtbot: QtBot) -> None:
    rows = make(qtbot)
    rows.set_names({"c1": "rotation of the sprite around its own middle"})
    widths = {row.label.width() for row in (rows.sliders | rows.categories).values()}
    assert len(widths) == 1
    assert rows.sliders["c1"].slider.width() > widths.pop()


def test_that_other_codes_replace_the_rows(qtbot: QtBot) -> None:
    rows = make(qtbot)
    rows.set_codes(CODES[:1])
    assert list(rows.sliders) == ["c1"]
    assert rows.categories == {}
    assert rows.controls() == [rows.sliders["c1"].slider, rows.sliders["c1"].field]
