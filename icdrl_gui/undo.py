"""Undo and redo of edits: steps between two points, all moves of one gesture in one step."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtGui import QUndoCommand, QUndoStack

MOST_STEPS = 200

Point = TypeVar("Point")


class Edits(Generic[Point]):
    """The history of one thing that is edited, such as the latent in Explore.

    A gesture is a drag, or a burst of key presses: its edits carry the same name and are one step,
    until another edit, an undo or `end_gesture` comes.

    Attributes:
        stack: for reading. It emits even while it is being destroyed: connect nothing to it.
    """

    def __init__(
        self, apply: Callable[[Point], None], same: Callable[[Point, Point], bool]
    ) -> None:
        """`apply` puts a point in force; `same` tells whether an edit would change nothing."""
        self.stack = QUndoStack()
        self.stack.setUndoLimit(MOST_STEPS)
        self._apply, self._same = apply, same
        self._gesture, self._number = "", 0

    def do(self, text: str, before: Point, after: Point, gesture: str = "") -> None:
        """Put `after` in force and remember the way back.

        text: what the edit does, such as "Set c3"; gesture: empty for an edit of its own.
        """
        if not gesture or gesture != self._gesture:
            self.end_gesture()
            self._gesture = gesture
        if not self._same(before, after):
            step = _Step(text, self._number, before, after, self._apply, self._same)
            self.stack.push(step)

    def end_gesture(self) -> None:
        """What comes next is a step of its own."""
        self._gesture = ""
        self._number += 1

    def undo(self) -> None:
        """Take back the last step; nothing if there is none."""
        self.end_gesture()
        self.stack.undo()

    def redo(self) -> None:
        """Do the step again that was taken back last; nothing if there is none."""
        self.end_gesture()
        self.stack.redo()

    def clear(self) -> None:
        """Forget all steps."""
        self.end_gesture()
        self.stack.clear()


class _Step(QUndoCommand):
    """From one point to another; `push` calls `redo`, so pushing it does it."""

    def __init__(
        self,
        text: str,
        gesture: int,
        before: Any,
        after: Any,
        apply: Callable[[Any], None],
        same: Callable[[Any, Any], bool],
    ) -> None:
        super().__init__(text)
        self._gesture, self._before, self.after = gesture, before, after
        self._apply, self._same = apply, same

    def id(self) -> int:
        """Qt offers steps of the same id for merging."""
        return self._gesture

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take a later step of the gesture in; one that led back to its start is no step."""
        if not isinstance(other, _Step):
            return False
        self.after = other.after
        self.setObsolete(self._same(self._before, self.after))
        return True

    def undo(self) -> None:
        self._apply(self._before)

    def redo(self) -> None:
        self._apply(self.after)
