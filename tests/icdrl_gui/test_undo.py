"""Steps, gestures and the limit of the history."""

from icdrl_gui.undo import MOST_STEPS, Edits


class Place:
    """Something that stands at a number."""

    def __init__(self) -> None:
        self.at = 0
        self.edits: Edits[int] = Edits(self._go, lambda a, b: a == b)

    def _go(self, to: int) -> None:
        self.at = to

    def go(self, to: int, gesture: str = "") -> None:
        self.edits.do(f"Go to {to}", self.at, to, gesture)


def test_that_an_edit_is_done_undone_and_done_again() -> None:
    place = Place()
    place.go(3)
    assert place.at == 3
    place.edits.undo()
    assert place.at == 0
    place.edits.redo()
    assert place.at == 3
    assert place.edits.stack.undoText() == "Go to 3"


def test_that_all_edits_of_a_gesture_are_one_step() -> None:
    place = Place()
    for to in (1, 2, 3):
        place.go(to, "drag")
    assert place.edits.stack.count() == 1
    place.edits.undo()
    assert place.at == 0
    place.edits.redo()
    assert place.at == 3


def test_that_a_gesture_ends_when_told_or_when_another_begins() -> None:
    place = Place()
    place.go(1, "c1")
    place.edits.end_gesture()
    place.go(2, "c1")
    place.go(3, "c2")
    place.go(4, "c1")
    assert place.edits.stack.count() == 4


def test_that_undo_in_the_middle_of_a_gesture_ends_it() -> None:
    place = Place()
    place.go(1, "drag")
    place.edits.undo()
    place.go(5, "drag")
    assert place.edits.stack.count() == 1
    place.edits.undo()
    assert place.at == 0


def test_that_edits_without_a_gesture_are_never_merged() -> None:
    place = Place()
    place.go(1)
    place.go(2)
    assert place.edits.stack.count() == 2


def test_that_an_edit_that_changes_nothing_is_no_step() -> None:
    place = Place()
    place.go(0)
    assert not place.edits.stack.canUndo()


def test_that_a_drag_back_to_where_it_began_is_no_step() -> None:
    place = Place()
    place.go(4)
    place.edits.end_gesture()
    for to in (5, 6, 4):
        place.go(to, "drag")
    assert place.edits.stack.count() == 1
    place.go(9, "drag")
    place.edits.undo()
    assert place.at == 4


def test_that_the_oldest_steps_are_forgotten() -> None:
    place = Place()
    for to in range(1, MOST_STEPS + 6):
        place.go(to)
    assert place.edits.stack.count() == MOST_STEPS
    for _ in range(MOST_STEPS + 5):
        place.edits.undo()
    assert place.at == 5


def test_that_clearing_forgets_all_steps() -> None:
    place = Place()
    place.go(1)
    place.edits.clear()
    place.edits.undo()
    assert place.at == 1
