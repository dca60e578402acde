"""`RunColours`: which of the theme's colours each run is drawn in, from one start to the next."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from core.runs import is_run
from icdrl_gui.settings import Settings
from icdrl_gui.theme import LIGHT

_COLOURS = range(len(LIGHT.curves))


class RunColours:
    """A run keeps its colour until it is deleted.

    Two runs that are to be drawn together and have the same one are the exception: the one that
    comes later takes another for good, as long as there is one that no run shown has. Once all
    are taken, runs share them, and the numbers beside the curves tell them apart.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """settings: where they are kept; without, they last as long as this object."""
        self._settings = settings
        kept = settings.run_colours if settings else {}
        self._colours = {
            path: colour for path, colour in kept.items() if colour in _COLOURS and is_run(path)
        }

    def of(self, path: Path, others: Iterable[Path]) -> int:
        """Index in `Colours.curves` for a run that is shown beside `others`."""
        on_show = Counter(self._colours[each] for each in others)
        colour = self._colours.get(path)
        if colour is None or (colour in on_show and len(on_show) < len(_COLOURS)):
            known = Counter(self._colours.values())
            colour = min(_COLOURS, key=lambda each: (on_show[each], known[each]))
            self._colours[path] = colour
            self._keep()
        return colour

    def forget(self, path: Path) -> None:
        """A run was deleted: its colour is free."""
        if self._colours.pop(path, None) is not None:
            self._keep()

    def _keep(self) -> None:
        if self._settings:
            self._settings.run_colours = self._colours
