"""The figures of a study: a strip a score and arm, and curves of means with their bands."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.analysis import summarise
from core.bounds import MOST_RUNS
from core.curves.growing import Growing
from core.curves.plot import Band, Curve, Plot
from core.export import CurvesRecipe, ExportError, Figure, save_figure
from core.export.strips import Strip, StripFigure, StripPlot
from core.studies.results import Results
from core.studies.table_files import title_of


def save_strips(path: Path, results: Results) -> None:
    """Write the scores of every run, arm by arm, as .svg, .pdf or .png.

    Raises:
        ExportError: another suffix, nothing to draw yet, or a file that cannot be written.
    """
    names = results.names
    if not names:
        raise ExportError("There are no scores to draw yet: let a run of the study finish.")
    study = results.folder.study
    plots = [StripPlot(title_of(name), list(_strips(results, name))) for name in names]
    figure = StripFigure(plots, f"Scores of {study.name}", study.published_in)
    save_figure(path, figure, _recipe(results, names))


def save_score_curves(path: Path, results: Results) -> None:
    """Write the scores while training over the steps: means, bands, single runs faint.

    Raises:
        ExportError: as `save_strips`.
    """
    names = results.live_names
    if not names:
        raise ExportError("There are no scores to draw yet: train the runs a little longer.")
    plots = [_plot(results, name) for name in names]
    save_figure(path, Figure(plots), _recipe(results, names))


def _strips(results: Results, name: str) -> Iterator[Strip]:
    for colour, line in enumerate(results.table):
        scores = [each for each in results.scores_of(line.arm, name) if math.isfinite(each)]
        summary = line.scores.get(name)
        mean = summary.mean if summary and math.isfinite(summary.mean) else None
        interval = None
        if summary and summary.low is not None and summary.high is not None:
            interval = summary.low, summary.high
        published = line.published.get(name)
        yield Strip(line.arm, colour, scores, mean, interval, published)


def _plot(results: Results, name: str) -> Plot:
    curves, bands = [], []
    for colour, arm in enumerate(results.folder.study.arms):
        runs = [
            {each.step: each.scores[name] for each in results.live(cell) if name in each.scores}
            for cell in results.folder.cells
            if cell.arm == arm.name
        ]
        finite = [{s: v for s, v in run.items() if math.isfinite(v)} for run in runs]
        steps = sorted({step for run in finite for step in run})
        found = [summarise(run[step] for run in finite if step in run) for step in steps]
        x = Growing(map(float, steps))
        mean = Growing(each.mean for each in found)
        low, high = (
            Growing(math.nan if end is None else end for end in ends)
            for ends in ([each.low for each in found], [each.high for each in found])
        )
        singles = [(Growing(map(float, sorted(run))), _in_order(run)) for run in finite if run]
        curves.append(Curve(arm.name, colour + 1, colour, x, x, mean))
        bands.append(Band(colour, x, low, high, singles))
    several = len(curves) > 1
    return Plot(title_of(name), curves, numbered=several, empty="not evaluated", bands=bands)


def _in_order(run: Mapping[int, float]) -> Growing:
    return Growing(np.array([run[step] for step in sorted(run)], float))


def _recipe(results: Results, names: Sequence[str]) -> CurvesRecipe:
    """Names every run, or the study's folder where they are too many."""
    folder = results.folder
    cells = folder.cells
    if len(cells) > MOST_RUNS:
        most = max(cell.config.steps for cell in cells)
        return CurvesRecipe("scores", (folder.path.resolve().name,), (most,), tuple(names))
    runs, steps = (cell.name for cell in cells), (cell.config.steps for cell in cells)
    return CurvesRecipe("scores", tuple(runs), tuple(steps), tuple(names))
