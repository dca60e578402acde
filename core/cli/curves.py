"""What `icdrl export --what curves` draws: the losses of a run, as the app does."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import ConfigError
from core.counts import named_step
from core.runs import RunFolder

if TYPE_CHECKING:
    from core.export import CurvesRecipe


class Over(StrEnum):
    """What curves are drawn over, as in losses.csv."""

    STEP = "step"
    TRAINED_S = "trained_s"
    WALL_TIME = "wall_time"


ScalarOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Only the curve of this column of losses.csv; repeatable. Those that the app shows "
        "first if not given.",
    ),
]
OverOption = Annotated[
    Over | None,
    typer.Option(help="What curves are drawn over, as in losses.csv; step if not given."),
]
LogOption = Annotated[
    bool | None, typer.Option("--log-y", help="Draw curves over logarithmic y axes.")
]
SmoothingOption = Annotated[
    float | None,
    typer.Option(
        metavar="EMA",
        min=0.0,
        max=0.999,
        help="Weight of the past in the moving average of a curve, 0 for none; 0.9 if not given.",
    ),
]


def save_curves(
    path: Path,
    folder: RunFolder,
    scalars: list[str] | None,
    over: Over | None,
    log_y: bool,
    smoothing: float | None,
) -> "tuple[str, CurvesRecipe]":
    """Write the curves of a run to `path`: what they are called, and what they were made from."""
    from core.curves.loss_history import LossHistory
    from core.curves.loss_plots import plots_of
    from core.curves.plot import USUAL_SMOOTHING, CurveLook
    from core.curves.titles import first_shown
    from core.export import (
        FIGURE_SUFFIXES,
        CurvesRecipe,
        ExportError,
        Figure,
        check_suffix,
        save_figure,
    )

    check_suffix(path, FIGURE_SUFFIXES)
    history = LossHistory.read(folder.path)
    if not len(history):
        raise ExportError("There are no losses to draw yet: train the run a little longer.")
    known = history.scalars
    if unknown := [name for name in scalars or () if name not in known]:
        raise ConfigError(f"{unknown[0]} is no loss of this run: choose of {', '.join(known)}.")
    look = CurveLook(
        (over or Over.STEP).value,
        log_y,
        USUAL_SMOOTHING if smoothing is None else smoothing,
        tuple(dict.fromkeys(scalars or first_shown(known))),
    )
    figure = Figure(plots_of([history], look), look.x_axis, look.log_y, look.smoothing)
    recipe = CurvesRecipe(
        "curves",
        (folder.path.resolve().name,),
        (history.last_step,),
        look.scalars,
        look.x_axis,
        look.smoothing,
        look.log_y,
    )
    save_figure(path, figure, recipe)
    return f"{history.name} · curves up to {named_step(history.last_step)}", recipe
