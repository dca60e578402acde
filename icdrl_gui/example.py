"""The trained example that ships with the app, so that there is something to explore at once."""

import shutil
from pathlib import Path

from core.resources import RESOURCES
from core.runs import RunError, RunFolder

EXAMPLE = RESOURCES / "example"
EXAMPLE_NAME = "trained-example"
"""Its folder's name among the runs."""


def install_example(run_root: Path) -> Path:
    """Copy the example among the person's own runs, where it can be renamed and deleted.

    Returns its folder; one that is there already stays as it is.

    Raises:
        RunError: it cannot be written.
    """
    place = run_root / EXAMPLE_NAME
    if (place / "config.json").exists():
        return place
    beside = run_root / f".{EXAMPLE_NAME}"
    try:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(EXAMPLE, beside)
        beside.rename(place)
    except OSError as error:
        raise RunError(f"Cannot copy the trained example to {place}: {error}.") from None
    return RunFolder.open(place).path
